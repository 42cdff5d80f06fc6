//! Lifecycle policies of repositories.

use palisade_snapshot::{Evidence, Observed, Reason};
use serde::Deserialize;

use crate::{Known, Missing, facts};

facts! {
    /// A rule of a repository's lifecycle policy ("Lifecycle policy properties" in the ECR User Guide).
    pub struct LifecycleRule as "lifecycle_rule" {
        /// Its priority; the lowest number is applied first.
        priority: i64, reads [];
        /// Which images it is about: `tagged`, `untagged` or `any`.
        tag_status: String, reads [];
        /// The tag prefixes or patterns that it is about; empty for untagged and any.
        tags: Vec<String>, reads [];
        /// `imageCountMoreThan`, `sinceImagePushed`, `sinceImagePulled` or `sinceImageTransitioned`.
        count_type: String, reads [];
        /// How many images, or how many days.
        count_number: i64, reads [];
        /// `expire` or `transition`.
        action: String, reads [];
    }
}

/// A lifecycle policy as text. ECR checks it when it is put, so what is not of this shape is malformed; names
/// that are not known here don't matter.
#[derive(Deserialize)]
struct Policy {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    rule_priority: i64,
    selection: Selection,
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    tag_status: String,
    #[serde(default)]
    tag_prefix_list: Vec<String>,
    #[serde(default)]
    tag_pattern_list: Vec<String>,
    count_type: String,
    count_number: i64,
}

#[derive(Deserialize)]
struct Action {
    #[serde(rename = "type")]
    kind: String,
}

/// The rules of a repository's lifecycle policy, by priority.
pub(super) fn rules(policy: &Observed<String>) -> Known<Vec<LifecycleRule>> {
    let evidence = Evidence::RepositoryLifecyclePolicy;
    let text = Known::observed(policy, evidence, || None, |text| Some(text.clone()));
    text.and_then(|text| {
        let Some(text) = text else { return Known::Known(Vec::new()) };
        let Ok(policy) = serde_json::from_str::<Policy>(&text) else {
            return Known::Unknown(Missing::because(evidence, Reason::Malformed));
        };
        let mut rules: Vec<_> = policy.rules.into_iter().map(LifecycleRule::from).collect();
        rules.sort_by_key(|rule| rule.priority);
        Known::Known(rules)
    })
}

impl From<Rule> for LifecycleRule {
    fn from(rule: Rule) -> Self {
        let Selection { tag_status, tag_prefix_list, tag_pattern_list, count_type, count_number } =
            rule.selection;
        Self {
            priority: rule.rule_priority,
            tag_status,
            tags: tag_prefix_list.into_iter().chain(tag_pattern_list).collect(),
            count_type,
            count_number,
            action: rule.action.kind,
        }
    }
}
