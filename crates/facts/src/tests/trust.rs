//! Whom roles trust.

use serde_json::{Value as Json, json};

use super::fact;

fn trust(statements: Json, path: &str) -> String {
    let given = json!({
        "trust_policy": {"Version": "2012-10-17", "Statement": statements},
        "declarations": {"trusted_accounts": ["444455556666"]},
    });
    fact("iam.role", &given, &format!("trusts.{path}"))
}

fn allow(principal: Json, condition: Json) -> Json {
    json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}])
}

#[test]
fn anyone_is_anyone_however_it_is_written() {
    let open = json!({});
    for (statements, expected) in [
        (allow(json!("*"), open.clone()), "yes"),
        (allow(json!({"AWS": "*"}), open.clone()), "yes"),
        (allow(json!({"AWS": ["444455556666", "*"]}), open.clone()), "yes"),
        (allow(json!({"AWS": "arn:aws:iam::*:root"}), open.clone()), "yes"),
        (json!([{"Effect": "Allow", "Principal": "*", "Action": ["STS:assume*"]}]), "yes"),
        (
            json!([{"Effect": "Allow", "NotPrincipal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}]),
            "yes",
        ),
        (json!([{"Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"}]), "no"),
        (json!([{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]), "no"),
        (allow(json!({"Service": "ec2.amazonaws.com"}), open.clone()), "no"),
        // Conditions that pin who it is.
        (allow(json!("*"), json!({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})), "no"),
        (allow(json!("*"), json!({"StringEquals": {"AWS:principalaccount": "111122223333"}})), "no"),
        (allow(json!("*"), json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"}})), "yes"),
        (allow(json!("*"), json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}})), "yes"),
        // A shared secret and a second factor are not who it is.
        (allow(json!("*"), json!({"StringEquals": {"sts:ExternalId": "x"}})), "conditional"),
        (allow(json!("*"), json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})), "conditional"),
        (allow(json!("*"), json!({"StringEquals": {"sts:RoleSessionName": "x"}})), "yes"),
    ] {
        assert_eq!(trust(statements.clone(), "anyone"), expected, "{statements}");
    }
    let denied = json!([
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": "*", "Action": "*"},
    ]);
    assert_eq!(trust(denied, "anyone"), "no");
    let guarded = json!([
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}},
    ]);
    assert_eq!(trust(guarded.clone(), "anyone"), "no");
    assert_eq!(trust(guarded, "organizations"), "[o-1234567890]");
    let secret = allow(json!("*"), json!({"StringEquals": {"sts:ExternalId": "x"}}));
    assert_eq!(trust(secret, "conditions"), "[StringEquals sts:ExternalId x]");
    assert_eq!(
        trust(json!([{"Effect": "Allow", "Principal": "*", "Action": "sts:*"}]), "witness.action"),
        "sts:AssumeRole"
    );
}

#[test]
fn other_accounts_are_named_with_what_is_asked_of_them() {
    let statements = allow(
        json!({"AWS": ["arn:aws:iam::444455556666:root", "777788889999", "arn:aws:iam::111122223333:user/alice"]}),
        json!({}),
    );
    assert_eq!(trust(statements.clone(), "external_accounts.0.account"), "444455556666");
    assert_eq!(trust(statements.clone(), "external_accounts.0.declared"), "true");
    assert_eq!(trust(statements.clone(), "external_accounts.1.account"), "777788889999");
    assert_eq!(trust(statements.clone(), "external_accounts.1.declared"), "false");
    assert_eq!(trust(statements.clone(), "external_accounts.1.access"), "yes");
    assert_eq!(trust(statements.clone(), "external_accounts.1.pointers"), "[/Statement/0]");
    assert_eq!(trust(statements, "anyone"), "no");

    let with = |condition: Json, path: &str| {
        trust(allow(json!({"AWS": "777788889999"}), condition), &format!("external_accounts.0.{path}"))
    };
    let external_id = json!({"StringEquals": {"STS:externalid": "secret"}});
    assert_eq!(with(external_id.clone(), "external_id_required"), "true");
    assert_eq!(with(external_id.clone(), "access"), "conditional");
    assert_eq!(with(external_id, "conditions"), "[StringEquals STS:externalid secret]");
    assert_eq!(with(json!({"StringLike": {"sts:ExternalId": "*"}}), "external_id_required"), "false");
    assert_eq!(
        with(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), "external_id_required"),
        "false"
    );
    assert_eq!(with(json!({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}), "access"), "yes");
}

#[test]
fn an_account_needs_the_external_id_only_if_no_statement_goes_without() {
    let statements = json!([
        {"Effect": "Allow", "Principal": {"AWS": "777788889999"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
        {"Effect": "Allow", "Principal": {"AWS": "777788889999"}, "Action": "sts:AssumeRole"},
    ]);
    assert_eq!(trust(statements.clone(), "external_accounts.0.external_id_required"), "false");
    assert_eq!(trust(statements, "external_accounts.0.access"), "yes");
}

#[test]
fn accounts_and_organizations_that_only_conditions_name_count_too() {
    let account = allow(
        json!("*"),
        json!({"StringEquals": {"aws:PrincipalAccount": ["777788889999", "111122223333"]}}),
    );
    assert_eq!(trust(account.clone(), "external_accounts.0.account"), "777788889999");
    assert_eq!(trust(account, "anyone"), "no");
    let organization = allow(json!("*"), json!({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}));
    assert_eq!(trust(organization, "organizations"), "[o-1234567890]");
}

#[test]
fn services_and_identity_providers_are_no_accounts() {
    let statements = json!([
        {"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com"]}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/ci.example"}, "Action": "sts:AssumeRoleWithWebIdentity"},
    ]);
    assert_eq!(trust(statements.clone(), "services"), "[ec2.amazonaws.com]");
    assert_eq!(
        trust(statements.clone(), "identity_providers"),
        "[arn:aws:iam::111122223333:oidc-provider/ci.example]"
    );
    assert_eq!(trust(statements, "external_accounts"), "[]");
    let malformed = json!({"trust_policy": "{}"});
    assert_eq!(
        fact("iam.role", &malformed, "trusts"),
        "unknown: iam:GetAccountAuthorizationDetails malformed"
    );
}
