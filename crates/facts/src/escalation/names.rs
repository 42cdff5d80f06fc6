//! Names that an attacker chooses: of what he creates, and where.

use std::collections::BTreeMap;

use super::common_text::{common_text, matches};

/// Values of the names in a template.
pub(super) type Names = BTreeMap<String, String>;

/// The most combinations of patterns looked at.
const MOST_COMBINATIONS: usize = 64;
/// The components of an ARN before the last.
const HEAD: usize = 5;

/// What a name is if nothing speaks against it, where AWS makes it.
const MADE_BY_AWS: [(&str, &str); 8] = [
    ("id", "0123abcd-0123-4567-89ab-0123456789ab"),
    ("image", "ami-0123456789abcdef0"),
    ("instance", "i-0123456789abcdef0"),
    ("interface", "eni-0123456789abcdef0"),
    ("security_group", "sg-0123456789abcdef0"),
    ("subnet", "subnet-0123456789abcdef0"),
    ("task", "0123456789abcdef0123456789abcdef"),
    ("volume", "vol-0123456789abcdef0"),
];

/// Regions that need no opting in, by partition; the first is tried first ("AWS Regions" in the AWS Regions and
/// Availability Zones User Guide).
const REGIONS: [(&str, &[&str]); 3] = [
    (
        "aws",
        &[
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
            "eu-central-1",
            "eu-north-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ca-central-1",
            "sa-east-1",
        ],
    ),
    ("aws-cn", &["cn-north-1", "cn-northwest-1"]),
    ("aws-us-gov", &["us-gov-west-1", "us-gov-east-1"]),
];

/// The regions of a partition.
pub(super) fn regions(partition: &str) -> &'static [&'static str] {
    REGIONS.iter().find(|(name, _)| *name == partition).map_or(&["us-east-1"], |(_, regions)| regions)
}

/// The name that is tried first.
pub(super) fn first_name(variable: &str) -> &'static str {
    MADE_BY_AWS.iter().find(|(name, _)| *name == variable).map_or("palisade", |(_, value)| value)
}

/// Fills in what is known; the rest stays.
pub(super) fn fill(template: &str, names: &Names) -> String {
    let mut filled = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => match names.get(name) {
                Some(value) => filled.push_str(value),
                None => {
                    filled.push('{');
                    filled.push_str(name);
                    filled.push('}');
                }
            },
        }
    }
    filled
}

/// The names that a template leaves open.
pub(super) fn open_names(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Name(name) => Some(name),
        Piece::Text(_) => None,
    })
}

#[derive(Clone, Copy)]
enum Piece<'t> {
    Text(&'t str),
    Name(&'t str),
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, following)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Name(name));
        rest = following;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Names with which an ARN matches a pattern of each list. An empty list asks for nothing. Several are offered, as a
/// deny may rule one out.
pub(super) fn satisfying(template: &str, lists: &[Vec<String>]) -> Vec<Names> {
    let lists: Vec<&Vec<String>> =
        lists.iter().filter(|list| !list.is_empty() && !list.iter().any(|one| is_everything(one))).collect();
    let mut found = Vec::new();
    let mut counter = vec![0_usize; lists.len()];
    for _ in 0..MOST_COMBINATIONS {
        let patterns: Vec<&str> =
            lists.iter().zip(&counter).filter_map(|(list, &at)| list.get(at)).map(String::as_str).collect();
        found.extend(names_for(template, &patterns));
        let mut digits = counter.iter_mut().zip(&lists);
        let more = digits.any(|(digit, list)| {
            *digit = if *digit + 1 < list.len() { *digit + 1 } else { 0 };
            *digit > 0
        });
        if !more {
            break;
        }
    }
    found
}

fn is_everything(pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*')
}

/// Names for one pattern per list.
fn names_for(template: &str, patterns: &[&str]) -> Vec<Names> {
    let (head, last) = split(template);
    let mut lasts = Vec::new();
    for pattern in patterns {
        let (pattern_head, pattern_last) = split(pattern);
        let whole = pattern_head.len() == HEAD;
        let fits = head.iter().zip(&pattern_head).all(|(own, pattern)| {
            own.contains('{') || matches(&pattern.to_ascii_lowercase(), &own.to_ascii_lowercase())
        });
        if !fits {
            return Vec::new();
        }
        // A pattern with fewer components lets its last one take all the rest.
        lasts.push(if whole { pattern_last } else { "*".to_owned() });
    }
    let open: String = pieces(&last)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Name(_) => "?*".to_owned(),
        })
        .collect();
    let mut found = Vec::new();
    for wish in ["*palisade*", "*zq0*", "*"] {
        let all: Vec<&str> =
            [open.as_str(), wish].into_iter().chain(lasts.iter().map(String::as_str)).collect();
        found.extend(common_text(&all).and_then(|text| captured(&last, &text)));
    }
    found
}

/// The components of an ARN or pattern before the last one, and that.
fn split(text: &str) -> (Vec<String>, String) {
    let mut parts = text.splitn(HEAD + 1, ':').map(str::to_owned).collect::<Vec<_>>();
    let last = parts.pop().unwrap_or_default();
    (parts, last)
}

/// What the names of a template are in a text; each takes as little as it can.
fn captured(template: &str, text: &str) -> Option<Names> {
    fn take<'t>(pieces: &[Piece<'t>], text: &str, names: &mut Names) -> bool {
        match pieces.split_first() {
            None => text.is_empty(),
            Some((Piece::Text(literal), rest)) => {
                text.strip_prefix(literal).is_some_and(|text| take(rest, text, names))
            }
            Some((Piece::Name(name), rest)) => {
                let ends = text.char_indices().skip(1).map(|(at, _)| at).chain([text.len()]);
                ends.filter_map(|end| text.split_at_checked(end)).any(|(value, following)| {
                    let before = names.insert((*name).to_owned(), value.to_owned());
                    let fits = before.as_ref().is_none_or(|before| before == value);
                    let taken = !value.is_empty() && fits && take(rest, following, names);
                    if !taken {
                        match before {
                            Some(before) => names.insert((*name).to_owned(), before),
                            None => names.remove(*name),
                        };
                    }
                    taken
                })
            }
        }
    }
    let mut names = Names::new();
    take(&pieces(template), text, &mut names).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_satisfy_a_pattern_of_each_list() {
        let template = "arn:aws:lambda:{region}:111122223333:function:{name}";
        let list = |patterns: &[&str]| patterns.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        let lists = [
            list(&["arn:aws:lambda:*:*:function:dev-*"]),
            list(&["*"]),
            list(&["arn:aws:lambda:*:*:*-live"]),
        ];
        let found = satisfying(template, &lists);
        assert!(found[0]["name"].starts_with("dev-") && found[0]["name"].ends_with("-live"), "{found:?}");
        assert!(satisfying(template, &[list(&["arn:aws:s3:::dev-*"])]).is_empty());
        assert!(satisfying(template, &[list(&["arn:aws:lambda:*:999999999999:function:*"])]).is_empty());
        let stack = "arn:aws:cloudformation:us-east-1:1:stack/{name}/{id}";
        let found = satisfying(stack, &[list(&["arn:aws:cloudformation:*:*:stack/team-*/*"])]);
        assert!(found[0]["name"].starts_with("team-"), "{found:?}");
    }

    #[test]
    fn templates_are_filled() {
        let names = Names::from([("a".to_owned(), "x".to_owned())]);
        assert_eq!(fill("arn:{a}/{b}", &names), "arn:x/{b}");
        assert_eq!(open_names("{a}/{b}").collect::<Vec<_>>(), ["a", "b"]);
    }
}
