//! Random accounts, made from the example that ships, and evidence taken away from them.

use std::path::Path;

use palisade_snapshot::{
    Account, DelegatedAdministrator, Evidence, InlinePolicy, Observations, Observed, OpenOptions,
    Organization, OrganizationAccount, OrganizationRoot, PermissionsBoundary, Reason, RecordKind, Shared,
    Snapshot, State, StoredSnapshot, Unreadable,
};
use proptest::prelude::{Strategy, any, prop};
use proptest::sample::Index;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Documents that mean much, little or nothing, as trust, identity and resource policies.
const DOCUMENTS: [&str; 9] = [
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:PassRole","iam:AttachUserPolicy","lambda:CreateFunction","lambda:InvokeFunction"],"Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":["sts:AssumeRole","s3:GetObject","ecr:BatchGetImage"]}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example"}}}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#,
    "{ not a policy",
];

/// The snapshot that ships.
pub(crate) fn example() -> Snapshot {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/snapshots/example.jsonl");
    StoredSnapshot::open(&path, OpenOptions::default()).unwrap().load().unwrap()
}

/// One change of an account: what changes, which field, where, and where the new value comes from.
#[derive(Debug, Clone)]
pub(crate) struct Change(u8, u8, Index, Index);

pub(crate) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (any::<u8>(), any::<u8>(), any::<Index>(), any::<Index>());
    let change = change.prop_map(|(what, field, place, source)| Change(what, field, place, source));
    prop::collection::vec(change, 0..40)
}

/// One piece of evidence that is taken away; a listing breaks after some of its resources.
#[derive(Debug, Clone)]
pub(crate) struct Loss(Index, Index, Option<Index>);

pub(crate) fn losses() -> impl Strategy<Value = Vec<Loss>> {
    let loss = (any::<Index>(), any::<Index>(), any::<Option<Index>>());
    prop::collection::vec(loss.prop_map(|(place, reason, after)| Loss(place, reason, after)), 0..25)
}

fn document(source: &Index) -> String {
    (*source.get(&DOCUMENTS)).to_owned()
}

/// Copies what was observed of one record to another of its kind, or says that it is not configured.
fn transplant<T: Serialize + DeserializeOwned>(records: &mut [T], what: u8, place: &Index, source: &Index) {
    if records.is_empty() {
        return;
    }
    let from = records.get(source.index(records.len() + 1)).map(object);
    let to = place.get_mut(records);
    let mut changed = object(to);
    let observed: Vec<String> =
        changed.keys().filter(|name| may_be_unreadable::<T>(&changed, name)).cloned().collect();
    let Some(name) = observed.get(usize::from(what) % observed.len().max(1)) else { return };
    changed[name] = from.and_then(|from| from.get(name).cloned()).unwrap_or_default();
    *to = typed(&changed).unwrap();
}

fn object<T: Serialize>(record: &T) -> Map<String, Value> {
    serde_json::from_str(&serde_json::to_string(record).unwrap()).unwrap()
}

fn typed<T: DeserializeOwned>(object: &Map<String, Value>) -> serde_json::Result<T> {
    serde_json::from_str(&serde_json::to_string(object)?)
}

/// Whether the field is evidence: only evidence can be unreadable.
fn may_be_unreadable<T: DeserializeOwned>(object: &Map<String, Value>, name: &str) -> bool {
    let why = Unreadable::new("", "", Reason::Denied, "");
    let mut withheld = object.clone();
    withheld[name] = json!({ "$unreadable": why });
    typed::<T>(&withheld).is_ok()
}

impl Change {
    /// Makes the change; the account stays one that could exist.
    pub(crate) fn make(&self, snapshot: &mut Snapshot) {
        let Self(what, field, place, source) = self;
        let shared = &mut snapshot.shared;
        match what % 22 {
            0 => place.get_mut(&mut snapshot.buckets).policy = Observed::Present(document(source)),
            1 => place.get_mut(&mut snapshot.repositories).policy = Observed::Present(document(source)),
            2..=5 => transplant(&mut snapshot.buckets, *field, place, source),
            6 | 7 => transplant(&mut snapshot.repositories, *field, place, source),
            8 => transplant(&mut shared.registries, *field, place, source),
            9 => transplant(std::slice::from_mut(&mut shared.account), *field, place, source),
            10 => {
                let mut bucket = place.get(&snapshot.buckets).clone();
                bucket.name = format!("generated-{}", snapshot.buckets.len());
                bucket.arn = format!("arn:aws:s3:::{}", bucket.name);
                snapshot.buckets.push(bucket);
            }
            11 => {
                if let Observed::Present(counters) = &mut shared.account.summary {
                    let mut counters: Vec<_> = counters.values_mut().collect();
                    **place.get_mut(&mut counters) = i64::from(field % 2);
                }
            }
            21 => join_organization(*field, source, &mut shared.account),
            _ => change_identities(*what, place, source, shared),
        }
    }
}

/// Puts the account in an organization, which it may manage, with what can be read of one.
fn join_organization(field: u8, source: &Index, account: &mut Account) {
    let management = if field.is_multiple_of(2) { account.id.as_str() } else { "999988887777" };
    account.organization = Observed::Present(Organization {
        id: "o-exampleorgid".to_owned(),
        management_account_id: management.to_owned(),
        feature_set: "ALL".to_owned(),
    });
    let member = |id: &str| OrganizationAccount {
        id: id.to_owned(),
        name: "member".to_owned(),
        email: "aws@acme.example".to_owned(),
        state: "ACTIVE".to_owned(),
    };
    account.organization_accounts = Observed::Present(vec![member(&account.id), member("444455556666")]);
    account.organization_root =
        Observed::Present(OrganizationRoot { accounts: vec![account.id.clone()], units: Vec::new() });
    account.delegated_administrators = Observed::Present(vec![DelegatedAdministrator {
        account: account.id.clone(),
        name: "security".to_owned(),
        services: vec!["access-analyzer.amazonaws.com".to_owned()],
    }]);
    account.trusted_services = Observed::Present(vec!["access-analyzer.amazonaws.com".to_owned()]);
    account.delegation_policy = Observed::Present(document(source));
    account.ai_opt_out_policy =
        Observed::Present(r#"{"services":{"default":{"opt_out_policy":"optOut"}}}"#.to_owned());
    account.tag_policy = Observed::Absent;
}

fn change_identities(what: u8, place: &Index, source: &Index, shared: &mut Shared) {
    match what % 22 {
        12 => {
            let attached = source.get(&shared.roles).attached_policies.clone();
            place.get_mut(&mut shared.users).attached_policies = attached;
        }
        13 => {
            let document = document(source);
            let policy = InlinePolicy { name: "generated".to_owned(), document };
            place.get_mut(&mut shared.users).inline_policies = vec![policy];
        }
        14 => {
            let arn = source.get(&shared.policies).arn.clone();
            place.get_mut(&mut shared.users).permissions_boundary = Some(PermissionsBoundary { arn });
        }
        15 => {
            let group = source.get(&shared.groups).name.clone();
            place.get_mut(&mut shared.users).groups = vec![group];
        }
        16 => place.get_mut(&mut shared.roles).trust_policy = document(source),
        17 => {
            let attached = source.get(&shared.groups).attached_policies.clone();
            place.get_mut(&mut shared.roles).attached_policies = attached;
        }
        18 => {
            let policy = InlinePolicy { name: "generated".to_owned(), document: document(source) };
            place.get_mut(&mut shared.groups).inline_policies = vec![policy];
        }
        19 => {
            for version in &mut place.get_mut(&mut shared.policies).versions {
                version.document = document(source);
            }
        }
        _ => {
            // A report that contradicts the live counters may be four hours older than they are.
            if let Observed::Present(report) = &mut shared.account.credential_report {
                let row = place.get_mut(&mut report.rows);
                row.password_enabled = Some(source.index(2) == 0);
                row.mfa_active = Some(source.index(2) == 0);
                row.access_keys[0].active = source.index(3) == 0;
            }
        }
    }
}

fn records(snapshot: &mut Snapshot) -> Vec<&mut dyn Observations> {
    fn each<T: Observations>(records: &mut [T]) -> impl Iterator<Item = &mut dyn Observations> {
        records.iter_mut().map(|record| record as &mut dyn Observations)
    }
    let shared = &mut snapshot.shared;
    let mut all: Vec<&mut dyn Observations> = vec![&mut shared.account];
    all.extend(each(&mut shared.registries));
    all.extend(each(&mut shared.analyzers));
    all.extend(each(&mut shared.access_points));
    all.extend(each(&mut shared.multi_region_access_points));
    all.extend(each(&mut shared.object_lambda_access_points));
    all.extend(each(&mut shared.access_grants_instances));
    all.extend(each(&mut shared.listings));
    all.extend(each(&mut snapshot.buckets));
    all.extend(each(&mut snapshot.repositories));
    all.extend(each(&mut shared.users));
    all
}

/// What was answered: the number of the record, and the evidence.
pub(crate) fn answered(snapshot: &mut Snapshot) -> Vec<(usize, Evidence)> {
    let mut places = Vec::new();
    for (record, observed) in records(snapshot).into_iter().enumerate() {
        observed.each(&mut |evidence, state| {
            if state == State::Answered {
                places.push((record, evidence));
            }
        });
    }
    places
}

/// Takes evidence away.
pub(crate) fn lose(snapshot: &mut Snapshot, losses: &[Loss]) {
    let places = answered(snapshot);
    if places.is_empty() {
        return;
    }
    let mut cut = Vec::new();
    for Loss(place, reason, after) in losses {
        let (record, evidence) = *place.get(&places);
        let why = Unreadable::new(&evidence.to_string(), "", *reason.get(&Reason::ALL), "lost");
        records(snapshot)[record].withhold(evidence, &why);
        if let Some(after) = after {
            let shared = &snapshot.shared;
            let points = shared.access_points.len()
                + shared.multi_region_access_points.len()
                + shared.object_lambda_access_points.len()
                + shared.access_grants_instances.len();
            let first = 1 + shared.registries.len() + shared.analyzers.len() + points;
            let listing = record.checked_sub(first).and_then(|index| snapshot.shared.listings.get(index));
            cut.extend(listing.map(|listing| (listing.kind, listing.region.clone(), *after)));
        }
    }
    // Cut at the end, so that the numbers of the records stay.
    for (kind, region, after) in cut {
        cut_off(snapshot, kind, region.as_deref(), after);
    }
    // What is known of every bucket comes from the records that are left.
    snapshot.sort();
}

/// Drops the resources that a listing would have given later.
fn cut_off(snapshot: &mut Snapshot, kind: RecordKind, region: Option<&str>, after: Index) {
    fn first<T>(items: &mut Vec<T>, after: Index) {
        items.truncate(after.index(items.len() + 1));
    }
    let shared = &mut snapshot.shared;
    match kind {
        RecordKind::User => first(&mut shared.users, after),
        RecordKind::Group => first(&mut shared.groups, after),
        RecordKind::Role => first(&mut shared.roles, after),
        RecordKind::Policy => first(&mut shared.policies, after),
        RecordKind::Analyzer => {
            let mut here = 0..after.index(shared.analyzers.len() + 1);
            shared.analyzers.retain(|one| Some(one.region.as_str()) != region || here.next().is_some());
        }
        RecordKind::AccessPoint => {
            let mut here = 0..after.index(shared.access_points.len() + 1);
            shared.access_points.retain(|one| Some(one.region.as_str()) != region || here.next().is_some());
        }
        RecordKind::MultiRegionAccessPoint => first(&mut shared.multi_region_access_points, after),
        RecordKind::ObjectLambdaAccessPoint => {
            let mut here = 0..after.index(shared.object_lambda_access_points.len() + 1);
            let points = &mut shared.object_lambda_access_points;
            points.retain(|one| Some(one.region.as_str()) != region || here.next().is_some());
        }
        RecordKind::AccessGrantsInstance => {
            let mut here = 0..after.index(shared.access_grants_instances.len() + 1);
            let instances = &mut shared.access_grants_instances;
            instances.retain(|one| Some(one.region.as_str()) != region || here.next().is_some());
        }
        RecordKind::Bucket => first(&mut snapshot.buckets, after),
        RecordKind::Repository => {
            let mut here = 0..after.index(snapshot.repositories.len() + 1);
            snapshot.repositories.retain(|one| Some(one.region.as_str()) != region || here.next().is_some());
        }
    }
}
