//! Lint: documents that do not parse, or do not mean what they say.
//!
//! Each finding has a [`Code`], its severity, its place as a JSON pointer into the document, and a message.
//! Sources are AWS's "IAM JSON policy elements reference", "Grammar of the IAM JSON policy language", "IAM and AWS STS
//! quotas", and the action table ([`crate::actions`]).
//!
//! ```
//! use palisade_policy::lint::{Code, PolicyType, lint_text};
//!
//! let findings = lint_text(
//!     r#"{"Version": "2012-10-17",
//!         "Statement": [{"Effect": "Allow", "Action": ["s3:GetObjekt"], "Resource": "*"}]}"#,
//!     PolicyType::Unknown,
//! );
//! assert_eq!(findings[0].code, Code::UnknownAction);
//! assert_eq!(findings[0].path, "/Statement/0/Action/0");
//! assert!(findings[0].message.contains("s3:GetObject"));
//! ```

mod actions;
mod arn;
mod by_type;
mod code;
mod condition_keys;
mod conditions;
mod expansion;
mod line;
mod nearest;
mod principals;
mod resources;
mod shape;
#[cfg(test)]
mod tests;
mod variables;

use serde::{Deserialize, Serialize};

use crate::document::{DocumentError, PolicyDocument};

pub use code::{Code, Severity};
pub use line::lint_line;

/// What a policy is attached to; some rules hold only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyType {
    /// Not told: taken for what it looks like. Where statements name principals it is a trust policy if they name
    /// actions of STS and no resources, else a resource policy; where none does, an identity policy.
    #[default]
    Unknown,
    /// A managed policy, also as a permissions boundary.
    Managed,
    /// An inline policy of a user, group or role.
    Inline,
    /// A session policy.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// A role's trust policy.
    Trust,
    /// A policy of any other resource.
    Resource,
}

impl PolicyType {
    /// Whether statements name principals there.
    fn names_principals(self) -> bool {
        matches!(self, Self::ResourceControl | Self::Trust | Self::Resource)
    }

    /// The type, or the one that the document looks like.
    fn or_seen_in(self, document: &PolicyDocument) -> Self {
        let names_principals = document.statements.iter().any(|statement| statement.principals.is_some());
        match self {
            Self::Unknown if by_type::looks_like_trust(document) => Self::Trust,
            Self::Unknown if names_principals => Self::Resource,
            Self::Unknown => Self::Inline,
            told => told,
        }
    }
}

/// One thing wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// Where: a JSON pointer (RFC 6901) into the document; empty for the document itself.
    pub path: String,
    /// What is wrong and what to do, one sentence.
    pub message: String,
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Finding", 4)?;
        object.serialize_field("code", self.code.name())?;
        object.serialize_field("severity", self.code.severity().name())?;
        object.serialize_field("path", &self.path)?;
        object.serialize_field("message", &self.message)?;
        object.end()
    }
}

/// Findings as they are collected.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, code: Code, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding { code, path: path.into(), message: message.into() });
    }
}

/// Longer documents are more than three times too large for AWS: nothing else is said of them.
const LARGEST_LOOKED_INTO: usize = 64 << 10;

/// Lints a policy from its text, as AWS returned it or as a user wrote it.
///
/// Findings come in the order of the document's statements; a document that does not parse has exactly one.
#[must_use]
pub fn lint_text(text: &str, policy_type: PolicyType) -> Vec<Finding> {
    let mut findings = Findings::default();
    match PolicyDocument::from_text(text) {
        Ok(document) => {
            shape::size(text, policy_type, policy_type.or_seen_in(&document), &mut findings);
            if text.len() <= LARGEST_LOOKED_INTO {
                document_findings(&document, policy_type.or_seen_in(&document), &mut findings);
            }
        }
        Err(error) => {
            findings.add(parse_code(&error), error.pointer().unwrap_or_default(), error.to_string());
        }
    }
    findings.0
}

fn document_findings(document: &PolicyDocument, policy_type: PolicyType, findings: &mut Findings) {
    shape::check(document, policy_type, findings);
    by_type::check(document, policy_type, findings);
    for statement in &document.statements {
        principals::check(statement, policy_type, findings);
        actions::check(statement, findings);
        resources::check(statement, policy_type, findings);
        conditions::check(statement, findings);
        condition_keys::check(statement, findings);
        variables::check(statement, document.version, findings);
    }
}

fn parse_code(error: &DocumentError) -> Code {
    match error {
        DocumentError::Syntax { .. } => Code::InvalidJson,
        DocumentError::DuplicateKey { .. } => Code::DuplicateKey,
        DocumentError::TooLarge { .. } | DocumentError::TooMany { .. } => Code::TooLarge,
        _ => Code::InvalidStructure,
    }
}
