//! What an expression may name.

use std::collections::BTreeSet;

use palisade_facts::{Evidence, Field, Kind, ObjectType, Type, Value};

use super::types::StaticType;

/// The names in reach of an expression: the resource, under the variable of its kind, and the rule's
/// parameters under `params`.
pub(crate) struct Scope<'r> {
    /// The kind of resource.
    pub(crate) kind: &'static Kind,
    /// The rule's parameters.
    pub(crate) params: &'r [(String, StaticType)],
}

/// A fact of the resource, reached through attributes only.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FactPath {
    /// The path as a rule writes it, such as `bucket.exposure.grants`.
    pub(crate) text: String,
    attributes: Vec<usize>,
    /// The evidence that it and all within it rest on.
    pub(crate) reads: BTreeSet<Evidence>,
}

impl FactPath {
    /// Resolves a path; the error says which name is wrong.
    pub(crate) fn resolve(kind: &'static Kind, text: &str) -> Result<Self, String> {
        let mut names = text.split('.');
        let variable = names.next().unwrap_or_default();
        if variable != kind.variable {
            return Err(format!("a fact of `{}` begins with `{}.`", kind.name, kind.variable));
        }
        let mut path = Self { text: text.to_owned(), attributes: Vec::new(), reads: BTreeSet::new() };
        let mut ty = Type::Object(kind.object);
        for name in names {
            let Some(object) = object_of(ty) else {
                return Err(format!("`{text}`: there is nothing below what comes before `{name}`"));
            };
            let (index, field) = object.field(name).ok_or_else(|| super::check::no_attribute(object, name))?;
            path.attributes.push(index);
            path.reads.extend(field.reads);
            ty = field.ty;
        }
        if path.attributes.is_empty() {
            return Err(format!("`{text}` is the whole resource; name one of its facts"));
        }
        collect_reads(ty, &mut path.reads);
        Ok(path)
    }

    /// The path to an attribute of one of the objects that this path leads through, nearest first.
    pub(crate) fn beside(&self, kind: &'static Kind, name: &str) -> Option<Self> {
        let mut text = self.text.as_str();
        loop {
            if let Ok(found) = Self::resolve(kind, &format!("{text}.{name}")) {
                return Some(found);
            }
            text = text.rsplit_once('.')?.0;
        }
    }

    /// The fact's value; below `null` there is `null`, below an unknown it is unknown.
    pub(crate) fn value<'a>(&self, resource: &'a dyn palisade_facts::Object) -> Value<'a> {
        let mut value = Value::Object(resource);
        for &index in &self.attributes {
            value = match value {
                Value::Object(object) => object.attribute(index).unwrap_or(Value::Null),
                other => return other,
            };
        }
        value
    }
}

fn object_of(ty: Type) -> Option<&'static ObjectType> {
    match ty {
        Type::Object(object) => Some(object),
        Type::Optional(inner) => object_of(*inner),
        _ => None,
    }
}

/// Adds what everything within a value of that type rests on.
fn collect_reads(ty: Type, reads: &mut BTreeSet<Evidence>) {
    match ty {
        Type::List(inner) | Type::Optional(inner) => collect_reads(*inner, reads),
        Type::Object(object) => {
            for Field { ty, reads: own, .. } in object.fields {
                reads.extend(*own);
                collect_reads(*ty, reads);
            }
        }
        _ => {}
    }
}
