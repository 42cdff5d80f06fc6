//! What a bucket's policy refuses of everybody, whoever asks: strangers and users of the bucket's own account alike.

use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Effect, PolicyDocument};
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::Bucket;

use super::tls::ANY_KEY;
use crate::context::Context;
use crate::exposure::ReadPolicy;
use crate::{Known, Lazy};

/// The condition key for the age of a signature in milliseconds ("Amazon S3 Signature Version 4 Authentication Specific
/// Policy Keys").
const SIGNATURE_AGE: &str = "s3:signatureAge";
/// A condition key and its value in requests; none if they lack it.
pub(super) type Sent<'a> = (&'a str, Option<&'a str>);
/// How a presigned URL is authenticated.
const PRESIGNED: Sent<'_> = ("s3:authType", Some("REST-QUERY-STRING"));
/// The longest that a presigned URL can be valid: seven days, in milliseconds.
const LONGEST_AGE: i64 = 604_800_000;
const ENCRYPTION: &str = "s3:x-amz-server-side-encryption";
const ENCRYPTION_KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";
/// What an upload may ask for, and what it is called that it asks for nothing.
const ENCRYPTIONS: [(&str, Option<&str>); 4] = [
    ("none", None),
    ("AES256", Some("AES256")),
    ("aws:kms", Some("aws:kms")),
    ("aws:kms:dsse", Some("aws:kms:dsse")),
];
/// A key that no policy names.
const ANY_KMS_KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/7q0-unnamed-k3";

/// The age in milliseconds from which every presigned URL is refused on every object; null if none is.
pub(super) fn signature_age_limit(
    context: &Arc<Context>,
    bucket: &Bucket,
    policy: &Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<Option<i64>>> {
    asked(context, bucket, policy, |refusals, document| {
        let mut limits = limits_of_age(document);
        limits.sort_unstable();
        limits.into_iter().find(|limit| {
            let older = [limit.saturating_add(1), LONGEST_AGE.max(limit.saturating_add(1))];
            older.iter().all(|age| {
                let sent = [PRESIGNED, (SIGNATURE_AGE, Some(&age.to_string()))];
                ["s3:GetObject", "s3:PutObject"].iter().all(|action| refusals.refuses(action, &sent))
            })
        })
    })
}

/// The encryptions that uploads to any key are refused with, of `AES256`, `aws:kms`, `aws:kms:dsse`, and `none` for
/// uploads that name none.
pub(super) fn upload_encryptions(
    context: &Arc<Context>,
    bucket: &Bucket,
    policy: &Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<Vec<String>>> {
    asked(context, bucket, policy, |refusals, _| {
        let refused = ENCRYPTIONS.iter().filter(|(_, encryption)| {
            refusals.refuses("s3:PutObject", &[(ENCRYPTION, *encryption), (ENCRYPTION_KEY, None)])
        });
        refused.map(|(name, _)| (*name).to_owned()).collect()
    })
}

/// Whether uploads that name a key of KMS are refused unless the policy names that key.
pub(super) fn other_upload_keys(
    context: &Arc<Context>,
    bucket: &Bucket,
    policy: &Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<bool>> {
    asked(context, bucket, policy, |refusals, _| {
        let with = |encryption| [(ENCRYPTION, Some(encryption)), (ENCRYPTION_KEY, Some(ANY_KMS_KEY))];
        ["aws:kms", "aws:kms:dsse"].iter().all(|one| refusals.refuses("s3:PutObject", &with(*one)))
    })
}

/// The ages that Deny statements compare with.
fn limits_of_age(policy: &PolicyDocument) -> Vec<i64> {
    let denies = policy.statements.iter().filter(|statement| statement.effect == Effect::Deny);
    let conditions = denies.flat_map(|statement| &statement.conditions);
    let ages = conditions.filter(|condition| condition.key.eq_ignore_ascii_case(SIGNATURE_AGE));
    ages.flat_map(|condition| &condition.values.items).filter_map(|value| value.parse().ok()).collect()
}

/// What a bucket's policy says; nothing without a Deny.
fn asked<T: Default + 'static>(
    context: &Arc<Context>,
    bucket: &Bucket,
    policy: &Arc<Lazy<ReadPolicy>>,
    ask: impl FnOnce(&Refusals, &PolicyDocument) -> T + Send + 'static,
) -> Lazy<Known<T>> {
    let (context, arn, policy) = (Arc::clone(context), bucket.arn.clone(), Arc::clone(policy));
    Lazy::new(move || {
        policy.get().as_ref().map(|policy| match policy {
            Some(policy) if policy.statements.iter().any(|one| one.effect == Effect::Deny) => {
                ask(&Refusals::new(&context, &arn, policy), policy)
            }
            _ => T::default(),
        })
    })
}

/// A policy, and who asks.
pub(super) struct Refusals {
    policy: ResourcePolicies,
    /// Somebody who says nothing of himself, and a user of another account.
    pub(super) outsiders: [Principal; 2],
    own_user: Principal,
    bucket: String,
}

/// What an action is used on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// The bucket itself.
    Bucket,
    /// Any object.
    AnyObject,
}

impl Refusals {
    pub(super) fn new(context: &Context, bucket: &str, policy: &PolicyDocument) -> Self {
        let compiled = Arc::new(CompiledPolicy::new("bucket policy", policy));
        let header = &context.shared.header;
        let user = |account: &str| {
            Principal::parse(&format!("arn:{}:iam::{account}:user/7q0-unnamed-k3", header.partition))
        };
        Self {
            policy: ResourcePolicies {
                policy: Some(PolicySet::for_few_requests(vec![compiled])),
                ..Default::default()
            },
            outsiders: [Principal::anonymous(), user("000000000000")],
            own_user: user(&header.account_id),
            bucket: bucket.to_owned(),
        }
    }

    /// Whether an action on any object is refused to everybody whose requests have these condition keys, or lack them.
    fn refuses(&self, action: &str, sent: &[Sent<'_>]) -> bool {
        self.everybody().all(|principal| self.refuses_to(principal, action, On::AnyObject, sent))
    }

    /// Outsiders, and a user of the bucket's own account.
    pub(super) fn everybody(&self) -> impl Iterator<Item = &Principal> {
        self.outsiders.iter().chain([&self.own_user])
    }

    /// Whether an action is refused to somebody whose requests have these condition keys, or lack them.
    pub(super) fn refuses_to(&self, principal: &Principal, action: &str, on: On, sent: &[Sent<'_>]) -> bool {
        let Some(action) = Action::parse(action) else { return false };
        let resource = match on {
            On::Bucket => Resource::new(&self.bucket),
            On::AnyObject => Resource::new(&format!("{}/{ANY_KEY}", self.bucket)),
        };
        let mut context = Request::implied_context(principal, &resource);
        context.mark_unknown("*");
        context.set("aws:SecureTransport", "true");
        for (key, value) in sent {
            match value {
                Some(value) => context.set(key, *value),
                None => context.mark_absent(key),
            }
        }
        let request = Request { principal, action: &action, resource: &resource, context: &context };
        let policies = Policies {
            principal: &PrincipalPolicies::default(),
            resource: &self.policy,
            management_account: None,
        };
        decide(request, policies) == Decision::ExplicitlyDenied
    }
}
