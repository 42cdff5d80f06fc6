//! The reference page of the vocabulary, in Markdown.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_snapshot::Evidence;

use super::{evidence_of_kind, object_of};
use crate::{KINDS, ObjectType, Type};

/// The page: every kind with its attributes, then the objects that attributes lead to, each once.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Facts\n\nWhat a rule may name. A rule about a kind names its resource by the variable given here, and \
         every rule may name `account`.\nA fact that rests on evidence that could not be read is unknown.\n",
    );
    let mut objects = Vec::new();
    for kind in KINDS {
        let _ = write!(page, "\n## `{}`\n\n{}\n\nVariable: `{}`.", kind.name, kind.object.doc, kind.variable);
        let evidence = evidence_of_kind(kind);
        if !evidence.is_empty() {
            let _ = write!(page, " Listed by: {}.", names(&evidence.into_iter().collect::<Vec<_>>()));
        }
        page.push('\n');
        attributes(&mut page, kind.object);
        collect(kind.object, &mut objects);
    }
    let kinds: Vec<_> = KINDS.iter().map(|kind| kind.object.name).collect();
    let mut written = BTreeSet::new();
    page.push_str("\n# Objects\n");
    for object in objects.into_iter().filter(|object| !kinds.contains(&object.name)) {
        if written.insert(object.name) {
            let _ = write!(page, "\n## `{}`\n\n{}\n", object.name, object.doc);
            attributes(&mut page, object);
        }
    }
    page
}

fn attributes(page: &mut String, object: &ObjectType) {
    page.push_str("\n| attribute | type | meaning | evidence |\n|---|---|---|---|\n");
    for field in object.fields {
        let doc = field.doc.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        let _ =
            writeln!(page, "| `{}` | {} | {doc} | {} |", field.name, spelled(&field.ty), names(field.reads));
    }
}

/// The objects behind the attributes of an object, and behind theirs.
fn collect(object: &'static ObjectType, found: &mut Vec<&'static ObjectType>) {
    for inner in object.fields.iter().filter_map(|field| object_of(&field.ty)) {
        if !found.contains(&inner) {
            found.push(inner);
            collect(inner, found);
        }
    }
}

/// A type in words.
fn spelled(ty: &Type) -> String {
    match ty {
        Type::Bool => "true or false".to_owned(),
        Type::Int => "number".to_owned(),
        Type::String => "text".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Enum(members) => {
            members.iter().map(|member| format!("`\"{member}\"`")).collect::<Vec<_>>().join(", ")
        }
        Type::Object(object) => format!("`{}`", object.name),
        Type::List(inner) => format!("list of {}", spelled(inner)),
        Type::Optional(inner) => format!("{}, or null", spelled(inner)),
    }
}

fn names(evidence: &[Evidence]) -> String {
    evidence.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ")
}
