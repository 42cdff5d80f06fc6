//! Reads the CSV of the credential report.

use csv::StringRecord;
use jiff::Timestamp;
use palisade_snapshot::{AccessKeyReport, CredentialReportRow, Observed, ReportTime};

/// The rows of a report, sorted by user. Columns are found by their names, so that their order does not matter and
/// columns that AWS adds are let pass ("Getting credential reports for your AWS account" in the
/// IAM User Guide).
///
/// # Errors
/// What is missing or not understood, with the line: a report is taken whole or not at all.
pub(super) fn parse(content: &[u8]) -> Result<Vec<CredentialReportRow>, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(content);
    let header = reader.headers().map_err(|error| broken(&error))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = Row { header: &header, record: &record };
        rows.push(
            row.read().map_err(|why| format!("the credential report is broken in line {line}: {why}"))?,
        );
    }
    if rows.is_empty() {
        return Err("the credential report has no rows".to_owned());
    }
    rows.sort_by(|a, b| a.user.cmp(&b.user));
    Ok(rows)
}

fn broken(error: &csv::Error) -> String {
    format!("the credential report is not CSV: {error}")
}

struct Row<'a> {
    header: &'a StringRecord,
    record: &'a StringRecord,
}

impl Row<'_> {
    fn read(&self) -> Result<CredentialReportRow, String> {
        Ok(CredentialReportRow {
            user: self.text("user")?.to_owned(),
            arn: self.text("arn")?.to_owned(),
            created_at: self.created_at()?,
            password_enabled: self.flag_if_supported("password_enabled")?,
            password_last_used: self.time("password_last_used")?,
            password_last_changed: self.time("password_last_changed")?,
            mfa_active: self.flag_if_supported("mfa_active")?,
            access_keys: [self.access_key(1)?, self.access_key(2)?],
            certificates_active: [self.flag("cert_1_active")?, self.flag("cert_2_active")?],
            certificates_rotated: Observed::Present([
                self.time("cert_1_last_rotated")?,
                self.time("cert_2_last_rotated")?,
            ]),
        })
    }

    fn access_key(&self, slot: u8) -> Result<AccessKeyReport, String> {
        Ok(AccessKeyReport {
            active: self.flag(&format!("access_key_{slot}_active"))?,
            last_rotated: self.time(&format!("access_key_{slot}_last_rotated"))?,
            last_used: self.time(&format!("access_key_{slot}_last_used_date"))?,
            last_used_region: self.name(&format!("access_key_{slot}_last_used_region"))?,
            last_used_service: self.name(&format!("access_key_{slot}_last_used_service"))?,
        })
    }

    fn created_at(&self) -> Result<Timestamp, String> {
        let column = "user_creation_time";
        let text = self.text(column)?;
        text.parse().map_err(|error| format!("`{column}` is `{text}`: {error}"))
    }

    fn time(&self, column: &str) -> Result<ReportTime, String> {
        let text = self.text(column)?;
        text.parse().map_err(|error| format!("`{column}` is `{text}`: {error}"))
    }

    fn flag(&self, column: &str) -> Result<bool, String> {
        self.flag_if_supported(column)?.ok_or_else(|| format!("`{column}` is `not_supported`"))
    }

    fn flag_if_supported(&self, column: &str) -> Result<Option<bool>, String> {
        match self.text(column)? {
            "true" | "TRUE" => Ok(Some(true)),
            "false" | "FALSE" => Ok(Some(false)),
            "not_supported" => Ok(None),
            text => Err(format!("`{column}` is `{text}`, neither true nor false")),
        }
    }

    /// A name, absent where a word stands in its place that says why there is none.
    fn name(&self, column: &str) -> Result<Observed<String>, String> {
        let text = self.text(column)?;
        let is_named = text.parse::<ReportTime>().is_err();
        Ok(if is_named { Observed::Present(text.to_owned()) } else { Observed::Absent })
    }

    fn text(&self, column: &str) -> Result<&str, String> {
        let position = self.header.iter().position(|name| name == column);
        let text = position.and_then(|position| self.record.get(position));
        text.ok_or_else(|| format!("there is no column `{column}`"))
    }
}

#[cfg(test)]
mod tests;
