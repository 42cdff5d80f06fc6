//! Emulated accounts, and what a scan of them reports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::harness::{Ended, Place};
use palisade_emulator::{Account, Emulator};
use serde::Deserialize;

/// An emulated account and the folder from which it is scanned.
pub(crate) struct Emulated {
    pub(crate) emulator: Emulator,
    pub(crate) place: Place,
}

impl Emulated {
    /// An account of `fixtures/accounts`, with the configuration that lies beside it, if one does.
    pub(crate) fn fixture(name: &str) -> Self {
        Self::changed_fixture(name, |_| {})
    }

    /// The same account with something else in it.
    pub(crate) fn changed_fixture(name: &str, change: impl FnOnce(&mut Account)) -> Self {
        let mut account = Account::fixture(name).unwrap();
        change(&mut account);
        let emulated = Self::account(account);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/accounts");
        if let Ok(configuration) = fs::read(folder.join(name).with_extension("toml")) {
            emulated.place.write("palisade.toml", configuration);
        }
        emulated
    }

    pub(crate) fn account(account: Account) -> Self {
        let emulator = Emulator::with(account).unwrap();
        let place = in_environment(emulator.environment());
        Self { emulator, place }
    }

    /// Scans, with these arguments more, into a report of everything.
    pub(crate) fn scan(&self, more: &[&str]) -> (Ended, Report) {
        let ended = self.place.run(&[&["scan", "-f", "json", "--all"][..], more].concat());
        let report = serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
        (ended, report)
    }
}

/// A folder in which commands run with these environment variables.
pub(crate) fn in_environment(variables: Vec<(&'static str, String)>) -> Place {
    variables.into_iter().fold(Place::new(), |place, (name, value)| place.with(name, &value))
}

/// What the tests look at in a report.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
    pub(crate) coverage: Coverage,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Finding {
    pub(crate) id: String,
    pub(crate) rule: String,
    pub(crate) resource: Resource,
    pub(crate) verdict: String,
    pub(crate) unknown_because: Vec<Operation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Resource {
    pub(crate) kind: String,
    pub(crate) arn: String,
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Operation {
    pub(crate) operation: String,
    pub(crate) reason: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Coverage {
    pub(crate) planned: u64,
    pub(crate) answered: u64,
    pub(crate) unreadable: Vec<Operation>,
}

impl Finding {
    /// Whether it stands for resources that nobody could list.
    pub(crate) fn is_gap(&self) -> bool {
        self.resource.name == "*"
    }

    pub(crate) fn is_unknown_for(&self, operation: &str) -> bool {
        self.verdict == "unknown" && self.unknown_because.iter().any(|call| call.operation == operation)
    }
}

impl Report {
    pub(crate) fn by_id(&self) -> BTreeMap<&str, &Finding> {
        self.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect()
    }

    pub(crate) fn with_verdict(&self, verdict: &str) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.verdict == verdict)
    }

    /// The rules that have a finding with this verdict.
    pub(crate) fn rules(&self, verdict: &str) -> BTreeSet<&str> {
        self.with_verdict(verdict).map(|finding| finding.rule.as_str()).collect()
    }

    /// The operations that were not answered.
    pub(crate) fn unreadable(&self) -> BTreeSet<&str> {
        self.coverage.unreadable.iter().map(|call| call.operation.as_str()).collect()
    }

    /// The ARNs of the resources of a kind that were judged.
    pub(crate) fn resources(&self, kind: &str) -> BTreeSet<&str> {
        let judged =
            self.findings.iter().filter(|finding| !finding.is_gap() && finding.resource.kind == kind);
        judged.map(|finding| finding.resource.arn.as_str()).collect()
    }
}
