//! Whether the public can use a bucket.

use std::sync::Arc;

use palisade_policy::public::{
    BlockPublicAccess, Bucket as Inputs, Capability, Grant, Grantee, Input, Layer, ObjectOwnership,
    bucket_exposure,
};
use palisade_snapshot::{
    AccessControlList, Bucket, Evidence, Grantee as Grantees, ObjectOwnership as Ownership, Reason,
};

use super::PublicAccessBlock;
use super::ways_in::WaysIn;
use crate::context::Context;
use crate::exposure::{Analysis, ReadPolicy, Unread, assumes, limited};
use crate::{Access, AccessGrant, Known, Lazy, Listed, Missing, Witness, facts};

facts! {
    /// What the public can do with a bucket: everybody on the internet, or everybody with an AWS account.
    ///
    /// Policy, ACL, object ownership, Block Public Access of bucket and account, and access points together, by AWS's
    /// definition ("The meaning of public" in the S3 User Guide). What the readable layers decide is decided.
    ///
    /// A capability is "conditional" if AWS calls the policy public although it keeps some out.
    /// Access limited to a fixed network, account or organization is not public:
    /// "no"; `limited` tells of it.
    pub struct BucketExposure as "bucket_exposure" {
        /// Anything at all, as AWS has it: `yes` or `no`. Statements that deny take nothing from it; the other
        /// attributes tell what they leave.
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
        /// Whether the policy lets in callers whom it does not name under a condition that AWS takes for a
        /// limit: of a fixed network, account or organization.
        limited: Known<bool>, reads [];
        /// The conditions on who or where callers are, as text.
        conditions: Listed<String>, reads [];
        /// The statements and grants that make it so; evidence.
        grants: Listed<AccessGrant>, reads [];
        /// A request by a stranger that is allowed; null if there is none.
        witness: Known<Option<Witness>>, reads [];
        /// Whether the policy grants something to the public that only Block Public Access holds back.
        latent_policy: Known<bool>, reads [];
        /// Whether the ACL grants something to the public that only Block Public Access holds back. Unknown
        /// while public ACLs are ignored and none shows, as AWS then hides them.
        latent_acl: Known<bool>, reads [];
        /// What is taken for granted because it could not be read: `rcp_not_read`.
        assumes: Vec<String>, reads [];
    }
}

impl BucketExposure {
    /// What the public can do with a bucket, worked out when a rule first asks.
    pub(super) fn of(context: &Arc<Context>, bucket: &Bucket, policy: &Arc<Lazy<ReadPolicy>>) -> Lazy<Self> {
        let (context, policy) = (Arc::clone(context), Arc::clone(policy));
        // What the analysis does not need would only take memory while it waits.
        let bucket = Bucket {
            acl: bucket.acl.clone(),
            object_ownership: bucket.object_ownership.clone(),
            public_access_block: bucket.public_access_block.clone(),
            region: bucket.region.clone(),
            ..Bucket::listed(bucket.arn.clone(), bucket.name.clone(), bucket.created_at)
        };
        Lazy::new(move || facts(&context, &bucket, policy.get()))
    }
}

fn facts(context: &Context, bucket: &Bucket, policy: &ReadPolicy) -> BucketExposure {
    let rcps = &context.organization.rcps;
    let policy = limited(policy, rcps);
    let mut unread = Unread::new(Evidence::BucketPolicy);
    let acl = unread.input(Layer::Acl, Evidence::BucketAcl, &bucket.acl, Vec::new, grants);
    let ways_in = WaysIn::of(context, bucket);
    let access_points = ways_in.inputs(&mut unread);
    let inputs = Inputs {
        arn: Some(&bucket.arn),
        account: Some(&context.shared.header.account_id),
        partition: &context.shared.header.partition,
        policy: unread.policy(Layer::Policy, &policy),
        acl: match &acl {
            Input::Known(grants) => Input::Known(grants.as_slice()),
            Input::Unreadable => Input::Unreadable,
        },
        ownership: unread.input(
            Layer::ObjectOwnership,
            Evidence::BucketOwnershipControls,
            &bucket.object_ownership,
            ObjectOwnership::default,
            ownership,
        ),
        account_block: unread.input(
            Layer::AccountBlockPublicAccess,
            Evidence::AccountBlockPublicAccess,
            &context.shared.account.public_access_block,
            BlockPublicAccess::default,
            block,
        ),
        bucket_block: unread.input(
            Layer::BucketBlockPublicAccess,
            Evidence::BucketPublicAccessBlock,
            &bucket.public_access_block,
            BlockPublicAccess::default,
            block,
        ),
        access_points: Input::Known(&access_points),
    };
    let analysis = Analysis { exposure: bucket_exposure(&inputs), unread };
    BucketExposure {
        public: analysis.public(),
        read: analysis.access(Capability::Read),
        list: analysis.access(Capability::List),
        write: analysis.access(Capability::Write),
        acl_read: analysis.access(Capability::ReadAcl),
        acl_write: analysis.access(Capability::WriteAcl),
        administer: analysis.access(Capability::Administer),
        limited: analysis.limited(),
        conditions: analysis.conditions(),
        grants: named(analysis.grants(), &ways_in),
        witness: analysis.witness(),
        latent_policy: analysis.latent("policy"),
        latent_acl: latent_acl(context, bucket, &analysis),
        assumes: assumes(rcps),
    }
}

/// The engine counts access points; a reader knows them by their ARN.
fn named(mut grants: Listed<AccessGrant>, ways_in: &WaysIn<'_>) -> Listed<AccessGrant> {
    for grant in &mut grants.items {
        let index = grant.source.strip_prefix("access_points/").and_then(|index| index.parse().ok());
        if let Some(arn) = index.and_then(|index| ways_in.arn(index)) {
            grant.source = arn.to_owned();
        }
    }
    grants
}

/// While public ACLs are ignored `GetBucketAcl` leaves them out ("GetBucketAcl" in the S3 API Reference), so
/// that a list without any proves nothing, unless ACLs are off altogether.
fn latent_acl(context: &Context, bucket: &Bucket, analysis: &Analysis) -> Known<bool> {
    let own = PublicAccessBlock::observed(&bucket.public_access_block, Evidence::BucketPublicAccessBlock);
    let account = PublicAccessBlock::observed(
        &context.shared.account.public_access_block,
        Evidence::AccountBlockPublicAccess,
    );
    let ignored = PublicAccessBlock::either(&own, &account).ignore_public_acls;
    let ownership = &bucket.object_ownership;
    let enforced = Known::observed(
        ownership,
        Evidence::BucketOwnershipControls,
        || false,
        |ownership| *ownership == Ownership::BucketOwnerEnforced,
    );
    match (analysis.latent("acl"), enforced, ignored) {
        (Known::Known(true), _, _) => Known::Known(true),
        (latent, Known::Known(true), _) | (latent, _, Known::Known(false)) => latent,
        (Known::Unknown(missing), _, _) => Known::Unknown(missing),
        (_, Known::Unknown(missing), Known::Known(true)) | (_, _, Known::Unknown(missing)) => {
            Known::Unknown(missing)
        }
        _ => Known::Unknown(Missing::because(Evidence::BucketAcl, Reason::NotCollected)),
    }
}

fn grants(acl: &AccessControlList) -> Vec<Grant> {
    let grantee = |grantee: &Grantees| match grantee {
        Grantees::CanonicalUser(id) => Grantee { uri: None, id: Some(id.clone()) },
        Grantees::Group(uri) => Grantee { uri: Some(uri.clone()), id: None },
        Grantees::Email(_) => Grantee::default(),
    };
    let grant = |grant: &palisade_snapshot::Grant| Grant {
        grantee: grantee(&grant.grantee),
        permission: grant.permission.clone(),
    };
    acl.grants.iter().map(grant).collect()
}

fn ownership(ownership: &Ownership) -> ObjectOwnership {
    match ownership {
        Ownership::BucketOwnerEnforced => ObjectOwnership::BucketOwnerEnforced,
        Ownership::BucketOwnerPreferred => ObjectOwnership::BucketOwnerPreferred,
        Ownership::ObjectWriter => ObjectOwnership::ObjectWriter,
    }
}

/// The settings as the policy engine has them.
pub(super) fn block(settings: &palisade_snapshot::BlockPublicAccess) -> BlockPublicAccess {
    BlockPublicAccess {
        block_public_acls: settings.block_public_acls,
        ignore_public_acls: settings.ignore_public_acls,
        block_public_policy: settings.block_public_policy,
        restrict_public_buckets: settings.restrict_public_buckets,
    }
}
