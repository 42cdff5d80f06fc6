//! What the exit code says: one list, from which help and documentation are made.

use std::fmt::Write as _;
use std::process::ExitCode;

macro_rules! exits {
    ($($name:ident = $code:literal, $doc:literal;)+) => {
        /// The exit codes of every command.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Exit {
            $(#[doc = $doc] $name,)+
        }

        impl Exit {
            const ALL: &[Self] = &[$(Self::$name,)+];

            /// The number that the process ends with.
            pub(crate) fn code(self) -> u8 {
                match self { $(Self::$name => $code,)+ }
            }

            fn meaning(self) -> &'static str {
                match self { $(Self::$name => $doc,)+ }
            }
        }
    };
}

exits! {
    Complete = 0, "complete, and the gate was not hit";
    NoResult = 1, "no trustworthy result: credentials, caller, every listing refused, files, a rule error";
    Usage = 2, "usage, configuration or rule loading error, before any call to AWS";
    Gate = 3, "the gate was hit: a finding at or above --fail-on";
    Incomplete = 4, "incomplete: planned evidence is missing (0 with --allow-incomplete)";
    GateAndIncomplete = 5, "both 3 and 4";
    Interrupted = 130, "interrupted (SIGINT); what was collected is kept, and the command that resumes is printed";
    Terminated = 143, "terminated (SIGTERM); the same";
}

impl Exit {
    /// How a finished judgement ends.
    pub(crate) fn judged(gate_hit: bool, incomplete: bool) -> Self {
        match (gate_hit, incomplete) {
            (false, false) => Self::Complete,
            (true, false) => Self::Gate,
            (false, true) => Self::Incomplete,
            (true, true) => Self::GateAndIncomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// The table of exit codes for `--help`.
pub(crate) fn table() -> String {
    Exit::ALL.iter().fold("Exit codes:\n".to_owned(), |mut text, exit| {
        let _ = writeln!(text, "  {:>3}  {}", exit.code(), exit.meaning());
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gate_and_incomplete_do_not_hide_each_other() {
        let codes = [(false, false), (true, false), (false, true), (true, true)]
            .map(|(gate, incomplete)| Exit::judged(gate, incomplete).code());
        assert_eq!(codes, [0, 3, 4, 5]);
    }
}
