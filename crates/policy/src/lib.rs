//! The IAM policy engine: who can do what.
//!
//! What comes in: policy documents as AWS returned them, and requests. What goes out: decisions with their reasons.
//! It must never read files, the network or a clock, and never guess: a document that does not parse is an error,
//! a condition on context that is not known makes the answer conditional.
//!
//! ```
//! use palisade_policy::document::PolicyDocument;
//!
//! let document = PolicyDocument::from_text(
//!     r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#,
//! )?;
//! assert_eq!(document.statements.len(), 1);
//! # Ok::<(), palisade_policy::document::DocumentError>(())
//! ```

pub mod actions;
pub mod document;
pub mod lint;
pub mod public;
