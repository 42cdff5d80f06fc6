//! The example account that ships with Palisade: a small company's production account, with what was
//! done well and what was not.
//!
//! Recorded shapes, not a recording: every record has the shape that AWS gives, the content is made
//! up. Everything in it could be read.

mod identities;
mod policies;
mod storage;

use std::collections::BTreeMap;

use jiff::Timestamp;
use palisade_snapshot::{
    Account, AlternateContact, Analyzer, CALLS, CallRecord, ContactInformation, Evidence, FORMAT, Header,
    Listing, Observed, Paged, Record, RecordKind, Region, RegionStatus, Scope, Shared, Snapshot,
    SnapshotScope,
};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
const ELSEWHERE: [&str; 15] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The whole account.
pub(crate) fn snapshot() -> Snapshot {
    let mut shared = Shared::new(header());
    shared.account = account();
    shared.users = identities::users();
    shared.groups = identities::groups();
    shared.roles = identities::roles();
    shared.policies = policies::policies();
    shared.registries = storage::registries();
    shared.analyzers = vec![analyzer()];
    shared.access_points = storage::access_points();
    shared.multi_region_access_points = storage::multi_region_access_points();
    shared.object_lambda_access_points = storage::object_lambda_access_points();
    shared.access_grants_instances = storage::access_grants_instances();
    let mut snapshot =
        Snapshot { shared, buckets: storage::buckets(), repositories: storage::repositories() };
    snapshot.shared.listings = listings();
    snapshot.shared.calls = calls(&snapshot);
    snapshot.sort();
    snapshot
}

fn header() -> Header {
    Header {
        format: FORMAT.to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        account_id: ACCOUNT.to_owned(),
        partition: "aws".to_owned(),
        caller_arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/palisade-audit/nightly"),
        taken_at: time("2026-11-02T05:00:00Z"),
        scope: SnapshotScope {
            evidence: Evidence::ALL.iter().map(|evidence| evidence.name().to_owned()).collect(),
            regions: REGIONS.map(str::to_owned).to_vec(),
            excluded_regions: ELSEWHERE.map(str::to_owned).to_vec(),
            regions_listed: true,
            limited_to_regions: true,
        },
    }
}

fn account() -> Account {
    let contact = |name: &str, title: &str, email: &str| {
        Observed::Present(AlternateContact {
            name: name.to_owned(),
            title: title.to_owned(),
            email: email.to_owned(),
            phone: "+353 1 555 0100".to_owned(),
        })
    };
    Account {
        id: ACCOUNT.to_owned(),
        partition: "aws".to_owned(),
        summary: Observed::Present(summary()),
        aliases: Observed::Present(Paged::complete(vec!["acme-prod".to_owned()])),
        security_contact: Observed::Absent,
        billing_contact: contact("Accounts payable", "Finance", "billing@acme.example"),
        operations_contact: Observed::Absent,
        regions: Observed::Present(Paged::complete(regions())),
        password_policy: Observed::Present(identities::password_policy()),
        public_access_block: Observed::Absent,
        credential_report: Observed::Present(identities::credential_report()),
        virtual_mfa_devices: Observed::Present(Paged::complete(identities::virtual_mfa_devices())),
        contact_information: Observed::Present(contact_information()),
        organization: Observed::Absent,
        organizations_features: Observed::Absent,
        service_control_policies: Observed::Absent,
        resource_control_policies: Observed::Absent,
        ai_opt_out_policy: Observed::Absent,
        tag_policy: Observed::Absent,
        s3_policy: Observed::Absent,
        organization_accounts: Observed::Absent,
        organization_root: Observed::Absent,
        delegated_administrators: Observed::Absent,
        trusted_services: Observed::Absent,
        delegation_policy: Observed::Absent,
        role_session_durations: Observed::Present(Paged::complete(identities::role_session_durations())),
        server_certificates: Observed::Present(Paged::default()),
        saml_providers: Observed::Present(Paged::complete(vec![identities::saml_provider()])),
        oidc_providers: Observed::Present(Paged::complete(vec![identities::oidc_provider()])),
        service_specific_credentials: Observed::Present(Paged::default()),
        public_repositories: Observed::Present(Paged::complete(vec![storage::public_repository()])),
    }
}

/// What watches over one of the regions.
fn analyzer() -> Analyzer {
    Analyzer {
        arn: format!("arn:aws:access-analyzer:eu-west-1:{ACCOUNT}:analyzer/external"),
        name: "external".to_owned(),
        region: "eu-west-1".to_owned(),
        analyzer_type: "ACCOUNT".to_owned(),
        status: "ACTIVE".to_owned(),
        unused_access_age: None,
        internal_access: Vec::new(),
        findings: Observed::Present(Paged::default()),
        archive_rules: Observed::Present(Paged::default()),
    }
}

fn contact_information() -> ContactInformation {
    ContactInformation {
        full_name: "Ada Berg".to_owned(),
        company_name: "Acme".to_owned(),
        address_line_1: "1 Main Street".to_owned(),
        city: "Dublin".to_owned(),
        postal_code: "D02 X285".to_owned(),
        country_code: "IE".to_owned(),
        phone_number: "+353 1 555 0100".to_owned(),
    }
}

/// The counters that Palisade or its rules may ask for, and some of those that AWS gives besides.
fn summary() -> BTreeMap<String, i64> {
    [
        ("AccountAccessKeysPresent", 0),
        ("AccountMFAEnabled", 1),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
        ("Groups", 3),
        ("GroupsQuota", 300),
        ("InstanceProfiles", 1),
        ("InstanceProfilesQuota", 1_000),
        ("MFADevices", 3),
        ("MFADevicesInUse", 3),
        ("Policies", 3),
        ("PoliciesQuota", 1_500),
        ("Providers", 1),
        ("Roles", 7),
        ("RolesQuota", 1_000),
        ("ServerCertificates", 0),
        ("ServerCertificatesQuota", 20),
        ("Users", 5),
        ("UsersQuota", 5_000),
    ]
    .map(|(name, count)| (name.to_owned(), count))
    .into()
}

fn regions() -> Vec<Region> {
    let mut regions: Vec<Region> = (REGIONS.iter().chain(&ELSEWHERE))
        .map(|name| Region { name: (*name).to_owned(), status: RegionStatus::EnabledByDefault })
        .collect();
    regions.push(Region { name: "me-south-1".to_owned(), status: RegionStatus::Disabled });
    regions.sort();
    regions
}

fn listings() -> Vec<Listing> {
    let (regional, global): (Vec<_>, Vec<_>) = RecordKind::ALL.into_iter().partition(|kind| {
        kind.is_of_bucket_regions() || [RecordKind::Analyzer, RecordKind::Repository].contains(kind)
    });
    let here = |kind| REGIONS.iter().map(move |region| Listing::complete(kind, Some(region)));
    let global = global.into_iter().map(|kind| Listing::complete(kind, None));
    global.chain(regional.into_iter().flat_map(here)).collect()
}

/// One request per question.
fn calls(snapshot: &Snapshot) -> Vec<CallRecord> {
    let record = |operation: &str, region: Option<&str>, requests: usize| CallRecord {
        operation: operation.to_owned(),
        region: region.map(str::to_owned),
        requests: requests as u64,
        throttled: 0,
        failed: Vec::new(),
    };
    let mut calls = Vec::new();
    for call in CALLS {
        match call.scope {
            Scope::Account => calls.push(record(call.operation, None, 1)),
            Scope::IdentityProvider => {
                let account = &snapshot.shared.account;
                let providers = match call.operation {
                    "iam:GetOpenIDConnectProvider" => {
                        account.oidc_providers.present().map(|list| list.items.len())
                    }
                    _ => account.saml_providers.present().map(|list| list.items.len()),
                };
                calls.push(record(call.operation, None, providers.unwrap_or_default()));
            }
            Scope::GitUser => {
                let asked =
                    snapshot.shared.users.iter().filter(|one| one.ssh_public_keys.present().is_some());
                calls.push(record(call.operation, None, asked.count()));
            }
            Scope::Bucket => calls.push(record(call.operation, None, snapshot.buckets.len())),
            Scope::AccessPoint => calls.extend(REGIONS.iter().map(|region| {
                let here = snapshot.shared.access_points.iter().filter(|one| one.region == *region).count();
                record(call.operation, Some(region), here)
            })),
            Scope::MultiRegionAccessPoint => {
                calls.push(record(call.operation, None, snapshot.shared.multi_region_access_points.len()));
            }
            Scope::ObjectLambdaAccessPoint => calls.extend(REGIONS.iter().map(|region| {
                let points = snapshot.shared.object_lambda_access_points.iter();
                record(call.operation, Some(region), points.filter(|one| one.region == *region).count())
            })),
            Scope::AccessGrantsInstance => calls.extend(REGIONS.iter().map(|region| {
                let instances = snapshot.shared.access_grants_instances.iter();
                record(call.operation, Some(region), instances.filter(|one| one.region == *region).count())
            })),
            Scope::Region | Scope::BucketRegion => {
                calls.extend(REGIONS.iter().map(|region| record(call.operation, Some(region), 1)));
            }
            Scope::ExternalAnalyzer => calls.extend(REGIONS.iter().map(|region| {
                let here = snapshot.shared.analyzers.iter().filter(|one| one.region == *region).count();
                record(call.operation, Some(region), here)
            })),
            Scope::PublicRepository => {
                let found = snapshot.shared.account.public_repositories.present();
                calls.push(record(call.operation, None, found.map_or(0, |list| list.items.len())));
            }
            Scope::Repository => calls.extend(REGIONS.iter().map(|region| {
                let here = snapshot.repositories.iter().filter(|one| one.region == *region).count();
                record(call.operation, Some(region), here)
            })),
        }
    }
    calls.retain(|call| call.requests > 0);
    calls
}

/// The document as it ships.
pub(crate) fn document() -> Vec<u8> {
    let mut document = Vec::new();
    snapshot().write_to(&mut document).unwrap();
    document
}

/// The document after a change to its records, with a trailer that fits.
pub(crate) fn changed(change: impl FnOnce(&mut Snapshot)) -> Vec<u8> {
    let mut snapshot = snapshot();
    change(&mut snapshot);
    let mut document = Vec::new();
    snapshot.write_to(&mut document).unwrap();
    document
}

/// Every line of a document is a record.
pub(crate) fn records(document: &[u8]) -> Vec<Record> {
    let lines = document.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}
