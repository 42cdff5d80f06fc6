//! Every read with every fault, over the built binary: whole scans of two accounts with all rules, in
//! which nothing that fails may pass or go away.
//!
//! Reads that no rule needs together are disturbed in the same scan, each with a fault of its own, so that
//! what becomes unknown can still be told apart: a rule sees at most one of them. With
//! `PALISADE_MATRIX=alone` each read and fault gets a scan for itself, and the table is printed
//! (`benches/evidence-loss.sh`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::harness::{Ended, Place};
use crate::scan_report::{Emulated, Finding, Operation, Report, in_environment};
use palisade_emulator::{Fault, Proxy, Target};
use palisade_rules::RuleSet;
use palisade_snapshot::{CALLS, Call, with_prerequisites};

const ACCOUNTS: [&str; 2] = ["mixed", "careless"];

/// Each fault, and the reason that a report gives for what it takes away.
const FAULTS: [(&str, Fault, &str); 8] = [
    ("denied", Fault::Denied, "denied"),
    ("throttled", Fault::Throttled, "throttled"),
    ("500", Fault::ServerError, "service_error"),
    ("reset", Fault::Reset, "network"),
    ("truncated", Fault::Truncated, "network"),
    ("garbage", Fault::Garbage, "malformed"),
    ("empty", Fault::Empty, "malformed"),
    ("hang", Fault::Hang, "timeout"),
];

/// The one operation without which there is no account.
const CALLER: &str = "sts:GetCallerIdentity";

/// Three attempts at the one answer that hangs, the waits between them, and a busy machine.
const DEADLINE: Duration = Duration::from_secs(150);
const SCAN: &[&str] = &["scan", "-f", "json", "--all", "-o", "report.json", "--now", "2026-11-02T05:00:00Z"];
/// Most of a scan that loses something is waiting: for what hangs, and before what is tried again.
const WORKERS: usize = 12;

/// One operation with one fault, as its place in [`FAULTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    operation: &'static str,
    fault: usize,
}

impl Cell {
    fn reason(self) -> &'static str {
        FAULTS[self.fault].2
    }

    fn explains(self, because: &[Operation]) -> bool {
        because.iter().any(|call| call.operation == self.operation && call.reason == self.reason())
    }

    fn inject(self, proxy: &Proxy) {
        proxy.inject(self.operation, FAULTS[self.fault].1.clone());
        withhold_prepared(proxy, self.operation);
    }
}

/// A report is made only where there is none yet.
pub(crate) fn withhold_prepared(proxy: &Proxy, operation: &str) {
    if operation == "iam:GenerateCredentialReport" {
        let missing = Fault::Error { status: 410, code: "ReportNotPresent" };
        proxy.inject("iam:GetCredentialReport", missing);
    }
}

/// What became of one cell.
#[derive(Debug, Default)]
struct Outcome {
    /// Findings that became unknown, or whose resource's listing did.
    unknown: usize,
    /// Failing findings that pass now.
    turned: usize,
    /// Findings that are gone, with nothing that stands for them.
    vanished: usize,
    complaints: Vec<String>,
}

/// An account with what an undisturbed scan of it asks and finds.
struct Account {
    name: &'static str,
    emulated: Emulated,
    asked: BTreeSet<String>,
    bytes: Vec<u8>,
    report: Report,
}

impl Account {
    fn scanned(name: &'static str) -> Self {
        let emulated = Emulated::fixture(name);
        emulated.emulator.proxy().record();
        let ended = emulated.place.run(SCAN);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let bytes = fs::read(emulated.place.path("report.json")).unwrap();
        let report: Report = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(report.coverage.unreadable, []);
        let asked = emulated.emulator.proxy().counts().into_keys().collect();
        Self { name, emulated, asked, bytes, report }
    }

    /// A scan of the recorded answers, disturbed like this, and the requests that came.
    fn disturbed(&self, disturb: impl FnOnce(&Proxy)) -> (Ended, Place, BTreeMap<String, usize>) {
        let replay = self.emulated.emulator.replay().unwrap();
        disturb(&replay);
        let place = in_environment(self.emulated.emulator.environment_at(&replay.endpoint()));
        if let Ok(configuration) = fs::read(self.emulated.place.path("palisade.toml")) {
            place.write("palisade.toml", configuration);
        }
        let ended = place.run_within(&[SCAN, &["--timeout", "4"]].concat(), DEADLINE);
        (ended, place, replay.counts())
    }
}

/// What each rule needs, as operations.
pub(crate) struct Needs(BTreeMap<String, BTreeSet<&'static str>>);

impl Needs {
    pub(crate) fn of_all_rules() -> Self {
        let rules = RuleSet::built_in().unwrap();
        let operations = |rule: &palisade_rules::Rule| {
            let evidence = with_prerequisites(&rule.reads());
            let needed =
                |call: &&Call| call.evidence.iter().chain(call.prepares).any(|one| evidence.contains(one));
            CALLS.iter().filter(needed).map(|call| call.operation).collect()
        };
        Self(rules.iter().map(|rule| (rule.id.clone(), operations(rule))).collect())
    }

    pub(crate) fn of(&self, rule: &str) -> &BTreeSet<&'static str> {
        &self.0[rule]
    }

    fn all(&self) -> BTreeSet<&'static str> {
        self.0.values().flatten().copied().collect()
    }

    fn together(&self, one: &str, other: &str) -> bool {
        self.0.values().any(|needed| needed.contains(one) && needed.contains(other))
    }

    /// Groups of operations of which no rule needs two.
    fn groups(&self, operations: impl Iterator<Item = &'static str>) -> Vec<Vec<&'static str>> {
        let mut groups: Vec<Vec<&'static str>> = Vec::new();
        for operation in operations {
            let fits = |group: &&mut Vec<&'static str>| {
                !group.iter().any(|other| *other == CALLER || self.together(operation, other))
            };
            match groups.iter_mut().find(fits).filter(|_| operation != CALLER) {
                Some(group) => group.push(operation),
                None => groups.push(vec![operation]),
            }
        }
        groups
    }
}

/// The cells of each scan: in one scan each operation of a group has another fault, and over all scans
/// each has every fault.
fn scans(groups: &[Vec<&'static str>]) -> Vec<Vec<Cell>> {
    let scan = |group: &Vec<&'static str>, first: usize| {
        let cell = |(place, operation): (usize, &&'static str)| Cell {
            operation,
            fault: (first + place) % FAULTS.len(),
        };
        group.iter().enumerate().map(cell).collect()
    };
    groups.iter().flat_map(|group| (0..FAULTS.len()).map(move |first| scan(group, first))).collect()
}

/// Scans once with all these cells, and looks at each.
fn outcomes(account: &Account, needs: &Needs, cells: &[Cell]) -> Vec<(Cell, Outcome)> {
    let (ended, place, counts) = account.disturbed(|proxy| cells.iter().for_each(|cell| cell.inject(proxy)));
    let unasked: Vec<Cell> =
        cells.iter().copied().filter(|cell| !counts.contains_key(cell.operation)).collect();
    if !unasked.is_empty() && cells.len() > 1 {
        // Another fault was in the way.
        return cells.iter().flat_map(|cell| outcomes(account, needs, &[*cell])).collect();
    }
    let mut looked: Vec<_> = cells.iter().map(|cell| (*cell, Outcome::default())).collect();
    let complaints = match fs::read(place.path("report.json")) {
        _ if !unasked.is_empty() => vec!["it was not asked".to_owned()],
        _ if ended.stderr.contains("panicked") => vec![ended.stderr.clone()],
        _ if cells[0].operation == CALLER => without_caller(&ended),
        Err(_) => vec![format!("no report; {:?}: {}", ended.code, ended.stderr)],
        Ok(bytes) => {
            let after = serde_json::from_slice(&bytes).unwrap();
            compare(&account.report, &after, needs, &mut looked);
            whole(&ended, &after, cells)
        }
    };
    for (_, outcome) in &mut looked {
        outcome.complaints.extend(complaints.iter().cloned());
    }
    looked
}

fn without_caller(ended: &Ended) -> Vec<String> {
    let right = ended.code == Some(1) && ended.stdout.is_empty() && ended.stderr.contains(CALLER);
    if right { Vec::new() } else { vec![format!("{ended:?}")] }
}

/// What is wrong with exit code and coverage.
fn whole(ended: &Ended, after: &Report, cells: &[Cell]) -> Vec<String> {
    let lost: BTreeSet<_> =
        after.coverage.unreadable.iter().map(|call| (&*call.operation, &*call.reason)).collect();
    let expected: BTreeSet<_> = cells.iter().map(|cell| (cell.operation, cell.reason())).collect();
    let mut complaints = Vec::new();
    if lost != expected {
        complaints.push(format!("unreadable is {lost:?}, not {expected:?}"));
    }
    if ended.code != Some(4) {
        complaints.push(format!("it ended with {:?}: {}", ended.code, ended.stderr));
    }
    complaints
}

/// Looks at each finding: it keeps its verdict, or is unknown for the one cell that its rule needs.
fn compare(before: &Report, after: &Report, needs: &Needs, cells: &mut [(Cell, Outcome)]) {
    let (found, known) = (after.by_id(), before.by_id());
    let explained = |finding: &Finding, cell: Cell| {
        finding.verdict == "unknown" && cell.explains(&finding.unknown_because)
    };
    let stands_for = |rule: &str, cell: Cell| {
        let mut gaps = after.findings.iter().filter(|finding| finding.is_gap() && finding.rule == rule);
        gaps.any(|gap| explained(gap, cell))
    };
    let new = after.findings.iter().filter(|finding| !known.contains_key(finding.id.as_str()));
    for finding in before.findings.iter().chain(new) {
        let place = format!("{} on {}", finding.rule, finding.resource.arn);
        let was = known.get(finding.id.as_str()).map(|before| before.verdict.as_str());
        let now = found.get(finding.id.as_str());
        let needed = needs.0.get(&finding.rule);
        let cell = cells.iter().position(|(cell, _)| needed.is_some_and(|all| all.contains(cell.operation)));
        let Some((cell, outcome)) = cell.map(|index| &mut cells[index]) else {
            if was.is_none() || now.is_none_or(|now| *now != finding) {
                cells[0].1.complaints.push(format!("{place} changed, and needs nothing of this"));
            }
            continue;
        };
        match now {
            Some(now) if was == Some(now.verdict.as_str()) => {}
            Some(now) if explained(now, *cell) => outcome.unknown += 1,
            Some(now) => {
                outcome.turned += usize::from(was == Some("fail") && now.verdict == "pass");
                let because = &now.unknown_because;
                outcome.complaints.push(format!("{place} was {was:?} and is {} {because:?}", now.verdict));
            }
            None if stands_for(&finding.rule, *cell) => outcome.unknown += 1,
            None => {
                outcome.vanished += 1;
                outcome.complaints.push(format!("{place} was {was:?} and is gone"));
            }
        }
    }
}

/// One row for each operation, one column for each fault: how many findings became unknown, and what
/// should never be: `!`, with the failing findings that turned into pass and the findings that vanished.
fn table(outcomes: &BTreeMap<(&str, Cell), Outcome>) -> String {
    let mut text = String::new();
    let mut row = None;
    for ((account, cell), outcome) in outcomes {
        if row != Some((account, cell.operation)) {
            let names: String = FAULTS.iter().map(|(name, ..)| format!("{name:>10}")).collect();
            if row.is_none_or(|(before, _)| before != account) {
                write!(text, "\n\n{account:44}{names}").unwrap();
            }
            write!(text, "\n{:44}", cell.operation).unwrap();
            row = Some((account, cell.operation));
        }
        let shown = match outcome {
            right if right.complaints.is_empty() => right.unknown.to_string(),
            wrong => format!("!{}/{}", wrong.turned, wrong.vanished),
        };
        write!(text, "{shown:>10}").unwrap();
    }
    let sum = |count: fn(&Outcome) -> usize| outcomes.values().map(count).sum::<usize>();
    let (turned, vanished) = (sum(|one| one.turned), sum(|one| one.vanished));
    write!(
        text,
        "\n\n{} scans' worth of cells: {turned} failing findings turned into pass, ",
        outcomes.len()
    )
    .unwrap();
    writeln!(text, "{vanished} vanished, {} became unknown", sum(|one| one.unknown)).unwrap();
    text
}

#[test]
fn no_fault_of_any_read_makes_a_verdict() {
    let needs = Needs::of_all_rules();
    let accounts = ACCOUNTS.map(Account::scanned);
    let asked: BTreeSet<&str> =
        accounts.iter().flat_map(|account| &account.asked).map(String::as_str).collect();
    let unasked: Vec<_> = needs.all().into_iter().filter(|operation| !asked.contains(operation)).collect();
    assert_eq!(unasked, Vec::<&str>::new(), "no account here has what makes a scan ask this");

    let alone = std::env::var("PALISADE_MATRIX").is_ok_and(|mode| mode == "alone");
    let mut queue = Vec::new();
    for account in &accounts {
        let operations = CALLS.iter().map(|call| call.operation).filter(|one| account.asked.contains(*one));
        let groups = if alone { operations.map(|one| vec![one]).collect() } else { needs.groups(operations) };
        queue.extend(scans(&groups).into_iter().map(|cells| (account, cells)));
    }
    let began = Instant::now();
    let (scans, queue) = (queue.len(), Mutex::new(queue.into_iter()));
    let done = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((account, cells)) = { queue.lock().unwrap().next() } {
                    let looked = outcomes(account, &needs, &cells);
                    done.lock()
                        .unwrap()
                        .extend(looked.into_iter().map(|(cell, outcome)| ((account.name, cell), outcome)));
                }
            });
        }
    });
    let done = done.into_inner().unwrap();
    println!("{}{scans} scans in {:.0} s", table(&done), began.elapsed().as_secs_f64());
    let expected: usize = accounts
        .iter()
        .map(|account| {
            CALLS.iter().filter(|call| account.asked.contains(call.operation)).count() * FAULTS.len()
        })
        .sum();
    assert_eq!(done.len(), expected, "every operation with every fault");
    let wrong: Vec<_> = done.iter().filter(|(_, outcome)| !outcome.complaints.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn faults_that_heal_leave_the_report_as_it_is() {
    let accounts = ACCOUNTS.map(Account::scanned);
    // Most of the time is spent waiting for what throttles.
    std::thread::scope(|scope| {
        for account in &accounts {
            for (fault, times) in [(Fault::Throttled, 2), (Fault::Reset, 1)] {
                scope.spawn(move || leaves_the_report(account, &fault, times));
            }
        }
    });
}

fn leaves_the_report(account: &Account, fault: &Fault, times: usize) {
    let (ended, place, counts) = account.disturbed(|proxy| {
        for call in CALLS {
            proxy.inject(Target::operation(call.operation).times(times), fault.clone());
        }
    });
    assert_eq!(ended.code, Some(0), "{fault:?}: {}", ended.stderr);
    let report = fs::read(place.path("report.json")).unwrap();
    assert!(report == account.bytes, "{}: {fault:?} changes the report", account.name);
    let asked: BTreeSet<String> = counts.into_keys().collect();
    assert_eq!(asked, account.asked);
}
