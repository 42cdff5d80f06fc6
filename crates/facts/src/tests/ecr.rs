//! Registries and repositories.

use palisade_snapshot::{Evidence, Observations as _, Reason, Shared, Unreadable};
use serde_json::{Value as Json, json};

use super::{check, fact, made};
use crate::{Declarations, Facts, Missing};

fn scanned(scanning: Json, name: &str, scan_on_push: bool) -> String {
    let given = json!({"name": name, "scan_on_push": scan_on_push, "registry": {"scanning": scanning}});
    fact("ecr.repository", &given, "scan_frequency")
}

fn rules(scan_type: &str, rules: &[(&str, &[&str])]) -> Json {
    let rule = |(frequency, filters): &(&str, &[&str])| json!({"scan_frequency": frequency, "repository_filters": filters});
    json!({"scan_type": scan_type, "rules": rules.iter().map(rule).collect::<Vec<_>>()})
}

#[test]
fn the_registrys_rules_go_before_the_repositorys_setting() {
    let push = "SCAN_ON_PUSH";
    for (scanning, name, scan_on_push, expected) in [
        (Json::Null, "app", true, "SCAN_ON_PUSH"),
        (Json::Null, "app", false, "MANUAL"),
        (rules("BASIC", &[]), "app", true, "SCAN_ON_PUSH"),
        (rules("ENHANCED", &[]), "app", true, "MANUAL"),
        (rules("BASIC", &[(push, &["*"])]), "app", false, "SCAN_ON_PUSH"),
        (rules("BASIC", &[("MANUAL", &["*"])]), "app", true, "MANUAL"),
        // Without a wildcard, any name that contains the text.
        (rules("BASIC", &[(push, &["pay"])]), "team/payments", false, "SCAN_ON_PUSH"),
        (rules("BASIC", &[(push, &["pay"])]), "team/orders", true, "MANUAL"),
        (rules("BASIC", &[(push, &["team/*"])]), "team/orders", false, "SCAN_ON_PUSH"),
        (rules("BASIC", &[(push, &["team/*"])]), "my/team/orders", false, "MANUAL"),
        (rules("BASIC", &[(push, &["*a*b*"])]), "xaxxbx", false, "SCAN_ON_PUSH"),
        (rules("BASIC", &[(push, &["ab*ba"])]), "aba", false, "MANUAL"),
        (
            rules("ENHANCED", &[(push, &["*"]), ("CONTINUOUS_SCAN", &["prod*"])]),
            "prod-app",
            false,
            "CONTINUOUS_SCAN",
        ),
        (
            rules("ENHANCED", &[(push, &["*"]), ("CONTINUOUS_SCAN", &["prod*"])]),
            "test-app",
            false,
            "SCAN_ON_PUSH",
        ),
        (rules("OTHER", &[]), "app", true, "unknown: ecr:GetRegistryScanningConfiguration malformed"),
        (
            json!({"unreadable": "ecr:GetRegistryScanningConfiguration"}),
            "app",
            true,
            "unknown: ecr:GetRegistryScanningConfiguration denied",
        ),
    ] {
        assert_eq!(
            scanned(scanning.clone(), name, scan_on_push),
            expected,
            "{scanning} {name} {scan_on_push}"
        );
    }
}

#[test]
fn a_registry_scans_everything_with_a_rule_for_every_name() {
    check(
        "ecr.registry",
        &[
            (json!({}), "scan_type", "BASIC"),
            (json!({}), "scans_everything", "false"),
            (json!({"scanning": rules("BASIC", &[("SCAN_ON_PUSH", &["*"])])}), "scans_everything", "true"),
            (json!({"scanning": rules("BASIC", &[("MANUAL", &["*"])])}), "scans_everything", "false"),
            (
                json!({"scanning": rules("ENHANCED", &[("CONTINUOUS_SCAN", &["prod*"])])}),
                "scans_everything",
                "false",
            ),
        ],
    );
    let registry = made("ecr.registry", &json!({})).subject.unwrap();
    assert_eq!(registry.arn, "arn:aws:ecr:eu-west-1:111122223333:registry");
    assert_eq!(registry.region.as_deref(), Some("eu-west-1"));
}

#[test]
fn lifecycle_rules_are_read_and_sorted() {
    let rule = |priority: i64, status: &str| {
        json!({"rulePriority": priority, "description": "d", "action": {"type": "expire"}, "selection": {
            "tagStatus": status, "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7,
        }})
    };
    let given = json!({"lifecycle_policy": {"rules": [rule(9, "any"), rule(1, "untagged")]}});
    check(
        "ecr.repository",
        &[
            (json!({}), "lifecycle_rules", "[]"),
            (given.clone(), "lifecycle_rules.0.tag_status", "untagged"),
            (given.clone(), "lifecycle_rules.1.priority", "9"),
            (given, "lifecycle_rules.0.count_number", "7"),
            (
                json!({"lifecycle_policy": "{}"}),
                "lifecycle_rules",
                "unknown: ecr:GetLifecyclePolicy malformed",
            ),
        ],
    );
}

#[test]
fn public_means_every_aws_account() {
    let policy = |action: Json, condition: Json| {
        json!({"policy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action, "Condition": condition},
        ]}})
    };
    let pull = || json!(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]);
    check(
        "ecr.repository",
        &[
            (json!({}), "exposure.public", "no"),
            (policy(pull(), json!({})), "exposure.pull", "yes"),
            (policy(pull(), json!({})), "exposure.push", "no"),
            // Half of what pulling takes is public, but pulls nothing.
            (policy(json!("ecr:BatchGetImage"), json!({})), "exposure.pull", "no"),
            (policy(json!("ecr:BatchGetImage"), json!({})), "exposure.public", "yes"),
            (policy(json!("ecr:PutImage"), json!({})), "exposure.push", "yes"),
            (policy(json!("ecr:SetRepositoryPolicy"), json!({})), "exposure.administer", "yes"),
            (policy(json!("ecr:*"), json!({})), "exposure.administer", "yes"),
            (
                policy(pull(), json!({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})),
                "exposure.public",
                "no",
            ),
            (
                policy(
                    pull(),
                    json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1234567890/*"}}),
                ),
                "exposure.public",
                "no",
            ),
            (
                json!({"policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "ecr:*"}]}}),
                "exposure.public",
                "no",
            ),
            (
                json!({"policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "ecr:*"}]}}),
                "exposure.public",
                "no",
            ),
            (
                json!({"policy": {"unreadable": "ecr:GetRepositoryPolicy"}}),
                "exposure.pull",
                "unknown: ecr:GetRepositoryPolicy denied",
            ),
        ],
    );
}

#[test]
fn regions_that_could_not_be_listed_may_hold_more_unless_the_user_chose_where_to_look() {
    let denied = Unreadable::new("account:ListRegions", "account:ListRegions", Reason::Denied, "");
    let gaps = |change: &dyn Fn(&mut Shared)| {
        let mut shared = Shared::clone(&made("ecr.repository", &json!({})).facts.context.shared);
        shared.account.regions = denied.clone().into();
        change(&mut shared);
        let facts = Facts::new(&shared, &Declarations::default());
        [&crate::ecr::repository::KIND, &crate::ecr::registry::KIND].map(|kind| facts.gaps(kind))
    };
    for gaps in gaps(&|shared| shared.header.scope.regions_listed = false) {
        let [gap] = gaps.as_slice() else { panic!("{gaps:?}") };
        assert_eq!((&gap.region, &gap.missing), (&None, &Missing::evidence(Evidence::Regions, &denied)));
    }
    let chosen = gaps(&|shared| {
        shared.header.scope.regions_listed = false;
        shared.header.scope.limited_to_regions = true;
    });
    assert!(chosen.iter().all(Vec::is_empty), "{chosen:?}");
    let listed = gaps(&|_| {});
    assert!(listed.iter().all(Vec::is_empty), "{listed:?}");
}

#[test]
fn a_region_whose_repositories_nobody_could_list_may_hide_a_registry_too() {
    let denied = Unreadable::new("ecr:DescribeRepositories", "ecr:DescribeRepositories", Reason::Denied, "");
    let mut shared = Shared::clone(&made("ecr.repository", &json!({})).facts.context.shared);
    for listing in &mut shared.listings {
        listing.withhold(Evidence::Repositories, &denied);
    }
    let facts = Facts::new(&shared, &Declarations::default());
    let gaps = facts.gaps(&crate::ecr::registry::KIND);
    assert!(!gaps.is_empty(), "the registry must not vanish with its repositories");
    assert!(
        gaps.iter().all(|gap| gap.missing == Missing::evidence(Evidence::Repositories, &denied)),
        "{gaps:?}"
    );
}
