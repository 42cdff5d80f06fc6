//! The flags that several commands share.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use palisade_reporter::FormatName;
use palisade_rules::{Selection, Severity};

use crate::terminal::Colour;

/// Flags of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The configuration; `palisade.toml` in the current folder if there is one
    #[arg(long, global = true, value_name = "FILE", env = "PALISADE_CONFIG", help_heading = "General")]
    pub(crate) config: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "General")]
    pub(crate) color: Colour,
    /// No progress and no notes on standard error, only errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "General")]
    pub(crate) quiet: bool,
    /// Say more on standard error: durations and numbers of requests
    #[arg(short, long, global = true, help_heading = "General")]
    pub(crate) verbose: bool,
}

/// Which rules.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct SelectionArguments {
    /// Only these rules; ids, or patterns with `*` and `?`
    #[arg(long = "rule", value_name = "ID", value_delimiter = ',')]
    rule: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    exclude_rule: Vec<String>,
    /// Only rules of these services, such as `s3`
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    service: Vec<String>,
    /// Only rules of at least this severity
    #[arg(long, value_name = "SEVERITY", value_parser = severity_parser())]
    min_severity: Option<Severity>,
    /// More rules, from a folder
    #[arg(long = "rules", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

impl SelectionArguments {
    /// What was selected.
    pub(crate) fn selection(&self) -> Selection {
        Selection {
            rules: self.rule.clone(),
            exclude: self.exclude_rule.clone(),
            services: self.service.clone(),
            min_severity: self.min_severity,
        }
    }
}

/// Whose account, and which parts of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct AccountArguments {
    /// The profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// A region to look at; every enabled region if left out. IAM and the account are always looked at
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) region: Vec<String>,
    /// A region to leave out
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) exclude_region: Vec<String>,
    /// A role to assume with the credentials that were found
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// The external id that the role asks for
    #[arg(long, value_name = "ID", requires = "role_arn")]
    pub(crate) external_id: Option<String>,
    /// Where all services are, instead of AWS's own addresses
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Send at most this many requests in a second, over all services and regions. Without it, each
    /// service in each region is asked as fast as it bears: when it throttles, it is asked more slowly
    #[arg(long, value_name = "N")]
    pub(crate) max_rps: Option<NonZeroU32>,
    /// How many seconds to wait for an answer before asking again or giving up; 30 if left out
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) timeout: Option<u16>,
}

/// What the report is and where it goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub(crate) struct ReportArguments {
    /// The format
    #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = format_parser())]
    pub(crate) format: FormatName,
    /// The file that gets the report, whole or not at all; standard output if `-` or left out
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show what passed and what is not applicable, too
    #[arg(long)]
    pub(crate) all: bool,
    /// End with exit code 3 if a finding is at least this bad
    #[arg(long, value_name = "SEVERITY", default_value = "none", value_parser = gate_parser())]
    pub(crate) fail_on: Gate,
    /// Missing evidence does not change the exit code
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
}

/// The severity from which on a finding changes the exit code, if any does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gate(pub(crate) Option<Severity>);

/// The clock of the rules.
#[derive(Debug, Args)]
pub(crate) struct ClockArguments {
    /// The time by which ages and expiries are judged, RFC 3339; the time of the snapshot if left out
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Timestamp>,
}

fn severity_parser() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.map(Severity::name))
        .map(|name| severity(&name).unwrap_or(Severity::Info))
}

fn gate_parser() -> impl TypedValueParser<Value = Gate> {
    let names = std::iter::once("none").chain(Severity::ALL.map(Severity::name));
    PossibleValuesParser::new(names).map(|name| Gate(severity(&name)))
}

fn severity(name: &str) -> Option<Severity> {
    Severity::ALL.into_iter().find(|severity| severity.name() == name)
}

fn format_parser() -> impl TypedValueParser<Value = FormatName> {
    let values = FormatName::ALL.map(|format| PossibleValue::new(format.name()).help(format.doc()));
    PossibleValuesParser::new(values).map(|name| {
        FormatName::ALL.into_iter().find(|format| format.name() == name).unwrap_or(FormatName::Table)
    })
}
