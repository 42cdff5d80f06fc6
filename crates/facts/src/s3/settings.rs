//! The plain settings of a bucket.

use jiff::Timestamp;
use palisade_snapshot::{self as snapshot, AccessControlList, Evidence, Grantee, Observed, Reason};

use super::relation::{self, AccountRelation};
use crate::context::Context;
use crate::iam::Tag;
use crate::{Known, Missing, fact_enum, facts};

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
        /// Whose account that key is in; null where none is named. A key without an account in its name is the
        /// bucket owner's.
        kms_key_owner: Option<AccountRelation>, reads [];
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

/// The groups that make a grant public ("Amazon S3 predefined groups").
const PUBLIC_GROUPS: [&str; 2] = [
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

/// The methods that change objects.
const WRITE_METHODS: [&str; 3] = ["PUT", "POST", "DELETE"];

/// The region of a bucket; there is always one.
pub(super) fn region(region: &Observed<String>) -> Known<String> {
    let evidence = Evidence::BucketRegion;
    Known::observed(region, evidence, || None, |region| Some(region.clone())).and_then(
        |region| match region {
            Some(region) => Known::Known(region),
            None => Known::Unknown(Missing::because(evidence, Reason::Malformed)),
        },
    )
}

/// Whether a bucket's name is in the namespace of its account and region: `prefix-account-region-an` ("Namespaces for
/// general purpose buckets" in the Amazon S3 User Guide). S3 gives such names to that account alone.
pub(super) fn in_account_namespace(bucket: &snapshot::Bucket, account: &str) -> Known<bool> {
    region(&bucket.region).map(|region| {
        let prefix = bucket.name.strip_suffix(&format!("-{account}-{region}-an"));
        prefix.is_some_and(|prefix| !prefix.is_empty())
    })
}

/// The regions in which S3 takes Signature Version 2: those that were there before January 2014 ("Authenticating Requests
/// (AWS Signature Version 2)" in the Amazon S3 API Reference).
const SIGNATURE_V2_REGIONS: [&str; 9] = [
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];
/// From here on new buckets take it nowhere: the end of 24 June 2020, in seconds ("Amazon S3 Update: SigV2 Deprecation
/// Period Extended & Modified" on the AWS News Blog).
const SIGNATURE_V2_END: i64 = 1_593_043_200;

/// Whether S3 takes requests for a bucket that are signed with Signature Version 2.
pub(super) fn takes_signature_v2(region: &Observed<String>, created_at: Option<Timestamp>) -> Known<bool> {
    if created_at.is_some_and(|time| time.as_second() >= SIGNATURE_V2_END) {
        return Known::Known(false);
    }
    self::region(region).map(|region| SIGNATURE_V2_REGIONS.contains(&region.as_str()))
}

/// Object ownership; AWS's default where nothing is configured.
pub(super) fn object_ownership(ownership: &Observed<snapshot::ObjectOwnership>) -> Known<ObjectOwnership> {
    Known::observed(
        ownership,
        Evidence::BucketOwnershipControls,
        || ObjectOwnership::ObjectWriter,
        |ownership| match ownership {
            snapshot::ObjectOwnership::BucketOwnerEnforced => ObjectOwnership::BucketOwnerEnforced,
            snapshot::ObjectOwnership::BucketOwnerPreferred => ObjectOwnership::BucketOwnerPreferred,
            snapshot::ObjectOwnership::ObjectWriter => ObjectOwnership::ObjectWriter,
        },
    )
}

/// The grants of an access control list.
pub(super) fn acl_grants(acl: &Observed<AccessControlList>) -> Known<Vec<AclGrant>> {
    Known::observed(acl, Evidence::BucketAcl, Vec::new, |acl| {
        acl.grants.iter().map(|grant| acl_grant(grant, acl.owner_id.as_deref())).collect()
    })
}

fn acl_grant(grant: &snapshot::Grant, owner: Option<&str>) -> AclGrant {
    let (grantee, grantee_kind) = match &grant.grantee {
        Grantee::CanonicalUser(id) => (id, "canonical_user"),
        Grantee::Group(uri) => (uri, "group"),
        Grantee::Email(address) => (address, "email"),
    };
    AclGrant {
        public: matches!(&grant.grantee, Grantee::Group(uri) if PUBLIC_GROUPS.contains(&uri.as_str())),
        owner: matches!(&grant.grantee, Grantee::CanonicalUser(id) if Some(id.as_str()) == owner),
        grantee: grantee.clone(),
        grantee_kind: grantee_kind.to_owned(),
        permission: grant.permission.clone(),
    }
}

/// Default encryption: the first rule that names an algorithm.
pub(super) fn encryption(
    context: &Context,
    encryption: &Observed<snapshot::Encryption>,
) -> Known<Option<Encryption>> {
    let owner = |key: &String| match key.starts_with("arn:") {
        true => relation::of_arn(context, key),
        false => AccountRelation::Own,
    };
    Known::observed(
        encryption,
        Evidence::BucketEncryption,
        || None,
        |encryption| {
            encryption.rules.iter().find_map(|rule| {
                Some(Encryption {
                    algorithm: rule.algorithm.clone()?,
                    kms_key_owner: rule.kms_key_id.as_ref().map(owner),
                    kms_key: rule.kms_key_id.clone(),
                    bucket_key_enabled: rule.bucket_key_enabled,
                })
            })
        },
    )
}

/// Whether a rule blocks SSE-C; a snapshot that does not say can't tell.
pub(super) fn sse_c_blocked(encryption: &Observed<snapshot::Encryption>) -> Known<bool> {
    let evidence = Evidence::BucketEncryption;
    let blocks = |rule: &snapshot::EncryptionRule| {
        let names = |types: &Vec<String>| types.iter().any(|one| one == "SSE-C");
        Known::observed(&rule.blocked_types, evidence, || false, names)
    };
    let rules = Known::observed(
        encryption,
        evidence,
        || Known::Known(false),
        |encryption| Known::any(encryption.rules.iter().map(blocks), None),
    );
    rules.and_then(|blocked| blocked)
}

/// The tags; none where nothing is configured.
pub(super) fn tags(tags: &Observed<Vec<snapshot::Tag>>) -> Known<Vec<Tag>> {
    Known::observed(tags, Evidence::BucketTags, Vec::new, |tags| Tag::list(tags))
}

/// Whether who asks pays; the owner pays where nothing is configured.
pub(super) fn requester_pays(payer: &Observed<snapshot::Payer>) -> Known<bool> {
    let requester = |payer: &snapshot::Payer| *payer == snapshot::Payer::Requester;
    Known::observed(payer, Evidence::BucketRequestPayment, || false, requester)
}

/// Versioning; never switched on where nothing is configured.
pub(super) fn versioning(versioning: &Observed<snapshot::Versioning>) -> Known<Versioning> {
    Known::observed(
        versioning,
        Evidence::BucketVersioning,
        || Versioning::Never,
        |versioning| match versioning.status {
            snapshot::VersioningStatus::Enabled => Versioning::Enabled,
            snapshot::VersioningStatus::Suspended => Versioning::Suspended,
        },
    )
}

/// Whether deleting a version needs MFA; not where nothing is configured.
pub(super) fn mfa_delete(versioning: &Observed<snapshot::Versioning>) -> Known<bool> {
    Known::observed(versioning, Evidence::BucketVersioning, || false, |versioning| versioning.mfa_delete)
}

/// Server access logging; off where nothing is configured.
pub(super) fn logging(logging: &Observed<snapshot::Logging>) -> Known<Option<Logging>> {
    Known::observed(
        logging,
        Evidence::BucketLogging,
        || None,
        |logging| {
            Some(Logging {
                target_bucket: logging.target_bucket.clone(),
                target_prefix: logging.target_prefix.clone(),
            })
        },
    )
}

/// The rules of cross-origin resource sharing; none where nothing is configured.
pub(super) fn cors(cors: &Observed<Vec<snapshot::CorsRule>>) -> Known<Vec<CorsRule>> {
    Known::observed(cors, Evidence::BucketCors, Vec::new, |rules| rules.iter().map(cors_rule).collect())
}

fn cors_rule(rule: &snapshot::CorsRule) -> CorsRule {
    let allowed_methods: Vec<_> = rule.allowed_methods.iter().map(|one| one.to_ascii_uppercase()).collect();
    let writes = allowed_methods.iter().any(|method| WRITE_METHODS.contains(&method.as_str()));
    CorsRule {
        id: rule.id.clone(),
        wildcard_write: writes && rule.allowed_origins.iter().any(|origin| origin.contains('*')),
        allowed_origins: rule.allowed_origins.clone(),
        allowed_methods,
        allowed_headers: rule.allowed_headers.clone(),
        expose_headers: rule.expose_headers.clone(),
        max_age_seconds: rule.max_age_seconds.map(i64::from),
    }
}
