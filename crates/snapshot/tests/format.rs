//! The document: what is written is read again, and what is not whole is noticed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use palisade_snapshot::{
    AccessControlList, AccessPoint, Analyzer, ArchiveCriterion, ArchiveRule, BlockPublicAccess, Bucket,
    CallRecord, CredentialReport, FORMAT, FailedCalls, Grant, Grantee, Header, InternalAccessCriteria,
    Listing, Logging, ManagedPolicy, MultiRegionAccessPoint, MultiRegionBucket, NotOffered, Observed,
    OpenError, OpenOptions, Paged, PolicyVersion, Reason, RecordKind, Registry, Repository, Role,
    ScanningConfiguration, Shared, Snapshot, SnapshotScope, StoredSnapshot, Tag, Unreadable, User,
};

fn denied(operation: &str) -> Unreadable {
    Unreadable::new(operation, operation, Reason::Denied, "AccessDenied: \"no\"\u{2028}")
}

fn header() -> Header {
    Header {
        format: FORMAT.to_owned(),
        tool_version: "0.1.0".to_owned(),
        account_id: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        caller_arn: "arn:aws:iam::123456789012:user/auditor".to_owned(),
        taken_at: "2026-03-01T12:00:00Z".parse().unwrap(),
        scope: SnapshotScope {
            evidence: vec!["iam.user".to_owned(), "s3.bucket".to_owned()],
            regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
            excluded_regions: Vec::new(),
            regions_listed: true,
            limited_to_regions: false,
        },
    }
}

fn bucket(name: &str) -> Bucket {
    Bucket {
        region: Observed::Present("eu-west-1".to_owned()),
        policy: Observed::Present("{\"Statement\": [],\n \"Statement\": \"ü\"}".to_owned()),
        acl: Observed::Present(AccessControlList {
            owner_id: None,
            grants: vec![Grant { grantee: Grantee::Group("uri".to_owned()), permission: "READ".to_owned() }],
        }),
        public_access_block: Observed::Present(BlockPublicAccess::default()),
        object_ownership: Observed::Absent,
        encryption: denied("s3:GetBucketEncryption").into(),
        versioning: NotOffered { operation: "o".to_owned(), message: "m".to_owned() }.into(),
        cors: Observed::Absent,
        lifecycle: Observed::Present(Vec::new()),
        ..Bucket::listed(
            format!("arn:aws:s3:::{name}"),
            name.to_owned(),
            Some("2024-05-06T07:08:09.5Z".parse().unwrap()),
        )
    }
}

fn user(name: &str) -> User {
    User {
        arn: format!("arn:aws:iam::123456789012:user/{name}"),
        name: name.to_owned(),
        id: "AIDAEXAMPLE".to_owned(),
        path: "/".to_owned(),
        created_at: "2024-01-01T00:00:00Z".parse().unwrap(),
        groups: vec!["ops".to_owned()],
        inline_policies: Vec::new(),
        attached_policies: Vec::new(),
        permissions_boundary: None,
        tags: vec![Tag { key: "$unreadable".to_owned(), value: "{\"reason\":\"denied\"}".to_owned() }],
        ssh_public_keys: Observed::default(),
    }
}

fn role() -> Role {
    Role {
        arn: "arn:aws:iam::123456789012:role/r".to_owned(),
        name: "r".to_owned(),
        id: "AROAEXAMPLE".to_owned(),
        path: "/".to_owned(),
        created_at: "2024-01-01T00:00:00Z".parse().unwrap(),
        trust_policy: "{}".to_owned(),
        inline_policies: Vec::new(),
        attached_policies: Vec::new(),
        permissions_boundary: None,
        instance_profiles: Vec::new(),
        last_used: None,
        tags: Vec::new(),
    }
}

fn repository(region: &str) -> Repository {
    Repository {
        arn: format!("arn:aws:ecr:{region}:123456789012:repository/app"),
        name: "app".to_owned(),
        region: region.to_owned(),
        created_at: None,
        scan_on_push: true,
        tag_mutability: "IMMUTABLE".to_owned(),
        tag_mutability_exclusions: Vec::new(),
        encryption_type: "AES256".to_owned(),
        kms_key: None,
        policy: Observed::Absent,
        lifecycle_policy: Observed::Present("{}".to_owned()),
        tags: Observed::default(),
        images: Observed::default(),
        latest_scan: Observed::default(),
    }
}

fn analyzer(region: &str) -> Analyzer {
    Analyzer {
        arn: format!("arn:aws:access-analyzer:{region}:123456789012:analyzer/internal"),
        name: "internal".to_owned(),
        region: region.to_owned(),
        analyzer_type: "ACCOUNT_INTERNAL_ACCESS".to_owned(),
        status: "ACTIVE".to_owned(),
        unused_access_age: None,
        internal_access: vec![InternalAccessCriteria {
            account_ids: Vec::new(),
            resource_types: vec!["AWS::S3::Bucket".to_owned()],
            resource_arns: Vec::new(),
        }],
        findings: Observed::Absent,
        archive_rules: Observed::Present(Paged::complete(vec![ArchiveRule {
            name: "partner".to_owned(),
            criteria: vec![ArchiveCriterion {
                property: "principal.AWS".to_owned(),
                equal: vec!["444455556666".to_owned()],
                not_equal: Vec::new(),
                contains: Vec::new(),
                exists: None,
            }],
        }])),
    }
}

fn access_point(region: &str) -> AccessPoint {
    AccessPoint {
        arn: format!("arn:aws:s3:{region}:123456789012:accesspoint/reader"),
        name: "reader".to_owned(),
        region: region.to_owned(),
        bucket: "alpha".to_owned(),
        bucket_account: Some("123456789012".to_owned()),
        vpc: Some("vpc-1".to_owned()),
        public_access_block: Observed::Present(BlockPublicAccess::default()),
        policy: denied("s3control:GetAccessPointPolicy").into(),
        policy_is_public: Observed::default(),
    }
}

/// The listings, in none of the document's orders.
fn listings() -> Vec<Listing> {
    let mut users = Listing::complete(RecordKind::User, None);
    users.incomplete = Some(denied("iam:GetAccountAuthorizationDetails"));
    let mut buckets = Listing::complete(RecordKind::Bucket, None);
    buckets.deleted = vec!["arn:aws:s3:::gone".to_owned()];
    vec![
        Listing::complete(RecordKind::Repository, Some("us-east-1")),
        Listing::complete(RecordKind::Repository, Some("eu-west-1")),
        buckets,
        Listing::complete(RecordKind::MultiRegionAccessPoint, None),
        Listing::complete(RecordKind::AccessPoint, Some("us-east-1")),
        Listing::complete(RecordKind::AccessPoint, Some("eu-west-1")),
        Listing::complete(RecordKind::Analyzer, Some("us-east-1")),
        Listing::complete(RecordKind::Analyzer, Some("eu-west-1")),
        Listing::complete(RecordKind::Policy, None),
        Listing::complete(RecordKind::Role, None),
        users,
    ]
}

/// One of everything, in no order.
fn unsorted() -> Snapshot {
    let mut shared = Shared::new(header());
    shared.account.aliases = Observed::Present(Paged::complete(vec!["acme".to_owned()]));
    shared.account.regions = denied("account:ListRegions").into();
    shared.account.credential_report = Observed::Present(CredentialReport {
        generated_at: "2026-03-01T11:00:00Z".parse().unwrap(),
        rows: Vec::new(),
    });
    shared.users = vec![user("zoe"), user("adam")];
    shared.roles = vec![role()];
    shared.policies = vec![ManagedPolicy {
        arn: "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned(),
        name: "ReadOnlyAccess".to_owned(),
        id: "ANPAEXAMPLE".to_owned(),
        path: "/".to_owned(),
        attachment_count: 1,
        boundary_usage_count: 0,
        default_version_id: "v1".to_owned(),
        versions: vec![PolicyVersion { id: "v1".to_owned(), document: "{}".to_owned() }],
    }];
    shared.registries = vec![Registry {
        region: "us-east-1".to_owned(),
        scanning: Observed::Present(ScanningConfiguration {
            scan_type: "BASIC".to_owned(),
            rules: Vec::new(),
        }),
        has_repositories: true,
        policy: Observed::default(),
        policy_scope: Observed::default(),
        replication: Observed::default(),
        pull_through_cache_rules: Observed::default(),
        creation_templates: Observed::default(),
    }];
    shared.analyzers = ["us-east-1", "eu-west-1"].map(analyzer).into();
    shared.access_points = vec![access_point("us-east-1"), access_point("eu-west-1")];
    shared.multi_region_access_points = vec![MultiRegionAccessPoint {
        arn: "arn:aws:s3::123456789012:accesspoint/abc.mrap".to_owned(),
        name: "everywhere".to_owned(),
        status: "READY".to_owned(),
        public_access_block: BlockPublicAccess::default(),
        buckets: vec![MultiRegionBucket { name: "alpha".to_owned(), account: None }],
        policy: Observed::Absent,
        policy_is_public: Observed::Absent,
    }];
    shared.listings = listings();
    shared.calls = vec![CallRecord {
        operation: "s3:GetBucketEncryption".to_owned(),
        region: Some("eu-west-1".to_owned()),
        requests: 3,
        throttled: 1,
        failed: vec![FailedCalls { reason: Reason::Denied, count: 2 }],
    }];
    Snapshot {
        shared,
        buckets: vec![bucket("zeta"), bucket("alpha")],
        repositories: vec![repository("us-east-1"), repository("eu-west-1")],
    }
}

fn snapshot() -> Snapshot {
    let mut snapshot = unsorted();
    snapshot.sort();
    snapshot
}

fn bytes(snapshot: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    snapshot.write_to(&mut bytes).unwrap();
    bytes
}

fn open(bytes: &[u8]) -> Result<StoredSnapshot, OpenError> {
    StoredSnapshot::spool(bytes, OpenOptions::default())
}

fn open_torn(bytes: &[u8]) -> Result<StoredSnapshot, OpenError> {
    StoredSnapshot::spool(bytes, OpenOptions { allow_torn: true })
}

/// The document with one line changed.
fn changed(line: usize, change: impl Fn(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8(bytes(&snapshot())).unwrap();
    let changed = |(number, text): (usize, &str)| if number == line { change(text) } else { text.to_owned() };
    let lines: Vec<String> = text.lines().enumerate().map(changed).collect();
    (lines.join("\n") + "\n").into_bytes()
}

#[test]
fn what_is_written_is_read_again() {
    let snapshot = snapshot();
    let stored = open(&bytes(&snapshot)).unwrap();
    assert_eq!(*stored.shared, snapshot.shared);
    assert_eq!(stored.load().unwrap(), snapshot);
    let resources: Result<Vec<_>, _> = stored.resources().unwrap().collect();
    assert_eq!(resources.unwrap(), snapshot.resources().collect::<Vec<_>>());
}

#[test]
fn the_buckets_that_get_access_logs_are_kept_whole_for_those_who_send_them() {
    let sending = |name: &str, target: &str| {
        let (target_bucket, target_prefix) = (target.to_owned(), String::new());
        let logging = Observed::Present(Logging { target_bucket, target_prefix });
        Bucket { logging, ..bucket(name) }
    };
    let mut snapshot = snapshot();
    snapshot.buckets = vec![
        sending("app", "logs"),
        bucket("data"),
        bucket("logs"),
        sending("other", "of-somebody-else"),
        sending("self", "self"),
        bucket("zoo"),
    ];
    snapshot.sort();
    let targets = [bucket("logs"), sending("self", "self")];
    assert_eq!(snapshot.shared.log_targets, targets);
    assert_eq!(open(&bytes(&snapshot)).unwrap().shared.log_targets, targets);
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    let mut reversed = unsorted();
    reversed.buckets.reverse();
    reversed.repositories.reverse();
    reversed.shared.users.reverse();
    reversed.shared.listings.reverse();
    reversed.sort();
    assert_eq!(bytes(&snapshot()), bytes(&reversed));
    assert_eq!(bytes(&open(&bytes(&reversed)).unwrap().load().unwrap()), bytes(&reversed));
}

#[test]
fn the_digest_tells_what_was_answered_and_not_how_often_it_was_asked() {
    let digest = |snapshot: &Snapshot| open(&bytes(snapshot)).unwrap().sha256().to_owned();
    let snapshot = snapshot();
    let mut patient = snapshot.clone();
    patient.shared.calls.iter_mut().for_each(|call| call.requests += 2);
    assert_ne!(bytes(&snapshot), bytes(&patient));
    assert_eq!(digest(&snapshot), digest(&patient));
    let mut other = snapshot.clone();
    other.repositories.pop();
    assert_ne!(digest(&snapshot), digest(&other));
}

#[test]
fn resources_follow_their_listing_in_the_order_of_their_arns() {
    let text = String::from_utf8(bytes(&snapshot())).unwrap();
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}"));
    let order = [
        "{\"header\"",
        "{\"account\"",
        "{\"listing\":{\"kind\":\"iam.user\"",
        "user/adam",
        "user/zoe",
        "{\"listing\":{\"kind\":\"s3.bucket\"",
        ":::alpha",
        ":::zeta",
        "{\"listing\":{\"kind\":\"ecr.repository\",\"region\":\"eu-west-1\"",
        "ecr:eu-west-1",
        "{\"listing\":{\"kind\":\"ecr.repository\",\"region\":\"us-east-1\"",
        "ecr:us-east-1",
        "{\"calls\"",
        "{\"trailer\"",
    ];
    let places: Vec<usize> = order.iter().map(|part| place(part)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn files_are_private_whole_and_compressed_by_their_suffix() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = snapshot();
    for name in ["plain.jsonl", "small.jsonl.zst"] {
        let path = folder.path().join(name);
        snapshot.write_file(&path).unwrap();
        let stored = StoredSnapshot::open(&path, OpenOptions::default()).unwrap();
        assert_eq!(stored.load().unwrap(), snapshot, "{name}");
        assert_private(&path);
    }
    assert_eq!(fs::read(folder.path().join("plain.jsonl")).unwrap(), bytes(&snapshot));
    assert!(fs::read(folder.path().join("small.jsonl.zst")).unwrap().starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left aside");
}

#[cfg(unix)]
fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(not(unix))]
fn assert_private(_: &Path) {}

#[test]
fn a_file_that_cannot_be_written_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no such folder").join("s.jsonl");
    assert!(snapshot().write_file(&missing).unwrap_err().to_string().contains("no such folder"));
    let occupied = folder.path().join("folder.jsonl");
    fs::create_dir(&occupied).unwrap();
    assert!(snapshot().write_file(&occupied).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_document_cut_anywhere_is_not_taken_for_whole() {
    let whole = bytes(&snapshot());
    for end in (0..whole.len()).step_by(7).chain([whole.len() - 1]) {
        let cut = whole.get(..end).unwrap();
        assert!(matches!(open(cut), Err(OpenError::Torn { .. } | OpenError::Foreign { .. })), "{end}");
    }
}

#[test]
fn a_compressed_document_cut_anywhere_is_not_taken_for_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.jsonl.zst");
    snapshot().write_file(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    for end in (0..whole.len()).step_by(5) {
        assert!(open(whole.get(..end).unwrap()).is_err(), "{end}");
    }
}

#[test]
fn whatever_is_changed_is_noticed() {
    let whole = bytes(&snapshot());
    let text = String::from_utf8(whole.clone()).unwrap();
    let edits = [("IMMUTABLE", "MUTABLE"), ("\"requests\":3", "\"requests\":4"), ("user/adam", "user/eve_")];
    for (from, to) in edits {
        let edited = text.replace(from, to);
        assert!(matches!(open(edited.as_bytes()), Err(OpenError::Torn { .. })), "{from}");
    }
    let lines: Vec<&str> = text.lines().collect();
    for left_out in 1..lines.len() - 1 {
        let mut fewer = lines.clone();
        fewer.remove(left_out);
        assert!(open((fewer.join("\n") + "\n").as_bytes()).is_err(), "{left_out}");
    }
    let mut longer = whole.clone();
    longer.extend_from_slice(&whole);
    assert!(matches!(open(&longer), Err(OpenError::Torn { .. })));
}

#[test]
fn with_leave_a_torn_document_gives_what_stands_before_the_tear() {
    let whole = bytes(&snapshot());
    let text = String::from_utf8(whole).unwrap();
    let tear = text.find("arn:aws:s3:::zeta").unwrap();
    let stored = open_torn(text.get(..tear).unwrap().as_bytes()).unwrap();
    assert_eq!(stored.shared.users, snapshot().shared.users);
    let loaded = stored.load().unwrap();
    assert_eq!(loaded.buckets, [bucket("alpha")]);
    for kind in [RecordKind::Bucket, RecordKind::Repository] {
        let mut listings = loaded.shared.listings_of(kind);
        let unknown = |listing: &Listing| {
            listing.incomplete.as_ref().is_some_and(|why| why.reason == Reason::NotCollected)
        };
        assert!(listings.any(unknown), "{kind:?}");
    }
    let roles = loaded.shared.listings_of(RecordKind::Role).next().unwrap();
    assert_eq!(roles.incomplete, None, "what was whole before the tear stays so");
}

#[test]
fn a_newer_format_is_told_from_a_foreign_file() {
    let newer = changed(0, |line| line.replace("palisade-snapshot/1", "palisade-snapshot/2"));
    let error = open(&newer).unwrap_err();
    assert!(matches!(&error, OpenError::Newer { format, .. } if format == "palisade-snapshot/2"), "{error}");
    let other = changed(0, |line| line.replace("palisade-snapshot/1", "prowler/5"));
    for foreign in
        [other.as_slice(), b"", b"\n", b"{}\n", b"[1,2]\n", b"not json", b"\x00\xff", b"{\"header\":1}\n"]
    {
        assert!(matches!(open(foreign), Err(OpenError::Foreign { .. })));
    }
}

#[test]
fn a_line_that_is_no_record_is_named() {
    let broken = changed(2, |_| "{\"iam.robot\":{}}".to_owned());
    let error = open(&broken).unwrap_err();
    assert!(matches!(&error, OpenError::Broken { line: 3, .. }), "{error}");
    let twice = changed(2, |_| serde_json::json!({ "header": header_json() }).to_string());
    assert!(matches!(open(&twice), Err(OpenError::Broken { line: 3, .. })));
}

fn header_json() -> serde_json::Value {
    serde_json::to_value(header()).unwrap()
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = StoredSnapshot::open(Path::new("/no/such/file"), OpenOptions::default()).unwrap_err();
    assert!(error.to_string().contains("/no/such/file"), "{error}");
}
