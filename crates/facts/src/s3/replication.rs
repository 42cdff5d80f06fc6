//! Replication of a bucket.

use palisade_snapshot::{self as snapshot, Evidence, Observed, RecordKind};

use super::relation::{self, AccountRelation};
use crate::context::Context;
use crate::directory::Whereabouts;
use crate::{Known, facts};

facts! {
    /// Where the objects of a bucket are copied to ("Replicating objects" in the S3 User Guide).
    pub struct Replication as "replication" {
        /// The ARN of the role that S3 assumes to copy.
        role: String, reads [];
        /// Whether that role is there.
        role_exists: Known<bool>, reads [Roles];
        /// The rules.
        rules: Vec<ReplicationRule>, reads [Buckets, BucketRegion];
    }
}

facts! {
    /// A replication rule.
    pub struct ReplicationRule as "replication_rule" {
        /// Its id; null if it has none.
        id: Option<String>, reads [];
        /// Whether it is switched on.
        enabled: bool, reads [];
        /// The name of the bucket that gets the copies.
        destination_bucket: String, reads [];
        /// Whose account that bucket is in. Without an account in the rule, a bucket that this account does not
        /// have is foreign.
        destination_owner: Known<AccountRelation>, reads [];
        /// The region of that bucket; null where it is not this account's.
        destination_region: Known<Option<String>>, reads [];
        /// Whether objects encrypted with KMS keys are copied too.
        kms_encrypted_objects: bool, reads [];
    }
}

/// Replication; null where nothing is configured.
pub(super) fn replication(
    context: &Context,
    replication: &Observed<snapshot::Replication>,
) -> Known<Option<Replication>> {
    Known::observed(
        replication,
        Evidence::BucketReplication,
        || None,
        |replication| {
            Some(Replication {
                role: replication.role.clone(),
                role_exists: role_exists(context, &replication.role),
                rules: replication.rules.iter().map(|one| rule(context, one)).collect(),
            })
        },
    )
}

/// A role of another account can't be looked up: S3 takes roles of the bucket's account only.
fn role_exists(context: &Context, arn: &str) -> Known<bool> {
    let is_there = context.shared.roles.iter().map(|role| Known::Known(role.arn == arn));
    Known::any(is_there, context.incomplete(RecordKind::Role))
}

fn rule(context: &Context, rule: &snapshot::ReplicationRule) -> ReplicationRule {
    let name = rule.destination_bucket.rsplit(':').next().unwrap_or_default();
    let found = context.buckets.find(context, name);
    let owner = match &rule.destination_account {
        Some(account) => Known::Known(relation::of_account(context, account)),
        None => found.as_ref().map(|found| match found {
            Whereabouts::Own(_) => AccountRelation::Own,
            Whereabouts::NotOurs => AccountRelation::Foreign,
        }),
    };
    let region = found.and_then(|found| match found {
        Whereabouts::Own(region) => region.map(Some),
        Whereabouts::NotOurs => Known::Known(None),
    });
    ReplicationRule {
        id: rule.id.clone(),
        enabled: rule.enabled,
        destination_bucket: name.to_owned(),
        destination_owner: owner,
        destination_region: region,
        kms_encrypted_objects: rule.kms_encrypted_objects,
    }
}
