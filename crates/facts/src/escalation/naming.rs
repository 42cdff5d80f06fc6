//! Who names a resource: for one action, the nodes by the resource patterns of what allows it.

use std::collections::{BTreeSet, HashMap};

use super::common_text::matches;
use super::node::NodeIndex;

/// The nodes whose policies allow an action on something, found by what that is.
#[derive(Debug, Default)]
pub(super) struct Naming {
    /// Patterns without wildcards.
    literal: HashMap<String, Vec<NodeIndex>>,
    /// Other patterns by the text before the first wildcard or variable.
    patterns: HashMap<String, Vec<(String, Vec<NodeIndex>)>>,
    /// How long these texts are.
    lengths: BTreeSet<usize>,
}

impl Naming {
    /// Notes that a node's policies allow the action on what matches a pattern.
    pub(super) fn add(&mut self, pattern: &str, node: NodeIndex) {
        let start = start(pattern);
        if start.len() == pattern.len() {
            note(self.literal.entry(pattern.to_owned()).or_default(), node);
            return;
        }
        self.lengths.insert(start.len());
        let alike = self.patterns.entry(start.to_owned()).or_default();
        match alike.iter_mut().find(|(known, _)| known == pattern) {
            Some((_, nodes)) => note(nodes, node),
            None => alike.push((pattern.to_owned(), vec![node])),
        }
    }

    /// The nodes that name a resource, in order; some more where variables are not known.
    pub(super) fn of(&self, arn: &str) -> Vec<NodeIndex> {
        let mut found = self.literal.get(arn).cloned().unwrap_or_default();
        for length in &self.lengths {
            let Some((start, _)) = arn.split_at_checked(*length) else { continue };
            for (pattern, nodes) in self.patterns.get(start).into_iter().flatten() {
                if pattern.contains("${") || starts_loosely(pattern) || matches(pattern, arn) {
                    found.extend(nodes);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn note(nodes: &mut Vec<NodeIndex>, node: NodeIndex) {
    if nodes.last() != Some(&node) {
        nodes.push(node);
    }
}

/// The text of a pattern before the first wildcard or variable. Where the case of letters may not count, nothing.
pub(super) fn start(pattern: &str) -> &str {
    if starts_loosely(pattern) {
        return "";
    }
    let end = pattern.find(['*', '?']).unwrap_or(pattern.len());
    let end = pattern.find("${").map_or(end, |variable| variable.min(end));
    pattern.get(..end).unwrap_or_default()
}

/// Whether the first parts of a pattern have letters of which the case may not count.
pub(super) fn starts_loosely(pattern: &str) -> bool {
    pattern.split(':').take(3).any(|part| part.bytes().any(|byte| byte.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_found_by_what_their_patterns_match() {
        let mut naming = Naming::default();
        let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
        naming.add("*", 1);
        naming.add(&role("a"), 2);
        naming.add(&role("team-*"), 3);
        naming.add(&role("*-b"), 4);
        naming.add(&role("${aws:username}"), 5);
        naming.add("ARN:aws:iam::111122223333:role/a", 6);
        assert_eq!(naming.of(&role("a")), [1, 2, 5, 6]);
        assert_eq!(naming.of(&role("team-b")), [1, 3, 4, 5, 6]);
    }
}
