//! Whether a bucket refuses requests without TLS.

use std::sync::Arc;

use palisade_policy::actions::{Action as KnownAction, table};
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Effect, PolicyDocument};
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::{Bucket, Evidence};

use crate::{Known, Lazy, identities};

/// The condition key that says whether a request came over TLS.
const SECURE_TRANSPORT: &str = "aws:SecureTransport";
/// A key that no policy names, so that what denies it denies every key.
const ANY_KEY: &str = "\u{1}/any key";

/// Whether every request without TLS is denied: to the bucket and to any object in it, whoever asks.
pub(super) fn required(bucket: &Bucket) -> Lazy<Known<bool>> {
    let text = Known::observed(&bucket.policy, Evidence::BucketPolicy, || None, |text| Some(text.clone()));
    let arn = bucket.arn.clone();
    Lazy::new(move || {
        text.and_then(|text| match text {
            None => Known::Known(false),
            Some(text) => identities::read(&text, Evidence::BucketPolicy).map(|policy| denies(&policy, &arn)),
        })
    })
}

fn denies(policy: &PolicyDocument, bucket: &str) -> bool {
    let mut relevant = policy.clone();
    relevant.statements.retain(|statement| {
        let asks = |key: &str| key.eq_ignore_ascii_case(SECURE_TRANSPORT);
        statement.effect == Effect::Deny
            && (statement.conditions.is_empty() || statement.conditions.iter().any(|one| asks(&one.key)))
    });
    if relevant.statements.is_empty() {
        return false;
    }
    let set = PolicySet::new(vec![Arc::new(CompiledPolicy::new("bucket policy", &relevant))]);
    let questions =
        Questions { bucket, policy: ResourcePolicies { policy: Some(set), ..Default::default() } };
    let Some(service) = table().service("s3") else { return false };
    let on = |kind: &'static str| {
        service.actions().filter(move |action| action.resource_types().any(|(one, _)| one.name == kind))
    };
    // Most policies deny `s3:*`: one refusal of each kind of action tells early that they don't.
    questions.all_denied(on("bucket").take(1), false)
        && questions.all_denied(on("object").take(1), true)
        && questions.all_denied(on("bucket"), false)
        && questions.all_denied(on("object"), true)
}

struct Questions<'a> {
    bucket: &'a str,
    policy: ResourcePolicies,
}

impl Questions<'_> {
    fn all_denied<'t>(&self, mut actions: impl Iterator<Item = KnownAction<'t>>, on_object: bool) -> bool {
        let arn = if on_object { format!("{}/{ANY_KEY}", self.bucket) } else { self.bucket.to_owned() };
        let resource = Resource::new(&arn);
        let principals = [Principal::anonymous(), Principal::parse("arn:aws:iam::000000000000:user/anybody")];
        actions.all(|action| {
            let Some(action) = Action::parse(&action.full_name()) else { return false };
            principals.iter().all(|principal| self.is_denied(principal, &action, &resource))
        })
    }

    fn is_denied(&self, principal: &Principal, action: &Action, resource: &Resource) -> bool {
        let mut context = Request::implied_context(principal, resource);
        context.mark_unknown("*");
        context.set(SECURE_TRANSPORT, "false");
        let request = Request { principal, action, resource, context: &context };
        let policies = Policies {
            principal: &PrincipalPolicies::default(),
            resource: &self.policy,
            management_account: None,
        };
        decide(request, policies) == Decision::ExplicitlyDenied
    }
}
