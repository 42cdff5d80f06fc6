//! Counts what the selected rules needed to know, and what of it was answered.

use std::collections::{BTreeMap, BTreeSet};

use palisade_facts::{Answer, Evidence, Facts, Missing, MissingCall, Reason, Resource};

use crate::judge::Counted;
use crate::rule::Rule;
use crate::{Coverage, RuleSet, Settings, UnreadableCalls};

/// A missing answer, and where.
type Gap = (MissingCall, Option<String>);

/// The evidence that is needed, with the rules that need it.
pub(crate) struct Needed<'a>(BTreeMap<Evidence, Vec<&'a str>>);

impl<'a> Needed<'a> {
    /// What these rules need with these settings.
    pub(crate) fn by(rules: &'a RuleSet, settings: &Settings) -> Self {
        let mut needed: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for rule in rules.iter().filter(|rule| !settings.is_off(rule)) {
            for evidence in rule.reads() {
                needed.entry(evidence).or_default().push(rule.id.as_str());
            }
        }
        Self(needed)
    }

    /// What of it a streamed record holds.
    pub(crate) fn in_resource(&self, resource: &Resource) -> Answers {
        let mut answers = Answers::default();
        Facts::resource_answers(resource, &mut |evidence, region, answer| {
            if self.0.contains_key(&evidence) {
                answers.take(evidence, region, answer);
            }
        });
        answers
    }

    fn rules(&self, evidence: Evidence) -> impl Iterator<Item = &'a str> {
        self.0.get(&evidence).into_iter().flatten().copied()
    }
}

/// Needed answers, counted.
#[derive(Default)]
pub(crate) struct Answers {
    answered: u64,
    not_offered: u64,
    missing: Vec<(Evidence, Gap)>,
}

impl Answers {
    fn take(&mut self, evidence: Evidence, region: Option<&str>, answer: Answer) {
        match answer {
            Answer::Answered => self.answered += 1,
            Answer::NotOffered => self.not_offered += 1,
            Answer::Missing(call) => self.missing.push((evidence, (call, region.map(str::to_owned)))),
        }
    }
}

/// How often an answer is missing, and who needed it.
#[derive(Debug, Default)]
struct Lost<'a> {
    count: u64,
    rules: BTreeSet<&'a str>,
}

/// Counts answers while resources stream by.
pub(crate) struct Coverer<'a> {
    needed: &'a Needed<'a>,
    answered: u64,
    not_offered: u64,
    lost: BTreeMap<Gap, Lost<'a>>,
    /// Missing answers that made something unknown: in most cases those above.
    decisive: BTreeMap<Gap, Lost<'a>>,
}

impl<'a> Coverer<'a> {
    /// Counts what stands among the shared records.
    pub(crate) fn new(needed: &'a Needed<'a>, facts: &Facts) -> Self {
        let mut answers = Answers::default();
        facts.answers(&mut |evidence, region, answer| {
            if needed.0.contains_key(&evidence) {
                answers.take(evidence, region, answer);
            }
        });
        let mut coverer =
            Self { needed, answered: 0, not_offered: 0, lost: BTreeMap::new(), decisive: BTreeMap::new() };
        coverer.take_answers(answers);
        coverer
    }

    /// Adds what was counted in one place.
    pub(crate) fn take_answers(&mut self, answers: Answers) {
        self.answered += answers.answered;
        self.not_offered += answers.not_offered;
        for (evidence, gap) in answers.missing {
            let lost = self.lost.entry(gap).or_default();
            lost.count += 1;
            lost.rules.extend(self.needed.rules(evidence));
        }
    }

    /// Notes what hides resources of a rule's kind.
    pub(crate) fn take_gap(&mut self, rule: &'a Rule, region: Option<&str>, missing: &Missing) {
        for call in missing.calls() {
            let lost = self.decisive.entry((call.clone(), region.map(str::to_owned))).or_default();
            lost.count = 1;
            lost.rules.insert(&rule.id);
        }
    }

    /// Notes what left judgements about one resource open.
    pub(crate) fn take_unknowns(&mut self, counted: &[Counted<'a>]) {
        let mut calls: BTreeMap<&MissingCall, Vec<&'a Rule>> = BTreeMap::new();
        for one in counted {
            // What AWS does not record no call can bring: nothing that was planned is missing.
            let missing = one.missing.iter().flat_map(Missing::calls);
            for call in missing.filter(|call| call.reason != Reason::NotRecorded) {
                calls.entry(call).or_default().push(one.rule);
            }
        }
        for (call, rules) in calls {
            let lost = self.decisive.entry((call.clone(), None)).or_default();
            lost.count += 1;
            lost.rules.extend(rules.into_iter().map(|rule| rule.id.as_str()));
        }
    }

    /// The result. An answer that is stale, or was lost on the way to one, hides in no single record:
    /// it counts because something is unknown for it.
    pub(crate) fn coverage(mut self) -> Coverage {
        let counted: BTreeSet<MissingCall> = self.lost.keys().map(|(call, _)| call.clone()).collect();
        let hidden = self.decisive.into_iter().filter(|((call, _), _)| !counted.contains(call));
        self.lost.extend(hidden);
        let unreadable: Vec<_> = self
            .lost
            .into_iter()
            .map(|((call, region), lost)| UnreadableCalls {
                operation: call.operation,
                iam_action: call.iam_action,
                reason: call.reason,
                region,
                count: lost.count,
                rules: lost.rules.into_iter().map(str::to_owned).collect(),
            })
            .collect();
        let missing: u64 = unreadable.iter().map(|calls| calls.count).sum();
        Coverage {
            planned: self.answered + missing,
            answered: self.answered,
            not_offered: self.not_offered,
            unreadable,
        }
    }
}
