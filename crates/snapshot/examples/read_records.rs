//! Reads each line of an uncompressed snapshot into its typed record and drops it: the least that anything
//! about a snapshot can cost, as a measure for benchmarks.
//! `cargo run --release -p palisade-snapshot --example read_records -- SNAPSHOT`.
#![expect(clippy::print_stdout, reason = "it says how much it read")]

use std::env;
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};

use palisade_snapshot::Record;

/// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BUFFER: usize = 1 << 16;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args_os().nth(1).ok_or("name a snapshot")?;
    let mut lines = BufReader::with_capacity(BUFFER, File::open(path)?);
    let mut line = Vec::new();
    let mut records = 0_u64;
    while lines.read_until(b'\n', &mut line)? > 0 {
        black_box(serde_json::from_slice::<Record>(&line)?);
        records += 1;
        line.clear();
    }
    println!("{records} records");
    Ok(())
}
