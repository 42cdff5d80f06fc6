//! Wildcard patterns: `*` is any run of characters, `?` any one character.
//!
//! A pattern is a byte string in which two bytes that never occur in UTF-8 stand for the wildcards, so that a
//! literal `*` (from `${*}` or from the value of a policy variable) needs no escape. Matching goes back to the
//! last `*` only: its time is bounded by pattern length times text length, whatever the pattern.

/// Stands for `*` in a pattern; no UTF-8 text contains this byte.
pub(crate) const ANY_RUN: u8 = 0xFF;
/// Stands for `?` in a pattern; no UTF-8 text contains this byte.
pub(crate) const ANY_ONE: u8 = 0xFE;

/// A compiled wildcard pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// Matches everything: `*`.
    Any,
    /// Has no wildcard.
    Exact(Box<[u8]>),
    /// A text followed by `*`.
    Prefix(Box<[u8]>),
    /// Everything else.
    Glob(Box<[u8]>),
}

impl Pattern {
    /// Compiles a text in which `*` and `?` are wildcards and ASCII case does not count: match it against lower case.
    pub(crate) fn from_text_lowercase(text: &str) -> Self {
        Self::from_bytes(text.bytes().map(|byte| wildcard_byte(byte.to_ascii_lowercase())).collect())
    }

    /// Compiles a byte string that already uses [`ANY_RUN`] and [`ANY_ONE`].
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        let first_wildcard = bytes.iter().position(|&byte| is_wildcard(byte));
        match first_wildcard {
            None => Self::Exact(bytes.into()),
            Some(at) if bytes.iter().skip(at).all(|&byte| byte == ANY_RUN) => {
                if at == 0 {
                    Self::Any
                } else {
                    Self::Prefix(bytes.into_iter().take(at).collect())
                }
            }
            Some(_) => Self::Glob(bytes.into()),
        }
    }

    /// The pattern as a byte string that uses [`ANY_RUN`] and [`ANY_ONE`].
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Any => vec![ANY_RUN],
            Self::Exact(bytes) | Self::Glob(bytes) => bytes.into(),
            Self::Prefix(bytes) => bytes.iter().copied().chain([ANY_RUN]).collect(),
        }
    }

    /// Its text, if it has no wildcard.
    pub(crate) fn as_exact(&self) -> Option<&[u8]> {
        match self {
            Self::Exact(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Whether it matches whatever another pattern matches; `false` also where that can't be told.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        // The other's wildcards stand for themselves: a run is only in a run, any character in a run or any character.
        *self == Self::Any || glob(&self.clone().into_bytes(), &other.clone().into_bytes())
    }

    /// Whether no text matches both; `false` also where that can't be told.
    pub(crate) fn excludes(&self, other: &Self) -> bool {
        let (one, other) = (self.clone().into_bytes(), other.clone().into_bytes());
        let begin = |bytes: &[u8]| bytes.iter().copied().take_while(|byte| !is_wildcard(*byte)).collect();
        let end = |bytes: &[u8]| bytes.iter().rev().copied().take_while(|byte| !is_wildcard(*byte)).collect();
        let differ = |one: Vec<u8>, other: Vec<u8>| !one.starts_with(&other) && !other.starts_with(&one);
        let is_exact = |bytes: &[u8]| !bytes.iter().any(|byte| is_wildcard(*byte));
        differ(begin(&one), begin(&other))
            || differ(end(&one), end(&other))
            || (is_exact(&other) && !glob(&one, &other))
            || (is_exact(&one) && !glob(&other, &one))
    }

    /// Whether the whole text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(bytes) => text.as_bytes() == &**bytes,
            Self::Prefix(bytes) => text.as_bytes().starts_with(bytes),
            Self::Glob(bytes) => glob(bytes, text.as_bytes()),
        }
    }
}

/// The pattern byte of a character as written.
pub(crate) fn wildcard_byte(byte: u8) -> u8 {
    match byte {
        b'*' => ANY_RUN,
        b'?' => ANY_ONE,
        other => other,
    }
}

fn is_wildcard(byte: u8) -> bool {
    byte == ANY_RUN || byte == ANY_ONE
}

/// Bytes of the UTF-8 character at the start of `text`.
fn character_length(text: &[u8]) -> usize {
    1 + text.iter().skip(1).take_while(|&&byte| byte & 0xC0 == 0x80).count()
}

/// Whether the whole text matches a pattern that uses [`ANY_RUN`] and [`ANY_ONE`].
pub(crate) fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let needed = pattern.iter().filter(|&&byte| byte != ANY_RUN).count();
    if needed > text.len() {
        return false;
    }
    let mut rest_pattern = pattern;
    let mut rest_text = text;
    // After the last `*`: the pattern that follows it, and the text it has not swallowed yet.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (rest_pattern.split_first(), rest_text.split_first()) {
            (Some((&ANY_RUN, after)), _) => {
                if after.is_empty() {
                    return true;
                }
                retry = Some((after, rest_text));
                rest_pattern = after;
                continue;
            }
            // A text that is a pattern may have a run here, which is not one character.
            (Some((&ANY_ONE, after)), Some((&found, _))) if found != ANY_RUN => {
                rest_pattern = after;
                rest_text = rest_text.get(character_length(rest_text)..).unwrap_or_default();
                continue;
            }
            (Some((expected, after)), Some((found, following))) if expected == found => {
                rest_pattern = after;
                rest_text = following;
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after, unswallowed)) = retry else { return false };
        if unswallowed.is_empty() {
            return false;
        }
        let shorter = unswallowed.get(character_length(unswallowed)..).unwrap_or_default();
        retry = Some((after, shorter));
        rest_pattern = after;
        rest_text = shorter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::from_bytes(pattern.bytes().map(wildcard_byte).collect()).matches(text)
    }

    #[test]
    fn wildcards_stand_for_runs_and_single_characters() {
        for (pattern, text) in [
            ("*", ""),
            ("**", "abc"),
            ("a*", "a"),
            ("a*c", "abbc"),
            ("*b*", "abc"),
            ("a?c", "abc"),
            ("a?c", "aéc"),
            ("*?", "é"),
            ("?*", "a"),
            ("*aab", "aaaab"),
            ("a*b*c", "a-b-b-c"),
            ("", ""),
        ] {
            assert!(matches(pattern, text), "{pattern} should match {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("a", ""),
            ("a?", "a"),
            ("a*c", "abcd"),
            ("?", ""),
            ("*b", "abc"),
            ("ab", "a"),
            ("??", "é"),
        ] {
            assert!(!matches(pattern, text), "{pattern} should not match {text}");
        }
    }

    fn pattern(text: &str) -> Pattern {
        Pattern::from_bytes(text.bytes().map(wildcard_byte).collect())
    }

    #[test]
    fn a_pattern_includes_what_matches_less() {
        for (more, less) in [
            ("*", "*"),
            ("*", ""),
            ("a*", "ab*"),
            ("a*", "a?c*"),
            ("*b*", "a*b"),
            ("?", "?"),
            ("a*c", "ab*?c"),
            ("??", "é?"),
        ] {
            assert!(pattern(more).includes(&pattern(less)), "{more} should include {less}");
        }
        for (more, less) in [("?", "*"), ("a?", "a*"), ("ab*", "a*"), ("*a", "*"), ("a*b", "a*"), ("?", "é?")]
        {
            assert!(!pattern(more).includes(&pattern(less)), "{more} should not include {less}");
        }
    }

    #[test]
    fn patterns_without_a_common_text_exclude_each_other() {
        for (one, other) in [("a*", "b*"), ("*a", "*b"), ("abc", "a?d"), ("a", "b"), ("", "?")] {
            assert!(pattern(one).excludes(&pattern(other)), "{one} and {other}");
            assert!(pattern(other).excludes(&pattern(one)), "{other} and {one}");
        }
        for (one, other) in [("a*", "*b"), ("a*", "ab*"), ("*", "x"), ("a?", "?b"), ("", "*")] {
            assert!(!pattern(one).excludes(&pattern(other)), "{one} and {other}");
            assert!(!pattern(other).excludes(&pattern(one)), "{other} and {one}");
        }
    }

    #[test]
    fn hostile_patterns_end_soon() {
        let pattern = "*a".repeat(500) + "b";
        assert!(!matches(&pattern, &"a".repeat(4_000)));
        let pattern = format!("*{}b", "a?".repeat(500));
        assert!(!matches(&pattern, &"a".repeat(4_000)));
    }
}
