//! The plain settings of a bucket.

use crate::{fact_enum, facts};

fact_enum! {
    /// Who owns the objects of a bucket ("Controlling ownership of objects" in the S3 User Guide).
    pub enum ObjectOwnership {
        /// ACLs are off; the bucket's owner owns everything.
        BucketOwnerEnforced = "BucketOwnerEnforced",
        /// ACLs count; objects written with `bucket-owner-full-control` belong to the bucket's owner.
        BucketOwnerPreferred = "BucketOwnerPreferred",
        /// ACLs count; who writes an object owns it. AWS's default where nothing is configured.
        ObjectWriter = "ObjectWriter",
    }
}

fact_enum! {
    /// The versioning of a bucket.
    pub enum Versioning {
        /// It was never switched on.
        Never = "never",
        /// New versions are kept.
        Enabled = "enabled",
        /// It was on; no new versions are kept.
        Suspended = "suspended",
    }
}

facts! {
    /// A grant of a bucket's access control list.
    pub struct AclGrant as "acl_grant" {
        /// A canonical user id, the URI of a predefined group, or an e-mail address.
        grantee: String, reads [];
        /// `canonical_user`, `group` or `email`.
        grantee_kind: String, reads [];
        /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
        permission: String, reads [];
        /// Whether it is for everybody or for everybody with an AWS account.
        public: bool, reads [];
        /// Whether it is for the owner of the bucket.
        owner: bool, reads [];
    }
}

facts! {
    /// The default encryption of new objects.
    pub struct Encryption as "encryption" {
        /// `AES256`, `aws:kms` or `aws:kms:dsse`.
        algorithm: String, reads [];
        /// The KMS key; null where none is named, so that AWS's own key is used.
        kms_key: Option<String>, reads [];
        /// Whether a bucket key saves requests to KMS.
        bucket_key_enabled: bool, reads [];
    }
}

facts! {
    /// Where the server access logs of a bucket go.
    pub struct Logging as "logging" {
        /// The bucket that gets them.
        target_bucket: String, reads [];
        /// The prefix of their keys.
        target_prefix: String, reads [];
    }
}

facts! {
    /// A rule of cross-origin resource sharing.
    pub struct CorsRule as "cors_rule" {
        /// Its id; null if it has none.
        id: Option<String>, reads [];
        /// The origins that may ask; `*` stands for any text.
        allowed_origins: Vec<String>, reads [];
        /// The HTTP methods they may use, in capitals.
        allowed_methods: Vec<String>, reads [];
        /// The headers they may send.
        allowed_headers: Vec<String>, reads [];
        /// The headers they may see.
        expose_headers: Vec<String>, reads [];
        /// For how many seconds a preflight answer is kept; null if the rule does not say.
        max_age_seconds: Option<i64>, reads [];
        /// Whether an origin with a `*` may use `PUT`, `POST` or `DELETE`.
        wildcard_write: bool, reads [];
    }
}
