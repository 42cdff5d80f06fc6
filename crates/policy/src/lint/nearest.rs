//! The nearest known spelling of a name that is not known.

/// The longest name that is compared: AWS's names are shorter.
const LONGEST: usize = 128;

/// The candidate that takes the fewest changes to become `name`, if few are enough; the first of equals.
pub(super) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    if name.len() > LONGEST {
        return None;
    }
    let most = (name.len() / 4).max(1);
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= most)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, without case.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(before);
        for (b, above) in right.bytes().zip(row.iter().skip(1)) {
            let change = diagonal + usize::from(!a.eq_ignore_ascii_case(&b));
            before = change.min(above + 1).min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distances() {
        for (left, right, changes) in [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("S3", "s3", 0)] {
            assert_eq!(distance(left, right), changes);
            assert_eq!(distance(right, left), changes);
        }
        assert_eq!(nearest("GetObjekt", ["PutObject", "GetObject"].into_iter()), Some("GetObject"));
        assert_eq!(nearest("xyz", ["GetObject"].into_iter()), None);
    }
}
