//! Registries: their policies, where images go and where they come from, and what repositories hold.

use serde_json::{Value as Json, json};

use super::{check, fact};

fn policy(statements: Json) -> Json {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// "Private registry permissions in Amazon ECR".
#[test]
fn a_registry_policy_opens_its_repositories_as_far_as_its_scope_reaches() {
    let everyone = |action: &str| {
        policy(
            json!([{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "arn:aws:ecr:eu-west-1:111122223333:repository/*"}]),
        )
    };
    let given =
        |action: &str, scope: &str| json!({"registry": {"policy": everyone(action), "policy_scope": scope}});
    check(
        "ecr.repository",
        &[
            (given("ecr:*", "V2"), "exposure.pull", "yes"),
            (given("ecr:*", "V2"), "exposure.grants.0.source", "registry_policy"),
            (given("ecr:*", "V1"), "exposure.pull", "no"),
            (given("ecr:*", "V1"), "exposure.push", "yes"),
            (given("ecr:BatchGetImage", "V1"), "exposure.public", "no"),
            (given("ecr:ReplicateImage", "V1"), "exposure.push", "yes"),
            (
                json!({"registry": {"policy": {"unreadable": "ecr:GetRegistryPolicy"}}}),
                "exposure.public",
                "unknown: ecr:GetRegistryPolicy denied",
            ),
            // Without a policy its scope does not matter.
            (
                json!({"registry": {"policy_scope": {"unreadable": "ecr:GetAccountSetting"}}}),
                "exposure.pull",
                "no",
            ),
            // Both scopes cover replication: the answer does not hang on which it is.
            (
                json!({"registry": {"policy": everyone("ecr:ReplicateImage"), "policy_scope": {"unreadable": "ecr:GetAccountSetting"}}}),
                "exposure.public",
                "yes",
            ),
            (
                json!({"registry": {"policy": everyone("ecr:PutImage"), "policy_scope": {"unreadable": "ecr:GetAccountSetting"}}}),
                "exposure.public",
                "unknown: ecr:GetAccountSetting denied",
            ),
        ],
    );
    check(
        "ecr.registry",
        &[
            (json!({}), "exposure.public", "no"),
            (json!({"policy": everyone("ecr:*")}), "exposure.public", "yes"),
            (json!({"policy": everyone("ecr:PutImage"), "policy_scope": "V1"}), "exposure.public", "no"),
            (json!({"policy_scope": "V3"}), "policy_scope", "unknown: ecr:GetAccountSetting malformed"),
        ],
    );
}

#[test]
fn each_account_that_a_policy_names_is_found_whatever_resource_its_statement_is_about() {
    let replicate = |account: &str, repository: &str| {
        json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{account}:root")},
               "Action": ["ecr:ReplicateImage", "ecr:CreateRepository"],
               "Resource": format!("arn:aws:ecr:eu-west-1:111122223333:repository/{repository}")})
    };
    let two = policy(json!([replicate("444455556666", "a/*"), replicate("777788889999", "b/*")]));
    check(
        "ecr.registry",
        &[
            (json!({"policy": two}), "shared_with.0.with", "444455556666"),
            (json!({"policy": two}), "shared_with.1.with", "777788889999"),
            (json!({"policy": two}), "shared_with.1.write", "yes"),
            (
                json!({"policy": two, "declarations": {"trusted_accounts": ["444455556666"]}}),
                "shared_with.0.declared",
                "true",
            ),
            (json!({}), "shared_with", "[]"),
        ],
    );
}

#[test]
fn what_a_repository_shares_is_told_by_capability_and_registry_denials_count() {
    let pull = json!(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]);
    let other = |action: Json| {
        policy(
            json!([{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": action}]),
        )
    };
    let denied = policy(json!([{"Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}}]));
    check(
        "ecr.repository",
        &[
            (json!({"policy": other(pull.clone())}), "shared_with.0.read", "yes"),
            (json!({"policy": other(pull.clone())}), "shared_with.0.write", "no"),
            (json!({"policy": other(json!("ecr:PutImage"))}), "shared_with.0.write", "yes"),
            (json!({"policy": other(json!("ecr:*"))}), "shared_with.0.administer", "yes"),
            (json!({"policy": other(pull.clone()), "registry": {"policy": denied}}), "shared_with", "[]"),
            // What nobody is given nobody can take away.
            (json!({"registry": {"policy": {"unreadable": "ecr:GetRegistryPolicy"}}}), "shared_with", "[]"),
            (
                json!({"policy": other(pull), "registry": {"policy": {"unreadable": "ecr:GetRegistryPolicy"}}}),
                "shared_with",
                "unknown: ecr:GetRegistryPolicy denied",
            ),
        ],
    );
}

#[test]
fn statements_tell_what_is_wrong_with_them() {
    let of = |statement: Json, fact: &str| {
        let given = json!({"policy": policy(json!([statement]))});
        super::fact("ecr.repository", &given, &format!("policy_statements.0.{fact}"))
    };
    let allow = |principal: Json, action: Json, condition: Json| json!({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition});
    let root = || json!({"AWS": "arn:aws:iam::111122223333:root"});
    for (action, every) in [
        (json!("ecr:*"), "true"),
        (json!("*"), "true"),
        (json!("ECR:*"), "true"),
        (json!(["ecr:BatchGetImage", "ecr:**"]), "true"),
        (json!("ecr:Get*"), "false"),
        (json!("s3:*"), "false"),
    ] {
        assert_eq!(of(allow(root(), action.clone(), json!({})), "every_action"), every, "{action}");
    }
    let not_action = json!({"Effect": "Allow", "Principal": root(), "NotAction": "ecr:PutImage"});
    assert_eq!(of(not_action, "every_action"), "true");
    assert_eq!(of(allow(root(), json!("ecr:*"), json!({})), "own_account_only"), "true");
    assert_eq!(of(allow(json!("*"), json!("ecr:*"), json!({})), "own_account_only"), "false");
    let deleted = json!({"AWS": ["AROAIOSFODNN7EXAMPLE", "arn:aws:iam::111122223333:role/AROA"]});
    assert_eq!(of(allow(deleted, json!("ecr:*"), json!({})), "deleted_principals"), "[AROAIOSFODNN7EXAMPLE]");
    let service =
        |condition: Json| allow(json!({"Service": "lambda.amazonaws.com"}), json!("ecr:*"), condition);
    for (condition, limited) in [
        (json!({}), "false"),
        (json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}), "true"),
        (
            json!({"StringLike": {"aws:SourceArn": "arn:aws:lambda:eu-west-1:111122223333:function:*"}}),
            "true",
        ),
        (json!({"StringLike": {"aws:SourceArn": "arn:aws:lambda:*:*:function:*"}}), "false"),
        (json!({"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}), "false"),
        (json!({"StringNotEquals": {"aws:SourceAccount": "111122223333"}}), "false"),
    ] {
        assert_eq!(of(service(condition.clone()), "source_limited"), limited, "{condition}");
    }
    let everyone = |condition: Json| of(allow(json!("*"), json!("ecr:*"), condition), "bypassed_conditions");
    assert_eq!(everyone(json!({})), "[]");
    assert_eq!(everyone(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})), "[]");
    assert_eq!(
        everyone(json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}})),
        "[StringLike aws:PrincipalOrgID o-*]"
    );
    assert_eq!(
        everyone(json!({"StringEqualsIfExists": {"aws:PrincipalAccount": "444455556666"}})),
        "[StringEqualsIfExists aws:PrincipalAccount 444455556666]"
    );
    assert_eq!(
        everyone(json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1234567890/*"}})),
        "[]"
    );
}

#[test]
fn prefixes_of_the_cache_need_a_template() {
    let missing = |templates: Json| {
        let given =
            json!({"pull_through_cache_rules": [{"prefix": "team/hub"}], "creation_templates": templates});
        fact("ecr.registry", &given, "untemplated_prefixes")
    };
    assert_eq!(missing(json!([])), "[team/hub]");
    assert_eq!(missing(json!([{"prefix": "ROOT"}])), "[]");
    assert_eq!(missing(json!([{"prefix": "team"}])), "[]");
    assert_eq!(missing(json!([{"prefix": "tea"}])), "[team/hub]");
    assert_eq!(missing(json!([{"prefix": "ROOT", "applied_for": ["REPLICATION"]}])), "[team/hub]");
    check(
        "ecr.registry",
        &[
            (
                json!({"creation_templates": {"unreadable": "ecr:DescribeRepositoryCreationTemplates"}}),
                "untemplated_prefixes",
                "[]",
            ),
            (
                json!({"pull_through_cache_rules": [{"upstream_url": "444455556666.dkr.ecr.eu-west-1.amazonaws.com", "upstream_registry": "ecr"}]}),
                "pull_through_cache_rules.0.upstream_account",
                "444455556666",
            ),
            (
                json!({"replication": [{"destinations": [{"registry_id": "444455556666"}], "repository_filters": ["prod"]}]}),
                "replication_rules.0.destinations.0.own_account",
                "false",
            ),
        ],
    );
}

/// "How lifecycle policies work" in the ECR User Guide.
#[test]
fn the_first_rule_that_selects_an_image_decides_what_becomes_of_it() {
    let rule = |priority: i64, selection: Json| json!({"rulePriority": priority, "selection": selection, "action": {"type": "expire"}});
    let days = |prefix: &str, days: i64| json!({"tagStatus": "tagged", "tagPrefixList": [prefix], "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days});
    let count = |pattern: &str, count: i64| json!({"tagStatus": "tagged", "tagPatternList": [pattern], "countType": "imageCountMoreThan", "countNumber": count});
    let lifecycle = json!({"lifecycle_policy": {"rules": [
        rule(1, count("*.*.*", 1000)), rule(2, days("testing", 3)), rule(3, days("1", 3)), rule(4, count("b*", 3)),
    ]}});
    let of = |tags: &str| {
        let all = fact("ecr.repository", &lifecycle, "retentions");
        let found = all.split("{family").find(|one| one.contains(&format!("tags: [{tags}]")));
        let found = found.unwrap_or_else(|| panic!("{all}"));
        found.split("priority").nth(1).unwrap().trim_end_matches(", ").trim_end_matches(['}', ']']).to_owned()
    };
    assert_eq!(of("testing-x"), ": 2, expires_after_days: 3, keeps_count: null");
    assert_eq!(of("17c5e1b"), ": 3, expires_after_days: 3, keeps_count: null");
    assert_eq!(
        of("1.4.2"),
        ": 1, expires_after_days: null, keeps_count: 1000",
        "it begins with 1, but a rule keeps it"
    );
    assert_eq!(of("1.4.2, 17c5e1b"), ": 1, expires_after_days: null, keeps_count: 1000");
    assert_eq!(of("builder"), ": 4, expires_after_days: null, keeps_count: 3");
    assert_eq!(of("latest"), ": null, expires_after_days: null, keeps_count: null");
}

#[test]
fn rules_that_another_one_goes_before_never_do_anything() {
    let rule = |priority: i64, status: &str, prefixes: Json| {
        let mut selection = json!({"tagStatus": status, "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 3});
        if status == "tagged" {
            selection["tagPrefixList"] = prefixes;
        }
        json!({"rulePriority": priority, "selection": selection, "action": {"type": "expire"}})
    };
    let of = |rules: Json| {
        let text = fact(
            "ecr.repository",
            &json!({"lifecycle_policy": {"rules": rules}}),
            "ineffective_lifecycle_rules",
        );
        text.matches("priority").count()
    };
    let tagged = |priority, prefix: &str| rule(priority, "tagged", json!([prefix]));
    assert_eq!(of(json!([tagged(1, "b"), tagged(2, "builder")])), 1);
    assert_eq!(of(json!([tagged(1, "builder"), tagged(2, "b")])), 0);
    assert_eq!(of(json!([rule(1, "any", json!([])), tagged(2, "b"), rule(3, "untagged", json!([]))])), 2);
    assert_eq!(of(json!([rule(1, "untagged", json!([])), rule(2, "untagged", json!([]))])), 1);
    assert_eq!(of(json!([rule(1, "tagged", json!(["0", "1", "2"]))])), 1, "no image has three hashes");
    assert_eq!(of(json!([rule(1, "tagged", json!(["a", "ab"]))])), 0);
}

#[test]
fn images_are_known_once_all_are_counted() {
    check(
        "ecr.repository",
        &[
            (json!({}), "images.total", "0"),
            (json!({}), "images.newest", "null"),
            (
                json!({"images": {"images": 7, "untagged": 2, "newest": {"pushed_days_ago": 4}}}),
                "images.untagged",
                "2",
            ),
            (json!({"images": {"newest": {"pushed_days_ago": 4}}}), "images.idle_days", "4"),
            (
                json!({"images": {"newest": {"pushed_days_ago": 4}, "last_pulled_days_ago": 2}}),
                "images.idle_days",
                "2",
            ),
            (
                json!({"images": {"unreadable": "ecr:DescribeImages"}}),
                "images.total",
                "unknown: ecr:DescribeImages denied",
            ),
            (
                json!({"latest_scan": {"severity_counts": {"CRITICAL": 2, "UNTRIAGED": 1}}}),
                "latest_scan.critical",
                "2",
            ),
            (
                json!({"latest_scan": {"severity_counts": {"UNDEFINED": 2, "UNTRIAGED": 1}}}),
                "latest_scan.undefined",
                "3",
            ),
            (json!({"latest_scan": {"completed_days_ago": 40}}), "latest_scan.completed_days", "40"),
        ],
    );
}
