//! What a rule file may hold: the one list behind its reader, its JSON Schema and its reference page.

use serde_json::{Value as Json, json};

use palisade_facts::KINDS;

use crate::{Severity, Verdict};

/// A key of a rule file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileField {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) required: bool,
    pub(crate) form: Form,
}

/// What stands behind a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// A text that is not empty.
    Text,
    /// Such texts.
    Texts,
    /// The address of a page.
    Addresses,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A condition in the rule language.
    Condition,
    /// Paths of facts.
    Facts,
    /// Names with a value each.
    Parameters,
    /// Names with a list of texts each.
    Requirements,
    /// A mapping with these keys.
    Map(&'static [FileField]),
    /// Such mappings.
    Maps(&'static [FileField]),
    /// A fragment of a snapshot.
    Fragment,
}

const fn required(name: &'static str, form: Form, doc: &'static str) -> FileField {
    FileField { name, doc, required: true, form }
}

const fn optional(name: &'static str, form: Form, doc: &'static str) -> FileField {
    FileField { name, doc, required: false, form }
}

/// The keys of a rule file.
pub(crate) const RULE: &[FileField] = &[
    required("title", Form::Text, "The danger, as a full sentence that is true when the rule fails."),
    required("severity", Form::Word(severities), "How bad it is if the title is true."),
    required("resource", Form::Word(kinds), "The kind of resource that is judged."),
    optional(
        "applies_when",
        Form::Condition,
        "Otherwise the rule is not applicable to the resource. Where the parameters alone make it false, the rule is off: it needs no evidence and no permission.",
    ),
    optional("pass_when", Form::Condition, "What must hold. Every rule has this, `manual`, or both."),
    optional(
        "manual",
        Form::Map(MANUAL),
        "For what no API can tell: an attestation decides, where `pass_when` holds if there is one.",
    ),
    optional("evidence", Form::Facts, "The facts that are shown with a fail."),
    optional(
        "params",
        Form::Parameters,
        "Parameters with their defaults, named `params.x` in conditions; the type of the default is the type \
         of the parameter. A mapping with `default` and `doc` also says what the parameter means.",
    ),
    required("why", Form::Text, "What an attacker, or an accident, can do."),
    required("fix", Form::Map(FIX), "What to do about it."),
    optional("frameworks", Form::Requirements, "The requirements of each framework that the rule covers."),
    optional("references", Form::Addresses, "Pages of documentation."),
    optional("aliases", Form::Texts, "Former ids of the rule."),
    required(
        "examples",
        Form::Maps(EXAMPLE),
        "Fragments of a snapshot with the verdict they must get: at least one `fail` and one `pass`, and one \
         `unknown` where the rule needs a call.",
    ),
];

/// The keys of `manual`.
pub(crate) const MANUAL: &[FileField] =
    &[required("steps", Form::Texts, "How a person finds out, step by step.")];

/// The keys of `fix`.
pub(crate) const FIX: &[FileField] = &[
    required("summary", Form::Text, "One sentence that begins with a verb."),
    optional(
        "cli",
        Form::Texts,
        "AWS CLI commands. Placeholders such as `{bucket.name}` are filled in and quoted for POSIX shells.",
    ),
    optional("console", Form::Text, "The way through the AWS console."),
];

/// The keys of an example.
pub(crate) const EXAMPLE: &[FileField] = &[
    required("name", Form::Text, "What it shows, in a few words."),
    required("expect", Form::Word(verdicts), "The verdict of the resource that the example is about."),
    optional("given", Form::Fragment, "What the snapshot holds."),
    optional("params", Form::Parameters, "Parameters that differ from their defaults."),
    optional("attestation", Form::Map(ATTESTATION), "For rules with `manual`: what somebody attested."),
];

/// The keys of an example's attestation.
pub(crate) const ATTESTATION: &[FileField] = &[
    required("value", Form::Word(|| vec!["pass", "fail"]), "What was found."),
    required("when", Form::Date, "The day of the attestation."),
    required("expires", Form::Date, "The last day on which it holds."),
];

/// The keys of a parameter that is written as a mapping.
pub(crate) const PARAMETER: [&str; 2] = ["default", "doc"];

fn severities() -> Vec<&'static str> {
    Severity::ALL.iter().map(|severity| severity.name()).collect()
}

fn verdicts() -> Vec<&'static str> {
    Verdict::ALL.iter().map(|verdict| verdict.name()).collect()
}

fn kinds() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

/// A key of a rule file with the keys around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyPath {
    /// Such as `fix.cli`.
    pub(crate) path: String,
    pub(crate) doc: &'static str,
    pub(crate) required: bool,
}

/// Every key of a rule file, those within other keys right after these.
pub(crate) fn rule_keys() -> Vec<KeyPath> {
    fn add(around: &str, fields: &[FileField], keys: &mut Vec<KeyPath>) {
        for &FileField { name, doc, required, form } in fields {
            let path = if around.is_empty() { name.to_owned() } else { format!("{around}.{name}") };
            keys.push(KeyPath { path: path.clone(), doc, required });
            if let Form::Map(within) | Form::Maps(within) = form {
                add(&path, within, keys);
            }
        }
    }
    let mut keys = Vec::new();
    add("", RULE, &mut keys);
    keys
}

/// The JSON Schema of rule files, for editors.
#[must_use]
pub fn rule_schema() -> Json {
    let mut schema = map_schema(RULE);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), json!("Palisade rule"));
        schema.insert("oneOf".to_owned(), json!([{"required": ["pass_when"]}, {"required": ["manual"]}]));
    }
    schema
}

fn map_schema(fields: &[FileField]) -> Json {
    let properties: serde_json::Map<_, _> = fields
        .iter()
        .map(|field| {
            let mut schema = form_schema(field.form);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), json!(field.doc));
            }
            (field.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn form_schema(form: Form) -> Json {
    let text = || json!({"type": "string", "minLength": 1});
    match form {
        Form::Text | Form::Condition => text(),
        Form::Texts | Form::Facts => json!({"type": "array", "items": text()}),
        Form::Addresses => json!({"type": "array", "items": {"type": "string", "pattern": "^https://"}}),
        Form::Word(words) => json!({"enum": words()}),
        Form::Date => json!({"type": "string", "format": "date"}),
        Form::Parameters => json!({
            "type": "object",
            "additionalProperties": {"type": ["boolean", "integer", "string", "array", "object"]},
        }),
        Form::Requirements => {
            json!({"type": "object", "additionalProperties": {"type": "array", "items": text()}})
        }
        Form::Map(fields) => map_schema(fields),
        Form::Maps(fields) => json!({"type": "array", "items": map_schema(fields), "minItems": 1}),
        Form::Fragment => json!({"type": "object"}),
    }
}
