//! The `palisade` command.
//!
//! In: arguments, environment, files. Out: a report on standard output or in a file, everything else
//! on standard error, and an exit code from one list. It wires the other crates up and holds no logic
//! of its own: it never talks to AWS itself and never judges.

mod access_question;
mod access_text;
mod arguments;
mod collecting;
mod commands;
mod configuration;
mod exit;
mod failure;
mod interrupt;
mod judging;
mod lines;
mod notes;
mod output;
mod rule_choice;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use arguments::Global;
use commands::Command;
use notes::Notes;

/// Asks the system for memory less often than the usual allocator, which shows on large snapshots.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Audits the security posture of AWS accounts: collects their configuration, decides what it means,
/// and reports which requirements it breaks, with proof
#[derive(Debug, Parser)]
#[command(name = "palisade", version, after_long_help = exit::table(), max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    let notes = Notes::new(global.quiet, global.verbose);
    match command.run(&global, notes) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            notes::complain(&failure);
            failure.exit.into()
        }
    }
}
