//! Why there is no snapshot at all.

use std::io;
use std::path::PathBuf;

use palisade_snapshot::Reason;

/// Nothing could be collected. Whatever fails later leaves an unreadable value instead.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// No source had credentials, or the one that was configured failed.
    #[error(
        "no usable AWS credentials: {message}; set them in the environment, or name a profile with `--profile`"
    )]
    Credentials {
        /// What the credential sources said.
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
    /// The file that `AWS_CA_BUNDLE` names is of no use.
    #[error("cannot use the certificates that AWS_CA_BUNDLE names, `{path}`: {message}")]
    CertificateBundle {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// It was interrupted before AWS said who is asking.
    #[error("interrupted before anything was collected")]
    Interrupted,
    /// The asynchronous runtime could not start.
    #[error("cannot start the runtime for requests: {0}")]
    Runtime(#[from] io::Error),
}
