//! `palisade who-can`: who may do something?

use clap::Args;
use palisade_facts::access_query::{AccessDecision, who_can};

use crate::access_question::{QuestionArguments, unanswerable};
use crate::access_text;
use crate::exit::Exit;
use crate::failure::Failure;

/// Name everybody who can do something, directly or through roles, with the statements that let them
///
/// Over a snapshot, without any network: users, roles and the root user of the account, and those
/// outside whom the policy of the resource, or of a role on the way, lets in. Each is named once, by
/// the best way there is. Missing evidence is told, with exit code 4.
#[derive(Debug, Args)]
pub(crate) struct WhoCan {
    #[command(flatten)]
    question: QuestionArguments,
}

impl WhoCan {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let asked = self.question.ask()?;
        let shared = &asked.snapshot.shared;
        let answer =
            who_can(shared, &asked.question, &asked.records, &asked.situation).map_err(unanswerable)?;
        let is_unknown = !answer.unknown_because.is_empty()
            || answer.principals.iter().any(|one| one.decision == AccessDecision::Unknown);
        self.question.write(&answer, is_unknown, access_text::who_can)
    }
}
