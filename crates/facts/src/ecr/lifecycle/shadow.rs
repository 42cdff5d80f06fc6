//! Rules of a lifecycle policy that never do anything.

use super::Rule;
use crate::ecr::pattern::fits;
use crate::facts;

facts! {
    /// A rule of a lifecycle policy that never does anything, or not what it seems to do.
    pub struct IneffectiveRule as "ineffective_rule" {
        /// Its priority.
        priority: i64, reads [];
        /// Why: a sentence.
        why: String, reads [];
    }
}

/// The rules, by priority, that never do anything.
pub(super) fn ineffective(rules: &[Rule]) -> Vec<IneffectiveRule> {
    let mut found = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let before = rules.iter().take(place);
        let why = before
            .filter(|other| covers(other, rule))
            .map(|other| format!("rule {} selects the same images first", other.rule_priority))
            .next()
            .or_else(|| contradiction(rule));
        found.extend(why.map(|why| IneffectiveRule { priority: rule.rule_priority, why }));
    }
    found
}

/// Whether a rule selects every image that another one does.
fn covers(rule: &Rule, other: &Rule) -> bool {
    if rule.selection.storage_class != other.selection.storage_class {
        return false;
    }
    match (rule.selection.tag_status.as_str(), other.selection.tag_status.as_str()) {
        ("any", _) | ("untagged", "untagged") => true,
        ("untagged", _) | (_, "any" | "untagged") => false,
        _ => {
            let entries = patterns(other);
            patterns(rule).iter().all(|wide| entries.iter().any(|narrow| fits(wide, narrow)))
        }
    }
}

/// The prefixes and patterns of a rule, all as patterns.
///
/// A pattern that fits the text of another one, in which `*` is nothing special, fits all that the other fits.
fn patterns(rule: &Rule) -> Vec<String> {
    let prefixes = rule.selection.tag_prefix_list.iter().map(|prefix| format!("{prefix}*"));
    prefixes.chain(rule.selection.tag_pattern_list.iter().cloned()).collect()
}

/// What in a rule keeps it from doing anything ("Lifecycle policy properties" in the ECR User Guide).
fn contradiction(rule: &Rule) -> Option<String> {
    const MOST_TAGS: usize = 2;
    let selection = &rule.selection;
    let needed = tags_needed(&selection.tag_prefix_list);
    match (selection.count_type.as_str(), rule.expires()) {
        ("sinceImagePulled", true) => Some("images are archived by their last pull, not expired".to_owned()),
        ("sinceImageTransitioned", _) if selection.storage_class != "archive" => {
            Some("only archived images have been moved to another storage class".to_owned())
        }
        _ if needed > MOST_TAGS => {
            Some(format!("an image needs {needed} tags at once to be selected, one for each prefix"))
        }
        _ => None,
    }
}

/// How many tags an image needs to fit all prefixes: one tag fits several where one begins with the other.
fn tags_needed(prefixes: &[String]) -> usize {
    let is_longest = |prefix: &&String| {
        !prefixes.iter().any(|other| other != *prefix && other.starts_with(prefix.as_str()))
    };
    prefixes.iter().filter(is_longest).collect::<std::collections::BTreeSet<_>>().len()
}
