//! The line protocol of `palisade simulate`: a JSON object in, a JSON object out.
//!
//! In: `{"id", "request": {"principal", "action", "resource", "resource_account_id", "context",
//! "wildcard_only_action"}, "identity_policies", "resource_policy", "permission_boundaries", "session_policy", "scps",
//! "rcps", "vpc_endpoint_policies", "management_account_id"}`; unknown fields are ignored. The context is taken as
//! complete, nothing is derived. Out: `{"id", "decision", "because"}`, with `"residual"` if the decision is
//! `Conditional`; or `{"id", "line", "error"}`.
//!
//! ```
//! use palisade_policy::simulate::{Simulator, SimulatorOptions};
//!
//! let mut simulator = Simulator::new(SimulatorOptions::default());
//! let mut output = Vec::new();
//! let line = r#"{"id": 1, "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
//!     "resource": "arn:aws:s3:::b/k", "resource_account_id": "111122223333", "context": {}},
//!     "identity_policies": []}"#;
//! assert!(simulator.answer(1, line, &mut output).is_ok());
//! assert!(output.starts_with(br#"{"id":1,"decision":"ImplicitlyDenied""#));
//! assert!(simulator.answer(2, "{", &mut output).is_err());
//! ```

mod cache;
mod input;
mod output;

use thiserror::Error;

use crate::context::Context;
use crate::document::DocumentError;
use crate::evaluate::explain;
use crate::line_id::line_id;
use crate::policies::Policies;
use crate::request::Request;
use cache::PolicyCache;
use input::Case;

/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 64 << 20;
/// The longest resource ARN that is read, in bytes. AWS's longest are those of S3 objects, at about 1,100.
pub const MAX_RESOURCE_BYTES: usize = 8 << 10;

/// How to simulate.
#[derive(Debug, Clone, Default)]
pub struct SimulatorOptions {
    /// Context keys that are unknown, not absent, where a line does not set them; `*` for all.
    pub unknown_context: Vec<String>,
}

/// Answers lines one after the other. It remembers compiled policies, within bounds, because files of cases repeat
/// them; answers never depend on earlier lines.
#[derive(Debug, Default)]
pub struct Simulator {
    unknown: Context,
    cache: PolicyCache,
}

/// Why a line has no decision.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LineError {
    /// The line is longer than [`MAX_LINE_BYTES`].
    #[error("line has {bytes} bytes, more than the {MAX_LINE_BYTES} that are read")]
    TooLong {
        /// Length of the line.
        bytes: usize,
    },
    /// The line is not JSON, or a field is missing or of the wrong type.
    #[error("line is not a case: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A field has a value that cannot be used.
    #[error("{field}: {value:?} is not {expected}")]
    BadField {
        /// Its JSON pointer in the line.
        field: &'static str,
        /// What was written.
        value: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A policy is no policy.
    #[error("{field}: {source}")]
    Policy {
        /// The JSON pointer of the policy in the line.
        field: String,
        /// What is wrong with it.
        source: DocumentError,
    },
}

impl Simulator {
    /// A simulator with these options.
    #[must_use]
    pub fn new(options: SimulatorOptions) -> Self {
        let mut unknown = Context::new();
        for key in options.unknown_context {
            unknown.mark_unknown(&key);
        }
        Self { unknown, cache: PolicyCache::default() }
    }

    /// Answers one line: appends one JSON object and a line feed to `output`, whether the line is good or bad.
    /// `line_number`, from 1, is named in the error object.
    ///
    /// # Errors
    /// [`LineError`] if the line has no decision; the error object is in `output` all the same.
    pub fn answer(&mut self, line_number: u64, line: &str, output: &mut Vec<u8>) -> Result<(), LineError> {
        let result = self.decide(line, output);
        if let Err(error) = &result {
            output::write_error(output, line_id(line), line_number, error);
        }
        result
    }

    fn decide(&mut self, line: &str, output: &mut Vec<u8>) -> Result<(), LineError> {
        if line.len() > MAX_LINE_BYTES {
            return Err(LineError::TooLong { bytes: line.len() });
        }
        let case: Case<'_> = serde_json::from_str(line)?;
        let id = case.id;
        let world = case.compile(&self.unknown, &mut self.cache)?;
        let request = Request {
            principal: &world.principal,
            action: &world.action,
            resource: &world.resource,
            context: &world.context,
        };
        let policies = Policies {
            principal: &world.principal_policies,
            resource: &world.resource_policies,
            management_account: world.management_account.as_deref(),
        };
        output::write_answer(output, id, &explain(request, policies));
        Ok(())
    }
}
