//! Compiles in every rule file, so that adding a file is all it takes to add a rule.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/folder.rs"]
mod folder;

fn main() -> Result<(), Box<dyn Error>> {
    let rules = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../rules");
    watch(&rules)?;
    let mut generated = String::from("/// The name and the text of each rule file that ships.\n");
    generated.push_str("pub(super) const FILES: &[(&str, &str)] = &[\n");
    for path in folder::rule_files(&rules).map_err(|(path, error)| format!("{}: {error}", path.display()))? {
        let name = Path::new("rules").join(path.strip_prefix(&rules)?);
        writeln!(
            generated,
            "    ({:?}, include_str!({:?})),",
            name.display().to_string(),
            path.canonicalize()?
        )?;
    }
    generated.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("built_in.rs"), generated)?;
    Ok(())
}

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
