//! `palisade-report-lines/1`: one JSON object per line, each told apart by its `record`: for each account
//! a header, its findings as they are judged, its coverage and its summary. A report without its
//! summary was cut short.

use std::io::{self, Write};

use palisade_rules::{Coverage, Finding, Run, Summary};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use crate::{Format, Presented, document};

/// The name and version of the format, as its headers carry it.
pub const REPORT_LINES_FORMAT: &str = "palisade-report-lines/1";

/// The room that most lines need, in bytes.
const USUAL_LINE: usize = 1_024;

/// The JSON Schema of one line of `palisade-report-lines/1`, made from the types that write it.
#[must_use]
pub fn report_line_schema() -> Value {
    let mut schema = schemars::schema_for!(Line<'_>).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), REPORT_LINES_FORMAT.into());
    }
    schema
}

/// One line of a report.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Line<'a> {
    /// The first line of an account.
    Header(&'a Header<'a>),
    /// What a rule says about a resource. Fails, unknowns and manuals; all with `--all`.
    Finding(&'a document::Finding<'a>),
    /// After the last finding: what was answered and what was not.
    Coverage(&'a document::Coverage<'a>),
    /// The last line of an account: the numbers, of the findings that are not shown too.
    Summary(&'a document::Summary<'a>),
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Header<'a> {
    /// The name and version of this format.
    #[schemars(schema_with = "format_name")]
    format: &'static str,
    /// What was judged, by what. Nothing in it depends on when or where the report was made.
    run: document::Run<'a>,
}

fn format_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": REPORT_LINES_FORMAT })
}

/// Writes each line as it comes; nothing is kept.
pub(crate) struct Ndjson<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Ndjson<'a> {
    pub(crate) fn new(out: &'a mut dyn Write) -> Self {
        Self { out }
    }

    fn line(&mut self, line: &Line<'_>) -> io::Result<()> {
        self.out.write_all(&bytes(line)?)
    }
}

/// The line of a finding.
pub(crate) fn finding(finding: &Finding) -> io::Result<Vec<u8>> {
    bytes(&Line::Finding(&document::Finding::from(finding)))
}

fn bytes(line: &Line<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(USUAL_LINE);
    serde_json::to_writer(&mut bytes, line).map_err(io::Error::from)?;
    bytes.push(b'\n');
    Ok(bytes)
}

impl Format for Ndjson<'_> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        let run = document::Run::from(run);
        self.line(&Line::Header(&Header { format: REPORT_LINES_FORMAT, run }))
    }

    fn finding(&mut self, finding: Presented) -> io::Result<()> {
        self.out.write_all(&finding.bytes()?)
    }

    fn end(&mut self, coverage: &Coverage, summary: &Summary) -> io::Result<()> {
        self.line(&Line::Coverage(&document::Coverage::from(coverage)))?;
        self.line(&Line::Summary(&document::Summary::from(summary)))
    }

    fn close(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
