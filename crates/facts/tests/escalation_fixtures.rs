//! Schemes of roles and policies that people use, with what they come to.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use jiff::Timestamp;
use palisade_facts::escalation::{Account, Report, analyse, built_in};
use palisade_snapshot::Shared;

fn analysed(fixture: &str) -> Report {
    let path = format!("{}/../../fixtures/escalation/{fixture}.json", env!("CARGO_MANIFEST_DIR"));
    let shared =
        Shared::from_authorization_details(&std::fs::read_to_string(path).unwrap(), Timestamp::UNIX_EPOCH);
    analyse(&[Account::new(&shared.unwrap())], built_in().unwrap())
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
    ] {
        assert_eq!(status(&report, name), expected, "{name}");
    }
}
