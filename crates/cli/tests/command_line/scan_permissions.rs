//! The policy that `palisade permissions` prints is what a scan needs: nothing is missing in it, and
//! nothing too much.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;

use crate::evidence_loss_matrix::{Needs, withhold_prepared};
use crate::harness::Place;
use crate::scan_report::{Emulated, Report, in_environment};
use palisade_emulator::account::{Policies, User};
use palisade_emulator::{Account, Emulator};
use palisade_snapshot::CALLS;
use serde_json::Value;

#[test]
fn the_policy_allows_what_a_scan_asks_and_no_more() {
    let emulated = Emulated::fixture("mixed");
    let policy = emulated.place.run(&["permissions"]).json();
    let statement = &policy["Statement"][0];
    assert_eq!((&statement["Effect"], &statement["Resource"]), (&Value::from("Allow"), &Value::from("*")));
    let allowed: BTreeSet<_> =
        statement["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect();
    emulated.scan(&[]);
    let asked = emulated.emulator.proxy().counts();
    let used = CALLS.iter().filter(|call| asked.contains_key(call.operation));
    assert_eq!(allowed, used.flat_map(|call| call.iam_actions).copied().collect());
}

/// Where IAM is enforced.
#[test]
fn whoever_has_exactly_that_policy_reads_everything_and_whoever_has_none_reads_nothing() {
    let policy = Place::new().run(&["permissions"]).json();
    let mut account = Account::fixture("mixed").unwrap();
    let inline = [("scan".to_owned(), policy)].into();
    let policies = Policies { inline, ..Policies::default() };
    account.users.push(User { name: "scanner".to_owned(), policies, ..User::default() });
    account.users.push(User { name: "stranger".to_owned(), ..User::default() });
    let emulator = Emulator::with(account).unwrap();
    let environments = ["scanner", "stranger"].map(|user| emulator.environment_of(user).unwrap());
    emulator.enforce_iam(true).unwrap();
    let [scanner, stranger] = environments.map(in_environment);
    stranger.run(&["scan"]).failed(1, &["user/stranger", "palisade permissions"]);
    let scan = scanner.run(&["scan", "-f", "json"]);
    assert_eq!(scan.json()["coverage"]["unreadable"], serde_json::json!([]));
    assert_eq!(scan.code, Some(0), "{}", scan.stderr);
}

/// Who is denied something waits for nothing.
const WORKERS: usize = 3;

/// The name of the user who may do everything that is needed but this.
fn user_without(action: &str) -> String {
    format!("without-{}", action.replace(':', "-"))
}

/// Who lacks one action gets the verdicts that rest on nothing behind it, unknowns that name it, and
/// nothing else: for every action, over one record of the account's answers.
#[test]
fn without_one_action_the_rules_that_need_it_become_unknown_and_no_others() {
    let policy = Place::new().run(&["permissions"]).json();
    let actions: Vec<String> = serde_json::from_value(policy["Statement"][0]["Action"].clone()).unwrap();
    let emulated = Emulated::changed_fixture("careless", |account| {
        for action in &actions {
            let mut policy = policy.clone();
            let allowed = policy["Statement"][0]["Action"].as_array_mut().unwrap();
            allowed.retain(|one| one != action.as_str());
            let policies = Policies { inline: [("scan".to_owned(), policy)].into(), ..Policies::default() };
            account.users.push(User { name: user_without(action), policies, ..User::default() });
        }
    });
    let configuration = fs::read(emulated.place.path("palisade.toml")).unwrap();
    let emulator = &emulated.emulator;
    emulator.proxy().record();
    let (_, undisturbed) = emulated.scan(&[]);
    let environments: Vec<_> =
        actions.iter().map(|action| emulator.environment_of(&user_without(action)).unwrap()).collect();
    emulator.enforce_iam(true).unwrap();
    let needs = Needs::of_all_rules();
    let queue = Mutex::new(actions.iter().zip(environments));
    let complaints = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((action, environment)) = { queue.lock().unwrap().next() } {
                    let replay = emulator.replay().unwrap();
                    let environment = environment.into_iter().map(|(name, value)| match name {
                        "AWS_ENDPOINT_URL" => (name, replay.endpoint()),
                        _ => (name, value),
                    });
                    let place = in_environment(environment.collect());
                    place.write("palisade.toml", &configuration);
                    let denied = CALLS.iter().filter(|call| call.iam_actions.contains(&action.as_str()));
                    let denied: BTreeSet<_> = denied.map(|call| call.operation).collect();
                    denied.iter().for_each(|operation| withhold_prepared(&replay, operation));
                    let ended = place.run(&["scan", "-f", "json", "--all"]);
                    let wrong = match serde_json::from_str(&ended.stdout) {
                        Ok(report) => wrong_without(&denied, &needs, &undisturbed, &report),
                        Err(error) => vec![format!("{error}: {ended:?}")],
                    };
                    complaints
                        .lock()
                        .unwrap()
                        .extend(wrong.into_iter().map(|one| format!("{action}: {one}")));
                }
            });
        }
    });
    assert_eq!(complaints.into_inner().unwrap(), Vec::<String>::new());
}

/// What is wrong with a report of somebody whom these operations were denied.
fn wrong_without(
    denied: &BTreeSet<&'static str>,
    needs: &Needs,
    undisturbed: &Report,
    report: &Report,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let lost = report.coverage.unreadable.iter().map(|call| (call.operation.as_str(), call.reason.as_str()));
    let lost: BTreeSet<_> = lost.collect();
    let expected: BTreeSet<_> = denied.iter().map(|operation| (*operation, "denied")).collect();
    if lost != expected {
        wrong.push(format!("{lost:?} is unreadable, not {expected:?}"));
    }
    let unknown = report.rules("unknown");
    if unknown.is_empty() {
        wrong.push("no rule misses it".to_owned());
    }
    let others = unknown.iter().filter(|rule| needs.of(rule).is_disjoint(denied));
    wrong.extend(others.map(|rule| format!("{rule} is unknown and does not need it")));
    let now = report.by_id();
    for before in &undisturbed.findings {
        let spared = needs.of(&before.rule).is_disjoint(denied);
        if spared && now.get(before.id.as_str()) != Some(&before) {
            wrong.push(format!("{} on {} is another", before.rule, before.resource.arn));
        }
    }
    wrong
}
