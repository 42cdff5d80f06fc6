//! Judges resources by rules, in chunks and in parallel, with the same findings in the same order
//! whatever the number of threads.
//!
//! One chunk is read and judged by all threads while the calling thread hands on the findings of the one
//! before. What is big, such as a resource with its facts, ends where it was made; only findings and counts
//! leave the threads.

use std::thread;

use jiff::tz::TimeZone;
use palisade_facts::{Facts, Gap, KINDS, Kind, Missing, Resource, Subject, Value};
use rayon::prelude::*;

use crate::coverage::{Answers, Coverer, Needed};
use crate::language::{EvaluationError, Roots};
use crate::rule::Rule;
use crate::{Coverage, Finding, Headline, RuleSet, Settings, Summary, Verdict, evaluation, finding};

/// How many resources are judged at a time; two chunks are in memory.
const CHUNK: usize = 128;

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

impl Judging<'_> {
    fn shows(&self, verdict: Verdict) -> bool {
        self.all || verdict.is_shown_by_default()
    }
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
    /// Whether its parameters switch it off: then no fact is looked at.
    off: bool,
}

/// What is kept of a verdict, shown or not.
pub(crate) struct Counted<'a> {
    pub(crate) rule: &'a Rule,
    verdict: Verdict,
    waived: bool,
    pub(crate) missing: Option<Missing>,
}

/// What became of one resource.
struct Outcome<'a, P> {
    headline: Headline,
    counted: Vec<Counted<'a>>,
    findings: Vec<P>,
}

/// Judges the account and its resources. Each finding goes to `sink` as soon as it is judged, as what `present` makes
/// of it on the thread that judged: the bytes of a report, or the finding itself.
///
/// A resource is whatever `read` makes one of: the line of a document, or the resource itself.
///
/// The order is fixed: kind by kind as the vocabulary has them, first what could not be listed, then the
/// resources that are not streamed; after all kinds the streamed resources as they come. Within a resource,
/// the rules by id.
///
/// # Errors
/// When a rule can't be evaluated, a resource can't be read, or the sink fails.
pub fn judge<L: Send, R: Send, S: Send, P: Send>(
    judging: Judging<'_>,
    resources: impl IntoIterator<Item = Result<L, R>>,
    read: impl Fn(L) -> Result<Resource, R> + Sync,
    present: impl Fn(Finding) -> P + Sync,
    mut sink: impl FnMut(P) -> Result<(), S>,
) -> Result<Judged, JudgeError<R, S>> {
    (0..judging.facts.identities()).into_par_iter().for_each(|identity| judging.facts.prepare(identity));
    let judge = &Judge::new(judging, present);
    let needed = Needed::by(judging.rules, judging.settings);
    let mut tally = Tally { coverer: Coverer::new(&needed, judging.facts), summary: Summary::default() };
    let listed = KINDS.into_iter().flat_map(|kind| judge.tasks_of(kind)).map(Ok);
    let streamed = resources.into_iter().map(|one| one.map(Task::Unread).map_err(JudgeError::Resource));
    // One stream for all: an account's own facts take long, and its users are judged meanwhile.
    let work = |task| -> Result<_, JudgeError<R, S>> {
        Ok(match task {
            Task::Gap(kind, gap) => Done::Gap(kind, gap),
            Task::Subject(subject) => Done::Subject(judge.judge(&subject)?),
            Task::Unread(unread) => {
                let resource = read(unread).map_err(JudgeError::Resource)?;
                let subjects = judging.facts.resource_subjects(&resource);
                let outcomes: Result<_, RuleError> =
                    subjects.iter().map(|subject| judge.judge(subject)).collect();
                Done::Resource(needed.in_resource(&resource), outcomes?)
            }
        })
    };
    thread::scope(|scope| {
        // Where no thread can be started, the first who asks works it out.
        let _ = thread::Builder::new().spawn_scoped(scope, || judge.work_ahead());
        in_order(listed.chain(streamed), work, |done| {
            tally.take(judge, done?, &mut sink).map_err(JudgeError::Sink)
        })
    })?;
    Ok(Judged { coverage: tally.coverer.coverage(), summary: tally.summary })
}

/// Something to judge.
enum Task<L> {
    /// Resources of a kind that nobody could list.
    Gap(&'static Kind, Gap),
    /// A resource.
    Subject(Subject),
    /// A resource that is not read yet.
    Unread(L),
}

/// What became of it.
enum Done<'a, P> {
    Gap(&'static Kind, Gap),
    Subject(Outcome<'a, P>),
    Resource(Answers, Vec<Outcome<'a, P>>),
}

/// Works on items in parallel, chunk by chunk, and hands the results on in the order of the items, while the
/// next chunk is being worked on.
fn in_order<I: Send, T: Send, E>(
    mut items: impl Iterator<Item = Result<I, E>>,
    work: impl Fn(I) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let mut next_chunk = || items.by_ref().take(CHUNK).collect::<Result<Vec<I>, E>>();
    let mut chunk = next_chunk()?;
    let mut done = Vec::new();
    while !chunk.is_empty() || !done.is_empty() {
        let mut results = Vec::new();
        chunk = rayon::in_place_scope(|scope| {
            scope.spawn(|_| results = chunk.into_par_iter().map(&work).collect());
            done.drain(..).try_for_each(&mut take)?;
            next_chunk()
        })?;
        done = results;
    }
    Ok(())
}

/// What has been counted so far.
struct Tally<'a> {
    coverer: Coverer<'a>,
    summary: Summary,
}

impl<'a> Tally<'a> {
    /// Counts what became of a task, and hands its findings on.
    fn take<S, P>(
        &mut self,
        judge: &Judge<'a, impl Fn(Finding) -> P>,
        done: Done<'a, P>,
        sink: &mut impl FnMut(P) -> Result<(), S>,
    ) -> Result<(), S> {
        match done {
            Done::Gap(kind, gap) => self.take_gap(judge, kind, &gap, sink),
            Done::Subject(outcome) => self.take_outcome(outcome, sink),
            Done::Resource(answers, outcomes) => {
                self.coverer.take_answers(answers);
                outcomes.into_iter().try_for_each(|outcome| self.take_outcome(outcome, sink))
            }
        }
    }

    /// One more unknown per rule on a kind whose resources could not all be listed; a rule that is off, where nobody
    /// tried to list them, is not applicable to them.
    fn take_gap<S, P>(
        &mut self,
        judge: &Judge<'a, impl Fn(Finding) -> P>,
        kind: &'static Kind,
        Gap { region, missing }: &Gap,
        sink: &mut impl FnMut(P) -> Result<(), S>,
    ) -> Result<(), S> {
        self.summary.headline.take_gap(kind);
        for &Prepared { rule, off, .. } in judge.rules_on(kind) {
            let hidden = evaluation::is_unknown_on_hidden(off, missing).then_some(missing);
            let finding = finding::of_gap(rule, judge.judging.facts, region.clone(), hidden);
            self.summary.count(finding.verdict, finding.severity, false);
            if let Some(missing) = hidden {
                self.coverer.take_gap(rule, region.as_deref(), missing);
            }
            if judge.judging.shows(finding.verdict) {
                sink((judge.present)(finding))?;
            }
        }
        Ok(())
    }

    /// Counts what became of a resource, and hands its findings on.
    fn take_outcome<S, P>(
        &mut self,
        outcome: Outcome<'a, P>,
        sink: &mut impl FnMut(P) -> Result<(), S>,
    ) -> Result<(), S> {
        self.summary.headline.append(outcome.headline);
        self.summary.resources += u64::from(!outcome.counted.is_empty());
        for Counted { rule, verdict, waived, .. } in &outcome.counted {
            self.summary.count(*verdict, rule.severity, *waived);
        }
        self.coverer.take_unknowns(&outcome.counted);
        outcome.findings.into_iter().try_for_each(sink)
    }
}

/// The rules, made ready, and what they judge by.
struct Judge<'a, F> {
    judging: Judging<'a>,
    present: F,
    today: jiff::civil::Date,
    prepared: Vec<(&'static Kind, Vec<Prepared<'a>>)>,
}

impl<'a, P, F: Fn(Finding) -> P> Judge<'a, F> {
    fn new(judging: Judging<'a>, present: F) -> Self {
        let prepare = |rule: &'a Rule| {
            let params = judging.settings.parameters(rule);
            Prepared { rule, off: rule.is_off(&params), params }
        };
        let on = |kind| judging.rules.iter().filter(move |rule| rule.kind == kind).map(prepare).collect();
        Self {
            judging,
            present,
            today: judging.facts.taken_at().to_zoned(TimeZone::UTC).date(),
            prepared: KINDS.into_iter().map(|kind| (kind, on(kind))).collect(),
        }
    }

    fn rules_on(&self, kind: &'static Kind) -> impl Iterator<Item = &Prepared<'a>> {
        self.prepared.iter().filter(move |(of, _)| *of == kind).flat_map(|(_, rules)| rules)
    }

    /// What there is to judge of a kind, but for the resources that are streamed.
    fn tasks_of<L>(&self, kind: &'static Kind) -> impl Iterator<Item = Task<L>> + use<'_, 'a, L, P, F> {
        let facts = self.judging.facts;
        let gaps = facts.gaps(kind).into_iter().map(move |gap| Task::Gap(kind, gap));
        let is_judged = self.rules_on(kind).next().is_some() || Headline::reads(kind);
        let subjects = is_judged.then(|| facts.subjects_of(kind)).into_iter().flatten();
        gaps.chain(subjects.map(Task::Subject))
    }

    /// Judges the first resource of each kind of which there are several, for nothing but what facts then work out for
    /// all, such as who can become administrator: otherwise everybody would wait for it in the middle of the stream.
    fn work_ahead(&self) {
        for kind in KINDS.into_iter().filter(|kind| self.rules_on(kind).next().is_some()) {
            let mut subjects = self.judging.facts.subjects_of(kind);
            if let (Some(first), Some(_)) = (subjects.next(), subjects.next()) {
                // A rule that fails on it fails again when it is its turn.
                let _ = self.judge(&first);
            }
        }
    }

    /// Judges one resource by every rule on its kind.
    fn judge(&self, subject: &Subject) -> Result<Outcome<'a, P>, RuleError> {
        let Judging { facts, settings, .. } = self.judging;
        let roots = Roots { resource: subject.facts.as_ref(), account: facts.account() };
        let account = facts.account_id();
        let mut outcome =
            Outcome { headline: Headline::of(subject), counted: Vec::new(), findings: Vec::new() };
        for Prepared { rule, params, off } in self.rules_on(subject.kind) {
            let judgement = if *off {
                Ok(Verdict::NotApplicable.into())
            } else {
                let attestation = settings.attestation(rule, &subject.arn, account, self.today);
                evaluation::judge(rule, roots, params, attestation)
            };
            let judgement = judgement.map_err(|source| RuleError {
                rule: rule.id.clone(),
                resource: subject.arn.clone(),
                source,
            })?;
            let failed = judgement.verdict == Verdict::Fail;
            let waiver = failed.then(|| settings.waiver(rule, &subject.arn, self.today)).flatten();
            if self.judging.shows(judgement.verdict) {
                let finding = finding::of(rule, subject, account, roots, &judgement, waiver);
                outcome.findings.push((self.present)(finding));
            }
            outcome.counted.push(Counted {
                rule,
                verdict: judgement.verdict,
                waived: waiver.is_some(),
                missing: judgement.missing,
            });
        }
        Ok(outcome)
    }
}
