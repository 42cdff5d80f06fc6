//! Loads rules, checks their types and judges facts by them.

mod headline;
mod language;
mod report;

pub use headline::{Headline, Named};
pub use palisade_facts::Reason;
pub use language::{EvaluationError, FUNCTIONS, Function};
pub use report::{
    Coverage, Digests, EvidenceFact, Finding, Fix, Report, ResourceName, Run, RunScope, Severity, Summary,
    UnknownBecause, UnreadableCalls, Verdict, VerdictCounts, Waiver,
};
