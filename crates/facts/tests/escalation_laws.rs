//! Laws of the search: what takes away never opens a path.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

use std::collections::BTreeSet;

use jiff::Timestamp;
use palisade_facts::escalation::{Account, Report, analyse, built_in};
use palisade_snapshot::Shared;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_oneof, proptest};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

fn arn(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

fn action() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("iam:*"),
        Just("iam:PassRole"),
        Just("iam:PutUserPolicy"),
        Just("iam:AttachRolePolicy"),
        Just("iam:CreatePolicyVersion"),
        Just("iam:CreateAccessKey"),
        Just("iam:UpdateAssumeRolePolicy"),
        Just("iam:CreateUser"),
        Just("sts:AssumeRole"),
        Just("lambda:*"),
        Just("ec2:RunInstances"),
        Just("*"),
    ]
}

fn resource() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        Just(arn("user/u0")),
        Just(arn("user/*")),
        Just(arn("role/r1")),
        Just(arn("policy/shared")),
    ]
}

fn statements(effect: &'static str) -> impl Strategy<Value = Vec<Value>> {
    let one = (action(), resource(), any::<bool>()).prop_map(move |(action, resource, with_mfa)| {
        let mut one = json!({"Effect": effect, "Action": action, "Resource": resource});
        if with_mfa && action == "sts:AssumeRole" {
            one["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
        }
        one
    });
    prop::collection::vec(one, 0..3)
}

/// Two users, two roles and a shared policy, with statements for each of them.
fn details(parts: &[Vec<Value>]) -> Value {
    let inline = |part: &[Value]| {
        if part.is_empty() {
            return json!([]);
        }
        json!([{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": part}}])
    };
    let date = "2026-01-01T00:00:00Z";
    let shared = json!([{"PolicyName": "shared", "PolicyArn": arn("policy/shared")}]);
    let user = |name: &str, part: &[Value]| {
        json!({"Path": "/", "UserName": name, "UserId": name, "Arn": arn(&format!("user/{name}")),
            "CreateDate": date, "UserPolicyList": inline(part), "AttachedManagedPolicies": shared})
    };
    let role = |name: &str, trust: Value, part: &[Value]| {
        json!({"Path": "/", "RoleName": name, "RoleId": name, "Arn": arn(&format!("role/{name}")), "CreateDate": date,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement":
                {"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"}},
            "RolePolicyList": inline(part)})
    };
    json!({
        "UserDetailList": [user("u0", &parts[0]), user("u1", &parts[1])],
        "GroupDetailList": [],
        "RoleDetailList": [
            role("r0", json!({"AWS": arn("root")}), &parts[2]),
            role("r1", json!({"Service": "lambda.amazonaws.com"}),
                &[json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]),
        ],
        "Policies": [{"PolicyName": "shared", "PolicyId": "ANPA1", "Arn": arn("policy/shared"), "Path": "/",
            "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document":
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}],
    })
}

fn analysed(details: &Value) -> Report {
    let shared = Shared::from_authorization_details(&details.to_string(), Timestamp::UNIX_EPOCH).unwrap();
    analyse(&[Account::new(&shared)], built_in().unwrap())
}

/// Who is an administrator or can become one.
fn reaching(report: &Report) -> BTreeSet<String> {
    let reaching = report.principals.iter().filter(|one| one.admin || one.can_escalate);
    reaching.map(|one| one.arn.clone()).collect()
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..Default::default() })]

    #[test]
    fn denies_boundaries_and_removals_open_no_path(
        allows in prop::collection::vec(statements("Allow"), 3),
        denies in statements("Deny"),
        whom in 0_usize..3,
    ) {
        let before = reaching(&analysed(&details(&allows)));
        let mut denied = allows.clone();
        denied[whom].extend(denies);
        let mut fewer = allows.clone();
        fewer[whom].pop();
        let mut bounded = details(&allows);
        let lists = [("UserDetailList", 0), ("UserDetailList", 1), ("RoleDetailList", 0)];
        bounded[lists[whom].0][lists[whom].1]["PermissionsBoundary"] =
            json!({"PermissionsBoundaryArn": arn("policy/shared")});
        for after in [details(&denied), details(&fewer), bounded] {
            let after = reaching(&analysed(&after));
            prop_assert!(after.is_subset(&before), "{after:?} is not within {before:?}");
        }
    }

    #[test]
    fn the_cut_closes_every_path_and_each_step_has_a_statement(
        allows in prop::collection::vec(statements("Allow"), 3),
    ) {
        let report = analysed(&details(&allows));
        prop_assert!(report.cut.closes_everything || !report.cut.remaining.is_empty());
        for path in report.principals.iter().flat_map(|one| &one.paths) {
            prop_assert!(path.steps.iter().all(|step| !step.statements.is_empty()), "{path:?}");
        }
    }
}
