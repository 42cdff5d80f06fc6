//! Facts from examples: what every kind's tests are made of.

#![expect(clippy::needless_pass_by_value, reason = "cases are written as values in place")]

mod account;
mod alike;
mod ecr;
mod effective;
mod evidence;
mod example;
mod identities;
mod identity_policies;
mod layout;
mod organization;
mod public;
mod registry;
mod s3;
mod trust;
mod vocabulary;

use serde_json::Value as Json;

use crate::example::{Example, example as work_out};
use crate::{Object, Value};

/// The example of a kind.
fn made(kind: &str, given: &Json) -> Example {
    work_out(crate::vocabulary::kind(kind).unwrap(), given)
        .unwrap_or_else(|error| panic!("{kind} {given}: {error}"))
}

/// A fact of an example's resource, as text.
fn fact(kind: &str, given: &Json, path: &str) -> String {
    let made = made(kind, given);
    text_at(made.subject.expect("a resource").facts.as_ref(), path)
}

/// Compares facts with what they should be.
fn check(kind: &str, cases: &[(Json, &str, &str)]) {
    for (given, path, expected) in cases {
        assert_eq!(fact(kind, given, path), *expected, "{kind}.{path} of {given}");
    }
}

/// An attribute as text; a number in the path is the place in a list.
fn text_at(object: &dyn Object, path: &str) -> String {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let (index, _) = object
        .object_type()
        .field(name)
        .unwrap_or_else(|| panic!("{} has no {name}", object.object_type().name));
    below(&object.attribute(index).unwrap(), rest)
}

fn below(value: &Value<'_>, path: &str) -> String {
    if path.is_empty() {
        return text(value);
    }
    match value {
        Value::Object(inner) => text_at(*inner, path),
        Value::List(list) => {
            let (place, rest) = path.split_once('.').unwrap_or((path, ""));
            below(&list.item(place.parse().unwrap()).unwrap(), rest)
        }
        other => text(other),
    }
}

fn text(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::String(text) => text.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Unknown(missing) => {
            let calls = missing.calls().map(|call| format!("{} {}", call.operation, call.reason.name()));
            format!("unknown: {}", calls.collect::<Vec<_>>().join(", "))
        }
        Value::List(list) => {
            let mut items: Vec<_> = list.iter().map(|item| text(&item)).collect();
            items.extend(list.incomplete().map(|_| "…".to_owned()));
            format!("[{}]", items.join(", "))
        }
        Value::Object(object) => {
            let fields = object.object_type().fields.iter().enumerate();
            let parts = fields
                .map(|(index, field)| format!("{}: {}", field.name, text(&object.attribute(index).unwrap())));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
        }
    }
}
