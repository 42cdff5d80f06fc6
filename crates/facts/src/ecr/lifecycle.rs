//! Lifecycle policies of repositories.

mod backlog;
mod retention;
mod shadow;

use jiff::Timestamp;
use palisade_snapshot::{Evidence, ImageSummary, Observed, OldestImages, Reason};
use serde::Deserialize;

use super::pattern::fits;
use crate::{Known, Missing, facts};

pub use backlog::{LifecycleBacklog, OverdueImage};
pub use retention::{ImageFamily, Retention};
pub use shadow::IneffectiveRule;

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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    rule_priority: i64,
    selection: Selection,
    action: Action,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Selection {
    tag_status: String,
    #[serde(default)]
    tag_prefix_list: Vec<String>,
    #[serde(default)]
    tag_pattern_list: Vec<String>,
    count_type: String,
    count_number: i64,
    #[serde(default = "standard")]
    storage_class: String,
}

/// The storage class that a rule is about if it does not say.
fn standard() -> String {
    "standard".to_owned()
}

#[derive(Debug, Deserialize)]
struct Action {
    #[serde(rename = "type")]
    kind: String,
}

/// What a repository's lifecycle policy does.
#[derive(Debug)]
pub(super) struct Lifecycle(Known<Vec<Rule>>);

impl Lifecycle {
    /// Reads a lifecycle policy; one that AWS would not accept is a malformed answer.
    pub(super) fn of(policy: &Observed<String>) -> Self {
        let evidence = Evidence::RepositoryLifecyclePolicy;
        let text = Known::observed(policy, evidence, || None, |text| Some(text.clone()));
        Self(text.and_then(|text| {
            let Some(text) = text else { return Known::Known(Vec::new()) };
            let Ok(policy) = serde_json::from_str::<Policy>(&text) else {
                return Known::Unknown(Missing::because(evidence, Reason::Malformed));
            };
            let mut rules = policy.rules;
            rules.sort_by_key(|rule| rule.rule_priority);
            Known::Known(rules)
        }))
    }

    /// The rules by priority.
    pub(super) fn rules(&self) -> Known<Vec<LifecycleRule>> {
        self.0.as_ref().map(|rules| rules.iter().map(LifecycleRule::from).collect())
    }

    /// What becomes of images of certain kinds.
    pub(super) fn retentions(&self) -> Known<Vec<Retention>> {
        self.0.as_ref().map(|rules| retention::of(rules))
    }

    /// What they should have expired; unknown if not every image was counted.
    pub(super) fn backlog(&self, images: &Observed<ImageSummary>, now: Timestamp) -> Known<LifecycleBacklog> {
        let evidence = Evidence::RepositoryImages;
        let none = ImageSummary { oldest: Some(OldestImages::default()), ..ImageSummary::default() };
        let images = match images {
            Observed::Present(images) => images,
            Observed::Absent | Observed::NotOffered(_) => &none,
            Observed::Unreadable(why) => return Known::Unknown(Missing::evidence(evidence, why)),
        };
        let missing = match (&images.incomplete, &images.oldest) {
            (Some(why), _) => Missing::evidence(evidence, why),
            (None, None) => Missing::because(evidence, Reason::NotCollected),
            (None, Some(oldest)) => {
                return self.0.as_ref().map(|rules| backlog::of(rules, images, oldest, now));
            }
        };
        Known::Unknown(missing)
    }

    /// The rules that never do anything.
    pub(super) fn ineffective(&self) -> Known<Vec<IneffectiveRule>> {
        self.0.as_ref().map(|rules| shadow::ineffective(rules))
    }
}

impl Rule {
    /// Whether it selects an image with these tags. Each entry of its list must fit one of the tags ("Lifecycle
    /// policy properties" in the ECR User Guide: all specified prefixes or patterns are selected for).
    fn selects(&self, tags: &[&str]) -> bool {
        let selection = &self.selection;
        match selection.tag_status.as_str() {
            "any" => true,
            "untagged" => tags.is_empty(),
            _ => {
                let prefixes = &selection.tag_prefix_list;
                let patterns = &selection.tag_pattern_list;
                !tags.is_empty()
                    && prefixes.iter().all(|prefix| tags.iter().any(|tag| tag.starts_with(prefix.as_str())))
                    && patterns.iter().all(|pattern| tags.iter().any(|tag| fits(pattern, tag)))
            }
        }
    }

    fn expires(&self) -> bool {
        self.action.kind == "expire"
    }
}

impl From<&Rule> for LifecycleRule {
    fn from(rule: &Rule) -> Self {
        let selection = &rule.selection;
        let tags = selection.tag_prefix_list.iter().chain(&selection.tag_pattern_list);
        Self {
            priority: rule.rule_priority,
            tag_status: selection.tag_status.clone(),
            tags: tags.cloned().collect(),
            count_type: selection.count_type.clone(),
            count_number: selection.count_number,
            action: rule.action.kind.clone(),
        }
    }
}
