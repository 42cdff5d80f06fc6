//! ARNs and patterns for ARNs as policies write them ("Amazon Resource Names (ARNs)").

use std::borrow::Cow;
use std::iter;

/// The longest pattern that is compared with ARN formats; longer ones are taken to fit.
const LONGEST_PATTERN: usize = 2_048;

/// What is wrong with a value that must be an ARN or a pattern for ARNs; `None` if nothing is.
pub(super) fn fault(value: &str) -> Option<String> {
    if is_only_stars(value) || value.starts_with("${") {
        return None;
    }
    let wrong = |what: &str| Some(format!("{value:?}: {what}"));
    let opened = open_variables(value);
    let opened = String::from_utf8_lossy(&opened);
    if value.trim() != value || has_space_in_head(&opened) {
        return wrong("has white space in it; an ARN has none before its name, nor at its end");
    }
    let mut fields = opened.splitn(6, ':');
    let mut field = || fields.next();
    let (start, partition, service) = (field(), field(), field());
    let (_region, account, resource) = (field(), field(), field());
    if !start.is_some_and(|start| covers(start, "arn")) {
        return wrong("an ARN begins with \"arn:\"");
    }
    if resource.is_none() {
        // A variable may hold several fields.
        return if value.contains("${") {
            None
        } else {
            wrong("an ARN has six fields, arn:partition:service:region:account:resource")
        };
    }
    if !partition.is_some_and(is_partition) {
        return wrong("the partition, its second field, is aws, aws-cn, aws-us-gov or another that AWS has");
    }
    if service == Some("") {
        return wrong("the service, its third field, is empty");
    }
    if !account.is_some_and(is_account_field) {
        return wrong("the account, its fifth field, has 12 digits, is aws, or is empty");
    }
    if resource == Some("") { wrong("the resource, its sixth field, is empty") } else { None }
}

/// What AWS takes an ARN for that lacks fields, if that is all that is wrong with it: "when you specify an incomplete ARN
/// … in an identity-based policy, AWS automatically completes the ARN" ("Identify AWS resources with ARNs").
pub(super) fn completed(value: &str) -> Option<String> {
    let missing = 5_usize.checked_sub(value.matches(':').count()).filter(|missing| *missing > 0)?;
    if !value.starts_with("arn:") || value.contains("${") {
        return None;
    }
    let completed = value.to_owned() + &":*".repeat(missing);
    fault(&completed).is_none().then_some(completed)
}

fn is_only_stars(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte == b'*')
}

/// Whether there is white space in the first five fields. The names of S3 objects, for one, may have some.
fn has_space_in_head(value: &str) -> bool {
    value.splitn(6, ':').take(5).any(|field| field.contains(char::is_whitespace))
}

fn is_partition(partition: &str) -> bool {
    partition == "aws" || partition.starts_with("aws-") || is_open(partition)
}

/// Whether a value is a pattern that every ARN fits.
pub(super) fn is_everything(value: &str) -> bool {
    let fields = value.strip_prefix("arn:").unwrap_or(value);
    !fields.is_empty()
        && fields.split(':').all(|field| !field.is_empty() && field.bytes().all(|byte| byte == b'*'))
}

fn is_account_field(account: &str) -> bool {
    let is_number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    // Amazon's own accounts: AWS-managed policies, public images.
    let is_amazons = matches!(account, "aws" | "cloudfront" | "aws-marketplace" | "amazon");
    account.is_empty() || is_number || is_amazons || is_open(account)
}

fn is_open(field: &str) -> bool {
    field.contains(['*', '?']) || field.contains("${")
}

fn covers(pattern: &str, text: &str) -> bool {
    pattern == text || is_open(pattern)
}

/// A policy's pattern for ARNs, or an ARN format of the action table, ready to be compared: policy variables and a
/// format's `${…}` stand for any text.
pub(super) struct ArnPattern<'a> {
    open: Cow<'a, [u8]>,
    /// How many fields it has, of which the last one takes all the rest.
    fields: usize,
}

impl<'a> ArnPattern<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let open = open_variables(text);
        Self { fields: fields(&open).count(), open }
    }

    /// Whether some ARN fits both this pattern of a policy and an ARN format. Wildcards stay within their field.
    pub(super) fn can_fit(&self, format: &ArnPattern<'_>) -> bool {
        if self.open.len() > LONGEST_PATTERN {
            return true;
        }
        let is_short = self.fields < format.fields && self.open.starts_with(b"arn:");
        if self.fields == format.fields || is_short {
            let open: &[u8] = b"*";
            let mut both = fields(&self.open).chain(iter::repeat(open)).zip(fields(&format.open));
            both.all(|(left, right)| intersect(left, right))
        } else {
            intersect(&self.open, &format.open)
        }
    }

    /// Whether it names something in a bucket and no bucket: the names of buckets have no slash.
    pub(super) fn is_below_bucket(&self) -> bool {
        self.open.contains(&b'/')
    }
}

/// The fields of an ARN; the last one takes all the rest.
fn fields(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.splitn(6, |byte| *byte == b':')
}

/// Replaces each `${…}` by `*`.
fn open_variables(text: &str) -> Cow<'_, [u8]> {
    if !text.contains("${") {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut open = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        open.extend_from_slice(before.as_bytes());
        open.push(b'*');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    open.extend_from_slice(rest.as_bytes());
    Cow::Owned(open)
}

/// Whether two patterns have a text in common.
fn intersect(mut left: &[u8], mut right: &[u8]) -> bool {
    // Most differ, or are done, before a wildcard has anything to say.
    while let ([a, after_a @ ..], [b, after_b @ ..]) = (left, right) {
        match compared(*a, *b) {
            Some(true) => (left, right) = (after_a, after_b),
            Some(false) => return false,
            None => break,
        }
    }
    while let ([before_a @ .., a], [before_b @ .., b]) = (left, right) {
        match compared(*a, *b) {
            Some(true) => (left, right) = (before_a, before_b),
            Some(false) => return false,
            None => break,
        }
    }
    let is_open = |pattern: &[u8]| pattern.iter().all(|byte| *byte == b'*');
    match (left.is_empty(), right.is_empty()) {
        (true, _) => is_open(right),
        (_, true) => is_open(left),
        _ => is_open(left) || is_open(right) || reach(left, right),
    }
}

/// Whether two characters of patterns can be the same; `None` if one stands for any number of them.
fn compared(a: u8, b: u8) -> Option<bool> {
    (a != b'*' && b != b'*').then_some(a == b || a == b'?' || b == b'?')
}

/// The same in time that is the product of the lengths.
fn reach(left: &[u8], right: &[u8]) -> bool {
    // reachable[j]: the patterns left[..i] and right[..j] have a text in common.
    let mut reachable = vec![false; right.len() + 1];
    for (index, cell) in reachable.iter_mut().enumerate() {
        *cell = right.iter().take(index).all(|byte| *byte == b'*');
    }
    for a in left {
        let mut next = Vec::with_capacity(reachable.len());
        let mut before = *a == b'*' && reachable.first() == Some(&true);
        next.push(before);
        for (b, pair) in right.iter().zip(reachable.windows(2)) {
            let (diagonal, above) = (pair.first() == Some(&true), pair.get(1) == Some(&true));
            before = match compared(*a, *b) {
                Some(same) => diagonal && same,
                None => above || before,
            };
            next.push(before);
        }
        reachable = next;
    }
    reachable.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ArnPattern, completed, fault, intersect, reach};

    proptest! {
        #[test]
        fn what_is_compared_fast_is_compared_right(left in "[ab*?]{0,8}", right in "[ab*?]{0,8}") {
            let (left, right) = (left.as_bytes(), right.as_bytes());
            prop_assert_eq!(intersect(left, right), reach(left, right));
        }
    }

    #[test]
    fn patterns_in_common() {
        for (left, right, common) in [
            ("", "", true),
            ("*", "", true),
            ("a", "b", false),
            ("a*", "*b", true),
            ("a*c", "ab*", true),
            ("a?", "*b", true),
            ("ab", "a", false),
            ("arn:*", "arn:aws:s3:::b", true),
            ("a*b", "c*", false),
        ] {
            assert_eq!(intersect(left.as_bytes(), right.as_bytes()), common, "{left} {right}");
            assert_eq!(intersect(right.as_bytes(), left.as_bytes()), common, "{right} {left}");
        }
    }

    #[test]
    fn formats() {
        let fits_bucket = |pattern| {
            ArnPattern::new(pattern).can_fit(&ArnPattern::new("arn:${Partition}:s3:::${BucketName}"))
        };
        for good in ["arn:aws:s3:::x", "*", "arn:aws:s3", "arn:aws:${x}"] {
            assert!(fits_bucket(good), "{good}");
        }
        for bad in ["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2", "arn"] {
            assert!(!fits_bucket(bad), "{bad}");
        }
    }

    #[test]
    fn faults() {
        for good in [
            "*",
            "**",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::b/file with space.txt",
            "arn:aws:${x}",
            "arn:aws:iam::aws:policy/X",
            "${aws:PrincipalTag/x}",
            "arn:aws:iam::*:role/x",
        ] {
            assert_eq!(fault(good), None);
        }
        for bad in [
            "",
            "bucket",
            "*bucket",
            "arn:*",
            "arn:aws:s3",
            "arn:aws:s3:::b/* ",
            " arn:aws:s3:::b",
            "arn:aws: s3:::b",
            "arn:aws:iam::123:role/x",
            "arn:amazon:s3:::b",
            "arn:awsx:s3:::b",
            "arn:aws::::b",
            "arn:aws:s3:::",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn incomplete_arns_are_completed() {
        assert_eq!(completed("arn:aws:sqs").as_deref(), Some("arn:aws:sqs:*:*:*"));
        assert_eq!(completed("arn:*").as_deref(), Some("arn:*:*:*:*:*"));
        for other in ["arn:aws:s3:::b", "bucket", "*", "arn", "arn:awsx:s3", "arn:aws:s3:${x}"] {
            assert_eq!(completed(other), None, "{other}");
        }
    }
}
