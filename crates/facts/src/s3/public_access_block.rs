//! Block Public Access.

use palisade_snapshot::{BlockPublicAccess, Evidence, Observed};

use crate::{Known, facts};

facts! {
    /// The four Block Public Access settings of S3; all false where nothing was ever set.
    pub struct PublicAccessBlock as "public_access_block" {
        /// New public ACLs are refused. Existing ones keep counting.
        block_public_acls: Known<bool>, reads [];
        /// Public ACLs count for nothing.
        ignore_public_acls: Known<bool>, reads [];
        /// New public policies are refused. Existing ones keep counting.
        block_public_policy: Known<bool>, reads [];
        /// A public policy holds only for AWS services and the owner's account.
        restrict_public_buckets: Known<bool>, reads [];
        /// Whether all four are on.
        complete: Known<bool>, reads [];
    }
}

impl PublicAccessBlock {
    /// The settings of an account or a bucket.
    pub(crate) fn observed(observed: &Observed<BlockPublicAccess>, evidence: Evidence) -> Self {
        let setting =
            |read: fn(&BlockPublicAccess) -> bool| Known::observed(observed, evidence, || false, read);
        Self::new([
            setting(|settings| settings.block_public_acls),
            setting(|settings| settings.ignore_public_acls),
            setting(|settings| settings.block_public_policy),
            setting(|settings| settings.restrict_public_buckets),
        ])
    }

    /// The settings in force: each is on where either has it on.
    pub(crate) fn either(one: &Self, other: &Self) -> Self {
        let on = |read: fn(&Self) -> &Known<bool>| read(one).clone().or(read(other).clone());
        Self::new([
            on(|settings| &settings.block_public_acls),
            on(|settings| &settings.ignore_public_acls),
            on(|settings| &settings.block_public_policy),
            on(|settings| &settings.restrict_public_buckets),
        ])
    }

    fn new(settings: [Known<bool>; 4]) -> Self {
        let complete = Known::all(settings.iter().cloned());
        let [block_public_acls, ignore_public_acls, block_public_policy, restrict_public_buckets] = settings;
        Self { block_public_acls, ignore_public_acls, block_public_policy, restrict_public_buckets, complete }
    }
}
