//! `palisade-report/1`: one JSON document per account, each finding on its own line, written as it
//! is judged. Reports of several accounts are the elements of an array.

use std::io::{self, Write};

use palisade_rules::{Coverage, Finding, Run, Summary};
use serde::Serialize;

use crate::{Format, Presented, document};

/// The name and version of the format, as its documents carry it.
pub const REPORT_FORMAT: &str = "palisade-report/1";

/// Writes the findings as they come; nothing is kept.
pub(crate) struct Json<'a> {
    out: &'a mut dyn Write,
    several_accounts: bool,
    reports: u64,
    findings: u64,
}

impl<'a> Json<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, several_accounts: bool) -> Self {
        Self { out, several_accounts, reports: 0, findings: 0 }
    }

    fn value(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut *self.out, value).map_err(io::Error::from)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }
}

/// A finding as it stands in the document.
pub(crate) fn finding(finding: &Finding) -> io::Result<Vec<u8>> {
    serde_json::to_vec(&document::Finding::from(finding)).map_err(io::Error::from)
}

impl Format for Json<'_> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.text(match (self.several_accounts, self.reports) {
            (false, _) => "",
            (true, 0) => "[\n",
            (true, _) => ",\n",
        })?;
        self.reports += 1;
        self.findings = 0;
        self.text("{\"format\":")?;
        self.value(&REPORT_FORMAT)?;
        self.text(",\"run\":")?;
        self.value(&document::Run::from(run))?;
        self.text(",\"findings\":[")
    }

    fn finding(&mut self, finding: Presented) -> io::Result<()> {
        self.text(if self.findings == 0 { "\n" } else { ",\n" })?;
        self.findings += 1;
        self.out.write_all(&finding.bytes()?)
    }

    fn end(&mut self, coverage: &Coverage, summary: &Summary) -> io::Result<()> {
        self.text(if self.findings == 0 { "],\"coverage\":" } else { "\n],\"coverage\":" })?;
        self.value(&document::Coverage::from(coverage))?;
        self.text(",\"summary\":")?;
        self.value(&document::Summary::from(summary))?;
        self.text("}")
    }

    fn close(&mut self) -> io::Result<()> {
        self.text(match (self.several_accounts, self.reports) {
            (false, _) => "\n",
            (true, 0) => "[]\n",
            (true, _) => "\n]\n",
        })
    }
}
