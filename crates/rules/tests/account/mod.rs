//! A small account for tests and benchmarks.

use palisade_snapshot::{Bucket, FORMAT, Header, Listing, RecordKind, Shared, SnapshotScope};
use serde_json::json;

/// The shared records of an account in which every listing is complete.
pub(crate) fn shared() -> Shared {
    let mut shared = Shared::new(Header {
        format: FORMAT.to_owned(),
        tool_version: "0.0.0".to_owned(),
        account_id: "111122223333".to_owned(),
        partition: "aws".to_owned(),
        caller_arn: "arn:aws:iam::111122223333:role/auditor".to_owned(),
        taken_at: "2026-07-01T12:00:00Z".parse().unwrap(),
        scope: SnapshotScope { regions_listed: true, ..SnapshotScope::default() },
    });
    shared.listings = RecordKind::ALL.into_iter().map(|kind| Listing::complete(kind, None)).collect();
    shared
}

/// A bucket in good order.
pub(crate) fn bucket(name: &str) -> Bucket {
    let all = json!({"block_public_acls": true, "ignore_public_acls": true, "block_public_policy": true, "restrict_public_buckets": true});
    serde_json::from_str(
        &json!({
            "arn": format!("arn:aws:s3:::{name}"),
            "name": name,
            "created_at": "2025-01-01T00:00:00Z",
            "region": "eu-west-1",
            "policy": null,
            "acl": {"owner_id": "owner", "grants": []},
            "public_access_block": all,
            "object_ownership": "BucketOwnerEnforced",
            "encryption": null,
            "versioning": {"status": "Enabled", "mfa_delete": false},
            "logging": null,
            "cors": null,
        })
        .to_string(),
    )
    .unwrap()
}
