//! Judges resources by rules, in chunks and in parallel, with the same findings in the same order
//! whatever the number of threads.

use jiff::tz::TimeZone;
use palisade_facts::{Facts, Gap, KINDS, Kind, Resource, Subject, Value};
use rayon::prelude::*;

use crate::coverage::Coverer;
use crate::evaluation::{self, Judgement};
use crate::language::{EvaluationError, Roots};
use crate::rule::Rule;
use crate::{Coverage, Finding, RuleSet, Settings, Summary, UnknownBecause, Verdict, finding};

/// How many resources are in memory at once.
const CHUNK: usize = 1024;

/// What is judged, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Judging<'a> {
    /// The selected rules.
    pub rules: &'a RuleSet,
    /// The facts of the account.
    pub facts: &'a Facts,
    /// What the user sets; checked against the rules before.
    pub settings: &'a Settings,
    /// Whether passes and what is not applicable are findings too.
    pub all: bool,
}

/// What is left to tell after the last finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What was answered and what was not.
    pub coverage: Coverage,
    /// The numbers.
    pub summary: Summary,
}

/// Judging stopped.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError<R, S> {
    /// A rule can't be evaluated: its fault, never an unknown.
    #[error("the rule `{rule}` fails on `{resource}`: {source}")]
    Rule {
        /// The id of the rule.
        rule: String,
        /// The ARN of the resource.
        resource: String,
        /// What went wrong.
        source: EvaluationError,
    },
    /// The next resource could not be read.
    #[error(transparent)]
    Resource(R),
    /// The findings could not be handed on.
    #[error(transparent)]
    Sink(S),
}

/// A rule that could not be evaluated for a resource.
struct RuleError {
    rule: String,
    resource: String,
    source: EvaluationError,
}

impl<R, S> From<RuleError> for JudgeError<R, S> {
    fn from(RuleError { rule, resource, source }: RuleError) -> Self {
        Self::Rule { rule, resource, source }
    }
}

/// A selected rule with what is the same for every resource.
struct Prepared<'a> {
    rule: &'a Rule,
    params: Vec<Value<'static>>,
}

/// What became of one resource.
struct Outcome<'a> {
    subject: Subject,
    judgements: Vec<(&'a Rule, Judgement<'a>)>,
    findings: Vec<Finding>,
}

/// Judges the account and its resources. Each finding goes to `sink` as soon as it is judged.
///
/// The order is fixed: kind by kind as the vocabulary has them, first what could not be listed, then the
/// resources that are not streamed; after all kinds the streamed resources as they come. Within a resource,
/// the rules by id.
///
/// # Errors
/// When a rule can't be evaluated, a resource can't be read, or the sink fails.
pub fn judge<R, S>(
    judging: Judging<'_>,
    resources: impl IntoIterator<Item = Result<Resource, R>>,
    mut sink: impl FnMut(Finding) -> Result<(), S>,
) -> Result<Judged, JudgeError<R, S>> {
    let mut run = Running::new(judging);
    for kind in KINDS {
        run.gaps(kind, &mut sink).map_err(JudgeError::Sink)?;
        let mut subjects = judging.facts.subjects_of(kind);
        while !subjects.is_empty() {
            let rest = subjects.split_off(subjects.len().min(CHUNK));
            run.chunk(subjects, &mut sink)?;
            subjects = rest;
        }
    }
    let mut resources = resources.into_iter();
    loop {
        let chunk: Result<Vec<Resource>, R> = resources.by_ref().take(CHUNK).collect();
        let chunk = chunk.map_err(JudgeError::Resource)?;
        if chunk.is_empty() {
            break;
        }
        chunk.iter().for_each(|resource| run.coverer.take_resource(resource));
        let subjects = chunk.iter().flat_map(|resource| judging.facts.resource_subjects(resource)).collect();
        run.chunk(subjects, &mut sink)?;
    }
    Ok(Judged { coverage: run.coverer.coverage(), summary: run.summary })
}

/// A run with what it has counted so far.
struct Running<'a> {
    judging: Judging<'a>,
    today: jiff::civil::Date,
    prepared: Vec<Prepared<'a>>,
    coverer: Coverer<'a>,
    summary: Summary,
}

impl<'a> Running<'a> {
    fn new(judging: Judging<'a>) -> Self {
        let prepare = |rule: &'a Rule| Prepared { rule, params: judging.settings.parameters(rule) };
        Self {
            judging,
            today: judging.facts.taken_at().to_zoned(TimeZone::UTC).date(),
            prepared: judging.rules.iter().map(prepare).collect(),
            coverer: Coverer::new(judging.rules, judging.facts),
            summary: Summary::default(),
        }
    }

    /// One more unknown per rule on a kind whose resources could not all be listed.
    fn gaps<S>(
        &mut self,
        kind: &'static Kind,
        sink: &mut impl FnMut(Finding) -> Result<(), S>,
    ) -> Result<(), S> {
        for Gap { region, missing } in self.judging.facts.gaps(kind) {
            self.summary.headline.take_gap(kind);
            for prepared in self.prepared.iter().filter(|prepared| prepared.rule.kind == kind) {
                let rule = prepared.rule;
                let calls: Vec<UnknownBecause> = missing.calls().map(UnknownBecause::from).collect();
                let finding = finding::of_gap(rule, self.judging.facts, region.clone(), calls);
                self.summary.count(finding.verdict, finding.severity, false);
                self.coverer.take_gap(rule, region.as_deref(), &missing);
                sink(finding)?;
            }
        }
        Ok(())
    }

    fn chunk<R, S>(
        &mut self,
        subjects: Vec<Subject>,
        sink: &mut impl FnMut(Finding) -> Result<(), S>,
    ) -> Result<(), JudgeError<R, S>> {
        // Collecting keeps the order; the first error in that order is the one that is reported.
        let outcomes: Vec<_> = subjects.into_par_iter().map(|subject| self.judge(subject)).collect();
        for outcome in outcomes {
            let outcome = outcome?;
            self.summary.headline.take(&outcome.subject);
            self.summary.resources += u64::from(!outcome.judgements.is_empty());
            for (rule, judgement) in &outcome.judgements {
                let waived = judgement.verdict == Verdict::Fail
                    && self.judging.settings.waiver(rule, &outcome.subject.arn, self.today).is_some();
                self.summary.count(judgement.verdict, rule.severity, waived);
            }
            self.coverer.take_judgements(&outcome.judgements);
            for finding in outcome.findings {
                sink(finding).map_err(JudgeError::Sink)?;
            }
        }
        Ok(())
    }

    /// Judges one resource by every rule on its kind.
    fn judge(&self, subject: Subject) -> Result<Outcome<'a>, RuleError> {
        let mut judgements = Vec::new();
        let mut findings = Vec::new();
        for prepared in self.prepared.iter().filter(|prepared| prepared.rule.kind == subject.kind) {
            let rule = prepared.rule;
            let roots = Roots { resource: subject.facts.as_ref(), account: self.judging.facts.account() };
            let attestation = self.judging.settings.attestation(
                rule,
                &subject.arn,
                self.judging.facts.account_id(),
                self.today,
            );
            let judgement =
                evaluation::judge(rule, roots, &prepared.params, attestation).map_err(|source| {
                    RuleError { rule: rule.id.clone(), resource: subject.arn.clone(), source }
                })?;
            if self.judging.all || judgement.verdict.is_shown_by_default() {
                let waiver = self.judging.settings.waiver(rule, &subject.arn, self.today);
                let account = self.judging.facts.account_id();
                findings.push(finding::of(rule, &subject, account, roots, &judgement, waiver));
            }
            judgements.push((rule, judgement));
        }
        Ok(Outcome { subject, judgements, findings })
    }
}
