//! Loads rules, checks their types and judges facts by them.

mod report;

pub use palisade_facts::Reason;
pub use report::{
    Coverage, Digests, EvidenceFact, Finding, Fix, Report, ResourceName, Run, RunScope, Severity, Summary,
    UnknownBecause, UnreadableCalls, Verdict, VerdictCounts, Waiver,
};
