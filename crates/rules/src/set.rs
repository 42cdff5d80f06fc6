//! Sets of rules: built in, from a folder, selected.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use palisade_facts::Evidence;
use sha2::{Digest as _, Sha256};

use crate::file::{LoadProblem, read_rule, read_tested_rule};
use crate::folder::rule_files;
use crate::language::{large_stack, nearest};
use crate::rule::Rule;
use crate::{Settings, Severity, pattern};

/// The name and the text of each rule file that ships, as the build script packs them.
const BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/built_in.json.zst"));

/// Checked rules in the order of their ids, each id once.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
}

/// Rules that could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(problems))]
pub struct LoadError {
    /// Every problem of every file, in the order of files, lines and columns.
    pub problems: Vec<LoadProblem>,
}

fn lines(problems: &[LoadProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The rules that a run uses; empty means all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Ids, or patterns with `*` and `?`.
    pub rules: Vec<String>,
    /// Ids or patterns of rules to leave out.
    pub exclude: Vec<String>,
    /// Services, such as `s3`.
    pub services: Vec<String>,
    /// The mildest severity.
    pub min_severity: Option<Severity>,
}

/// A selection names what does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} `{name}`{hint}")]
pub struct SelectionError {
    /// `rule` or `service`.
    pub what: &'static str,
    /// What was named.
    pub name: String,
    hint: String,
}

fn built_in_files() -> Result<Vec<(String, String)>, LoadError> {
    let damaged = |error: &dyn std::fmt::Display| LoadError {
        problems: vec![whole_file("rules", format!("the rules in this program are damaged: {error}"))],
    };
    let json = zstd::decode_all(BUILT_IN).map_err(|error| damaged(&error))?;
    serde_json::from_slice(&json).map_err(|error| damaged(&error))
}

impl RuleSet {
    /// The rules that ship with this version. Their examples are read when they are [tested](Self::test).
    ///
    /// # Errors
    /// Never in a released version: its own tests load them.
    pub fn built_in() -> Result<Self, LoadError> {
        Self::read(&built_in_files()?, read_tested_rule)
    }

    /// The rules of a folder: `<service>/<id>.yaml`.
    ///
    /// # Errors
    /// When the folder can't be read, holds no rule, or a file is no valid rule; all problems at once.
    pub fn folder(folder: &Path) -> Result<Self, LoadError> {
        let mut files = Vec::new();
        let failed = |path: &Path, error: &dyn std::fmt::Display| LoadError {
            problems: vec![whole_file(&path.display().to_string(), format!("cannot be read: {error}"))],
        };
        for path in rule_files(folder).map_err(|(path, error)| failed(&path, &error))? {
            let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
            files.push((path.display().to_string(), text));
        }
        if files.is_empty() {
            let message = "holds no rules; they are files such as `s3/s3-bucket-not-public.yaml`".to_owned();
            return Err(LoadError { problems: vec![whole_file(&folder.display().to_string(), message)] });
        }
        Self::read(&files, read_rule)
    }

    /// One file of a folder of rules: its name begins with its service, as in `rules/s3/x.yaml`.
    fn read(
        files: &[(String, String)],
        read: impl Fn(&str, &str, &str, &str) -> Result<Rule, Vec<LoadProblem>> + Sync,
    ) -> Result<Self, LoadError> {
        let rule_of = |(file, text): &(String, String)| {
            let path = Path::new(file);
            let name = |part: Option<&std::ffi::OsStr>| {
                part.and_then(|part| part.to_str()).unwrap_or_default().to_owned()
            };
            let service = name(path.parent().and_then(Path::file_name));
            read(file, &service, &name(path.file_stem()), text)
        };
        let mut rules = Vec::new();
        let mut problems = Vec::new();
        for outcome in large_stack::map(files, rule_of) {
            match outcome {
                Ok(rule) => rules.push(Arc::new(rule)),
                Err(found) => problems.extend(found),
            }
        }
        Self::of(rules, problems)
    }

    /// These rules and those; an id or a former id that two of them have is an error.
    ///
    /// # Errors
    /// When rules share an id.
    pub fn and(&self, other: &Self) -> Result<Self, LoadError> {
        Self::of(self.rules.iter().chain(&other.rules).cloned().collect(), Vec::new())
    }

    fn of(mut rules: Vec<Arc<Rule>>, mut problems: Vec<LoadProblem>) -> Result<Self, LoadError> {
        rules.sort_by(|one, two| (&one.id, &one.file).cmp(&(&two.id, &two.file)));
        let mut owners: BTreeMap<&str, &Rule> = BTreeMap::new();
        for rule in &rules {
            for id in std::iter::once(&rule.id).chain(&rule.aliases) {
                if let Some(owner) = owners.insert(id, rule) {
                    problems
                        .push(whole_file(&rule.file, format!("the id `{id}` is taken by {}", owner.file)));
                }
            }
        }
        problems.sort();
        if problems.is_empty() { Ok(Self { rules }) } else { Err(LoadError { problems }) }
    }

    /// The rules, in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Rule> {
        self.rules.iter().map(AsRef::as_ref)
    }

    /// Their ids, sorted.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.iter().map(|rule| rule.id.as_str())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule with that id or former id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Rule> {
        self.iter().find(|rule| rule.answers_to(id))
    }

    /// The evidence that these rules need with these settings: what the collector has to read. A rule that
    /// is [off](Settings::is_off) needs none.
    #[must_use]
    pub fn reads(&self, settings: &Settings) -> BTreeSet<Evidence> {
        self.iter().filter(|rule| !settings.is_off(rule)).flat_map(Rule::reads).collect()
    }

    /// SHA-256 of the rules' ids and texts, in lower-case hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for rule in self.iter() {
            for part in [&rule.id, &rule.text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        hexadecimal(&hash.finalize())
    }

    /// The rules of a selection.
    ///
    /// # Errors
    /// When it names a rule or a service that does not exist.
    pub fn select(&self, selection: &Selection) -> Result<Self, SelectionError> {
        for wanted in selection.rules.iter().chain(&selection.exclude) {
            if !self.iter().any(|rule| rule.fits(wanted)) {
                return Err(missing("rule", wanted, self.ids()));
            }
        }
        for service in &selection.services {
            if !self.iter().any(|rule| rule.service == *service) {
                return Err(missing("service", service, self.iter().map(|rule| rule.service.as_str())));
            }
        }
        let is_selected = |rule: &&Arc<Rule>| {
            (selection.rules.is_empty() || selection.rules.iter().any(|wanted| rule.fits(wanted)))
                && !selection.exclude.iter().any(|unwanted| rule.fits(unwanted))
                && (selection.services.is_empty() || selection.services.contains(&rule.service))
                && selection.min_severity.is_none_or(|least| rule.severity >= least)
        };
        Ok(Self { rules: self.rules.iter().filter(is_selected).cloned().collect() })
    }
}

impl Rule {
    /// Whether that is its id or was once.
    #[must_use]
    pub fn answers_to(&self, id: &str) -> bool {
        self.id == id || self.aliases.iter().any(|alias| alias == id)
    }

    fn fits(&self, wanted: &str) -> bool {
        self.answers_to(wanted) || pattern::fits(&self.id, wanted)
    }
}

fn missing<'n>(what: &'static str, name: &str, known: impl Iterator<Item = &'n str>) -> SelectionError {
    let hint = nearest(name, known).map_or_else(
        || "; `palisade rules list` shows them".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    );
    SelectionError { what, name: name.to_owned(), hint }
}

fn whole_file(file: &str, message: String) -> LoadProblem {
    LoadProblem { file: file.to_owned(), line: 0, column: 0, message }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    text.extend(digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_that_ship_are_what_their_whole_files_say() {
        let quick = RuleSet::built_in().unwrap();
        let whole = RuleSet::read(&built_in_files().unwrap(), read_rule).unwrap();
        for (quick, whole) in quick.iter().zip(whole.iter()) {
            assert!(quick.examples.is_none() && whole.examples.is_some(), "{}", quick.id);
            let shown = |rule: &Rule| {
                let shown = format!("{rule:#?}");
                let (before, after) = shown.split_once("\n    examples: ").unwrap();
                format!("{before}{}", after.split_once("\n    evidence: ").unwrap().1)
            };
            assert_eq!(shown(quick), shown(whole), "{}", quick.id);
        }
        assert_eq!(quick.len(), whole.len());
        assert_eq!(quick.digest(), whole.digest());
    }
}
