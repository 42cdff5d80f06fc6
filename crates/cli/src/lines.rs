//! JSON lines in, JSON lines out: in order, one answer per line, as soon as nothing more waits to be
//! read. A bad line is answered by an error object, and the rest goes on.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::path::Path;

use palisade_policy::line_id;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// No line is longer than this; a longer one is an error instead of filling memory.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;
const BUFFER: usize = 1 << 16;

/// What is said of a line that has no answer.
#[derive(Serialize)]
struct BadLine<'a> {
    id: Option<&'a RawValue>,
    line: u64,
    error: &'a str,
}

/// Appends the answer of a line to the output, or its error object, with the line's id if that can be read.
pub(crate) fn answered(line: u64, text: &str, result: Result<String, String>, answer: &mut Vec<u8>) -> Line {
    match result {
        Ok(good) => {
            answer.extend(good.into_bytes());
            answer.push(b'\n');
            Line::Good
        }
        Err(error) => {
            bad_line(line, line_id(text), &error, answer);
            Line::Bad
        }
    }
}

/// Appends the error object of a line to the output.
fn bad_line(line: u64, id: Option<&RawValue>, error: &str, answer: &mut Vec<u8>) {
    if let Ok(object) = serde_json::to_vec(&BadLine { id, line, error }) {
        answer.extend(object);
        answer.push(b'\n');
    }
}

/// Whether a line had an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Good,
    Bad,
}

/// Answers every line of a file, or of standard input where none is named or it is `-`. `answer`
/// gets the number of the line, from 1, and appends one line to the output.
///
/// # Errors
/// When the input can't be read, the output can't be written, or a line was bad.
pub(crate) fn answer_all(
    path: Option<&Path>,
    mut answer: impl FnMut(u64, &str, &mut Vec<u8>) -> Line,
) -> Result<Exit, Failure> {
    let name = path.unwrap_or(Path::new("-"));
    let unreadable =
        |error: &io::Error| Failure::no_result(format_args!("cannot read `{}`: {error}", name.display()));
    let source: Box<dyn Read> = match path {
        Some(path) if path != Path::new("-") => {
            Box::new(File::open(path).map_err(|error| unreadable(&error))?)
        }
        _ => Box::new(io::stdin().lock()),
    };
    let mut input = Lines { reader: BufReader::with_capacity(BUFFER, source), line: Vec::new(), number: 0 };
    let mut out = output::open(None)?;
    let mut answered = Vec::new();
    let mut bad = BadLines::default();
    while !out.is_closed() {
        if input.reader.buffer().is_empty() {
            // Whoever wrote the last line may wait for its answer before writing the next one.
            out.flush().map_err(|error| out.failed(&error))?;
        }
        if !input.next().map_err(|error| unreadable(&error))? {
            break;
        }
        let verdict = match input.text() {
            Ok(text) if text.trim_ascii().is_empty() => continue,
            Ok(text) => answer(input.number, text.trim_ascii(), &mut answered),
            Err(error) => {
                bad_line(input.number, None, &error, &mut answered);
                Line::Bad
            }
        };
        bad.count(input.number, verdict);
        out.write_all(&answered).map_err(|error| out.failed(&error))?;
        answered.clear();
    }
    out.finish()?;
    bad.into_exit()
}

#[derive(Default)]
struct BadLines {
    count: u64,
    first: u64,
}

impl BadLines {
    fn count(&mut self, number: u64, line: Line) {
        if line == Line::Bad {
            self.first = if self.count == 0 { number } else { self.first };
            self.count += 1;
        }
    }

    fn into_exit(self) -> Result<Exit, Failure> {
        match (self.count, self.first) {
            (0, _) => Ok(Exit::Complete),
            (1, first) => {
                Err(Failure::usage(format_args!("line {first} has no answer; see its error object")))
            }
            (count, first) => Err(Failure::usage(format_args!(
                "{count} lines have no answer, line {first} is the first; see their error objects"
            ))),
        }
    }
}

struct Lines<R: Read> {
    reader: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// Reads the next line, if there is one.
    fn next(&mut self) -> io::Result<bool> {
        self.line.clear();
        let read = (&mut self.reader).take(LONGEST_LINE + 1).read_until(b'\n', &mut self.line)?;
        if self.is_too_long() {
            self.reader.skip_until(b'\n')?;
        }
        self.number += 1;
        Ok(read > 0)
    }

    fn is_too_long(&self) -> bool {
        self.line.len() as u64 > LONGEST_LINE && !self.line.ends_with(b"\n")
    }

    fn text(&self) -> Result<&str, String> {
        if self.is_too_long() {
            return Err(format!("the line is longer than {LONGEST_LINE} bytes"));
        }
        std::str::from_utf8(&self.line).map_err(|error| format!("the line is not UTF-8: {error}"))
    }
}
