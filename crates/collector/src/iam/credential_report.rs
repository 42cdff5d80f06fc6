//! Gets the credential report: has it made, waits for it, and takes an older one where it may not.

use std::time::Duration;

use aws_sdk_iam::types::ReportStateType;
use palisade_snapshot::{CredentialReport, Reason};

use super::{Iam, report_rows};
use crate::document::timestamp;
use crate::failure::Failure;
use crate::operation::{GENERATE_CREDENTIAL_REPORT, GET_CREDENTIAL_REPORT};
use crate::reader::required;

/// How long to wait before asking again whether the report is ready, in milliseconds: about a
/// minute in all.
const WAITS: [u64; 10] = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000];

impl Iam<'_> {
    /// A report as fresh as AWS makes it: new ones at most every four hours.
    pub(crate) async fn credential_report(&self) -> Result<CredentialReport, Failure> {
        let generated = self.generate().await;
        match (self.existing_report().await, generated) {
            (Err(Failure::Absent), Err(generation)) => Err(generation),
            (Err(Failure::Absent), Ok(())) => {
                let message = "AWS said that the report is complete, and then that there is none";
                Err(Failure::unreadable(&GET_CREDENTIAL_REPORT, Reason::Malformed, message))
            }
            (report, _) => report,
        }
    }

    async fn generate(&self) -> Result<(), Failure> {
        for wait in WAITS {
            if self.is_generated().await? {
                return Ok(());
            }
            self.reader.wait(&GENERATE_CREDENTIAL_REPORT, Duration::from_millis(wait)).await?;
        }
        if self.is_generated().await? {
            return Ok(());
        }
        let message = "the credential report was still being made after a minute";
        Err(Failure::unreadable(&GENERATE_CREDENTIAL_REPORT, Reason::Timeout, message))
    }

    async fn is_generated(&self) -> Result<bool, Failure> {
        let call = self.client.generate_credential_report().send();
        let state = self
            .reader
            .read(&GENERATE_CREDENTIAL_REPORT, self.home, call, |answer| required(answer.state, "State"))
            .await?;
        Ok(state == ReportStateType::Complete)
    }

    async fn existing_report(&self) -> Result<CredentialReport, Failure> {
        let call = self.client.get_credential_report().send();
        self.reader
            .read(&GET_CREDENTIAL_REPORT, self.home, call, |answer| {
                let content = required(answer.content, "Content")?;
                Ok(CredentialReport {
                    generated_at: timestamp(&required(answer.generated_time, "GeneratedTime")?)?,
                    rows: report_rows::parse(content.as_ref())?,
                })
            })
            .await
    }
}
