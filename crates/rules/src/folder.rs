//! Finds the rule files of a folder. The build script uses it too, so it needs nothing but `std`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The most rule files that a folder may hold.
const MAX_FILES: usize = 10_000;

/// A folder of this name holds techniques of privilege escalation, which are no rules.
const TECHNIQUES: &str = "escalation";

/// The files `<service>/<id>.yaml` of a folder, and `<id>.yaml` where it is itself a service; sorted.
/// An error comes with what could not be read.
pub(crate) fn rule_files(folder: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != TECHNIQUES) {
                files.extend(entries(&path)?.into_iter().filter(|path| is_rule_file(path)));
            }
        } else if is_rule_file(&path) {
            files.push(path);
        }
        if files.len() > MAX_FILES {
            let error = io::Error::other(format!("more than {MAX_FILES} rule files"));
            return Err((folder.to_owned(), error));
        }
    }
    files.sort();
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let failed = |error| (folder.to_owned(), error);
    fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(failed))
        .collect()
}

fn is_rule_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml") && path.is_file()
}
