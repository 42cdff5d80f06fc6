//! `palisade lint`: one JSON object in, one out.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Finding, PolicyType, lint_text};

/// A line of input.
#[derive(Deserialize)]
struct Input<'l> {
    #[serde(default, borrow)]
    id: Option<&'l RawValue>,
    #[serde(borrow)]
    policy: &'l RawValue,
    #[serde(default)]
    policy_type: PolicyType,
}

/// A line of output.
#[derive(Serialize)]
struct Output<'l> {
    id: Option<&'l RawValue>,
    findings: Vec<Finding>,
}

/// Lints one line: `{"id", "policy", "policy_type"?}` gives `{"id", "findings": [{"code", "severity", "path", "message"}]}`.
///
/// `policy` is an object, or a string with the document as it was written. A document that does not parse is a finding.
///
/// # Errors
/// One sentence, if the line is no such object.
pub fn lint_line(line: &str) -> Result<String, String> {
    let input: Input<'_> =
        serde_json::from_str(line).map_err(|error| format!("cannot read the line: {error}"))?;
    let written = input.policy.get();
    let findings = if written.starts_with('"') {
        let text: String =
            serde_json::from_str(written).map_err(|error| format!("cannot read policy: {error}"))?;
        lint_text(&text, input.policy_type)
    } else {
        lint_text(written, input.policy_type)
    };
    serde_json::to_string(&Output { id: input.id, findings })
        .map_err(|error| format!("cannot write the answer: {error}"))
}
