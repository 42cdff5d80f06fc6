//! The virtual environment that moto runs in: made on first use, shared by all test processes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::EmulatorError;

/// Exact versions with hashes; made from `requirements.in` by `pip-compile --generate-hashes`.
const REQUIREMENTS: &str = include_str!("../../requirements.txt");

/// The Python program that makes the virtual environment.
const PYTHON: &str = "python3";

/// Gives the Python interpreter of the environment, making the environment if it is not there.
///
/// A lock file keeps test processes that start together from installing twice; the marker file
/// is written last, so that an interrupted installation is started afresh.
pub(super) fn interpreter() -> Result<PathBuf, EmulatorError> {
    let target = target_directory();
    let digest = Sha256::digest(REQUIREMENTS.as_bytes());
    let version: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let folder = target.join(format!("emulator-venv-{version}"));
    let interpreter = folder.join("bin").join("python");
    let marker = folder.join("installed");
    if marker.exists() {
        return Ok(interpreter);
    }
    fs::create_dir_all(&target).map_err(|source| file_error(&target, source))?;
    let lock_path = folder.with_extension("lock");
    let lock = File::create(&lock_path).map_err(|source| file_error(&lock_path, source))?;
    lock.lock().map_err(|source| file_error(&lock_path, source))?;
    if !marker.exists() {
        install(&folder, &interpreter)?;
        fs::write(&marker, "").map_err(|source| file_error(&marker, source))?;
    }
    Ok(interpreter)
}

fn install(folder: &Path, interpreter: &Path) -> Result<(), EmulatorError> {
    let requirements = folder.join("requirements.txt");
    run("python3 -m venv", Command::new(PYTHON).args(["-m", "venv", "--clear"]).arg(folder))?;
    fs::write(&requirements, REQUIREMENTS).map_err(|source| file_error(&requirements, source))?;
    run(
        "pip install",
        Command::new(interpreter)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement"])
            .arg(&requirements),
    )
}

fn run(step: &'static str, command: &mut Command) -> Result<(), EmulatorError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|source| EmulatorError::Program { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(EmulatorError::Install { step, output: printed })
}

/// The folder that cargo builds into: the one of the running program, else the workspace's.
fn target_directory() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let built_into = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    built_into.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), Path::to_path_buf)
}

fn file_error(path: &Path, source: std::io::Error) -> EmulatorError {
    EmulatorError::File { path: path.to_path_buf(), source }
}
