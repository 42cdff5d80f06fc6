//! What the place that gets the report can show: colours and how many columns.

use std::env;
use std::io::IsTerminal as _;

use clap::ValueEnum;

/// The columns of a report that no terminal shows.
const FIXED_WIDTH: u16 = 120;
/// Narrower than this no table is readable.
const LEAST_WIDTH: u16 = 40;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` and `FORCE_COLOR` force them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Colour {
    /// Whether the report is coloured; a file is no terminal.
    pub(crate) fn decided(self, to_file: bool) -> bool {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let on = |name| set(name) && env::var_os(name).is_none_or(|value| value != "0");
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto if on("CLICOLOR_FORCE") || on("FORCE_COLOR") => true,
            Self::Auto => {
                !to_file
                    && std::io::stdout().is_terminal()
                    && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
                    && env::var_os("CLICOLOR").is_none_or(|value| value != "0")
            }
        }
    }
}

/// The columns of the terminal on standard output; a fixed number where there is none, so that the
/// bytes do not depend on who looks.
pub(crate) fn stdout_width() -> u16 {
    terminal_size::terminal_size_of(std::io::stdout())
        .map_or(FIXED_WIDTH, |(width, _)| width.0.max(LEAST_WIDTH))
}

/// The columns of a report that goes to a file.
pub(crate) fn file_width() -> u16 {
    FIXED_WIDTH
}
