//! `palisade simulate`: would AWS allow these requests?

use std::path::PathBuf;

use clap::Args;
use palisade_policy::simulate::{Simulator, SimulatorOptions};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::lines::{self, Line};

/// Decide requests by the policies that come with them, one JSON object per line
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The cases; standard input if `-` or left out
    file: Option<PathBuf>,
    /// A context key that is unknown, not absent, where a case does not set it; `*` for all
    #[arg(long, value_name = "KEY")]
    unknown_context: Vec<String>,
}

impl Simulate {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let mut simulator = Simulator::new(SimulatorOptions { unknown_context: self.unknown_context });
        lines::answer_all(self.file.as_deref(), |number, line, out| {
            match simulator.answer(number, line, out) {
                Ok(()) => Line::Good,
                Err(_) => Line::Bad,
            }
        })
    }
}
