//! The running server.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use super::environment;
use crate::EmulatorError;

/// The program that runs moto and ends when its standard input closes.
const SUPERVISE: &str = include_str!("supervise.py");

/// Which of AWS's managed policies exist in the emulator.
#[derive(Debug, Clone)]
pub(crate) enum ManagedPolicies {
    /// These; a few keep listings short, as AWS lists only those that are attached.
    Named(Vec<String>),
    /// All that moto carries, more than a thousand.
    All,
}

/// moto's server; it is killed when this value is dropped, and ends by itself when the process
/// that started it dies, because its standard input closes then.
#[derive(Debug)]
pub(crate) struct Moto {
    process: Child,
    address: SocketAddr,
}

impl Moto {
    /// Starts the server on a free port of the loopback interface and waits until it listens.
    pub(crate) fn start(policies: &ManagedPolicies) -> Result<Self, EmulatorError> {
        let interpreter = environment::interpreter()?;
        let names = match policies {
            ManagedPolicies::Named(names) => names.as_slice(),
            ManagedPolicies::All => &[],
        };
        let mut process = Command::new(&interpreter)
            .args(["-c", SUPERVISE])
            .args(names)
            .env_remove("MOTO_ACCOUNT_ID")
            .env_remove("INITIAL_NO_AUTH_ACTION_COUNT")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|source| EmulatorError::Program {
                program: interpreter.to_string_lossy().into_owned(),
                source,
            })?;
        match listening_port(&mut process) {
            Ok(port) => Ok(Self { process, address: SocketAddr::from(([127, 0, 0, 1], port)) }),
            Err(error) => {
                end(&mut process);
                Err(error)
            }
        }
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Kills and reaps; a process that already ended is as good.
fn end(process: &mut Child) {
    if process.kill().is_ok() {
        process.wait().ok();
    }
}

fn listening_port(process: &mut Child) -> Result<u16, EmulatorError> {
    let output = process.stdout.take().ok_or_else(|| EmulatorError::Start("it has no output".to_owned()))?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    line.trim().parse().map_err(|_| EmulatorError::Start(format!("it printed {line:?} instead of its port")))
}
