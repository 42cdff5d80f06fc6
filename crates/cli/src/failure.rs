//! Why a command ends without a result: one sentence for the person and an exit code.

use std::fmt;

use crate::exit::Exit;

/// A command could not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the process ends.
    pub(crate) exit: Exit,
    sentence: String,
}

impl Failure {
    /// The command line, the configuration or a rule is wrong; nothing was asked of AWS yet.
    pub(crate) fn usage(sentence: impl fmt::Display) -> Self {
        Self { exit: Exit::Usage, sentence: sentence.to_string() }
    }

    /// There is no result that one could trust.
    pub(crate) fn no_result(sentence: impl fmt::Display) -> Self {
        Self { exit: Exit::NoResult, sentence: sentence.to_string() }
    }

    /// A signal ended the command.
    pub(crate) fn ended(exit: Exit, sentence: impl fmt::Display) -> Self {
        Self { exit, sentence: sentence.to_string() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}
