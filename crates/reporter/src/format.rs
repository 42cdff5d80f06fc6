//! What every format can do, and the list of formats.

use std::io::{self, Write};

use palisade_rules::{Coverage, Finding, Run, Summary};

use crate::{json, ndjson, table};

/// Writes reports: for each account `begin`, its findings as they are judged, `end`; after the last
/// account `close`.
pub trait Format {
    /// Begins the report of one account.
    ///
    /// # Errors
    /// When the writer refuses.
    fn begin(&mut self, run: &Run) -> io::Result<()>;

    /// Takes the next finding, made ready for this format by [`FormatName::present`].
    ///
    /// # Errors
    /// When the writer refuses.
    fn finding(&mut self, finding: Presented) -> io::Result<()>;

    /// Ends the report of one account.
    ///
    /// # Errors
    /// When the writer refuses.
    fn end(&mut self, coverage: &Coverage, summary: &Summary) -> io::Result<()>;

    /// Ends the document.
    ///
    /// # Errors
    /// When the writer refuses.
    fn close(&mut self) -> io::Result<()>;
}

/// A finding made ready for a format: what that costs can be done on any thread.
#[derive(Debug)]
pub struct Presented(pub(crate) Ready);

#[derive(Debug)]
pub(crate) enum Ready {
    /// For formats that put findings together.
    Finding(Box<Finding>),
    /// For formats that write them one after the other; the error if it can't be written.
    Bytes(io::Result<Vec<u8>>),
}

impl Presented {
    /// The bytes of a finding for a format that writes them one after the other.
    pub(crate) fn bytes(self) -> io::Result<Vec<u8>> {
        match self.0 {
            Ready::Bytes(bytes) => bytes,
            Ready::Finding(_) => Err(for_another_format()),
        }
    }
}

/// A finding was made ready for a format that puts findings together, and got to one that does not, or the reverse.
pub(crate) fn for_another_format() -> io::Error {
    io::Error::other("the finding was made ready for another format")
}

/// How a report is to look; formats for machines only heed `several_accounts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The columns that there are room for.
    pub width: u16,
    /// Whether to use ANSI colours.
    pub colours: bool,
    /// How many resources of one rule are shown before the rest is only counted.
    pub resources_per_rule: usize,
    /// Whether reports of several accounts follow each other.
    pub several_accounts: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { width: 120, colours: false, resources_per_rule: 10, several_accounts: false }
    }
}

/// The formats by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatName {
    /// For people, on a terminal.
    Table,
    /// `palisade-report/1`, one JSON document.
    Json,
    /// `palisade-report-lines/1`, one JSON object per line.
    Ndjson,
}

impl FormatName {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Table, Self::Json, Self::Ndjson];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }

    /// What it is for, in one line.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Table => "for people: worst first, grouped by rule",
            Self::Json => {
                "for programs: palisade-report/1, one document (an array of them for several accounts)"
            }
            Self::Ndjson => {
                "for streams: palisade-report-lines/1, a header, a finding per line, coverage, summary"
            }
        }
    }

    /// Makes a finding ready for [`Format::finding`].
    #[must_use]
    pub fn present(self, finding: Finding) -> Presented {
        Presented(match self {
            Self::Table => Ready::Finding(Box::new(finding)),
            Self::Json => Ready::Bytes(json::finding(&finding)),
            Self::Ndjson => Ready::Bytes(ndjson::finding(&finding)),
        })
    }

    /// A writer of this format.
    pub fn writer<'a>(self, out: &'a mut dyn Write, look: Look) -> Box<dyn Format + 'a> {
        match self {
            Self::Table => Box::new(table::Table::new(out, look)),
            Self::Json => Box::new(json::Json::new(out, look.several_accounts)),
            Self::Ndjson => Box::new(ndjson::Ndjson::new(out)),
        }
    }
}
