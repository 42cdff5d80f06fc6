//! Answers simulation lines from standard input, as `palisade simulate` does: for differential runs and profiling
//! without building the command line.

use std::io::{self, BufRead, Write};

use palisade_policy::simulate::{Simulator, SimulatorOptions};

fn main() -> io::Result<()> {
    let unknown_context = std::env::args().skip(1).collect();
    let mut simulator = Simulator::new(SimulatorOptions { unknown_context });
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut line = String::new();
    let mut answer = Vec::new();
    let mut number = 0;
    while input.read_line(&mut line)? > 0 {
        number += 1;
        if !line.trim().is_empty() {
            answer.clear();
            // The error object is in the answer.
            let _ = simulator.answer(number, line.trim(), &mut answer);
            output.write_all(&answer)?;
        }
        line.clear();
    }
    output.flush()
}
