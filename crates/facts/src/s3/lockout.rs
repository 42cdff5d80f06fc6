//! Whether a bucket's policy shuts out everybody in the account.

use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Effect, PolicyDocument};
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::{Bucket, RecordKind};

use crate::context::Context;
use crate::exposure::ReadPolicy;
use crate::iam::IdentityKind;
use crate::iam::effective::principal;
use crate::{Known, Lazy};

/// What reads and changes a bucket's policy.
const ON_THE_POLICY: [&str; 3] = ["s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"];
/// Names that nobody has, so that what denies them is not about anybody in particular.
const ANYBODY: [&str; 2] = ["user/7q0-unnamed-k3", "role/7q0-unnamed-k3"];

/// Those of these actions that the bucket's policy denies to every user and role of the account, whatever they ask from.
pub(super) fn denied_to_all(
    context: &Arc<Context>,
    bucket: &Bucket,
    policy: &Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<Vec<String>>> {
    let (context, arn, policy) = (Arc::clone(context), bucket.arn.clone(), Arc::clone(policy));
    Lazy::new(move || match policy.get() {
        Known::Known(Some(policy)) => denied(&context, &arn, policy),
        Known::Known(None) => Known::Known(Vec::new()),
        Known::Unknown(missing) => Known::Unknown(missing.clone()),
    })
}

fn denied(context: &Context, bucket: &str, policy: &PolicyDocument) -> Known<Vec<String>> {
    if policy.statements.iter().all(|statement| statement.effect == Effect::Allow) {
        return Known::Known(Vec::new());
    }
    let set = PolicySet::for_few_requests(vec![Arc::new(CompiledPolicy::new("bucket policy", policy))]);
    let side = ResourcePolicies { policy: Some(set), ..Default::default() };
    let resource = Resource::new(bucket).owned_by(&context.shared.header.account_id);
    let mut found = Vec::new();
    for name in ON_THE_POLICY {
        let Some(action) = Action::parse(name) else { continue };
        let is_denied = |principal: &Principal| is_denied(principal, &action, &resource, &side);
        match is_denied_to_all(context, is_denied) {
            Known::Known(true) => found.push(name.to_owned()),
            Known::Known(false) => {}
            Known::Unknown(missing) => return Known::Unknown(missing),
        }
    }
    Known::Known(found)
}

fn is_denied_to_all(context: &Context, is_denied: impl Fn(&Principal) -> bool) -> Known<bool> {
    let header = &context.shared.header;
    let anybody = ANYBODY.map(|name| format!("arn:{}:iam::{}:{name}", header.partition, header.account_id));
    if !anybody.iter().all(|arn| is_denied(&Principal::parse(arn))) {
        return Known::Known(false);
    }
    // Only those whom a condition spares by name are left.
    let people = context.identities().filter(|one| one.kind != IdentityKind::Group);
    let denied = people.map(|identity| Known::Known(is_denied(&principal(context, identity))));
    let hidden = context.identities_incomplete(&[RecordKind::User, RecordKind::Role]);
    Known::any(denied.map(Known::negate), hidden).negate()
}

fn is_denied(principal: &Principal, action: &Action, resource: &Resource, side: &ResourcePolicies) -> bool {
    let mut context = Request::implied_context(principal, resource);
    context.mark_unknown("*");
    context.set("aws:SecureTransport", "true");
    let request = Request { principal, action, resource, context: &context };
    let policies =
        Policies { principal: &PrincipalPolicies::default(), resource: side, management_account: None };
    decide(request, policies) == Decision::ExplicitlyDenied
}
