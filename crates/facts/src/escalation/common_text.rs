//! A text that several wildcard patterns have in common.

use std::collections::{HashSet, VecDeque};

/// The most positions looked at: policies that need more are not found, never wrongly found.
const MOST_STATES: usize = 20_000;

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// This character.
    Is(char),
    /// Any one character.
    AnyOne,
    /// Any run of characters.
    AnyRun,
}

/// A shortest text that matches every pattern, in which `*` is any run of characters and `?` any one. What the
/// patterns leave open becomes an `a`.
pub(super) fn common_text(patterns: &[&str]) -> Option<String> {
    let patterns: Vec<Vec<Piece>> = patterns.iter().map(|pattern| pieces(pattern)).collect();
    let start = vec![0_usize; patterns.len()];
    let mut seen = HashSet::from([start.clone()]);
    let mut queue = VecDeque::from([(start, String::new())]);
    while let Some((at, text)) = queue.pop_front() {
        if seen.len() > MOST_STATES {
            return None;
        }
        let mut runs = Vec::new();
        let mut all_done = true;
        let mut literal = None;
        for (index, (pattern, &position)) in patterns.iter().zip(&at).enumerate() {
            match pattern.get(position) {
                None => {}
                Some(Piece::AnyRun) => {
                    all_done = false;
                    runs.push(index);
                }
                Some(Piece::AnyOne) => all_done = false,
                Some(Piece::Is(character)) => {
                    all_done = false;
                    literal = literal.or(Some(*character));
                }
            }
        }
        if all_done {
            return Some(text);
        }
        for index in runs {
            let next = advanced(&at, |place| usize::from(place == index));
            if seen.insert(next.clone()) {
                queue.push_front((next, text.clone()));
            }
        }
        let character = literal.unwrap_or('a');
        if let Some(next) = consumed(&patterns, &at, character)
            && seen.insert(next.clone())
        {
            let mut longer = text;
            longer.push(character);
            queue.push_back((next, longer));
        }
    }
    None
}

fn pieces(pattern: &str) -> Vec<Piece> {
    pattern
        .chars()
        .map(|character| match character {
            '*' => Piece::AnyRun,
            '?' => Piece::AnyOne,
            other => Piece::Is(other),
        })
        .collect()
}

fn advanced(at: &[usize], by: impl Fn(usize) -> usize) -> Vec<usize> {
    at.iter().enumerate().map(|(index, position)| position + by(index)).collect()
}

/// The positions after a character; `None` if a pattern does not take it.
fn consumed(patterns: &[Vec<Piece>], at: &[usize], character: char) -> Option<Vec<usize>> {
    patterns
        .iter()
        .zip(at)
        .map(|(pattern, &position)| match pattern.get(position)? {
            Piece::AnyRun => Some(position),
            Piece::AnyOne => Some(position + 1),
            Piece::Is(wanted) => (*wanted == character).then_some(position + 1),
        })
        .collect()
}

/// Whether the whole text matches a pattern.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let (before, mut after) = (text.clone(), pattern.clone());
        match (after.next(), text.next()) {
            (Some('*'), _) => {
                if after.as_str().is_empty() {
                    return true;
                }
                retry = Some((after.clone(), before.clone()));
                (pattern, text) = (after, before);
            }
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => pattern = after,
            (None, None) => return true,
            _ => {
                let Some((after, mut swallowed)) = retry.take() else { return false };
                if swallowed.next().is_none() {
                    return false;
                }
                retry = Some((after.clone(), swallowed.clone()));
                (pattern, text) = (after, swallowed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_text_matches_every_pattern() {
        for patterns in [
            vec!["function:?*", "function:dev-*"],
            vec!["function:?*", "*dev*"],
            vec!["function:?*", "function:dev-*", "*-live"],
            vec!["?*", "a?c*", "*d"],
            vec!["user/?*", "*", "*palisade*"],
        ] {
            let text = common_text(&patterns).unwrap();
            assert!(patterns.iter().all(|pattern| matches(pattern, &text)), "{patterns:?}: {text}");
        }
    }

    #[test]
    fn stars_take_runs() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("*b*", "abc", true),
            ("a?", "a", false),
            ("*b", "abc", false),
            ("a*b*c", "a-b-b-c", true),
            ("", "a", false),
            ("ab", "ab", true),
            ("*aab", "aaaab", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn patterns_without_a_common_text_have_none() {
        for patterns in [vec!["a*", "b*"], vec!["function:?*", "layer:*"], vec!["?", "??"]] {
            assert_eq!(common_text(&patterns), None, "{patterns:?}");
        }
    }
}
