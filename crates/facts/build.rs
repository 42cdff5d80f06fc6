//! Compiles in every technique of privilege escalation, so that adding a file is all it takes to add one.

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../rules/escalation");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let mut generated = String::from("/// The id and the text of each technique that ships.\n");
    generated.push_str("pub(super) const FILES: &[(&str, &str)] = &[\n");
    for path in files {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        writeln!(generated, "    ({id:?}, include_str!({:?})),", path.canonicalize()?)?;
    }
    generated.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("techniques.rs"), generated)?;
    Ok(())
}
