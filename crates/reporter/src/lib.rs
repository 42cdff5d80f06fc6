//! Reports, written.
//!
//! In: the run, its findings one at a time as they are judged, its coverage and its numbers, as
//! types of [`palisade_rules`]. Out: bytes in a writer, in one of the [`FormatName`]s. A format
//! shows what it is given: it never judges, never leaves out a finding that it was handed without
//! counting it, never reads a clock or an environment variable, never opens a file or a socket.
//!
//! A format is a file with a type that implements [`Format`] and a member of [`FormatName`].
//!
//! ```
//! use palisade_reporter::{FormatName, Look};
//! use palisade_rules::{Coverage, Digests, Run, RunScope, Summary};
//!
//! let run = Run {
//!     account: "123456789012".to_owned(),
//!     partition: "aws".to_owned(),
//!     caller: "arn:aws:iam::123456789012:role/audit".to_owned(),
//!     taken_at: "2026-11-20T06:00:00Z".to_owned(),
//!     now: None,
//!     scope: RunScope::default(),
//!     tool_version: "0.1.0".to_owned(),
//!     digests: Digests { snapshot: String::new(), rules: String::new(), configuration: String::new() },
//! };
//! let mut bytes = Vec::new();
//! let mut format = FormatName::Json.writer(&mut bytes, Look::default());
//! format.begin(&run)?;
//! format.end(&Coverage::default(), &Summary::default())?;
//! format.close()?;
//! drop(format);
//! assert!(bytes.starts_with(br#"{"format":"palisade-report/1","run":{"account":"123456789012""#));
//! # Ok::<(), std::io::Error>(())
//! ```

mod document;
mod escalation;
mod format;
mod json;
mod ndjson;
mod table;

pub use document::report_schema;
pub use escalation::EscalationFormat;
pub use format::{Format, FormatName, Look, Presented};
pub use json::REPORT_FORMAT;
pub use ndjson::{REPORT_LINES_FORMAT, report_line_schema};
