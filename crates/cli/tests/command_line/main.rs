//! Drives the built binary as a whole: arguments, files and an emulated AWS in; report, sentence and
//! exit code out.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something unexpected happens"
)]

mod access;
mod bad_input;
mod check;
mod commands;
mod escalations;
mod evidence_loss_matrix;
mod example_account;
mod harness;
#[cfg(unix)]
mod interrupted;
#[cfg(unix)]
mod output;
mod permissions;
mod pictures;
mod rules_diff;
mod scan;
mod scan_accounts;
mod scan_credentials;
mod scan_evidence_loss;
mod scan_permissions;
mod scan_report;
mod shell;
