//! Counts what the selected rules needed to know, and what of it was answered.

use std::collections::{BTreeMap, BTreeSet};

use palisade_facts::{Answer, Evidence, Facts, Missing, MissingCall, Resource};

use crate::evaluation::Judgement;
use crate::rule::Rule;
use crate::{Coverage, RuleSet, UnreadableCalls};

/// A missing answer, and where.
type Gap = (MissingCall, Option<String>);

/// How often an answer is missing, and who needed it.
#[derive(Debug, Default)]
struct Lost {
    count: u64,
    rules: BTreeSet<String>,
}

/// Counts answers while resources stream by.
pub(crate) struct Coverer<'a> {
    /// The evidence that is needed, with the rules that need it.
    needed: BTreeMap<Evidence, Vec<&'a str>>,
    answered: u64,
    not_offered: u64,
    lost: BTreeMap<Gap, Lost>,
    /// Missing answers that made something unknown: in most cases those above.
    decisive: BTreeMap<Gap, Lost>,
}

impl<'a> Coverer<'a> {
    /// Counts what stands among the shared records.
    pub(crate) fn new(rules: &'a RuleSet, facts: &Facts) -> Self {
        let mut needed: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for rule in rules.iter() {
            for evidence in rule.reads() {
                needed.entry(evidence).or_default().push(rule.id.as_str());
            }
        }
        let mut coverer =
            Self { needed, answered: 0, not_offered: 0, lost: BTreeMap::new(), decisive: BTreeMap::new() };
        facts.answers(&mut |evidence, region, answer| coverer.take(evidence, region, answer));
        coverer
    }

    /// Counts what a streamed record holds.
    pub(crate) fn take_resource(&mut self, resource: &Resource) {
        Facts::resource_answers(resource, &mut |evidence, region, answer| {
            self.take(evidence, region, answer);
        });
    }

    fn take(&mut self, evidence: Evidence, region: Option<&str>, answer: Answer) {
        let Some(rules) = self.needed.get(&evidence) else { return };
        match answer {
            Answer::Answered => self.answered += 1,
            Answer::NotOffered => self.not_offered += 1,
            Answer::Missing(call) => {
                let lost = self.lost.entry((call, region.map(str::to_owned))).or_default();
                lost.count += 1;
                lost.rules.extend(rules.iter().map(|&rule| rule.to_owned()));
            }
        }
    }

    /// Notes what hides resources of a rule's kind.
    pub(crate) fn take_gap(&mut self, rule: &Rule, region: Option<&str>, missing: &Missing) {
        for call in missing.calls() {
            let lost = self.decisive.entry((call.clone(), region.map(str::to_owned))).or_default();
            lost.count = 1;
            lost.rules.insert(rule.id.clone());
        }
    }

    /// Notes what left judgements about one resource open.
    pub(crate) fn take_judgements(&mut self, judgements: &[(&Rule, Judgement<'_>)]) {
        let mut calls: BTreeMap<&MissingCall, Vec<&Rule>> = BTreeMap::new();
        for (rule, judgement) in judgements {
            for call in judgement.missing.iter().flat_map(Missing::calls) {
                calls.entry(call).or_default().push(rule);
            }
        }
        for (call, rules) in calls {
            let lost = self.decisive.entry((call.clone(), None)).or_default();
            lost.count += 1;
            lost.rules.extend(rules.into_iter().map(|rule| rule.id.clone()));
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
                rules: lost.rules.into_iter().collect(),
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
