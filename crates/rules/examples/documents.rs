//! Writes the documents that are made from rules and vocabulary into a folder:
//! `cargo run -p palisade-rules --example documents -- rules`.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use palisade_rules::{RuleSet, reference_page, rules_page};

fn main() -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = env::args_os().nth(1).ok_or("name the folder to write to")?.into();
    fs::write(folder.join("README.md"), rules_page(&RuleSet::built_in()?))?;
    fs::write(folder.join("reference.md"), reference_page())?;
    Ok(())
}
