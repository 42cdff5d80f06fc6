//! The search for escalation paths, with the cut, on accounts of growing size: time, peak memory, growth.
//!
//! `cargo bench -p palisade-facts --bench escalations` measures each size in a process of its own;
//! `… -- --print 1000` prints the account of a size instead, for other tools.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints what it measures and stops at what it does not expect"
)]

mod account;

use std::process::Command;
use std::time::Instant;

use jiff::Timestamp;
use palisade_facts::escalation::{Account, analyse, built_in};
use palisade_snapshot::Shared;

const SIZES: [usize; 4] = [100, 1_000, 3_000, 10_000];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let size_after = |flag: &str| {
        let place = arguments.iter().position(|one| one == flag)?;
        arguments.get(place + 1)?.parse::<usize>().ok()
    };
    if let Some(size) = size_after("--print") {
        println!("{}", account::authorization_details(size));
    } else if let Some(size) = size_after("--one") {
        measure(size);
    } else {
        measure_all();
    }
}

/// Measures each size in its own process, as peak memory is a process's.
fn measure_all() {
    println!("principals     search   processor  principals/s      peak  status of principals; cut");
    let itself = std::env::current_exe().unwrap();
    for size in SIZES {
        let status = Command::new(&itself).args(["--one", &size.to_string()]).status().unwrap();
        assert!(status.success());
    }
}

fn measure(size: usize) {
    let text = account::authorization_details(size).to_string();
    let shared = Shared::from_authorization_details(&text, Timestamp::UNIX_EPOCH).unwrap();
    let accounts = [Account::new(&shared)];
    drop((text, shared));
    let techniques = built_in().unwrap();
    let before = processor_seconds();
    let start = Instant::now();
    let report = analyse(&accounts, techniques, &[]);
    let seconds = start.elapsed().as_secs_f64();
    let processor = processor_seconds() - before;
    let count = |name: &str| report.principals.iter().filter(|one| one.status.name() == name).count();
    let cut = &report.cut;
    println!(
        "{:>10} {seconds:>8.2} s {processor:>9.2} s {:>13.0} {:>5} MiB  {} administrators, {} can escalate, {} conditional, {} need external state; cut of {}, {}{}",
        report.principals.len(),
        report.principals.len() as f64 / processor,
        peak_mebibytes().map_or("?".to_owned(), |peak| peak.to_string()),
        count("administrator"),
        count("can_escalate"),
        count("conditional"),
        count("needs_external_state"),
        cut.remove.len(),
        if cut.closes_everything { "closes everything" } else { "does not close everything" },
        if cut.proven_smallest { ", smallest" } else { "" },
    );
}

/// The seconds that this process has had a processor, as Linux tells it; on a busy machine, less than what passed.
fn processor_seconds() -> f64 {
    let status = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = status.split_whitespace().next().and_then(|text| text.parse::<f64>().ok());
    nanoseconds.unwrap_or_default() / 1e9
}

/// The most memory this process ever held, as Linux tells it.
fn peak_mebibytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<usize>().ok()? / 1024)
}
