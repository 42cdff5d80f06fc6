//! Schemes of roles and policies that people use, with what they come to.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use palisade_facts::escalation::{Account, Report, analyse, built_in};
use palisade_policy::actions::{AccessLevel, Service, table};
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Effect, PolicyDocument, Statement};
use palisade_policy::request::Action;
use palisade_snapshot::Shared;
use serde_json::Value;

/// What the ARNs of the fixtures begin with.
const ACCOUNT: &str = "arn:aws:iam::111122223333:";

fn analysed(fixture: &str) -> Report {
    let path = format!("{}/../../fixtures/escalation/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
    let shared =
        Shared::from_authorization_details(&std::fs::read_to_string(path).unwrap(), Timestamp::UNIX_EPOCH);
    analyse(&[Account::new(&shared.unwrap())], built_in().unwrap(), &[])
}

fn status(report: &Report, name: &str) -> &'static str {
    report.principal(&format!("{ACCOUNT}{name}")).unwrap().status.name()
}

#[test]
fn a_deployment_policy_that_makes_roles_makes_administrators() {
    let report = analysed("deployment-policy");
    assert_eq!(status(&report, "user/deployer"), "can_escalate");
    assert_eq!(status(&report, "user/onlooker"), "cannot");
    assert!(report.cut.closes_everything && !report.cut.remove.is_empty());
}

/// The actions that AWS has and a policy allows on something.
fn allowed(document: &str) -> Vec<String> {
    let policy = CompiledPolicy::from_text("policy", document).unwrap();
    let is_allowed = |name: &String| {
        let action = Action::parse(name).unwrap();
        policy.statements().iter().any(|one| one.effect() == Effect::Allow && one.is_about(&action))
    };
    let actions = table().services().flat_map(Service::actions);
    actions.map(|action| action.full_name()).filter(is_allowed).collect()
}

/// Every action that AWS has is allowed by both or neither, on everything.
#[test]
fn the_deployment_policy_allows_what_the_published_one_does() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let published = format!("{folder}/../../../shared/seeds/linked/000-aws-secure-deep-policy.json");
    let Ok(published) = std::fs::read_to_string(&published) else {
        eprintln!("skipped: `{published}` is not here");
        return;
    };
    let own = std::fs::read_to_string(format!("{folder}/../../fixtures/escalation/deployment-policy.json"));
    let own: Value = serde_json::from_str(&own.unwrap()).unwrap();
    let deployer = own["UserDetailList"].as_array().unwrap().iter().find(|one| one["UserName"] == "deployer");
    let own = deployer.unwrap()["UserPolicyList"][0]["PolicyDocument"].to_string();
    for document in [&own, &published] {
        let everything = |statement: &Statement| {
            let resources = statement.resources.as_ref().unwrap();
            assert!(statement.conditions.is_empty() && resources.values.items == ["*"]);
        };
        PolicyDocument::from_text(document).unwrap().statements.iter().for_each(everything);
    }
    assert_eq!(allowed(&own), allowed(&published));
}

/// The requests of the shortest path, each with who makes it.
fn way(report: &Report, name: &str) -> Vec<(String, String, String)> {
    let principal = report.principal(&format!("{ACCOUNT}{name}")).unwrap();
    let short = |arn: &str| arn.trim_start_matches(ACCOUNT).to_owned();
    let steps = principal.paths.first().into_iter().flat_map(|path| &path.steps);
    let requests = steps.map(|step| &step.request);
    requests.map(|one| (short(&one.principal), one.action.clone(), short(&one.resource))).collect()
}

#[test]
fn whoever_has_all_of_iam_becomes_administrator() {
    let report = analysed("roles-and-groups");
    let request =
        |by: &str, action: &str, resource: &str| (by.to_owned(), action.to_owned(), resource.to_owned());
    let (admin, ops, read) = ("role/infra-AdminR-1", "role/infra-OpsR-1", "role/infra-ReadR-1");
    let rights = |role: &str| request(role, "iam:PutRolePolicy", role);
    let cases = [
        (admin, "administrator", vec![]),
        (ops, "can_escalate", vec![rights(ops)]),
        (read, "cannot", vec![]),
        ("user/emergency", "can_escalate", vec![request("user/emergency", "sts:AssumeRole", admin)]),
        ("user/operator", "can_escalate", vec![request("user/operator", "sts:AssumeRole", ops), rights(ops)]),
        ("user/reader", "cannot", vec![]),
        ("user/keeper", "can_escalate", vec![request("user/keeper", "iam:PutUserPolicy", "user/keeper")]),
        ("user/newcomer", "cannot", vec![]),
    ];
    for (name, expected, steps) in cases {
        assert_eq!((status(&report, name), way(&report, name)), (expected, steps), "{name}");
    }
}

/// Something of the fixture for the second founding document, by its name.
fn of_fixture(list: &str, key: &str, name: &str) -> Value {
    let folder = env!("CARGO_MANIFEST_DIR");
    let text = std::fs::read_to_string(format!("{folder}/../../fixtures/escalation/roles-and-groups.json"));
    let fixture: Value = serde_json::from_str(&text.unwrap()).unwrap();
    let items = fixture.get(list).and_then(Value::as_array).unwrap();
    items.iter().find(|one| one[key] == name).unwrap().clone()
}

fn service(action: &str) -> String {
    action.split(':').next().unwrap().to_owned()
}

fn all_of(service: &str) -> Vec<String> {
    table().service(service).unwrap().actions().map(|one| one.full_name()).collect()
}

#[test]
fn the_roles_may_do_what_their_document_says() {
    let role = |name: &str| of_fixture("RoleDetailList", "RoleName", name);
    let attached = |name: &str| role(name)["AttachedManagedPolicies"][0]["PolicyName"].clone();
    // "FULL power over all services"
    assert_eq!(attached("infra-AdminR-1"), "AdministratorAccess");
    // "READ-ONLY power over all services"
    assert_eq!(attached("infra-ReadR-1"), "ReadOnlyAccess");
    let policy = of_fixture("Policies", "PolicyName", "ReadOnlyAccess");
    let read = allowed(&policy["PolicyVersionList"][0]["Document"].to_string());
    for name in &read {
        let level = table().action(name).unwrap().access_level();
        assert!(matches!(level, AccessLevel::Read | AccessLevel::List), "{name} is {level:?}");
    }
    let readable: BTreeSet<String> = read.iter().map(|name| service(name)).collect();
    let used = built_in().unwrap().iter().flat_map(|technique| &technique.steps);
    for service in used.filter(|step| !step.action.is_empty()).map(|step| service(&step.action)) {
        let mut actions = table().service(&service).unwrap().actions();
        let is_read = |one: palisade_policy::actions::Action<'_>| {
            one.access_level() == AccessLevel::List && one.name().starts_with("List")
        };
        assert!(!actions.any(is_read) || readable.contains(&service), "{service}");
    }
    // "FULL power over specified services", "FULL IAM power", and what the reading role may do
    assert_eq!(attached("infra-OpsR-1"), "ReadOnlyAccess");
    let ops = allowed(&role("infra-OpsR-1")["RolePolicyList"][0]["PolicyDocument"].to_string());
    let specified: BTreeSet<String> = ops.iter().map(|name| service(name)).collect();
    assert!(specified.contains("iam") && specified.len() < readable.len(), "{specified:?}");
    assert_eq!(ops, specified.iter().flat_map(|one| all_of(one)).collect::<Vec<_>>());
}

#[test]
fn the_groups_may_do_what_their_document_says() {
    let group = |name: &str| {
        let group = of_fixture("GroupDetailList", "GroupName", name);
        group["GroupPolicyList"][0]["PolicyDocument"].to_string()
    };
    // "FULL IAM power, without them needing to assume the infra-OpsR-* role"
    assert_eq!(allowed(&group("infra-PowerG-1")), all_of("iam"));
    // "the only permission they have is to manage their own user resource, and to assume a role by getting a session
    // token"
    let assume = allowed(&group("infra-AssumeRoleG-1"));
    assert_eq!(assume, ["sts:AssumeRole", "sts:GetCallerIdentity", "sts:GetSessionToken"]);
    let own = PolicyDocument::from_text(&group("infra-ManageOwnUserG-1")).unwrap();
    for statement in &own.statements {
        let resource = &statement.resources.as_ref().unwrap().values.items;
        let is_own = resource[0].ends_with("user/${aws:username}") || resource[0].ends_with(":mfa/*");
        let mut actions = statement.actions.values.items.iter();
        let looks = actions.all(|one| one.starts_with("iam:List") || one.starts_with("iam:Get"));
        assert!(is_own || looks, "{statement:?}");
    }
}
