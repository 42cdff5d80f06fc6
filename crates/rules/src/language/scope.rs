//! What an expression may name.

use std::collections::BTreeSet;

use palisade_facts::{Evidence, Field, Kind, ObjectType, Type, Value, account, vocabulary};

use super::evaluate::Roots;
use super::tree::Expression;
use super::types::StaticType;

/// The names in reach of an expression: the resource, under the variable of its kind; the account;
/// and the rule's parameters under `params`.
pub(crate) struct Scope<'r> {
    /// What the resource is called.
    pub(crate) variable: &'static str,
    /// Its attributes.
    pub(crate) object: &'static ObjectType,
    /// The rule's parameters.
    pub(crate) params: &'r [(String, StaticType)],
    /// A condition that holds wherever this one counts; what it guards is guarded.
    pub(crate) given: Option<&'r Expression>,
}

/// A fact of the resource or the account, reached through attributes only.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FactPath {
    /// The path as a rule writes it, such as `bucket.exposure.grants`.
    pub(crate) text: String,
    of_account: bool,
    attributes: Vec<usize>,
    /// The evidence that it and all within it rest on.
    pub(crate) reads: BTreeSet<Evidence>,
}

impl FactPath {
    /// Resolves a path; the error says which name is wrong.
    pub(crate) fn resolve(kind: &'static Kind, text: &str) -> Result<Self, String> {
        Self::find(kind, text).map_err(|wrong| match wrong {
            NoFact::Variable => format!(
                "`{text}` is no fact: facts of `{}` begin with `{}.`, those of the account with `account.`",
                kind.name, kind.variable
            ),
            NoFact::Below(name) => {
                format!("`{text}` is no fact: what comes before `{name}` has no attributes")
            }
            NoFact::Attribute(object, name) => super::check::no_attribute(object, name),
            NoFact::Whole => format!("`{text}` is the whole resource; name one of its facts"),
        })
    }

    fn find<'t>(kind: &'static Kind, text: &'t str) -> Result<Self, NoFact<'t>> {
        let mut names = text.split('.');
        let variable = names.next().unwrap_or_default();
        let root = match variable {
            own if own == kind.variable => kind,
            own if own == account::KIND.variable => &account::KIND,
            _ => return Err(NoFact::Variable),
        };
        let mut path = Self {
            text: text.to_owned(),
            of_account: root != kind,
            attributes: Vec::new(),
            reads: BTreeSet::new(),
        };
        let mut ty = Type::Object(root.object);
        for name in names {
            let object = within_optional(ty).ok_or(NoFact::Below(name))?;
            let (index, field) = object.field(name).ok_or(NoFact::Attribute(object, name))?;
            path.attributes.push(index);
            path.reads.extend(field.reads);
            ty = field.ty;
        }
        if path.attributes.is_empty() {
            return Err(NoFact::Whole);
        }
        collect_reads(ty, &mut path.reads);
        Ok(path)
    }

    /// The nearest attribute of that name: of the fact itself, or of one of the objects on the way to it.
    pub(crate) fn beside(&self, kind: &'static Kind, name: &str) -> Option<Self> {
        let mut text = self.text.as_str();
        loop {
            if let Ok(found) = Self::find(kind, &format!("{text}.{name}")) {
                return Some(found);
            }
            text = text.rsplit_once('.')?.0;
        }
    }

    /// The fact's value; below `null` there is `null`, below an unknown it is unknown.
    pub(crate) fn value<'a>(&self, roots: Roots<'a>) -> Value<'a> {
        let root = if self.of_account { roots.account } else { roots.resource };
        let mut value = Value::Object(root);
        for &index in &self.attributes {
            value = match value {
                Value::Object(object) => object.attribute(index).unwrap_or(Value::Null),
                other => return other,
            };
        }
        value
    }
}

/// Why a text is no path of a fact.
enum NoFact<'t> {
    /// It begins with no resource.
    Variable,
    /// What comes before this name has no attributes.
    Below(&'t str),
    /// The object has no such attribute.
    Attribute(&'static ObjectType, &'t str),
    /// It names no attribute.
    Whole,
}

/// The object that a path may go on from.
fn within_optional(ty: Type) -> Option<&'static ObjectType> {
    match ty {
        Type::Object(object) => Some(object),
        Type::Optional(inner) => within_optional(*inner),
        _ => None,
    }
}

/// Adds what everything within a value of that type rests on.
fn collect_reads(ty: Type, reads: &mut BTreeSet<Evidence>) {
    let Some(object) = vocabulary::object_of(&ty) else { return };
    for Field { ty, reads: own, .. } in object.fields {
        reads.extend(*own);
        collect_reads(*ty, reads);
    }
}
