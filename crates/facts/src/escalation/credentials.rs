//! What is known of users' credentials: passwords, access keys, MFA devices.

use std::collections::BTreeMap;

use jiff::Timestamp;
use palisade_snapshot::{CredentialReport, ReportTime, User};
use thiserror::Error;

/// What is known of one user's credentials; `None` where nothing says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Whether there is a console password.
    pub login_profile: Option<bool>,
    /// How many access keys there are, active or not.
    pub access_keys: Option<u8>,
    /// Whether an MFA device is assigned.
    pub mfa: Option<bool>,
}

/// What is known of the credentials of an account's users.
#[derive(Debug, Clone, Default)]
pub struct KnownCredentials {
    by_user: BTreeMap<String, Credentials>,
    /// When it was found out; users that are newer are others of the same name.
    as_of: Option<Timestamp>,
}

/// Why a text is not AWS's credential report.
#[derive(Debug, Error)]
pub enum CredentialReportError {
    /// It is not CSV.
    #[error("the credential report is not CSV: {0}")]
    Csv(#[from] csv::Error),
    /// A column that is needed is missing.
    #[error("the credential report has no column `user`")]
    NoUsers,
    /// A value is none that AWS writes.
    #[error("line {line}: `{column}` is `{value}`, neither true nor false")]
    Flag {
        /// The line, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What stands there.
        value: String,
    },
}

impl KnownCredentials {
    /// What a snapshot's report says.
    pub(super) fn from_snapshot(report: &CredentialReport) -> Self {
        let exists = |key: &palisade_snapshot::AccessKeyReport| {
            key.active || matches!(key.last_rotated, ReportTime::At(_))
        };
        let rows = report.rows.iter().map(|row| {
            let count = row.access_keys.iter().filter(|key| exists(key)).count();
            let credentials = Credentials {
                login_profile: row.password_enabled,
                access_keys: u8::try_from(count).ok(),
                mfa: row.mfa_active,
            };
            (row.user.clone(), credentials)
        });
        Self { by_user: rows.collect(), as_of: Some(report.generated_at) }
    }

    /// Reads AWS's CSV ("Getting credential reports for your AWS account" in the IAM User Guide). A column that is
    /// missing leaves what it tells unknown.
    ///
    /// # Errors
    /// [`CredentialReportError`] with the line.
    pub fn from_csv(text: &str) -> Result<Self, CredentialReportError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = reader.headers()?.clone();
        if !header.iter().any(|column| column == "user") {
            return Err(CredentialReportError::NoUsers);
        }
        let mut by_user = BTreeMap::new();
        for record in reader.records() {
            let record = record?;
            let row = Row { header: &header, record: &record };
            let keys = [row.access_key(1)?, row.access_key(2)?];
            let count = keys.iter().try_fold(0_u8, |count, key| Some(count + u8::from((*key)?)));
            let credentials = Credentials {
                login_profile: row.flag("password_enabled")?,
                access_keys: count,
                mfa: row.flag("mfa_active")?,
            };
            by_user.insert(row.text("user").unwrap_or_default().to_owned(), credentials);
        }
        Ok(Self { by_user, as_of: None })
    }

    /// What is known of a user.
    pub(super) fn of(&self, user: &User) -> Credentials {
        if self.as_of.is_some_and(|time| user.created_at > time) {
            return Credentials::default();
        }
        self.by_user.get(&user.name).copied().unwrap_or_default()
    }
}

struct Row<'a> {
    header: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn text(&self, column: &str) -> Option<&str> {
        let position = self.header.iter().position(|name| name == column)?;
        self.record.get(position)
    }

    fn flag(&self, column: &str) -> Result<Option<bool>, CredentialReportError> {
        match self.text(column) {
            None | Some("" | "N/A" | "not_supported" | "no_information") => Ok(None),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(value) => Err(CredentialReportError::Flag {
                line: self.record.position().map_or(0, csv::Position::line),
                column: column.to_owned(),
                value: value.to_owned(),
            }),
        }
    }

    /// Whether a slot holds a key: an inactive one has a date of rotation.
    fn access_key(&self, slot: u8) -> Result<Option<bool>, CredentialReportError> {
        let active = self.flag(&format!("access_key_{slot}_active"))?;
        let rotated = self.text(&format!("access_key_{slot}_last_rotated"));
        let dated = rotated.is_some_and(|text| text.parse::<Timestamp>().is_ok());
        Ok(active.map(|active| active || dated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_inactive_still_takes_its_slot() {
        let text = "user,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated,\
                    access_key_2_active,access_key_2_last_rotated\n\
                    a,TRUE,false,true,2024-01-01T00:00:00+00:00,false,2023-01-01T00:00:00+00:00\n\
                    b,no_information,true,false,N/A,false,N/A\n";
        let known = KnownCredentials::from_csv(text).unwrap();
        let of = |name: &str| known.by_user[name];
        assert_eq!(
            of("a"),
            Credentials { login_profile: Some(true), access_keys: Some(2), mfa: Some(false) }
        );
        assert_eq!(of("b"), Credentials { login_profile: None, access_keys: Some(0), mfa: Some(true) });
        assert!(KnownCredentials::from_csv("name\nx\n").is_err());
        assert!(
            KnownCredentials::from_csv("user,mfa_active\nx,yes\n").unwrap_err().to_string().contains("yes")
        );
    }
}
