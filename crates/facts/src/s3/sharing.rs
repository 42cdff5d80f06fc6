//! Whom the policies of buckets and access points let in by name.

use std::sync::Arc;

use palisade_policy::public::{
    AccessPoint as PointInputs, Answer, BlockPublicAccess, Bucket as Inputs, Input, Layer, ObjectOwnership,
    PolicyKind, Sharing, access_point_sharing, bucket_sharing,
};
use palisade_snapshot::{AccessPoint, Bucket, Evidence, Observed};

use super::exposure::block;
use crate::context::Context;
use crate::exposure::{ReadPolicy, Unread, document, limited};
use crate::resource_policy::{self, PolicyStatement, SharedAccess};
use crate::{Known, Lazy};

/// The statements of a policy that allow something, read when a rule first asks.
pub(super) fn statements(
    context: &Arc<Context>,
    policy: &Arc<Lazy<ReadPolicy>>,
    kind: PolicyKind<'static>,
) -> Lazy<Known<Vec<PolicyStatement>>> {
    let (context, policy) = (Arc::clone(context), Arc::clone(policy));
    Lazy::new(move || {
        let own = &context.shared.header.account_id;
        policy.get().as_ref().map(|policy| {
            policy.as_ref().map(|policy| resource_policy::statements(policy, kind, own)).unwrap_or_default()
        })
    })
}

/// Whom a bucket's policy lets in, as far as neither Block Public Access nor the organization denies it.
pub(super) fn of_bucket(
    context: &Arc<Context>,
    bucket: &Bucket,
    policy: &Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<Vec<SharedAccess>>> {
    let (context, policy) = (Arc::clone(context), Arc::clone(policy));
    let (arn, own_block) = (bucket.arn.clone(), bucket.public_access_block.clone());
    Lazy::new(move || {
        let policy = limited(policy.get(), &context.organization.rcps);
        let mut unread = Unread::new(Evidence::BucketPolicy);
        let mut settings = |layer, evidence, observed: &Observed<palisade_snapshot::BlockPublicAccess>| {
            unread.input(layer, evidence, observed, BlockPublicAccess::default, block)
        };
        let account_block = settings(
            Layer::AccountBlockPublicAccess,
            Evidence::AccountBlockPublicAccess,
            &context.shared.account.public_access_block,
        );
        let bucket_block =
            settings(Layer::BucketBlockPublicAccess, Evidence::BucketPublicAccessBlock, &own_block);
        // What a policy grants by name rests on neither the ACL nor the access points.
        let sharing = bucket_sharing(&Inputs {
            arn: Some(&arn),
            account: Some(&context.shared.header.account_id),
            partition: &context.shared.header.partition,
            policy: unread.policy(Layer::Policy, &policy),
            acl: Input::Known(&[]),
            ownership: Input::Known(ObjectOwnership::BucketOwnerEnforced),
            account_block,
            bucket_block,
            access_points: Input::Known(&[]),
        });
        fact(&context, &unread, sharing)
    })
}

/// Whom an access point's policy lets in, as far as neither Block Public Access nor the organization denies it.
pub(super) fn of_access_point(
    context: &Arc<Context>,
    point: &AccessPoint,
    restricts: &Known<bool>,
) -> Lazy<Known<Vec<SharedAccess>>> {
    let context = Arc::clone(context);
    let (arn, policy, restricts) = (point.arn.clone(), point.policy.clone(), restricts.clone());
    let is_on_internet = point.vpc.is_none();
    Lazy::new(move || {
        let policy = document(&policy, Evidence::AccessPointPolicy);
        let policy = limited(&policy, &context.organization.rcps);
        let mut unread = Unread::new(Evidence::AccessPointPolicy);
        let settings = restricts.map(|restrict_public_buckets| BlockPublicAccess {
            restrict_public_buckets,
            ..BlockPublicAccess::default()
        });
        let point = PointInputs {
            arn: &arn,
            is_on_internet,
            policy: unread.policy(Layer::AccessPoints, &policy),
            block: unread.known(Layer::AccessPoints, settings),
        };
        let header = &context.shared.header;
        fact(&context, &unread, access_point_sharing(&point, Some(&header.account_id), &header.partition))
    })
}

fn fact(context: &Context, unread: &Unread, answer: Answer<Vec<Sharing>>) -> Known<Vec<SharedAccess>> {
    match resource_policy::gathered(context, [answer]) {
        Answer::Known(shared) => Known::Known(shared),
        Answer::Unknown(layers) => Known::Unknown(unread.missing(&layers)),
    }
}
