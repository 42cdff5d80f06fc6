//! What a person is told on standard error while the report goes elsewhere.

use std::fmt;
use std::io::IsTerminal as _;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use palisade_collector::Progress;

/// How much is said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notes {
    quiet: bool,
    verbose: bool,
}

impl Notes {
    pub(crate) fn new(quiet: bool, verbose: bool) -> Self {
        Self { quiet, verbose }
    }

    /// Something worth knowing.
    pub(crate) fn note(self, text: impl fmt::Display) {
        if !self.quiet {
            print(text);
        }
    }

    /// Something for those who want to know more.
    pub(crate) fn detail(self, text: impl fmt::Display) {
        if self.verbose {
            print(text);
        }
    }

    /// Shows the progress of a collection, on a terminal only.
    pub(crate) fn progress(self) -> Arc<dyn Progress> {
        if self.quiet || !std::io::stderr().is_terminal() {
            return Arc::new(());
        }
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{spinner} {pos} of {len} calls, {elapsed}  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Arc::new(Bar(bar))
    }
}

/// Why the command failed; said whatever was asked.
pub(crate) fn complain(failure: impl fmt::Display) {
    print(failure);
}

#[expect(clippy::print_stderr, reason = "the one place that speaks to the person")]
fn print(text: impl fmt::Display) {
    eprintln!("palisade: {text}");
}

struct Bar(ProgressBar);

impl Progress for Bar {
    fn caller(&self, arn: &str) {
        self.0.set_message(format!("as {}", arn.escape_debug()));
    }

    fn planned(&self, calls: u64) {
        self.0.inc_length(calls);
    }

    fn answered(&self, _operation: &'static str) {
        self.0.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
