//! Packs the action table, so that the program has its text in a sixth of the space.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

const TABLE: &str = "data/actions.txt";
/// It is packed once and unpacked by every run.
const LEVEL: i32 = 19;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={TABLE}");
    let packed = zstd::encode_all(fs::read(TABLE)?.as_slice(), LEVEL)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("actions.txt.zst"), packed)?;
    Ok(())
}
