//! Why there is no snapshot at all.

use std::io;
use std::path::PathBuf;

use palisade_snapshot::Reason;

use crate::JournalError;

/// Nothing could be collected. Whatever fails later leaves an unreadable value instead.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// No source has credentials.
    #[error(
        "no usable AWS credentials: {message}; set them in the environment, or name a profile with `--profile`"
    )]
    NoCredentials {
        /// Which sources were looked at.
        message: String,
    },
    /// The source of credentials that was configured failed.
    #[error("no usable AWS credentials: {message}")]
    Credentials {
        /// What the source said, and what can be done about it.
        message: String,
    },
    /// AWS did not say who is asking.
    #[error("cannot find out who is asking (sts:GetCallerIdentity): {message}")]
    Caller {
        /// What kind of failure it was.
        reason: Reason,
        /// What AWS or the transport said.
        message: String,
    },
    /// A region was named that the account does not have.
    #[error("the region `{region}` does not exist for this account; it has: {known}")]
    UnknownRegion {
        /// The name that was given.
        region: String,
        /// The names that AWS listed.
        known: String,
    },
    /// The file of certificates to trust is of no use.
    #[error("cannot use the certificates that {setting} names, `{path}`: {message}")]
    CertificateBundle {
        /// The variable, or the setting of the profile, that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A proxy of the environment can't be used; requests never go around it.
    #[error("cannot use the proxy that {variable} names: {message}")]
    Proxy {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// What is collected can't be kept, or is not what was begun.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It was interrupted before AWS said who is asking.
    #[error("interrupted before anything was collected")]
    Interrupted,
    /// The asynchronous runtime could not start.
    #[error("cannot start the runtime for requests: {0}")]
    Runtime(#[from] io::Error),
}
