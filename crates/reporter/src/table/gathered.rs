//! The findings of one account, as far as they are shown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use palisade_rules::{Finding, Fix, Severity, UnknownBecause, Verdict};

/// Groups in the order of the page.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) fails: BTreeMap<GroupKey, Group>,
    pub(super) manuals: BTreeMap<GroupKey, Group>,
    pub(super) waived: BTreeMap<GroupKey, Group>,
    /// Per missing call: the rules that it left undecided, with how often.
    pub(super) unknowns: BTreeMap<UnknownBecause, BTreeMap<String, u64>>,
    /// Passes and what is not applicable, per rule.
    pub(super) others: BTreeMap<String, (u64, u64)>,
}

/// Worst first, then by id.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupKey {
    pub(super) severity: Reverse<Severity>,
    pub(super) rule: String,
}

/// The findings of one rule with one verdict.
#[derive(Default)]
pub(super) struct Group {
    pub(super) title: String,
    pub(super) count: u64,
    /// The first findings, as many as are shown.
    pub(super) shown: Vec<Finding>,
}

impl Group {
    fn take(&mut self, finding: &Finding, most: usize) {
        if self.count == 0 {
            self.title.clone_from(&finding.title);
        }
        self.count += 1;
        if self.shown.len() < most {
            self.shown.push(finding.clone());
        }
    }

    /// What to do, as told for the first resource.
    pub(super) fn fix(&self) -> Option<(&Finding, &Fix)> {
        self.shown.iter().find_map(|finding| Some((finding, finding.fix.as_ref()?)))
    }
}

impl Gathered {
    /// Takes a finding, and keeps it if fewer than `most` of its group are kept.
    pub(super) fn take(&mut self, finding: &Finding, most: usize) {
        let key = || GroupKey { severity: Reverse(finding.severity), rule: finding.rule.clone() };
        match finding.verdict {
            Verdict::Fail if finding.waiver.is_some() => {
                self.waived.entry(key()).or_default().take(finding, most);
            }
            Verdict::Fail => self.fails.entry(key()).or_default().take(finding, most),
            Verdict::Manual => self.manuals.entry(key()).or_default().take(finding, most),
            Verdict::Unknown => {
                for call in &finding.unknown_because {
                    let rules = self.unknowns.entry(call.clone()).or_default();
                    *rules.entry(finding.rule.clone()).or_default() += 1;
                }
            }
            Verdict::Pass => self.others.entry(finding.rule.clone()).or_default().0 += 1,
            Verdict::NotApplicable => self.others.entry(finding.rule.clone()).or_default().1 += 1,
        }
    }
}
