//! Loads rules, checks their types and judges facts by them.

mod coverage;
mod evaluation;
mod examples;
mod file;
mod finding;
mod fix;
mod folder;
mod headline;
mod judge;
mod language;
mod parameter;
mod pattern;
mod report;
mod rule;
mod set;
mod settings;

pub use examples::ExampleOutcome;
pub use file::{LoadProblem, rule_schema};
pub use fix::FixTemplate;
pub use headline::{Headline, Named};
pub use judge::{JudgeError, Judged, Judging, judge};
pub use language::{EvaluationError, FUNCTIONS, Function};
pub use palisade_facts::Reason;
pub use parameter::{Parameter, ParameterValue};
pub use report::{
    Coverage, Digests, EvidenceFact, Finding, Fix, Report, ResourceName, Run, RunScope, Severity, Summary,
    UnknownBecause, UnreadableCalls, Verdict, VerdictCounts, Waiver,
};
pub use rule::{Condition, Example, ExampleAttestation, Requirement, Rule};
pub use set::{LoadError, RuleSet, Selection, SelectionError};
pub use settings::{Attestation, AttestedValue, Settings, SettingsError, WaiverSetting};
