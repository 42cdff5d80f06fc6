//! Resources to ask about: one that nobody names, and those that patterns of policies stand for.

use palisade_policy::actions::{Action, ResourceType};
use palisade_policy::context::{Context, ContextValue};
use palisade_policy::document::Statement;

/// Stands for a name that nobody chose: a pattern that matches two such names matches all, or nearly.
const UNNAMED: [&str; 2] = ["7q0-unnamed-k3", "zx9-other-w5"];

/// ARNs that only patterns for all resources of the type match, in this account.
pub(super) fn unnamed(kind: &ResourceType, partition: &str, account: &str) -> Vec<[String; 2]> {
    let arn = |format: &String, name: &str| {
        replaced(format, |placeholder| match placeholder {
            "Partition" => partition.to_owned(),
            "Account" => account.to_owned(),
            _ => name.to_owned(),
        })
    };
    let [one, other] = UNNAMED;
    kind.arn_formats.iter().map(|format| [arn(format, one), arn(format, other)]).collect()
}

/// Whether a name begins as one that stands for any.
pub(super) fn is_unnamed(name: &str) -> bool {
    UNNAMED.iter().any(|unnamed| name.starts_with(unnamed))
}

/// Resources that statements name and an action takes, and one that none names.
pub(super) fn named<'a>(
    action: &Action<'_>,
    statements: impl Iterator<Item = &'a Statement>,
    context: &Context,
    partition: &str,
    account: &str,
) -> Vec<String> {
    let types: Vec<&ResourceType> = action.resource_types().map(|(kind, _)| kind).collect();
    let fits =
        |arn: &String| types.iter().any(|kind| kind.arn_formats.iter().any(|format| is_like(arn, format)));
    let patterns = statements.filter_map(|statement| statement.resources.as_ref());
    let patterns = patterns.filter(|element| !element.negated).flat_map(|element| &element.values.items);
    let concrete = patterns.map(|pattern| concrete(pattern, context, partition, account));
    let mut found: Vec<String> = concrete.filter(fits).collect();
    let unnamed = types.iter().flat_map(|kind| unnamed(kind, partition, account));
    found.extend(unnamed.map(|[one, _]| one));
    found.sort();
    found.dedup();
    found
}

/// A resource that a pattern stands for.
pub(super) fn concrete(pattern: &str, context: &Context, partition: &str, account: &str) -> String {
    let [unnamed, _] = UNNAMED;
    let literal = replaced(pattern, |variable| match (variable, context.get(variable)) {
        ("*" | "?" | "$", _) => variable.to_owned(),
        (_, Some(ContextValue::Single(value))) => value.clone(),
        _ => unnamed.to_owned(),
    });
    let parts = literal.splitn(6, ':').enumerate().map(|(place, part)| match (place, part) {
        (1, "*") => partition.to_owned(),
        (4, "*") => account.to_owned(),
        _ => part.replace('*', unnamed).replace('?', "q"),
    });
    parts.collect::<Vec<_>>().join(":")
}

/// Puts texts in the places of `${…}`.
fn replaced(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once("${").and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        result.push_str(before);
        result.push_str(&value(name));
        rest = after;
    }
    result.push_str(rest);
    result
}

/// Whether an ARN may be of this format, such as `arn:${Partition}:s3:::${BucketName}`.
fn is_like(arn: &str, format: &str) -> bool {
    let pattern = replaced(format, |_| "*".to_owned());
    let name = |text: &str| text.splitn(6, ':').nth(5).unwrap_or_default().to_owned();
    if format.ends_with(":${BucketName}") && name(arn).contains('/') {
        return false;
    }
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| arn.strip_prefix(first)) else { return false };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.is_empty()
}
