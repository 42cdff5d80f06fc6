//! The nearest known spelling of a name that is not known.

/// The longest name that is compared: AWS's names are shorter.
const LONGEST: usize = 128;

/// The candidate that takes the fewest changes to become `name`, if few are enough; the first of equals.
pub(super) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    if name.len() > LONGEST {
        return None;
    }
    let wanted = name.to_ascii_lowercase();
    let most = (name.len() / 4).max(1);
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= most)
        .map(|candidate| (strsim::levenshtein(&wanted, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn spellings() {
        assert_eq!(nearest("getobjekt", ["PutObject", "GetObject"].into_iter()), Some("GetObject"));
        assert_eq!(nearest("xyz", ["GetObject"].into_iter()), None);
        assert_eq!(nearest(&"x".repeat(1_000), ["GetObject"].into_iter()), None);
    }
}
