//! `palisade.toml`: what the user declares about the account, and settings for rules.

mod fields;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use palisade_facts::Declarations;
use palisade_rules::Settings;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use toml::Spanned;
use toml::de::DeTable;

use crate::failure::Failure;
use fields::fields_of;

/// The file that is read where none is named.
const DEFAULT_FILE: &str = "palisade.toml";

/// What `palisade.toml` says; its top-level keys are those of both parts.
#[derive(Debug, Default)]
pub(crate) struct Configuration {
    /// Facts that no call to AWS can read.
    pub(crate) declarations: Declarations,
    /// Parameters, attestations and waivers.
    pub(crate) settings: Settings,
}

impl Configuration {
    /// Reads the file that was named, or the one in the current folder if there is one.
    ///
    /// # Errors
    /// When a named file is not there, or it says something that has no meaning.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|problem| Failure::usage(problem.sentence(path, &text))),
            Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::usage(format_args!(
                "cannot read the configuration `{}`: {error}",
                path.display()
            ))),
        }
    }

    /// The JSON Schema of the file: the keys of both parts.
    pub(crate) fn schema() -> Value {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let mut schema = generator.root_schema_for::<Declarations>();
        let settings = generator.root_schema_for::<Settings>();
        for part in ["properties", "$defs"] {
            let more = settings.get(part).and_then(Value::as_object).cloned().unwrap_or_default();
            match schema.get_mut(part).and_then(Value::as_object_mut) {
                Some(all) => all.extend(more),
                None => {
                    schema.insert(part.to_owned(), more.into());
                }
            }
        }
        schema.insert("title".to_owned(), DEFAULT_FILE.into());
        let about = "What the user declares about the account, and settings for rules.";
        schema.insert("description".to_owned(), about.into());
        schema.to_value()
    }

    /// SHA-256 of what it says, in lower-case hexadecimal; comments and order of keys don't count.
    pub(crate) fn digest(&self) -> String {
        let said = serde_json::json!([&self.declarations, &self.settings]).to_string();
        Sha256::digest(said).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        let document = DeTable::parse(text).map_err(Problem::from)?;
        let declared = fields_of::<Declarations>();
        let set = fields_of::<Settings>();
        let span = document.span();
        let mut declarations = DeTable::new();
        let mut settings = DeTable::new();
        for (key, value) in document.into_inner() {
            let name = key.get_ref().as_ref();
            if declared.contains(&name) {
                declarations.insert(key, value);
            } else if set.contains(&name) {
                settings.insert(key, value);
            } else {
                return Err(Problem {
                    message: unknown_key(name, declared, set),
                    at: Some(key.span().start),
                });
            }
        }
        Ok(Self {
            declarations: part(Spanned::new(span.clone(), declarations))?,
            settings: part(Spanned::new(span, settings))?,
        })
    }
}

fn part<T: DeserializeOwned>(table: Spanned<DeTable<'_>>) -> Result<T, Problem> {
    T::deserialize(toml::Deserializer::from(table)).map_err(Problem::from)
}

fn unknown_key(name: &str, declared: &[&str], set: &[&str]) -> String {
    let known = || declared.iter().chain(set);
    let likeness = |known: &str| strsim::jaro_winkler(name, known);
    let nearest = known().max_by(|one, two| likeness(one).total_cmp(&likeness(two)));
    match nearest.filter(|near| likeness(near) > 0.8) {
        Some(near) => format!("there is no setting `{name}`; did you mean `{near}`?"),
        None => {
            let known: Vec<String> = known().map(|known| format!("`{known}`")).collect();
            format!("there is no setting `{name}`; there are {}", known.join(", "))
        }
    }
}

/// What is wrong, and at which byte.
struct Problem {
    message: String,
    at: Option<usize>,
}

impl From<toml::de::Error> for Problem {
    fn from(error: toml::de::Error) -> Self {
        Self { message: error.message().replace('\n', "; "), at: error.span().map(|span| span.start) }
    }
}

impl Problem {
    fn sentence(&self, path: &Path, text: &str) -> String {
        let path = path.display();
        let before = self.at.and_then(|at| text.get(..at));
        let Some(before) = before else {
            return format!("the configuration `{path}` is wrong: {}", self.message);
        };
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("the configuration `{path}` is wrong in line {line}, column {column}: {}", self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        Configuration::parse(text).unwrap_err().sentence(Path::new("palisade.toml"), text)
    }

    #[test]
    fn both_parts_come_from_one_file() {
        let text = r#"
            trusted_accounts = ["111122223333"]
            [params.iam-access-key-rotated]
            max_age_days = 30
            [[emergency_inline_policies]]
            principal = "arn:aws:iam::123456789012:user/oncall"
            policy = "fix"
            reason = "outage"
            owner = "ops"
            expires = "2026-12-01"
        "#;
        let configuration = Configuration::parse(text).map_err(|problem| problem.message).unwrap();
        assert_eq!(configuration.declarations.trusted_accounts, ["111122223333"]);
        assert_eq!(configuration.declarations.emergency_inline_policies.len(), 1);
        assert!(configuration.settings.params.contains_key("iam-access-key-rotated"));
    }

    #[test]
    fn a_wrong_name_is_told_with_its_place_and_the_nearest_one() {
        assert_eq!(
            problem("\n  trusted_account = []\n"),
            "the configuration `palisade.toml` is wrong in line 2, column 3: there is no setting \
             `trusted_account`; did you mean `trusted_accounts`?"
        );
        let nested = problem("[[waivers]]\nrule = \"x\"\nresource = \"y\"\nreson = \"z\"\n");
        assert!(nested.contains("line 4, column 1: unknown field `reson`"), "{nested}");
    }

    #[test]
    fn a_wrong_type_and_broken_syntax_are_told_with_their_place() {
        let wrong = problem("trusted_accounts = [\n  111122223333,\n]\n");
        assert!(wrong.contains("line 2, column 3: invalid type: integer"), "{wrong}");
        let broken = problem("trusted_accounts = [\n\"1\"\n");
        assert!(broken.contains("line "), "{broken}");
    }
}
