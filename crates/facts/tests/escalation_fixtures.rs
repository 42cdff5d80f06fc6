//! Schemes of roles and policies that people use, with what they come to.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use jiff::Timestamp;
use palisade_facts::escalation::{Account, Report, analyse, built_in};
use palisade_policy::actions::{Service, table};
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Effect, PolicyDocument, Statement};
use palisade_policy::request::Action;
use palisade_snapshot::Shared;
use serde_json::Value;

fn analysed(fixture: &str) -> Report {
    let path = format!("{}/../../fixtures/escalation/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
    let shared =
        Shared::from_authorization_details(&std::fs::read_to_string(path).unwrap(), Timestamp::UNIX_EPOCH);
    analyse(&[Account::new(&shared.unwrap())], built_in().unwrap(), &[])
}

fn status(report: &Report, name: &str) -> &'static str {
    report.principal(&format!("arn:aws:iam::111122223333:{name}")).unwrap().status.name()
}

#[test]
fn a_deployment_policy_that_makes_roles_makes_administrators() {
    let report = analysed("deployment-policy");
    assert_eq!(status(&report, "user/deployer"), "can_escalate");
    assert_eq!(status(&report, "user/onlooker"), "cannot");
    assert!(report.cut.closes_everything && !report.cut.remove.is_empty());
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
    let allowed = |document: &str| {
        let policy = CompiledPolicy::from_text("policy", document).unwrap();
        let everything = |statement: &Statement| {
            let resources = statement.resources.as_ref().unwrap();
            assert!(statement.conditions.is_empty() && resources.values.items == ["*"]);
        };
        PolicyDocument::from_text(document).unwrap().statements.iter().for_each(everything);
        let actions = table().services().flat_map(Service::actions);
        let names = actions.map(|action| action.full_name());
        let is_allowed = |name: &String| {
            let action = Action::parse(name).unwrap();
            policy.statements().iter().any(|one| one.effect() == Effect::Allow && one.is_about(&action))
        };
        names.filter(is_allowed).collect::<Vec<_>>()
    };
    assert_eq!(allowed(&own), allowed(&published));
}

#[test]
fn whoever_has_all_of_iam_becomes_administrator() {
    let report = analysed("roles-and-groups");
    for (name, expected) in [
        ("role/infra-AdminR-1", "administrator"),
        ("role/infra-OpsR-1", "can_escalate"),
        ("role/infra-ReadR-1", "cannot"),
        ("user/emergency", "can_escalate"),
        ("user/operator", "can_escalate"),
        ("user/reader", "cannot"),
        ("user/keeper", "can_escalate"),
        ("user/newcomer", "cannot"),
    ] {
        assert_eq!(status(&report, name), expected, "{name}");
    }
}
