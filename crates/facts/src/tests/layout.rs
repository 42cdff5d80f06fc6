//! Whose users are, what accounts are there for, and who gets into them.

use serde_json::{Value as Json, json};

use super::{check, fact};
use crate::Declarations;

const REPORT_DENIED: &str = "unknown: iam:GetCredentialReport denied";

/// A user whose report can't be read.
fn unreported(mut user: Json) -> Json {
    user["report"] = json!({"unreadable": "iam:GetCredentialReport"});
    user
}

#[test]
fn a_tag_decides_whose_a_user_is_and_otherwise_signs_that_agree() {
    let password = || json!({"password_enabled": true});
    let device = json!([{"serial_number": "arn:aws:iam::111122223333:mfa/alice", "user_arn": "arn:aws:iam::111122223333:user/alice", "enabled_at": null}]);
    check(
        "iam.user",
        &[
            (json!({}), "class", "unclassified"),
            (json!({"report": password()}), "class", "human"),
            (json!({"report": {"mfa_active": true}}), "class", "human"),
            (json!({"account": {"virtual_mfa_devices": device}}), "class", "human"),
            (json!({"name": "bob@acme.example"}), "class", "human"),
            (json!({"groups": ["infra-AssumeRoleG-dev"]}), "class", "human"),
            (json!({"groups": ["Apps"]}), "class", "machine"),
            (json!({"groups": ["Apps"], "report": password()}), "class", "contradictory"),
            (json!({"groups": ["Apps"], "name": "bob@acme.example"}), "class", "contradictory"),
            (json!({"tags": {"type": "machine"}, "report": password()}), "class", "machine"),
            (json!({"tags": {"type": "human"}, "groups": ["Apps"]}), "class", "human"),
            (json!({"tags": {"type": "robot"}, "groups": ["Apps"]}), "class", "machine"),
            (json!({"tags": {"Type": "machine"}}), "class", "unclassified"),
        ],
    );
}

#[test]
fn what_is_not_known_of_a_user_decides_only_where_nothing_else_does() {
    check(
        "iam.user",
        &[
            (unreported(json!({})), "class", REPORT_DENIED),
            (unreported(json!({"groups": ["Apps"]})), "class", REPORT_DENIED),
            (unreported(json!({"groups": ["humans"]})), "class", "human"),
            (unreported(json!({"groups": ["humans", "Apps"]})), "class", "contradictory"),
            (unreported(json!({"tags": {"type": "machine"}})), "class", "machine"),
            (unreported(json!({"groups": ["Apps"]})), "machine_signs", "[the group Apps]"),
        ],
    );
}

#[test]
fn signs_are_told_in_words() {
    let user = json!({
        "name": "bob@acme.example", "groups": ["humans", "Apps"], "tags": {"type": "human"},
        "report": {"password_enabled": true, "mfa_active": true},
    });
    let human = "[the tag type=human, the group humans, the name bob@acme.example, a console password, an MFA device]";
    check("iam.user", &[(user.clone(), "human_signs", human), (user, "machine_signs", "[the group Apps]")]);
}

#[test]
fn declared_services_are_those_of_every_declaration_about_the_user() {
    let declared = json!({"machine_services": [
        {"users": ["shop*"], "services": ["s3", "sqs"]},
        {"groups": ["Apps"], "services": ["logs", "s3"]},
        {"services": ["ec2"]},
    ]});
    let user = |name: &str, groups: Json| json!({"name": name, "groups": groups, "declarations": declared});
    check(
        "iam.user",
        &[
            (user("shop-1", json!([])), "declared_services", "[s3, sqs]"),
            (user("shop-1", json!(["Apps"])), "declared_services", "[logs, s3, sqs]"),
            (user("alice", json!([])), "declared_services", "null"),
        ],
    );
}

#[test]
fn an_account_is_there_for_what_is_declared_of_its_number() {
    let declared = |types: Json| json!({"declarations": {"account_types": types}});
    let both =
        || declared(json!({"111122223333": "dev+users", "444455556666": "users", "777788889999": "prod"}));
    check(
        "account",
        &[
            (json!({}), "account_type", "undeclared"),
            (declared(json!({"444455556666": "prod"})), "account_type", "undeclared"),
            (declared(json!({"111122223333": "security"})), "account_type", "security"),
            (both(), "account_type", "dev+users"),
            (both(), "users_accounts", "[111122223333, 444455556666]"),
        ],
    );
}

#[test]
fn a_number_that_is_no_account_and_a_purpose_that_is_none_are_refused() {
    let problem = |types: Json| {
        serde_json::from_value::<Declarations>(json!({"account_types": types})).unwrap_err().to_string()
    };
    assert_eq!(
        problem(json!({"11112222333": "prod"})),
        "invalid value: string \"11112222333\", expected the twelve digits of an account"
    );
    assert!(problem(json!({"111122223333": "production"})).contains("unknown variant `production`"));
}

fn trusting(principal: Json, action: &str) -> Json {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action}]})
}

#[test]
fn entrances_open_to_somebody_outside() {
    let role = |principal: Json, action: &str| json!({"snapshot": {"roles": [{"name": "one", "trust_policy": trusting(principal, action)}]}});
    let provider = |url: &str| json!({"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{url}")});
    let web = "sts:AssumeRoleWithWebIdentity";
    let user = |report: Json| json!({"snapshot": {"users": [{"name": "bob", "report": report}]}});
    let gitlab = "arn:aws:iam::111122223333:oidc-provider/gitlab.com";
    check(
        "account",
        &[
            (role(json!({"Service": "ec2.amazonaws.com"}), "sts:AssumeRole"), "entrances", "[]"),
            (role(json!({"AWS": "111122223333"}), "sts:AssumeRole"), "entrances", "[]"),
            (
                role(json!({"AWS": "444455556666"}), "sts:AssumeRole"),
                "entrances.0.opened_by",
                "[account 444455556666]",
            ),
            (role(json!({"AWS": "*"}), "sts:AssumeRole"), "entrances.0.opened_by", "[anyone]"),
            (role(provider("gitlab.com"), web), "entrances.0.opened_by", &format!("[{gitlab}]")),
            (role(provider("gitlab.com"), web), "entrances.0.cicd", "true"),
            (role(provider("idp.acme.example"), web), "entrances.0.cicd", "false"),
            (role(provider("oidc.eks.eu-west-1.amazonaws.com/id/ABC"), web), "entrances", "[]"),
            (role(json!({"Federated": "cognito-identity.amazonaws.com"}), web), "entrances", "[]"),
            (user(json!({})), "entrances", "[]"),
            (user(json!({"access_keys": [{"active": false}]})), "entrances", "[]"),
            (
                user(json!({"password_enabled": true, "access_keys": [{"active": true}]})),
                "entrances.0.opened_by",
                "[a password, an access key]",
            ),
        ],
    );
}

#[test]
fn people_come_by_identity_center_a_provider_or_another_account() {
    let role = |path: &str, principal: Json, action: &str| json!({"snapshot": {"roles": [{"name": "one", "path": path, "trust_policy": trusting(principal, action)}]}});
    let saml = || json!({"Federated": "arn:aws:iam::111122223333:saml-provider/company"});
    let github =
        json!({"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"});
    let by_saml = "sts:AssumeRoleWithSAML";
    check(
        "account",
        &[
            (
                role("/aws-reserved/sso.amazonaws.com/", saml(), by_saml),
                "workforce_roles.0.way",
                "identity_center",
            ),
            (role("/", saml(), by_saml), "workforce_roles.0.way", "federated"),
            (role("/", json!({"AWS": "444455556666"}), "sts:AssumeRole"), "workforce_roles.0.way", "account"),
            (role("/", github, "sts:AssumeRoleWithWebIdentity"), "workforce_roles", "[]"),
            (role("/", json!({"AWS": "111122223333"}), "sts:AssumeRole"), "workforce_roles", "[]"),
            (
                json!({"snapshot": {"roles": [{"name": "supplier", "trust_policy": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole",
                     "Condition": {"StringEquals": {"sts:ExternalId": "8f14e45f"}}},
                ]}}]}}),
                "workforce_roles",
                "[]",
            ),
        ],
    );
}

#[test]
fn what_deploys_is_idle_since_its_last_use_or_since_it_was_made() {
    let with = |snapshot: Json| json!({"declarations": {"cicd_principals": ["ci*"]}, "snapshot": snapshot});
    let key = |used: Json| json!({"active": true, "rotated_days_ago": 30, "last_used_days_ago": used});
    let user = |keys: Json| with(json!({"users": [{"name": "ci-web", "report": {"access_keys": keys}}]}));
    check(
        "account",
        &[
            (user(json!([key(json!(3)), key(json!(9))])), "cicd_principals.0.idle_days", "3"),
            (user(json!([key(Json::Null)])), "cicd_principals.0.idle_days", "30"),
            (user(json!([])), "cicd_principals.0.idle_days", "null"),
            (user(json!([])), "cicd_principals.0.active", "false"),
            (with(json!({"users": [{"name": "alice"}]})), "cicd_principals", "[]"),
            (
                with(json!({"roles": [{"name": "ci", "last_used_days_ago": 7}]})),
                "cicd_principals.0.idle_days",
                "7",
            ),
            (with(json!({"roles": [{"name": "ci"}]})), "cicd_principals.0.idle_days", "400"),
        ],
    );
}

#[test]
fn the_services_of_a_user_are_those_of_which_something_is_really_allowed() {
    let holding = |statements: Json| json!({"inline_policies": {"own": {"Version": "2012-10-17", "Statement": statements}}});
    let allow = |actions: Json| json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": "sqs:*", "Resource": "*"});
    check(
        "iam.user",
        &[
            (json!({}), "effective.services", "[]"),
            (
                holding(json!([allow(json!(["s3:Get*", "sqs:SendMessage", "logs:PutLogEvents"])), deny])),
                "effective.services",
                "[logs, s3]",
            ),
            (holding(json!([allow(json!("s3:NoSuchAction"))])), "effective.services", "[]"),
            (
                holding(json!([allow(json!(["iam:*", "sts:*", "s3:Get*"]))])),
                "effective.changes_elsewhere",
                "null",
            ),
            (
                holding(json!([allow(json!(["iam:*", "s3:PutObject"]))])),
                "effective.changes_elsewhere.action",
                "s3:PutObject",
            ),
        ],
    );
}

#[test]
fn a_policy_of_a_group_counts_and_a_group_that_is_not_known_hides_it() {
    let member = |group: Json| json!({"groups": ["readers"], "snapshot": {"groups": [group]}});
    let attached = json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    let unlisted = json!({"groups": ["readers"], "snapshot": {"listings": {"iam.group": {"unreadable": "iam:GetAccountAuthorizationDetails"}}}});
    check(
        "iam.user",
        &[
            (json!({}), "has_policies", "false"),
            (json!({"attached_policies": attached}), "has_policies", "true"),
            (member(json!({"name": "readers"})), "has_policies", "false"),
            (member(json!({"name": "readers", "attached_policies": attached})), "has_policies", "true"),
            (unlisted, "has_policies", "unknown: iam:GetAccountAuthorizationDetails denied"),
        ],
    );
}

#[test]
fn a_password_is_as_new_as_the_user_or_newer() {
    let set = |at: &str| json!({"report": {"password_enabled": true, "password_last_changed": at}});
    assert_eq!(fact("iam.user", &set("2025-05-27T00:00:59Z"), "password_set_after_minutes"), "0");
    assert_eq!(fact("iam.user", &set("2025-05-27T01:00:00Z"), "password_set_after_minutes"), "60");
    assert_eq!(fact("iam.user", &json!({}), "password_set_after_minutes"), "null");
}
