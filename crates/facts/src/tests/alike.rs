//! What alike buckets and repositories share is what each of them would have been told alone.

use palisade_snapshot::{Bucket, Observed, Repository};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::text;
use crate::example::{World, world};
use crate::vocabulary::kind;
use crate::{Facts, Resource, Value};

/// Asked so often that nearly all of them get what holds for all.
const NAMES: [&str; 6] = ["one-of-them", "prefix-two", "data", "prefix-two", "data", "one-of-them"];

fn told(facts: &Facts, resource: &Resource) -> String {
    facts.resource_subjects(resource).iter().map(|one| text(&Value::Object(one.facts.as_ref()))).collect()
}

fn same_as_alone(world: &World, resources: &[Resource]) -> Result<(), TestCaseError> {
    let together = Facts::new(&world.shared, &world.declarations);
    for resource in resources {
        let alone = Facts::new(&world.shared, &world.declarations);
        prop_assert_eq!(told(&together, resource), told(&alone, resource));
    }
    Ok(())
}

fn named_buckets(template: &Bucket, policy: &str) -> Vec<Resource> {
    let of = |name: &str| Bucket {
        arn: format!("arn:aws:s3:::{name}"),
        name: name.to_owned(),
        policy: Observed::Present(policy.replace("NAME", name)),
        ..template.clone()
    };
    NAMES.map(|name| Resource::Bucket(Box::new(of(name)))).into()
}

fn named_repositories(template: &Repository, policy: &str) -> Vec<Resource> {
    let place = template.arn.trim_end_matches(&template.name).to_owned();
    let of = |name: &str| Repository {
        arn: format!("{place}{name}"),
        name: name.to_owned(),
        policy: Observed::Present(policy.replace("NAME", name)),
        ..template.clone()
    };
    NAMES.map(|name| Resource::Repository(Box::new(of(name)))).into()
}

/// Of buckets in the world of an example, each with a policy that has its name for `NAME`.
fn same_buckets_as_alone(given: &Json, policy: &str) -> Result<(), TestCaseError> {
    let (world, _) = world(kind("s3.bucket").unwrap(), given).unwrap();
    let Some(Resource::Bucket(template)) = &world.resource else { panic!("a bucket") };
    same_as_alone(&world, &named_buckets(template, policy))
}

fn same_repositories_as_alone(given: &Json, policy: &str) -> Result<(), TestCaseError> {
    let (world, _) = world(kind("ecr.repository").unwrap(), given).unwrap();
    let Some(Resource::Repository(template)) = &world.resource else { panic!("a repository") };
    same_as_alone(&world, &named_repositories(template, policy))
}

fn document(statement: &Json) -> Json {
    json!({"Version": "2012-10-17", "Statement": statement})
}

fn allow(principal: &Json, action: &str, resource: &Json) -> Json {
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource})
}

fn deny(action: &str, resource: &Json) -> Json {
    json!({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource})
}

/// Mostly what leaves resources alike: a policy is only shared if all of it does.
fn mostly(
    usual: impl IntoIterator<Item = Json>,
    rare: impl IntoIterator<Item = Json>,
) -> impl Strategy<Value = Json> {
    prop_oneof![9 => one_of(usual), 1 => one_of(rare)]
}

fn one_of(values: impl IntoIterator<Item = Json>) -> impl Strategy<Value = Json> {
    prop::sample::select(values.into_iter().collect::<Vec<_>>())
}

/// Statements that name their own resource in every way, and others that fit some names only.
fn statement(
    actions: [&'static str; 3],
    resource: impl Strategy<Value = Json>,
) -> impl Strategy<Value = Json> {
    let principal = mostly(
        [json!({"AWS": "arn:aws:iam::444455556666:root"}), json!({"Service": "cloudtrail.amazonaws.com"})],
        [json!("*"), json!({"AWS": "arn:aws:iam::111122223333:role/NAME"})],
    );
    let condition = mostly(
        [
            json!({"Bool": {"aws:SecureTransport": "false"}}),
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
            json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0abc"}}),
        ],
        [
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::NAME"}}),
            json!({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/NAME-*"}}),
        ],
    );
    let effect = one_of([json!("Allow"), json!("Deny")]);
    let sid = mostly([json!("Sid")], [json!("ForNAME")]);
    let parts = (effect, principal, one_of(actions.map(Json::from)), resource, condition, sid);
    parts.prop_map(|(effect, principal, action, resource, condition, sid)| {
        let mut statement = json!({
            "Sid": sid, "Effect": effect, "Principal": principal, "Action": action, "Condition": condition,
        });
        if !resource.is_null() {
            statement["Resource"] = resource;
        }
        statement
    })
}

fn policy(statement: impl Strategy<Value = Json>) -> impl Strategy<Value = String> {
    prop::collection::vec(statement, 1..3).prop_map(|statements| document(&statements.into()).to_string())
}

fn of_buckets() -> impl Strategy<Value = String> {
    let resource = mostly(
        [
            json!("arn:aws:s3:::NAME"),
            json!("arn:aws:s3:::NAME/*"),
            json!(["arn:aws:s3:::NAME", "arn:aws:s3:::NAME/*"]),
            json!("*"),
        ],
        [
            json!("arn:aws:s3:::*"),
            json!("arn:aws:s3:::prefix-*"),
            json!("arn:aws:s3:::NAME*"),
            json!("arn:aws:s3:::NAME/NAME/*"),
            json!("arn:aws:s3:::other/*"),
        ],
    );
    policy(statement(["s3:GetObject", "s3:*", "s3:PutBucketPolicy"], resource))
}

fn of_repositories() -> impl Strategy<Value = String> {
    let resource = one_of([json!(null), json!("*"), json!("arn:aws:ecr:*:*:repository/prefix-*")]);
    policy(statement(["ecr:BatchGetImage", "ecr:*", "ecr:PutImage"], resource))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn alike_buckets_are_told_what_each_is_told_alone(
        policy in of_buckets(),
        acl in one_of([json!("private"), json!("public-read"), json!({"unreadable": "s3:GetBucketAcl"})]),
        block in one_of([json!({}), json!({"restrict_public_buckets": true})]),
        reached in any::<bool>(),
    ) {
        let anybody = document(&allow(&json!("*"), "s3:GetObject", &json!("*")));
        let point = json!({"public_access_block": "none", "policy": anybody});
        let points = if reached { json!({"access_points": [point]}) } else { json!({}) };
        let given = json!({"acl": acl, "public_access_block": block, "snapshot": points});
        same_buckets_as_alone(&given, &policy)?;
    }

    #[test]
    fn alike_repositories_are_told_what_each_is_told_alone(
        policy in of_repositories(),
        registry in one_of([
            json!(null),
            json!("arn:aws:ecr:*:*:repository/*"),
            json!("arn:aws:ecr:*:*:repository/prefix-*"),
        ]),
    ) {
        let denial = document(&deny("ecr:*", &registry));
        let registry = if registry.is_null() { json!({}) } else { json!({"registry": {"policy": denial}}) };
        same_repositories_as_alone(&registry, &policy)?;
    }
}

/// What lies outside a policy may name some of the resources that have it.
#[test]
fn what_others_say_of_some_of_them_is_not_said_of_all() {
    let own = json!(["arn:aws:s3:::NAME", "arn:aws:s3:::NAME/*"]);
    let others = json!({"AWS": "arn:aws:iam::444455556666:root"});
    let shared = document(&allow(&others, "s3:GetObject", &own)).to_string();

    let anybody = document(&allow(&json!("*"), "s3:GetObject", &json!("*")));
    let points = json!({"access_points": [{"public_access_block": "none", "policy": anybody}]});
    let mut delegating = allow(&json!("*"), "s3:*", &own);
    delegating["Condition"] = json!({"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}});
    same_buckets_as_alone(&json!({"snapshot": points}), &document(&delegating).to_string()).unwrap();

    let some_buckets = json!("arn:aws:s3:::prefix-*");
    let baseline = document(&allow(&others, "s3:GetObject", &some_buckets)).to_string();
    same_buckets_as_alone(&json!({"declarations": {"bucket_policy_baseline": baseline}}), &shared).unwrap();

    let under = |denial: &Json| {
        let levels = json!([{"fence": document(denial)}]);
        json!({"account": {"organization": {}, "resource_control_policies": levels}})
    };
    same_buckets_as_alone(&under(&deny("s3:*", &some_buckets)), &shared).unwrap();

    let pull = json!({"Effect": "Allow", "Principal": others, "Action": "ecr:BatchGetImage"});
    let denial = deny("ecr:*", &json!("arn:aws:ecr:*:*:repository/prefix-*"));
    same_repositories_as_alone(&under(&denial), &document(&pull).to_string()).unwrap();
    let denying = document(&json!([pull, denial]));
    same_repositories_as_alone(&json!({}), &denying.to_string()).unwrap();
}

#[test]
fn a_policy_that_names_the_resource_otherwise_is_not_taken_for_another() {
    let (world, _) = world(kind("s3.bucket").unwrap(), &json!({})).unwrap();
    let Some(Resource::Bucket(template)) = &world.resource else { panic!("a bucket") };
    // In the text of the policy the name is hidden behind an escape, so that it reads the same for all buckets.
    let hidden = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::\u0064ata/*"}}"#;
    same_as_alone(&world, &named_buckets(template, hidden)).unwrap();
    let facts = Facts::new(&world.shared, &world.declarations);
    for bucket in named_buckets(template, hidden) {
        let Resource::Bucket(bucket) = bucket else { panic!("a bucket") };
        let is_foreign = told(&facts, &Resource::Bucket(bucket.clone()))
            .contains("foreign_resources: [arn:aws:s3:::data/*]");
        assert_eq!(is_foreign, bucket.name != "data");
    }
}
