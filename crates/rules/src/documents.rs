//! The documents that are made from rules and vocabulary: a table of the rules, and the reference of
//! the rule language.

use std::fmt::Write as _;

use palisade_facts::{Field, KINDS, ObjectType, Type, vocabulary};

use crate::file::rule_keys;
use crate::language::FUNCTIONS;
use crate::{Rule, RuleSet};

/// `rules/README.md`: what rules are, and a table of these.
#[must_use]
pub fn rules_page(rules: &RuleSet) -> String {
    let mut page = String::from(RULES_HEAD);
    let mut service = "";
    for rule in in_order_of_service(rules) {
        if rule.service != service {
            service = &rule.service;
            let _ = write!(
                page,
                "\n## {service}\n\n| rule | severity | judges | what is wrong if it fails |\n|---|---|---|---|\n"
            );
        }
        let _ = writeln!(
            page,
            "| [`{0}`]({1}/{0}.yaml) | {2} | `{3}` | {4} |",
            rule.id,
            rule.service,
            rule.severity,
            rule.kind.name,
            cell(&rule.title)
        );
    }
    page
}

const RULES_HEAD: &str = "# Rules\n\n<!-- Made from the rules by `.ci/generate`; do not edit. -->\n\nEach file is one rule; \
its name is the rule's id, its folder the service. What may stand in a file, and what a rule may name, is in \
[the reference](reference.md).\n";

const REFERENCE_HEAD: &str =
    "# Reference of the rule language\n\n<!-- Made from the vocabulary by `.ci/generate`; do not edit. -->\n";

const LANGUAGE: &str = "
## Conditions

Conditions are written in CEL, the Common Expression Language: `&&`, `||`, `!`, `? :`, `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`,
`+`, `-` and `*` on whole numbers, texts in quotes, lists in brackets. A rule names the facts of the resource under the
variable of its kind, those of the account under `account`, and its parameters under `params`.

A fact that could not be read is unknown. What the rest decides is decided: `false && unknown` is false, `true || unknown` is
true, `unknown ? x : x` is x; everything else with an unknown part is unknown. A list that could not be read to its end is
its known elements and an unknown rest.

What may be null must be guarded before it is used: `user.console != null && user.console.mfa`. What `applies_when` guards
is guarded in `pass_when` too.
";

/// The reference page: the keys of rule files, the language, its functions, every fact.
#[must_use]
pub fn reference_page() -> String {
    let mut page = String::from(REFERENCE_HEAD);
    page.push_str("\n## Keys of a rule file\n\n| key | required | meaning |\n|---|---|---|\n");
    for key in rule_keys() {
        let required = if key.required { "yes" } else { "" };
        let _ = writeln!(page, "| `{}` | {required} | {} |", key.path, cell(key.doc));
    }
    page.push_str(LANGUAGE);
    page.push_str("\n### Functions\n\n| function | gives |\n|---|---|\n");
    for function in FUNCTIONS {
        let _ = writeln!(page, "| `{}` | {} |", function.form, cell(function.doc));
    }
    page.push_str("\n## Facts\n");
    let mut objects: Vec<&'static ObjectType> = Vec::new();
    for kind in KINDS {
        let _ = write!(page, "\n### `{}`, named `{}`\n\n{}\n", kind.name, kind.variable, kind.object.doc);
        table(&mut page, kind.object, &mut objects);
    }
    page.push_str("\n## Objects within facts\n");
    let mut next = 0;
    while let Some(object) = objects.get(next).copied() {
        let _ = write!(page, "\n### `{}`\n\n{}\n", object.name, object.doc);
        table(&mut page, object, &mut objects);
        next += 1;
    }
    page
}

/// The attributes of an object; the objects within them are noted, each once.
fn table(page: &mut String, object: &ObjectType, objects: &mut Vec<&'static ObjectType>) {
    page.push_str("\n| fact | type | meaning | read from |\n|---|---|---|---|\n");
    for Field { name, doc, ty, reads } in object.fields {
        let reads: Vec<_> = reads.iter().map(|evidence| format!("`{evidence}`")).collect();
        let _ = writeln!(page, "| `{name}` | {} | {} | {} |", type_name(*ty), cell(doc), reads.join(" "));
        if let Some(within) = vocabulary::object_of(ty)
            && !objects.contains(&within)
        {
            objects.push(within);
        }
    }
}

fn type_name(ty: Type) -> String {
    match ty {
        Type::Bool => "true or false".to_owned(),
        Type::Int => "number".to_owned(),
        Type::String => "text".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Enum(members) => {
            members.iter().map(|member| format!("`\"{member}\"`")).collect::<Vec<_>>().join(", ")
        }
        Type::List(element) => format!("list of {}", type_name(*element)),
        Type::Object(object) => format!("`{}`", object.name),
        Type::Optional(inner) => format!("{}, or null", type_name(*inner)),
    }
}

/// A text that can stand in a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn in_order_of_service(rules: &RuleSet) -> Vec<&Rule> {
    let mut rules: Vec<_> = rules.iter().collect();
    rules.sort_by(|one, two| (&one.service, &one.id).cmp(&(&two.service, &two.id)));
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_tell_of_every_rule_fact_function_and_key() {
        let rules = RuleSet::built_in().unwrap();
        let page = rules_page(&rules);
        for rule in rules.iter() {
            assert_eq!(page.matches(&format!("[`{}`]", rule.id)).count(), 1, "{}", rule.id);
        }
        let reference = reference_page();
        for function in FUNCTIONS {
            assert!(reference.contains(function.form), "{}", function.name);
        }
        for kind in KINDS {
            for field in kind.object.fields {
                assert!(reference.contains(&format!("| `{}` |", field.name)), "{}.{}", kind.name, field.name);
            }
        }
        assert!(reference.contains("| `fix.cli` |") && reference.contains("| `examples.expect` | yes |"));
    }

    #[test]
    fn cells_stay_in_their_row() {
        assert_eq!(cell("a\n  b | c"), "a b \\| c");
    }
}
