//! One rule, one resource: the verdict.

use palisade_facts::{Missing, Reason, Value};

use crate::Verdict;
use crate::language::{EvaluationError, Frame, Roots, Truth};
use crate::rule::{Condition, Rule};
use crate::settings::{Attestation, AttestedValue};

/// What a rule says about a resource.
#[derive(Debug)]
pub(crate) struct Judgement<'a> {
    pub(crate) verdict: Verdict,
    /// For unknowns: the calls that are missing.
    pub(crate) missing: Option<Missing>,
    /// The attestation that decided.
    pub(crate) attestation: Option<&'a Attestation>,
}

impl<'a> From<Verdict> for Judgement<'a> {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, missing: None, attestation: None }
    }
}

/// Judges a resource. Where nobody can tell whether the rule applies, it is unknown, even if the
/// requirement is met: a missing answer must never make a pass of what is not applicable.
pub(crate) fn judge<'a, 'r>(
    rule: &'r Rule,
    roots: Roots<'r>,
    params: &'r [Value<'static>],
    attestation: Option<&'a Attestation>,
) -> Result<Judgement<'a>, EvaluationError> {
    let truth = |condition: &'r Condition| condition.expression.truth(&mut Frame::new(roots, params));
    let applies = rule.applies_when.as_ref().map_or(Ok(Truth::True), truth)?;
    if applies == Truth::False {
        return Ok(Verdict::NotApplicable.into());
    }
    let mut judgement = match rule.requirement.condition() {
        None => attested(attestation),
        Some(condition) => match truth(condition)? {
            // What holds by the facts is not enough where somebody must attest the rest.
            Truth::True if rule.takes_attestations() => attested(attestation),
            Truth::True => Verdict::Pass.into(),
            Truth::False => Verdict::Fail.into(),
            Truth::Unknown(missing) => {
                Judgement { verdict: Verdict::Unknown, missing: Some(missing), attestation: None }
            }
        },
    };
    if let Truth::Unknown(missing) = applies {
        judgement.missing =
            Some(judgement.missing.map_or_else(|| missing.clone(), |more| missing.and(&more)));
        judgement.verdict = Verdict::Unknown;
    }
    Ok(judgement)
}

/// Whether a rule is unknown on resources that nobody could list. A rule that is off is not where nobody tried to: it
/// needs no listing.
pub(crate) fn is_unknown_on_hidden(off: bool, hidden: &Missing) -> bool {
    !off || hidden.calls().any(|call| call.reason != Reason::NotCollected)
}

fn attested(attestation: Option<&Attestation>) -> Judgement<'_> {
    let verdict = match attestation.map(|attestation| attestation.value) {
        None => Verdict::Manual,
        Some(AttestedValue::Pass) => Verdict::Pass,
        Some(AttestedValue::Fail) => Verdict::Fail,
    };
    Judgement { verdict, missing: None, attestation }
}
