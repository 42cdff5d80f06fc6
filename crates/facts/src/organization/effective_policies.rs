//! What the organization's management policies come to for the account.

use std::collections::BTreeMap;

use palisade_snapshot::{Evidence, Observed, Reason};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::organization;
use crate::context::Context;
use crate::{Known, Missing, facts};

facts! {
    /// What AI services of AWS may do with an account's content, by its organization's AI services opt-out policies.
    pub struct AiOptOut as "ai_opt_out" {
        /// Whether a policy of this type applies to the account at all.
        in_force: bool, reads [];
        /// Whether the services that no policy names leave the content alone.
        by_default: bool, reads [];
        /// The services that policies name and that may use the content all the same.
        services_opted_in: Vec<String>, reads [];
    }
}

facts! {
    /// How resources of an account are to be tagged, by its organization's tag policies.
    pub struct TagPolicy as "tag_policy" {
        /// Whether a policy of this type applies to the account at all.
        in_force: bool, reads [];
        /// The keys of the tags that it is about.
        tag_keys: Vec<String>, reads [];
    }
}

facts! {
    /// What an account's buckets are held to, by its organization's S3 policies.
    pub struct S3Policy as "s3_policy" {
        /// Whether a policy of this type applies to the account at all.
        in_force: bool, reads [];
        /// Whether it switches all four settings of Block Public Access on for the account, whatever the account's own
        /// are.
        blocks_public_access: bool, reads [];
    }
}

/// "AI services opt-out policy syntax and examples" in the AWS Organizations User Guide, without the operators of
/// inheritance, which an effective policy has no more.
#[derive(Deserialize)]
struct AiOptOutDocument {
    services: BTreeMap<String, AiService>,
}

#[derive(Deserialize)]
struct AiService {
    opt_out_policy: String,
}

/// "Tag policy syntax" there.
#[derive(Deserialize)]
struct TagDocument {
    tags: BTreeMap<String, TagRule>,
}

#[derive(Deserialize)]
struct TagRule {
    tag_key: Option<String>,
}

/// "S3 policy syntax and examples" there.
#[derive(Deserialize)]
struct S3Document {
    s3_attributes: S3Attributes,
}

#[derive(Deserialize)]
struct S3Attributes {
    public_access_block_configuration: String,
}

/// The service for all that are not named.
const EVERY_OTHER_SERVICE: &str = "default";
/// The value, in which case counts.
const OPTED_OUT: &str = "optOut";
/// All four settings: there is nothing in between.
const BLOCK_ALL: &str = "all";

/// The AI services opt-out policy; null where none can apply.
pub(crate) fn ai_opt_out(context: &Context) -> Known<Option<AiOptOut>> {
    let observed = &context.shared.account.ai_opt_out_policy;
    effective(context, observed, Evidence::AiOptOutPolicy, |document: Option<AiOptOutDocument>| {
        let in_force = document.is_some();
        let services = document.map(|document| document.services).unwrap_or_default();
        let opted_out = |service: &AiService| service.opt_out_policy == OPTED_OUT;
        let named = services.iter().filter(|(name, _)| *name != EVERY_OTHER_SERVICE);
        let opted_in = named.filter(|(_, service)| !opted_out(service));
        AiOptOut {
            in_force,
            by_default: services.get(EVERY_OTHER_SERVICE).is_some_and(opted_out),
            services_opted_in: opted_in.map(|(name, _)| name.clone()).collect(),
        }
    })
}

/// The tag policy; null where none can apply.
pub(crate) fn tag_policy(context: &Context) -> Known<Option<TagPolicy>> {
    let observed = &context.shared.account.tag_policy;
    effective(context, observed, Evidence::TagPolicy, |document: Option<TagDocument>| TagPolicy {
        in_force: document.is_some(),
        tag_keys: document
            .into_iter()
            .flat_map(|document| document.tags)
            .map(|(name, rule)| rule.tag_key.unwrap_or(name))
            .collect(),
    })
}

/// The S3 policy; null where none can apply.
pub(crate) fn s3_policy(context: &Context) -> Known<Option<S3Policy>> {
    let observed = &context.shared.account.s3_policy;
    effective(context, observed, Evidence::S3Policy, |document: Option<S3Document>| S3Policy {
        in_force: document.is_some(),
        blocks_public_access: document
            .is_some_and(|document| document.s3_attributes.public_access_block_configuration == BLOCK_ALL),
    })
}

/// An effective policy; null without an organization that has policies, and where AWS does not offer the type.
///
/// A document of another form than AWS's is not understood: the fact is then unknown, as if it were malformed.
fn effective<D: DeserializeOwned, F>(
    context: &Context,
    observed: &Observed<String>,
    evidence: Evidence,
    fact: impl FnOnce(Option<D>) -> F,
) -> Known<Option<F>> {
    if let Observed::NotOffered(_) = observed {
        return Known::Known(None);
    }
    let has_policies = organization(context).map(|found| found.is_some_and(|found| found.all_features));
    has_policies.and_then(|has_policies| match observed {
        _ if !has_policies => Known::Known(None),
        Observed::Present(text) => match serde_json::from_str(text) {
            Ok(document) => Known::Known(Some(fact(Some(document)))),
            Err(_) => Known::Unknown(Missing::because(evidence, Reason::Malformed)),
        },
        Observed::Absent | Observed::NotOffered(_) => Known::Known(Some(fact(None))),
        Observed::Unreadable(why) => Known::Unknown(Missing::evidence(evidence, why)),
    })
}
