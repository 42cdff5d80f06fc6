//! A checked rule.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use palisade_facts::{Evidence, Kind, Value, vocabulary};

use crate::fix::FixTemplate;
use crate::language::{Expression, FactPath};
use crate::{Parameter, ParameterValue, Severity, Verdict};

/// A rule whose file was read without a problem.
#[derive(Debug)]
pub struct Rule {
    /// The stem of its file: frozen for ever.
    pub id: String,
    /// The folder of its file.
    pub service: String,
    /// The danger, as a full sentence.
    pub title: String,
    /// How bad it is if the title is true.
    pub severity: Severity,
    /// What it judges.
    pub kind: &'static Kind,
    /// When it is about a resource at all.
    pub applies_when: Option<Condition>,
    /// What must hold.
    pub requirement: Requirement,
    /// Its parameters, in the order of the file.
    pub params: Vec<Parameter>,
    /// What an attacker, or an accident, can do.
    pub why: String,
    /// What to do about it.
    pub fix: FixTemplate,
    /// The requirements that it covers, by framework.
    pub frameworks: BTreeMap<String, Vec<String>>,
    /// Pages of documentation.
    pub references: Vec<String>,
    /// Former ids.
    pub aliases: Vec<String>,
    /// The file, as it was named.
    pub file: String,
    /// The text of the file.
    pub text: String,
    /// Its own tests; `None` as long as they were not read.
    pub(crate) examples: Option<Vec<Example>>,
    pub(crate) evidence: Vec<FactPath>,
    pub(crate) witness: Option<FactPath>,
    pub(crate) assumes: Option<FactPath>,
}

/// What must hold for a resource.
#[derive(Debug)]
pub enum Requirement {
    /// A condition on its facts.
    Condition(Condition),
    /// What somebody attests, as no API can tell: the steps to find out.
    Manual(Vec<String>),
    /// A condition on its facts, and, where that holds, what somebody attests.
    Both(Condition, Vec<String>),
}

impl Requirement {
    /// The condition on facts, if there is one.
    #[must_use]
    pub fn condition(&self) -> Option<&Condition> {
        match self {
            Self::Condition(condition) | Self::Both(condition, _) => Some(condition),
            Self::Manual(_) => None,
        }
    }

    /// The steps to find out what no API can tell, if somebody has to.
    #[must_use]
    pub fn steps(&self) -> Option<&[String]> {
        match self {
            Self::Manual(steps) | Self::Both(_, steps) => Some(steps),
            Self::Condition(_) => None,
        }
    }
}

/// A condition in the rule language.
#[derive(Debug)]
pub struct Condition {
    /// As the file has it.
    pub text: String,
    pub(crate) expression: Expression,
}

/// A fragment of a snapshot with the verdict it must get.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The verdict.
    pub expect: Verdict,
    /// The fragment.
    pub given: serde_json::Value,
    /// Parameters that differ from their defaults.
    pub params: BTreeMap<String, ParameterValue>,
    /// For rules that take attestations: what somebody attested.
    pub attestation: Option<ExampleAttestation>,
}

/// What somebody attested in an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleAttestation {
    /// Whether the requirement was found to be met.
    pub passed: bool,
    /// The day of the attestation.
    pub when: Date,
    /// The last day on which it holds.
    pub expires: Date,
}

impl Rule {
    /// The evidence that it needs unless it is [off](crate::Settings::is_off): what decides which
    /// resources there are, and what its conditions and the facts that it shows rest on.
    #[must_use]
    pub fn reads(&self) -> BTreeSet<Evidence> {
        let mut reads = vocabulary::evidence_of_kind(self.kind);
        for condition in self.conditions() {
            reads.extend(&condition.expression.reads);
        }
        for path in self.evidence.iter().chain(&self.witness).chain(&self.assumes) {
            reads.extend(&path.reads);
        }
        reads
    }

    /// Whether it is about nothing with these parameters, whatever the facts are.
    pub(crate) fn is_off(&self, params: &[Value<'static>]) -> bool {
        self.applies_when.as_ref().is_some_and(|condition| condition.expression.is_false_unread(params))
    }

    /// The facts that are shown with a fail, as the rule writes them.
    pub fn evidence(&self) -> impl Iterator<Item = &str> {
        self.evidence.iter().map(|path| path.text.as_str())
    }

    /// Whether no API can tell, or not all of it, so that attestations count.
    #[must_use]
    pub fn takes_attestations(&self) -> bool {
        self.requirement.steps().is_some()
    }

    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.applies_when.iter().chain(self.requirement.condition())
    }
}
