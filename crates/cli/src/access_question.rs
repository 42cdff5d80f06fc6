//! What `can` and `who-can` have in common: what is asked of which snapshot, and how the answer is written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use palisade_facts::Resource;
use palisade_facts::access_query::{AccessQueryError, Question, ServiceControlPolicies, Situation};
use palisade_snapshot::{OpenOptions, StoredSnapshot};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// What is asked of which snapshot.
#[derive(Debug, Args)]
pub(crate) struct QuestionArguments {
    /// A snapshot; `-` is standard input
    #[arg(value_name = "SNAPSHOT")]
    snapshot: PathBuf,
    /// The action, such as `s3:GetObject`
    #[arg(long, value_name = "ACTION")]
    action: String,
    /// The ARN of the bucket, object, role, key, … that it acts on; `*` for all at once. Actions that
    /// take no resource need none
    #[arg(long, value_name = "ARN")]
    resource: Option<String>,
    /// A condition key of the request, as KEY=VALUE; named again, it has several values
    #[arg(long, value_name = "KEY=VALUE", value_parser = context_value, help_heading = "Request")]
    context: Vec<(String, String)>,
    /// Keys that neither the snapshot nor --context tells are absent; otherwise they are unknown, and
    /// what depends on them is conditional
    #[arg(long, help_heading = "Request")]
    complete_context: bool,
    /// A key that is unknown all the same; `*` at the end for all that start so. Without this,
    /// requests use TLS and are made at the time of the snapshot
    #[arg(long, value_name = "KEY", help_heading = "Request")]
    unknown_context: Vec<String>,
    /// The account's SCPs: a JSON array, one entry per level, root first. Without them, answers assume
    /// that none forbids anything, and say so
    #[arg(long, value_name = "FILE")]
    scps: Option<PathBuf>,
    /// Judge what is left of a snapshot that is torn; what is missing is unknown
    #[arg(long)]
    allow_torn: bool,
    #[command(flatten)]
    answer: AnswerArguments,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
struct AnswerArguments {
    /// The format
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value = "table")]
    format: AnswerFormat,
    /// The file that gets the answer, whole or not at all; standard output if `-` or left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Missing evidence does not change the exit code
    #[arg(long)]
    allow_incomplete: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AnswerFormat {
    /// Text for people
    Table,
    /// One JSON object; see `palisade schema`
    Json,
}

/// A verified snapshot with the question about it.
pub(crate) struct Asked {
    pub(crate) snapshot: StoredSnapshot,
    pub(crate) question: Question,
    pub(crate) situation: Situation,
    /// The buckets or repositories that the question is about, those of them that the snapshot has.
    pub(crate) records: Vec<Resource>,
}

fn context_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

fn service_control_policies(file: &Path) -> Result<ServiceControlPolicies, Failure> {
    let place = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::no_result(format_args!("cannot read `{place}`: {error}")))?;
    ServiceControlPolicies::from_json(&text)
        .map_err(|error| Failure::no_result(format_args!("`{place}`: {error}")))
}

/// A question that has no answer is a mistake on the command line.
pub(crate) fn unanswerable(error: AccessQueryError) -> Failure {
    Failure::usage(error)
}

impl QuestionArguments {
    /// Reads the question and the snapshot.
    ///
    /// # Errors
    /// When the question makes no sense, or the snapshot can't be read.
    pub(crate) fn ask(&self) -> Result<Asked, Failure> {
        let question = Question::parse(&self.action, self.resource.as_deref()).map_err(unanswerable)?;
        let options = OpenOptions { allow_torn: self.allow_torn };
        let snapshot = if self.snapshot == Path::new("-") {
            StoredSnapshot::spool(io::stdin().lock(), options)
        } else {
            StoredSnapshot::open(&self.snapshot, options)
        };
        let snapshot = snapshot.map_err(Failure::no_result)?;
        let shared = &snapshot.shared;
        let records = snapshot
            .resources()
            .map_err(Failure::no_result)?
            .filter(|record| record.as_ref().map_or(true, |record| question.is_about(shared, record)))
            .collect::<Result<_, _>>()
            .map_err(Failure::no_result)?;
        Ok(Asked { snapshot, question, situation: self.situation()?, records })
    }

    fn situation(&self) -> Result<Situation, Failure> {
        let mut context: Vec<(String, Vec<String>)> = Vec::new();
        for (key, value) in &self.context {
            match context.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
                Some((_, values)) => values.push(value.clone()),
                None => context.push((key.clone(), vec![value.clone()])),
            }
        }
        let scps = self.scps.as_deref().map(service_control_policies).transpose()?;
        let unknown = self.unknown_context.clone();
        Ok(Situation { context, complete: self.complete_context, unknown, scps })
    }

    /// Writes the answer in the format that was asked for.
    ///
    /// # Errors
    /// When it can't be written.
    pub(crate) fn write<T: Serialize>(
        &self,
        answer: &T,
        is_incomplete: bool,
        as_text: impl FnOnce(&T) -> String,
    ) -> Result<Exit, Failure> {
        let mut out = output::open(self.answer.output.as_deref())?;
        let written = match self.answer.format {
            AnswerFormat::Table => out.write_all(as_text(answer).as_bytes()),
            AnswerFormat::Json => serde_json::to_writer(&mut out, answer)
                .map_err(io::Error::from)
                .and_then(|()| out.write_all(b"\n")),
        };
        written.map_err(|error| out.failed(&error))?;
        out.finish()?;
        Ok(Exit::judged(false, is_incomplete && !self.answer.allow_incomplete))
    }
}
