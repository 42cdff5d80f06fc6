//! Compiles in every rule file, so that adding a file is all it takes to add a rule.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/folder.rs"]
mod folder;

fn main() -> Result<(), Box<dyn Error>> {
    let rules = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../rules");
    watch(&rules)?;
    let mut files: Vec<(String, String)> = Vec::new();
    for path in folder::rule_files(&rules).map_err(|(path, error)| format!("{}: {error}", path.display()))? {
        let name = Path::new("rules").join(path.strip_prefix(&rules)?);
        println!("cargo::rerun-if-changed={}", path.display());
        files.push((name.display().to_string(), fs::read_to_string(&path)?));
    }
    let packed = zstd::encode_all(serde_json::to_vec(&files)?.as_slice(), LEVEL)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("built_in.json.zst"), packed)?;
    Ok(())
}

/// The texts are a good part of the program: they are packed well.
const LEVEL: i32 = 19;

/// Makes Cargo run this again when a file appears, goes or changes.
fn watch(folder: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            watch(&path)?;
        }
    }
    Ok(())
}
