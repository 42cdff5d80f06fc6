//! Block Public Access.

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
