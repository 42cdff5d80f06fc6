//! Which requests a bucket refuses from everybody: those without TLS, with an old version of it, or with an old kind of
//! signature.

use std::sync::Arc;

use palisade_policy::actions::{Action as KnownAction, table};
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Condition, Effect, PolicyDocument, Statement};
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::Bucket;

use crate::exposure::ReadPolicy;
use crate::{Known, Lazy};

/// The condition key that says whether a request came over TLS.
const SECURE_TRANSPORT: &str = "aws:SecureTransport";
/// The condition key for the version of TLS.
const TLS_VERSION: &str = "s3:TlsVersion";
/// Its values, as far as a policy may refuse them.
const TLS_VERSIONS: [&str; 3] = ["1.0", "1.1", "1.2"];
/// The condition key for the version of the signature, and its value for Signature Version 2 ("Amazon S3 Signature
/// Version 4 Authentication Specific Policy Keys").
const SIGNATURE_VERSION_2: Sent = ("s3:signatureversion", "AWS");
/// A key that no policy names, so that what denies it denies every key.
pub(super) const ANY_KEY: &str = "\u{1}/any key";

/// A condition key and the value that requests have.
type Sent = (&'static str, &'static str);

/// What requests are about: a kind of resource, and whether it lies in the bucket.
type On = (&'static str, bool);
const BUCKET: On = ("bucket", false);
const OBJECTS: On = ("object", true);

/// Whether every request without TLS is denied: to the bucket and to any object in it, whoever asks.
pub(super) fn required(bucket: &Bucket, policy: &Arc<Lazy<ReadPolicy>>) -> Lazy<Known<bool>> {
    asked(bucket, policy, |policy, arn| denies(policy, arn, (SECURE_TRANSPORT, "false"), &[BUCKET, OBJECTS]))
}

/// The versions of TLS with which every request is denied.
pub(super) fn refused_versions(bucket: &Bucket, policy: &Arc<Lazy<ReadPolicy>>) -> Lazy<Known<Vec<String>>> {
    asked(bucket, policy, |policy, arn| {
        let is_refused =
            |version: &&&'static str| denies(policy, arn, (TLS_VERSION, version), &[BUCKET, OBJECTS]);
        let refused = TLS_VERSIONS.iter().filter(is_refused);
        refused.map(|version| (*version).to_owned()).collect()
    })
}

/// Whether every request for any object that is signed with Signature Version 2 is denied, whoever asks.
pub(super) fn signature_v2_denied(bucket: &Bucket, policy: &Arc<Lazy<ReadPolicy>>) -> Lazy<Known<bool>> {
    asked(bucket, policy, |policy, arn| denies(policy, arn, SIGNATURE_VERSION_2, &[OBJECTS]))
}

/// What a bucket's policy says; nothing without one.
fn asked<T: Default + 'static>(
    bucket: &Bucket,
    policy: &Arc<Lazy<ReadPolicy>>,
    ask: impl FnOnce(&PolicyDocument, &str) -> T + Send + 'static,
) -> Lazy<Known<T>> {
    let (arn, policy) = (bucket.arn.clone(), Arc::clone(policy));
    Lazy::new(move || {
        policy
            .get()
            .as_ref()
            .map(|policy| policy.as_ref().map_or_else(T::default, |policy| ask(policy, &arn)))
    })
}

fn denies(policy: &PolicyDocument, bucket: &str, sent: Sent, on: &[On]) -> bool {
    let may_deny = |statement: &Statement| {
        let asks = |condition: &Condition| condition.key.eq_ignore_ascii_case(sent.0);
        statement.effect == Effect::Deny
            && (statement.conditions.is_empty() || statement.conditions.iter().any(asks))
    };
    let relevant = only(policy, may_deny);
    let Some(service) = table().service("s3").filter(|_| !relevant.statements.is_empty()) else {
        return false;
    };
    let about = |kind: &'static str| {
        service.actions().filter(move |action| action.resource_types().any(|(one, _)| one.name == kind))
    };
    // Most policies deny every action in one statement: then one of each kind stands for all.
    let every_action = Questions::new(bucket, &only(&relevant, is_for_every_action), sent);
    let first_denied = |questions: &Questions<'_>| {
        on.iter().all(|(kind, in_bucket)| questions.all_denied(about(kind).take(1), *in_bucket))
    };
    let questions = Questions::new(bucket, &relevant, sent);
    first_denied(&every_action)
        || first_denied(&questions)
            && on.iter().all(|(kind, in_bucket)| questions.all_denied(about(kind), *in_bucket))
}

/// The document with these of its statements.
fn only(policy: &PolicyDocument, wanted: impl Fn(&Statement) -> bool) -> PolicyDocument {
    PolicyDocument {
        version: policy.version,
        version_is_written: policy.version_is_written,
        id: None,
        statements: policy.statements.iter().filter(|statement| wanted(statement)).cloned().collect(),
    }
}

fn is_for_every_action(statement: &Statement) -> bool {
    let is_everything = |pattern: &String| pattern == "*" || pattern.eq_ignore_ascii_case("s3:*");
    !statement.actions.negated && statement.actions.values.items.iter().any(is_everything)
}

struct Questions<'a> {
    bucket: &'a str,
    policy: ResourcePolicies,
    sent: Sent,
}

impl<'a> Questions<'a> {
    fn new(bucket: &'a str, policy: &PolicyDocument, sent: Sent) -> Self {
        let set = PolicySet::new(vec![Arc::new(CompiledPolicy::new("bucket policy", policy))]);
        Self { bucket, policy: ResourcePolicies { policy: Some(set), ..Default::default() }, sent }
    }

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
        let (key, value) = self.sent;
        context.set(SECURE_TRANSPORT, "true");
        context.set(key, value);
        let request = Request { principal, action, resource, context: &context };
        let policies = Policies {
            principal: &PrincipalPolicies::default(),
            resource: &self.policy,
            management_account: None,
        };
        decide(request, policies) == Decision::ExplicitlyDenied
    }
}
