//! Patterns with `*` for any characters and `?` for one.

/// Whether the whole text fits the pattern; upper and lower case differ. It takes at most as many
/// steps as text times pattern.
pub(crate) fn fits(text: &str, pattern: &str) -> bool {
    like(text.as_bytes(), pattern.as_bytes())
}

/// Wildcard matching with one point to return to, so that it takes at most text times pattern steps.
/// `?` must take a whole character, which the step over UTF-8 continuation bytes sees to.
fn like(text: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut wanted) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&byte) = text.get(at) {
        match pattern.get(wanted) {
            Some(b'*') => {
                retry = Some((wanted + 1, at));
                wanted += 1;
            }
            Some(b'?') => {
                at += 1;
                while text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
                    at += 1;
                }
                wanted += 1;
            }
            Some(&expected) if expected == byte => {
                at += 1;
                wanted += 1;
            }
            _ => match retry {
                Some((after, from)) => {
                    let mut next = from + 1;
                    while text.get(next).is_some_and(|byte| byte & 0xC0 == 0x80) {
                        next += 1;
                    }
                    retry = Some((after, next));
                    (at, wanted) = (next, after);
                }
                None => return false,
            },
        }
    }
    pattern.get(wanted..).is_some_and(|rest| rest.iter().all(|&byte| byte == b'*'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::fits;

    #[test]
    fn patterns_fit_whole_texts() {
        for (text, pattern, expected) in [
            ("", "", true),
            ("", "*", true),
            ("", "?", false),
            ("abc", "a*", true),
            ("abc", "*b", false),
            ("abc", "a?c", true),
            ("aéc", "a?c", true),
            ("aé", "a??", false),
            ("abcabd", "*abd", true),
            ("é", "*é*", true),
            ("Abc", "abc", false),
        ] {
            assert_eq!(fits(text, pattern), expected, "{text} {pattern}");
        }
    }

    /// The obvious definition, too slow for use.
    fn naive(text: &[char], pattern: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, rest) => rest.is_none(),
            (Some(('*', after)), _) => (0..=text.len()).any(|taken| naive(&text[taken..], after)),
            (Some(('?', after)), Some((_, rest))) => naive(rest, after),
            (Some((wanted, after)), Some((found, rest))) => wanted == found && naive(rest, after),
            (Some(_), None) => false,
        }
    }

    proptest! {
        #[test]
        fn fitting_is_the_obvious_definition(text in "[abé]{0,8}", pattern in "[abé*?]{0,6}") {
            let (chars, wanted): (Vec<_>, Vec<_>) = (text.chars().collect(), pattern.chars().collect());
            prop_assert_eq!(fits(&text, &pattern), naive(&chars, &wanted));
        }
    }
}
