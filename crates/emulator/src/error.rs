//! What can go wrong while the emulator is started or filled.

use std::path::PathBuf;

/// Why the emulator could not be started or filled.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// A file of the virtual environment, or an account description, could not be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program that is needed could not be started.
    #[error("cannot run {program}: {source}; install Python 3.11 or newer with its venv module")]
    Program {
        /// The program's name.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Creating the virtual environment or installing moto into it failed.
    #[error("cannot install the emulator ({step}): {output}")]
    Install {
        /// The step that failed.
        step: &'static str,
        /// What the program printed.
        output: String,
    },
    /// moto ended, or did not print its port in time.
    #[error("the emulator did not start: {0}")]
    Start(String),
    /// A socket could not be opened or used.
    #[error("cannot use the network for the proxy: {0}")]
    Network(#[from] std::io::Error),
    /// The certificates of a private authority could not be made.
    #[error("cannot make certificates: {0}")]
    Certificates(String),
    /// An account description is not valid.
    #[error("cannot read the account description {}: {reason}", path.display())]
    Description {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        reason: String,
    },
    /// Filling the emulator failed.
    #[error("cannot fill the emulator: {operation} on {resource} failed: {reason}")]
    Fill {
        /// The operation, such as `iam:CreateUser`.
        operation: &'static str,
        /// What it was about.
        resource: String,
        /// What the emulator answered.
        reason: String,
    },
}
