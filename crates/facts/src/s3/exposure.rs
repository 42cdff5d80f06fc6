//! Whether the public can use a bucket.

use crate::{Access, AccessGrant, Known, Listed, Witness, facts};

facts! {
    /// What the public can do with a bucket: everybody on the internet, or everybody with an AWS account.
    ///
    /// Policy, ACL, object ownership and Block Public Access of bucket and account together, by AWS's
    /// definition ("The meaning of public" in the S3 User Guide). What the readable layers decide is decided.
    pub struct BucketExposure as "bucket_exposure" {
        /// Anything at all.
        public: Known<Access>, reads [];
        /// Read objects.
        read: Known<Access>, reads [];
        /// List objects.
        list: Known<Access>, reads [];
        /// Write or delete objects.
        write: Known<Access>, reads [];
        /// Read access control lists or the policy.
        acl_read: Known<Access>, reads [];
        /// Change access control lists.
        acl_write: Known<Access>, reads [];
        /// Change the bucket's configuration, its policy included.
        administer: Known<Access>, reads [];
        /// The statements and grants that make it so; evidence.
        grants: Listed<AccessGrant>, reads [];
        /// A request by a stranger that is allowed; null if there is none.
        witness: Known<Option<Witness>>, reads [];
        /// Whether the policy grants something to the public that only Block Public Access holds back.
        latent_policy: Known<bool>, reads [];
        /// Whether the ACL grants something to the public that only Block Public Access holds back. Unknown
        /// while public ACLs are ignored and none shows, as AWS then hides them.
        latent_acl: Known<bool>, reads [];
    }
}

impl BucketExposure {
    pub(super) fn of(
        _context: &crate::context::Context,
        _bucket: &palisade_snapshot::Bucket,
    ) -> crate::Lazy<Self> {
        let missing = crate::Missing::because(crate::Evidence::BucketPolicy, crate::Reason::NotCollected);
        crate::Lazy::new(move || {
            let unknown = || Known::Unknown(missing.clone());
            Self {
                public: unknown(),
                read: unknown(),
                list: unknown(),
                write: unknown(),
                acl_read: unknown(),
                acl_write: unknown(),
                administer: unknown(),
                grants: Listed::unknown(missing.clone()),
                witness: Known::Unknown(missing.clone()),
                latent_policy: Known::Unknown(missing.clone()),
                latent_acl: Known::Unknown(missing.clone()),
            }
        })
    }
}
