//! Each fact rests on the evidence that it declares, and on nothing else.

use std::collections::{BTreeMap, BTreeSet};

use palisade_snapshot::{Evidence, Observations, Reason, RecordKind, Resource, Shared, Unreadable};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::text;
use crate::example::{World, subject, world};
use crate::{Declarations, Facts, KINDS, Kind, Object, ObjectType, Value, vocabulary};

/// Examples in which as much as possible is there to be read.
fn rich(kind: &Kind) -> Json {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "ecr:BatchGetImage"], "Resource": "*"},
    ]});
    let everything =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let snapshot = json!({
        "users": [
            {"name": "bob", "groups": ["developers"], "attached_policies": ["arn:aws:iam::111122223333:policy/other"],
             "report": {"password_enabled": true}},
        ],
        "groups": [{"name": "operators", "inline_policies": {"all": everything}}, {"name": "developers"}],
        "roles": [{"name": "billing", "inline_policies": {"all": everything}}],
        "policies": [{"name": "other", "document": everything}],
        "analyzers": [{"analyzer_type": "ACCOUNT_INTERNAL_ACCESS", "internal_access": [{"resource_types": ["AWS::S3::Bucket"]}],
                       "findings": [{"resource": "arn:aws:s3:::data"}], "archive_rules": [{}]}],
        "access_points": [{"policy": policy, "public_access_block": "none"}],
        "multi_region_access_points": [{"policy": policy, "public_access_block": {}}],
        "buckets": [{"name": "other", "logging": {"target_bucket": "data"}}],
    });
    let report = json!({
        "password_enabled": true, "mfa_active": true, "password_last_used_days_ago": 3, "password_last_changed_days_ago": 9,
        "access_keys": [{"active": true, "rotated_days_ago": 5, "last_used_days_ago": 1}],
    });
    let mut given = match kind.name {
        "account" | "iam.root" | "iam.password_policy" => account_with_all(&report),
        "iam.user" => json!({
            "report": report, "groups": ["developers"],
            "inline_policies": {"git": {"Version": "2012-10-17", "Statement": {
                "Effect": "Allow", "Action": "codecommit:*", "Resource": "*",
            }}},
        }),
        "iam.service_specific_credential" => json!({"user": "bob"}),
        "iam.access_key" => json!({"active": true, "rotated_days_ago": 9}),
        name if name.starts_with("s3.") => storage(name, &policy),
        "ecr.repository" => json!({
            "policy": policy, "lifecycle_policy": {"rules": []}, "tags": {"owner": "web"},
            "images": {"newest": {}, "most_idle": {}}, "latest_scan": {}, "registry": {"policy": policy},
        }),
        "ecr.public_repository" => json!({
            "tags": {"owner": "web"},
            "policy": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "ecr-public:PutImage"},
            ]},
        }),
        "ecr.registry" => json!({
            "policy": policy, "replication": [{"destinations": [{}]}],
            "pull_through_cache_rules": [{}], "creation_templates": [{"policy": policy}],
        }),
        _ => json!({}),
    };
    given.as_object_mut().unwrap().insert("snapshot".to_owned(), snapshot);
    given
}

/// An account of which everything is configured that can be, in an organization.
fn account_with_all(report: &Json) -> Json {
    json!({
        "aliases": ["acme"], "security_contact": {}, "billing_contact": {}, "operations_contact": {},
        "password_policy": {}, "public_access_block": "none", "report": report,
        "summary": {"AccountAccessKeysPresent": 1},
        "contact_information": {}, "organization": {}, "organizations_features": ["RootSessions"],
        "service_control_policies": [{"deny-leave": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
        ]}}],
        "resource_control_policies": [{}],
        "ai_opt_out_policy": {"services": {"default": {"opt_out_policy": "optOut"}}},
        "organization_accounts": [{}], "organization_root": {"units": ["workloads"]},
        "delegated_administrators": [{"services": ["guardduty.amazonaws.com"]}],
        "trusted_services": ["guardduty.amazonaws.com"],
        "delegation_policy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "organizations:*", "Resource": "*"},
        ]},
        "tag_policy": {"tags": {"owner": {"tag_key": "Owner"}}},
        "s3_policy": {"s3_attributes": {"public_access_block_configuration": "all"}},
    })
}

/// The same of S3.
fn storage(kind: &str, policy: &Json) -> Json {
    match kind {
        "s3.bucket" => bucket_with_all(policy),
        "s3.public_bucket_exception" => json!({"bucket": bucket_with_all(policy)}),
        "s3.object_lambda_access_point" => json!({"policy": policy, "public_access_block": "none"}),
        "s3.access_grants_instance" => json!({
            "grants": [{"scope": "s3://*", "permission": "READWRITE"}],
            "policy": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetDataAccess", "Resource": "*"},
            ]},
        }),
        "s3.access_point" => {
            json!({"policy": policy, "policy_is_public": true, "public_access_block": "none"})
        }
        "s3.multi_region_access_point" => {
            json!({"policy": policy, "policy_is_public": true, "public_access_block": {}})
        }
        _ => json!({}),
    }
}

/// A bucket of which everything is configured that can be.
fn bucket_with_all(policy: &Json) -> Json {
    json!({
        "policy": policy, "acl": "public-read", "policy_is_public": true, "payer": "Requester",
        "logging": {"target_bucket": "data"},
        "lifecycle": [{"expiration": {"days": 3}}], "website": {"redirect_all": {"host": "www.example.com"}},
        "replication": {"rules": [{}, {"destination_bucket": "arn:aws:s3:::other"}]}, "tags": {"owner": "data"},
        "object_lock": {"default_retention": {"days": 30}}, "encryption": {"blocked_types": ["SSE-C"]},
        "notification": {"destinations": [{"arn": "arn:aws:sqs:eu-west-1:444455556666:queue"}]},
    })
}

/// The snapshot of an example without some evidence.
struct Withheld {
    shared: Shared,
    declarations: Declarations,
    resource: Option<Resource>,
}

fn withhold(world: &World, evidence: &BTreeSet<Evidence>) -> Withheld {
    let why = Unreadable::new("", "", Reason::Denied, "");
    let mut shared = world.shared.clone();
    let mut resource = world.resource.clone();
    for &one in evidence {
        shared.account.withhold(one, &why);
        shared.users.iter_mut().for_each(|user| user.withhold(one, &why));
        shared.registries.iter_mut().for_each(|registry| registry.withhold(one, &why));
        shared.analyzers.iter_mut().for_each(|analyzer| analyzer.withhold(one, &why));
        shared.access_points.iter_mut().for_each(|point| point.withhold(one, &why));
        shared.multi_region_access_points.iter_mut().for_each(|point| point.withhold(one, &why));
        shared.object_lambda_access_points.iter_mut().for_each(|point| point.withhold(one, &why));
        shared.access_grants_instances.iter_mut().for_each(|instance| instance.withhold(one, &why));
        shared.listings.iter_mut().for_each(|listing| listing.withhold(one, &why));
        shared.bucket_directory.iter_mut().for_each(|bucket| bucket.withhold(one, &why));
        shared.log_targets.iter_mut().for_each(|bucket| bucket.withhold(one, &why));
        match &mut resource {
            Some(Resource::Bucket(bucket)) => bucket.withhold(one, &why),
            Some(Resource::Repository(repository)) => repository.withhold(one, &why),
            None => {}
        }
    }
    Withheld { shared, declarations: world.declarations.clone(), resource }
}

/// A fact as a rule sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Unknown,
    Plain(String),
    List { items: Vec<Seen>, complete: bool },
    Object(Vec<Seen>),
}

impl Seen {
    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Unknown(_) => Self::Unknown,
            Value::List(list) => Self::List {
                items: list.iter().map(|item| Self::of(&item)).collect(),
                complete: list.incomplete().is_none(),
            },
            Value::Object(object) => {
                let fields = 0..object.object_type().fields.len();
                Self::Object(fields.map(|index| Self::of(&object.attribute(index).unwrap())).collect())
            }
            plain => Self::Plain(text(plain)),
        }
    }

    fn is_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Plain(_) => true,
            Self::List { items, complete } => *complete && items.iter().all(Self::is_known),
            Self::Object(fields) => fields.iter().all(Self::is_known),
        }
    }

    /// Whether this may be seen of what `more` is seen with more evidence.
    fn follows(&self, more: &Self) -> bool {
        match (self, more) {
            (Self::Unknown, _) => true,
            (Self::List { items, complete }, Self::List { items: others, complete: all }) => {
                let known = items.iter().all(|item| others.iter().any(|other| item.follows(other)));
                known && (!complete || (*all && items.len() == others.len()))
            }
            (Self::Object(fields), Self::Object(others)) => {
                fields.iter().zip(others).all(|(field, other)| field.follows(other))
            }
            (this, more) => this == more,
        }
    }
}

/// Every fact of a resource by its path, objects in objects included.
fn facts(
    kind: &'static Kind,
    snapshot: &Withheld,
    arn: Option<&str>,
) -> Option<BTreeMap<Vec<&'static str>, Seen>> {
    let facts = Facts::new(&snapshot.shared, &snapshot.declarations);
    let subject = subject(&facts, kind, snapshot.resource.as_ref(), arn)?;
    let mut all = BTreeMap::new();
    flatten(subject.facts.as_ref(), &[], &mut all);
    Some(all)
}

fn flatten(object: &dyn Object, above: &[&'static str], all: &mut BTreeMap<Vec<&'static str>, Seen>) {
    for (index, field) in object.object_type().fields.iter().enumerate() {
        let path: Vec<_> = above.iter().copied().chain([field.name]).collect();
        match object.attribute(index).unwrap() {
            Value::Object(inner) => flatten(inner, &path, all),
            value => drop(all.insert(path, Seen::of(&value))),
        }
    }
}

/// Every request that proves an access proves it, so that which one is shown may depend on what was read; what an
/// answer takes for granted is what was not read.
fn is_proof(path: &[&str]) -> bool {
    path.contains(&"witness") || path.contains(&"assumes")
}

fn needed(kind: &Kind, path: &[&str]) -> BTreeSet<Evidence> {
    let mut evidence = vocabulary::evidence_of_kind(kind);
    evidence.extend(vocabulary::evidence_of_path(kind.object, path).unwrap());
    evidence
}

fn all_but(kept: &BTreeSet<Evidence>) -> BTreeSet<Evidence> {
    Evidence::ALL.iter().copied().filter(|one| !kept.contains(one)).collect()
}

#[test]
fn what_a_fact_declares_is_enough_to_know_it() {
    for kind in KINDS {
        let (world, arn) = world(kind, &rich(kind)).unwrap();
        let whole = facts(kind, &withhold(&world, &BTreeSet::new()), arn.as_deref()).unwrap();
        for (path, value) in &whole {
            assert!(value.is_known(), "{}.{path:?} is {value:?} with everything read", kind.name);
            let little =
                facts(kind, &withhold(&world, &all_but(&needed(kind, path))), arn.as_deref()).unwrap();
            if !is_proof(path) {
                assert_eq!(
                    little.get(path),
                    Some(value),
                    "{}.{path:?} with only what it declares",
                    kind.name
                );
            }
        }
    }
}

#[test]
fn what_is_withheld_is_missed_only_by_facts_that_declare_it() {
    for kind in KINDS {
        let (world, arn) = world(kind, &rich(kind)).unwrap();
        let whole = facts(kind, &withhold(&world, &BTreeSet::new()), arn.as_deref()).unwrap();
        for &evidence in Evidence::ALL {
            let Some(rest) = facts(kind, &withhold(&world, &BTreeSet::from([evidence])), arn.as_deref())
            else {
                assert!(
                    vocabulary::evidence_of_kind(kind).contains(&evidence),
                    "{} without {evidence}",
                    kind.name
                );
                continue;
            };
            for (path, value) in &whole {
                if !needed(kind, path).contains(&evidence) {
                    assert_eq!(rest.get(path), Some(value), "{}.{path:?} without {evidence}", kind.name);
                }
            }
        }
    }
}

/// Evidence that is declared and never missed would make AWS be asked for nothing.
#[test]
fn every_declared_piece_of_evidence_can_be_missed() {
    fn declared(object: &'static ObjectType, found: &mut BTreeSet<Evidence>) {
        for field in object.fields {
            found.extend(field.reads);
            if let Some(inner) = vocabulary::object_of(&field.ty) {
                declared(inner, found);
            }
        }
    }
    let mut all = BTreeSet::new();
    for kind in KINDS {
        declared(kind.object, &mut all);
        all.extend(vocabulary::evidence_of_kind(kind));
    }
    let unused: Vec<_> = Evidence::ALL.iter().filter(|one| !all.contains(one)).collect();
    assert_eq!(unused, [&Evidence::Caller]);
}

fn bucket() -> impl Strategy<Value = Json> {
    let statement = |principal: &str, condition: Json| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": principal, "Action": "s3:*",
            "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"], "Condition": condition,
        }]})
    };
    let policies = prop::sample::select(vec![
        Json::Null,
        json!("no policy at all"),
        statement("*", json!({})),
        statement("*", json!({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})),
        statement("*", json!({"StringLike": {"aws:SourceVpce": "vpce-*"}})),
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"},
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ]}),
    ]);
    let acls =
        prop::sample::select(vec!["private", "public-read", "public-read-write", "authenticated-read"]);
    let ownerships =
        prop::sample::select(vec![json!(null), json!("BucketOwnerEnforced"), json!("ObjectWriter")]);
    let block = || {
        any::<[bool; 4]>().prop_map(|[a, b, c, d]| json!({
        "block_public_acls": a, "ignore_public_acls": b, "block_public_policy": c, "restrict_public_buckets": d,
    }))
    };
    (policies, acls, ownerships, block(), block()).prop_map(|(policy, acl, object_ownership, own, account)| json!({
        "policy": policy, "acl": acl, "object_ownership": object_ownership, "public_access_block": own,
        "account": {"public_access_block": account},
    }))
}

fn some_evidence() -> impl Strategy<Value = BTreeSet<Evidence>> {
    prop::collection::btree_set(prop::sample::select(Evidence::ALL), 0..8)
}

fn only_becomes_unknown(
    kind: &'static Kind,
    given: &Json,
    few: &BTreeSet<Evidence>,
    more: &BTreeSet<Evidence>,
) -> Result<(), TestCaseError> {
    let (world, arn) = world(kind, given).unwrap();
    let more: BTreeSet<_> = few.union(more).copied().collect();
    let Some(less_known) = facts(kind, &withhold(&world, &more), arn.as_deref()) else { return Ok(()) };
    let known = facts(kind, &withhold(&world, few), arn.as_deref()).unwrap();
    for (path, value) in known.iter().filter(|(path, _)| !is_proof(path)) {
        let hidden = (1..=path.len()).any(|length| less_known.get(&path[..length]) == Some(&Seen::Unknown));
        let less = less_known.get(path);
        prop_assert!(
            hidden || less.is_some_and(|less| less.follows(value)),
            "{}.{:?} was {:?}, and is {:?} without {:?}",
            kind.name,
            path,
            value,
            less,
            more
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn taking_evidence_away_only_makes_facts_unknown(
        kind in prop::sample::select(&KINDS[..]), few in some_evidence(), more in some_evidence(),
    ) {
        only_becomes_unknown(kind, &rich(kind), &few, &more)?;
    }

    #[test]
    fn taking_evidence_of_buckets_away_only_makes_facts_unknown(
        given in bucket(), few in some_evidence(), more in some_evidence(),
    ) {
        only_becomes_unknown(vocabulary::kind("s3.bucket").unwrap(), &given, &few, &more)?;
    }
}

#[test]
fn a_listing_that_nobody_asked_for_is_a_gap() {
    let kind = vocabulary::kind("iam.group").unwrap();
    let (mut world, _) = world(kind, &json!({})).unwrap();
    world.shared.listings.retain(|listing| listing.kind != RecordKind::Group);
    let gaps = Facts::new(&world.shared, &world.declarations).gaps(kind);
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].missing.calls().next().unwrap().reason, Reason::NotCollected);
}
