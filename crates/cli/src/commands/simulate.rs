//! `palisade simulate`: would AWS allow these requests?

use std::path::PathBuf;

use clap::Args;
use palisade_policy::simulate::{Simulator, SimulatorOptions};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::lines::{self, Line};

/// Decide requests by the policies that come with them, one JSON object per line
///
/// A line is `{"id", "request": {"principal", "action", "resource", "resource_account_id", "context"}, "identity_policies",
/// "resource_policy", "permission_boundaries", "session_policy", "scps": [{"org_id", "policies"}], "rcps", "vpc_endpoint_policies"}`.
/// What is left out is not there, and nothing is added to the context. `principal` is an ARN, an account id, a service, a
/// federated principal or `anonymous`; the role's trust policy is the `resource_policy` of `sts:AssumeRole`; SCPs and RCPs have one
/// entry per level, root first. The answer is `{"id", "decision", "because"}`.
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
