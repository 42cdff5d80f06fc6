//! The `palisade` command.
//!
//! In: arguments, environment, files. Out: a report on standard output or in a file, everything else
//! on standard error, and an exit code from one list. It wires the other crates up and holds no logic
//! of its own: it never talks to AWS itself and never judges.

mod commands;
mod exit;
mod failure;
mod lines;
mod output;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;

/// Asks the system for memory less often than the usual allocator, which shows on large snapshots.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Audits the security posture of AWS accounts: collects their configuration, decides what it means,
/// and reports which requirements it breaks, with proof
#[derive(Debug, Parser)]
#[command(name = "palisade", version, after_long_help = exit::table(), max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command.run() {
        Ok(exit) => exit.into(),
        Err(failure) => {
            complain(&failure);
            failure.exit.into()
        }
    }
}

#[expect(clippy::print_stderr, reason = "this is where a person is told what failed")]
fn complain(failure: &failure::Failure) {
    eprintln!("palisade: {failure}");
}
