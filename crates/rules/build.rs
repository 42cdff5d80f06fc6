//! Compiles in every rule file, so that adding a file is all it takes to add a rule.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/folder.rs"]
mod folder;

fn main() -> Result<(), Box<dyn Error>> {
    let rules = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../rules");
    // Cargo looks into folders: at files that come and go, too.
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut files: Vec<(String, String)> = Vec::new();
    for path in folder::rule_files(&rules).map_err(|(path, error)| format!("{}: {error}", path.display()))? {
        let name = Path::new("rules").join(path.strip_prefix(&rules)?);
        files.push((name.display().to_string(), fs::read_to_string(&path)?));
    }
    let packed = zstd::encode_all(serde_json::to_vec(&files)?.as_slice(), LEVEL)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("built_in.json.zst"), packed)?;
    Ok(())
}

/// The texts are a good part of the program: they are packed well.
const LEVEL: i32 = 19;
