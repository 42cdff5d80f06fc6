//! The JSON policy language: a document, its statements, and how they are read.
//!
//! The rules are those of AWS's "Grammar of the IAM JSON policy language". Reading is strict about structure
//! (a repeated key, an unknown element, a wrong type is an error with its place) and keeps every pattern,
//! operator and condition key as written, because it is evidence and because `lint` judges it.
//!
//! ```
//! use palisade_policy::document::{Effect, PolicyDocument};
//!
//! let document = PolicyDocument::from_text(
//!     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#,
//! )?;
//! let statement = &document.statements[0];
//! assert_eq!(statement.effect, Effect::Allow);
//! assert_eq!(statement.pointer(), "/Statement");
//! assert_eq!(statement.actions.values.pointer("/Statement/Action", 0), "/Statement/Action");
//! # Ok::<(), palisade_policy::document::DocumentError>(())
//! ```

mod error;
mod json;
mod operator;
mod read;
#[cfg(test)]
mod tests;

pub use error::DocumentError;
pub use json::Json;
pub use operator::{Comparison, Operator, OperatorFamily, SetQuantifier};

/// The longest text that is read, in bytes. AWS's largest quota for a policy is 20 KB (S3 bucket policies).
pub const MAX_DOCUMENT_BYTES: usize = 4 << 20;
/// The most statements, and the most items in any one list or object, that are read.
pub const MAX_ITEMS: usize = 100_000;

/// The version of the policy language ("IAM JSON policy elements: Version").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyVersion {
    /// `2008-10-17`, also meant when `Version` is missing: there are no policy variables.
    V2008,
    /// `2012-10-17`: policy variables are replaced.
    V2012,
}

/// What a statement does when it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// A policy document as written.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyDocument {
    /// The language version that counts; [`PolicyVersion::V2008`] if none is written.
    pub version: PolicyVersion,
    /// Whether `Version` is written.
    pub version_is_written: bool,
    /// `Id`, if written.
    pub id: Option<String>,
    /// The statements, in order.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its place among the statements, from 0.
    pub index: usize,
    /// Whether `Statement` is a list, or this object alone.
    pub is_listed: bool,
    /// `Sid`, if written.
    pub sid: Option<String>,
    /// `Effect`.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; `None` in identity policies.
    pub principals: Option<PrincipalElement>,
    /// `Action` or `NotAction`.
    pub actions: PatternElement,
    /// `Resource` or `NotResource`; `None` in trust policies and other policies attached to one resource.
    pub resources: Option<PatternElement>,
    /// The `Condition` block, one entry per operator and key, in order; all must hold.
    pub conditions: Vec<Condition>,
}

/// `Action`/`NotAction` or `Resource`/`NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternElement {
    /// Whether it is the `Not…` form.
    pub negated: bool,
    /// The patterns as written.
    pub values: ValueList,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalElement {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// Whom it names.
    pub principals: Principals,
}

/// Whom a `Principal` element names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principals {
    /// The string `"*"`.
    Everyone,
    /// An object: values by kind, in the order written.
    ByKind(Vec<(PrincipalKind, ValueList)>),
}

/// The kinds of principal in a `Principal` object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// `AWS`: accounts, users, roles, sessions, unique ids, `*`.
    Aws,
    /// `Service`: AWS services.
    Service,
    /// `Federated`: identity providers.
    Federated,
    /// `CanonicalUser`: the canonical user id of an account, for S3.
    CanonicalUser,
}

impl PrincipalKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Aws, Self::Service, Self::Federated, Self::CanonicalUser];

    /// The key in a `Principal` object.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One key of the `Condition` block under one operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The operator as written.
    pub operator_name: String,
    /// The operator; `None` if AWS has none of this name. Such a condition never holds.
    pub operator: Option<Operator>,
    /// The context key as written; case does not count.
    pub key: String,
    /// The values as written; numbers and booleans as their JSON text.
    pub values: ValueList,
}

/// A single value or a list of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueList {
    /// The values, in order.
    pub items: Vec<String>,
    /// Whether they are written as a list.
    pub is_list: bool,
}

impl ValueList {
    /// The JSON pointer of the value at `index`, given the pointer of the whole.
    #[must_use]
    pub fn pointer(&self, whole: &str, index: usize) -> String {
        if self.is_list { format!("{whole}/{index}") } else { whole.to_owned() }
    }
}

impl Statement {
    /// The JSON pointer of the statement: `/Statement/0`, or `/Statement` if it is not in a list.
    #[must_use]
    pub fn pointer(&self) -> String {
        if self.is_listed { format!("/Statement/{}", self.index) } else { "/Statement".to_owned() }
    }

    /// The JSON pointer of `Action` or `NotAction`.
    #[must_use]
    pub fn actions_pointer(&self) -> String {
        let name = if self.actions.negated { "NotAction" } else { "Action" };
        format!("{}/{name}", self.pointer())
    }

    /// The JSON pointer of `Resource` or `NotResource`, if there is one.
    #[must_use]
    pub fn resources_pointer(&self) -> Option<String> {
        let resources = self.resources.as_ref()?;
        let name = if resources.negated { "NotResource" } else { "Resource" };
        Some(format!("{}/{name}", self.pointer()))
    }

    /// The JSON pointer of `Principal` or `NotPrincipal`, if there is one.
    #[must_use]
    pub fn principals_pointer(&self) -> Option<String> {
        let principals = self.principals.as_ref()?;
        let name = if principals.negated { "NotPrincipal" } else { "Principal" };
        Some(format!("{}/{name}", self.pointer()))
    }
}

impl Condition {
    /// The JSON pointer of the condition's values within `statement`.
    #[must_use]
    pub fn pointer(&self, statement: &Statement) -> String {
        format!(
            "{}/Condition/{}/{}",
            statement.pointer(),
            escape_pointer(&self.operator_name),
            escape_pointer(&self.key)
        )
    }
}

/// Escapes a key for a JSON pointer (RFC 6901): `~` and `/` have another meaning there.
#[must_use]
pub fn escape_pointer(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
