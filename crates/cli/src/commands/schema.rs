//! `palisade schema`: the JSON Schemas of what Palisade reads and writes.

use std::io::Write as _;

use clap::{Args, ValueEnum};
use palisade_facts::access_query::{can_schema, who_can_schema};
use palisade_reporter::{report_line_schema, report_schema};
use palisade_rules::rule_schema;
use serde_json::Value;

use crate::configuration::Configuration;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Print the JSON Schema of a document
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Which document
    #[arg(value_enum)]
    document: Document,
}

/// The documents that have a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Document {
    /// The report of `-f json`
    Report,
    /// A line of the report of `-f ndjson`
    ReportLine,
    /// The configuration, `palisade.toml`
    Config,
    /// A rule file
    Rule,
    /// The answer of `can -f json`
    Can,
    /// The answer of `who-can -f json`
    WhoCan,
}

impl Document {
    fn schema(self) -> Value {
        match self {
            Self::Report => report_schema(),
            Self::ReportLine => report_line_schema(),
            Self::Config => Configuration::schema(),
            Self::Rule => rule_schema(),
            Self::Can => can_schema(),
            Self::WhoCan => who_can_schema(),
        }
    }
}

impl Schema {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let mut out = output::open(None)?;
        writeln!(out, "{:#}", self.document.schema()).map_err(|error| out.failed(&error))?;
        out.finish()?;
        Ok(Exit::Complete)
    }
}
