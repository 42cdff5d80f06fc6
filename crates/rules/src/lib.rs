//! Loads rules, checks their types and judges facts by them.
//!
//! In: rule files (one YAML file per check, conditions in CEL), the [`Facts`](palisade_facts::Facts) of an
//! account, its resources one at a time, and the user's [`Settings`]. Out: a [`Finding`] per rule and
//! resource, in a fixed order, then [`Coverage`] and [`Summary`].
//!
//! A rule is checked when it is loaded: every name, type and placeholder, with the place of each mistake.
//! A condition over facts that could not be read is unknown, with the calls that are missing; it never
//! becomes a pass or a fail by default. This crate never looks at a snapshot except through facts, never
//! prints, and has no clock but the snapshot's.
//!
//! ```
//! use palisade_rules::{RuleSet, Selection, Settings, Severity};
//!
//! let rules = RuleSet::built_in()?;
//! let selection = Selection { services: vec!["s3".to_owned()], ..Selection::default() };
//! let selected = rules.select(&selection)?;
//! assert!(selected.find("s3-bucket-not-public").is_some_and(|rule| rule.severity == Severity::Critical));
//! // What the collector has to read for them, unless settings switch them off:
//! assert!(selected.reads(&Settings::default()).iter().any(|evidence| evidence.name() == "s3.bucket.policy"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod coverage;
mod difference;
mod documents;
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

pub use difference::{ChangedRule, RenamedRule, RuleChange, RulesDifference};
pub use documents::{reference_page, rules_page};
pub use examples::ExampleOutcome;
pub use file::{LoadProblem, rule_schema};
pub use fix::FixTemplate;
pub use headline::{Headline, Named};
pub use judge::{JudgeError, Judged, Judging, judge};
pub use language::{EvaluationError, FUNCTIONS, Function};
pub use palisade_facts::{Reason, escalation};
pub use parameter::{Parameter, ParameterValue};
pub use report::{
    Coverage, Digests, EvidenceFact, Finding, Fix, Report, ResourceName, Run, RunScope, Severity, Summary,
    UnknownBecause, UnreadableCalls, Verdict, VerdictCounts, Waiver,
};
pub use rule::{Condition, Example, ExampleAttestation, Requirement, Rule};
pub use set::{LoadError, RuleSet, Selection, SelectionError};
pub use settings::{Attestation, AttestedValue, Settings, SettingsError, WaiverSetting};
