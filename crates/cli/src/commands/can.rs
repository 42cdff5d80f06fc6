//! `palisade can`: may somebody do something?

use clap::Args;
use palisade_facts::access_query::{AccessDecision, can};

use crate::access_question::{QuestionArguments, unanswerable};
use crate::access_text;
use crate::exit::Exit;
use crate::failure::Failure;

/// Say whether a principal may do something, with the statements that decide
///
/// Over a snapshot, without any network. The answer is Allowed, ExplicitlyDenied, ImplicitlyDenied,
/// Conditional (on what the answer names) or Unknown (evidence is missing, exit code 4).
#[derive(Debug, Args)]
pub(crate) struct Can {
    /// Who: the ARN of a user, a role, a session of a role or the root user; the name of a user or
    /// role; an account id, a service such as `lambda.amazonaws.com`, an identity provider, `anonymous`
    #[arg(long, value_name = "PRINCIPAL")]
    principal: String,
    #[command(flatten)]
    question: QuestionArguments,
}

impl Can {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let asked = self.question.ask()?;
        let shared = &asked.snapshot.shared;
        let answer = can(shared, &asked.question, &asked.records, &self.principal, &asked.situation)
            .map_err(unanswerable)?;
        let is_unknown = answer.decision == AccessDecision::Unknown;
        self.question.write(&answer, is_unknown, access_text::can)
    }
}
