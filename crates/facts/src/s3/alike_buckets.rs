//! Buckets whose policies and access settings are the same but for their own names.
//!
//! Most accounts make their buckets from a few templates. What follows from such a policy is worked out once, for a bucket
//! of a made-up name, and holds for all of them.

use std::collections::HashSet;
use std::sync::Arc;

use palisade_policy::document::{PolicyDocument, Statement};
use palisade_snapshot::{AccessControlList, BlockPublicAccess, Bucket, ObjectOwnership, Observed, Shared};

use super::policy_facts::PolicyFacts;
use crate::Known;
use crate::context::Context;
use crate::exposure::{is_about_everything, is_only_about};
use crate::recurring::Recurring;

/// A name that no bucket has: it is longer than a name may be ("General purpose bucket naming rules").
const ANY_NAME: &str = "any-bucket-of-this-policy-7q0k3-any-bucket-of-this-policy--ol-s3";
/// What stands in a policy behind the ARN of a bucket that it means by its whole name.
const AFTER_NAME: [char; 2] = ['"', '/'];

/// What the facts that follow from a policy rest on, with [`ANY_NAME`] for the bucket's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Template {
    arn: String,
    region: Observed<String>,
    policy: Observed<String>,
    acl: Observed<AccessControlList>,
    object_ownership: Observed<ObjectOwnership>,
    public_access_block: Observed<BlockPublicAccess>,
}

/// The buckets of an account, as far as they are alike.
#[derive(Debug)]
pub(crate) struct AlikeBuckets {
    known: Recurring<Template, Arc<PolicyFacts>>,
    /// Whether what the account declares and its organization denies is the same for every bucket.
    names_no_bucket: bool,
    /// The buckets that are reached by access points too.
    with_access_points: HashSet<String>,
}

impl AlikeBuckets {
    pub(crate) fn new(context: &Context) -> Self {
        Self {
            known: Recurring::default(),
            names_no_bucket: context.bucket_policy_baseline.is_none()
                && context.organization.rcps.denies().all(is_about_everything),
            with_access_points: with_access_points(&context.shared),
        }
    }

    /// The facts that follow from a bucket's policy.
    pub(super) fn policy_facts(&self, context: &Arc<Context>, bucket: &Bucket) -> Arc<PolicyFacts> {
        let is_alone = !self.names_no_bucket || self.with_access_points.contains(&bucket.name);
        let template = if is_alone { None } else { Template::of(bucket) };
        let shared =
            template.and_then(|template| self.known.answer(template, |template| template.facts(context)));
        shared.unwrap_or_else(|| Arc::new(PolicyFacts::of(context, bucket)))
    }
}

fn with_access_points(shared: &Shared) -> HashSet<String> {
    let own = shared.access_points.iter().map(|point| &point.bucket);
    let multi = shared.multi_region_access_points.iter().flat_map(|point| &point.buckets);
    own.chain(multi.map(|bucket| &bucket.name)).cloned().collect()
}

impl Template {
    /// The template that a bucket is made of; none if its policy could not be read, or uses its name for more than to name
    /// the bucket.
    fn of(bucket: &Bucket) -> Option<Self> {
        let before_name = bucket.arn.strip_suffix(&bucket.name)?;
        let policy = match &bucket.policy {
            Observed::Present(text) => Observed::Present(renamed(text, before_name, &bucket.name)?),
            Observed::Absent => Observed::Absent,
            Observed::Unreadable(_) | Observed::NotOffered(_) => return None,
        };
        Some(Self {
            arn: format!("{before_name}{ANY_NAME}"),
            region: bucket.region.clone(),
            policy,
            acl: bucket.acl.clone(),
            object_ownership: bucket.object_ownership.clone(),
            public_access_block: bucket.public_access_block.clone(),
        })
    }

    /// What follows for every bucket of this template; none if that would depend on its name, or tell of it.
    fn facts(&self, context: &Arc<Context>) -> Option<Arc<PolicyFacts>> {
        let bucket = Bucket {
            region: self.region.clone(),
            policy: self.policy.clone(),
            acl: self.acl.clone(),
            object_ownership: self.object_ownership.clone(),
            public_access_block: self.public_access_block.clone(),
            ..Bucket::listed(self.arn.clone(), ANY_NAME.to_owned(), None)
        };
        let facts = PolicyFacts::of(context, &bucket);
        let document = facts.policy.get().known()?;
        let speaks_of_itself = match (document, &self.policy) {
            (Some(document), Observed::Present(text)) => self.is_all_it_names(document, text),
            _ => true,
        };
        let witness = &facts.exposure.get().witness;
        let tells_no_name = !matches!(witness, Known::Known(Some(_)))
            && matches!(facts.policy_faults.get(), Known::Known(faults) if faults.is_empty());
        (speaks_of_itself && tells_no_name).then(|| Arc::new(facts))
    }

    /// Whether each statement is about everything, or this bucket and its objects by their whole names, and no other part of
    /// the policy has the name in it.
    fn is_all_it_names(&self, policy: &PolicyDocument, text: &str) -> bool {
        let is_own = |resource: &str| {
            resource.strip_prefix(&self.arn).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_known =
            |statement: &Statement| is_only_about(statement, |resource| resource == "*" || is_own(resource));
        let resources = policy.statements.iter().filter_map(|statement| statement.resources.as_ref());
        let own = resources.flat_map(|element| &element.values.items).filter(|resource| is_own(resource));
        policy.statements.iter().all(is_known) && own.count() == text.matches(ANY_NAME).count()
    }
}

/// A policy with [`ANY_NAME`] for a bucket's own; none if the name stands in it other than at the end of the bucket's ARN.
fn renamed(policy: &str, before_name: &str, name: &str) -> Option<String> {
    if policy.contains(ANY_NAME) {
        return None;
    }
    let mut renamed = String::with_capacity(policy.len() + ANY_NAME.len());
    let mut rest = policy;
    while let Some((before, after)) = rest.split_once(name) {
        if !before.ends_with(before_name) || !after.starts_with(AFTER_NAME) {
            return None;
        }
        renamed.push_str(before);
        renamed.push_str(ANY_NAME);
        rest = after;
    }
    renamed.push_str(rest);
    Some(renamed)
}
