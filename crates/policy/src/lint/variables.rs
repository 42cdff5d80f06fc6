//! Policy variables: where they work, and whether they name something.
//!
//! "IAM policy elements: Variables and tags", "IAM JSON policy elements: Condition operators": they are replaced in
//! `Resource`, and in conditions with string, ARN or boolean operators, of documents with version 2012-10-17.

use crate::document::{Condition, OperatorFamily, PolicyVersion, Principals, Statement, ValueList};

use super::condition_keys::known_key;
use super::{Code, Findings};

/// Checks every `${…}` of a statement.
pub(super) fn check(statement: &Statement, version: PolicyVersion, findings: &mut Findings) {
    let mut each = |values: &ValueList, whole: &str, place: Place| {
        for (index, value) in values.items.iter().enumerate() {
            if value.contains("${") {
                fault(value, place, version, &values.pointer(whole, index), findings);
            }
        }
    };
    each(&statement.actions.values, &statement.actions_pointer(), Place::Never("actions"));
    if let (Some(resources), Some(whole)) = (&statement.resources, statement.resources_pointer()) {
        each(&resources.values, &whole, Place::Resource);
    }
    if let (Some(element), Some(whole)) = (&statement.principals, statement.principals_pointer())
        && let Principals::ByKind(kinds) = &element.principals
    {
        for (kind, values) in kinds {
            each(values, &format!("{whole}/{}", kind.name()), Place::Never("principals"));
        }
    }
    for condition in &statement.conditions {
        let place = match condition.operator.map(|operator| operator.comparison.family()) {
            Some(OperatorFamily::String | OperatorFamily::Arn | OperatorFamily::Bool) | None => {
                Place::Condition
            }
            Some(_) => Place::Never("conditions with operators for numbers, dates, addresses or bytes"),
        };
        each(&condition.values, &Condition::pointer(condition, statement), place);
    }
}

/// Where a variable stands.
#[derive(Clone, Copy)]
enum Place {
    Resource,
    Condition,
    /// Variables are not replaced there.
    Never(&'static str),
}

fn fault(value: &str, place: Place, version: PolicyVersion, path: &str, findings: &mut Findings) {
    if let Place::Never(what) = place {
        let message = format!("{value:?}: variables are not replaced in {what}");
        findings.add(Code::VariableWithoutEffect, path, message);
        return;
    }
    if version == PolicyVersion::V2008 {
        let message = format!("{value:?}: variables work only with \"Version\": \"2012-10-17\"");
        findings.add(Code::VariableWithoutEffect, path, message);
        return;
    }
    let mut fields = value;
    if matches!(place, Place::Resource) && value.starts_with("arn:") {
        let (head, rest) = value.split_at_checked(start_of_name(value)).unwrap_or((value, ""));
        if head.contains("${") {
            let message =
                format!("{value:?}: variables are replaced only after the fifth colon; this matches nothing");
            findings.add(Code::VariableWithoutEffect, path, message);
        }
        fields = rest;
    }
    names(fields, path, findings);
}

/// Where the sixth field of an ARN begins; colons inside `${…}` separate no fields.
fn start_of_name(arn: &str) -> usize {
    let mut colons = 0;
    let mut is_inside = false;
    for (at, character) in arn.char_indices() {
        match character {
            '{' => is_inside = true,
            '}' => is_inside = false,
            ':' if !is_inside => colons += 1,
            _ => {}
        }
        if colons == 5 {
            return at + 1;
        }
    }
    arn.len()
}

/// Checks what each variable names.
fn names(mut rest: &str, path: &str, findings: &mut Findings) {
    while let Some((_, after)) = rest.split_once("${") {
        let Some((name, next)) = after.split_once('}') else {
            let message = format!("\"${{{after}\" has no closing brace");
            findings.add(Code::MalformedVariable, path, message);
            return;
        };
        rest = next;
        // `${*}`, `${?}` and `${$}` are the characters themselves.
        if matches!(name, "*" | "?" | "$") {
            continue;
        }
        let (key, default) =
            name.split_once(',').map_or((name, None), |(key, rest)| (key, Some(rest.trim())));
        let key = key.trim();
        let is_quoted = |text: &str| text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
        if default.is_some_and(|default| !is_quoted(default)) {
            let message = format!("\"${{{name}}}\": a default value stands in single quotes");
            findings.add(Code::MalformedVariable, path, message);
        } else if key.is_empty() || !key.contains(':') {
            findings.add(Code::MalformedVariable, path, format!("\"${{{name}}}\" names no condition key"));
        } else if known_key(key).is_none() && !key.contains('.') {
            findings.add(Code::UnknownVariable, path, format!("AWS has no condition key {key:?}"));
        }
    }
}
