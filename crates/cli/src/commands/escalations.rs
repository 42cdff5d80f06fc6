//! `palisade escalations`: who can become administrator?

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use palisade_facts::escalation::{Account, KnownCredentials, analyse, built_in};
use palisade_reporter::EscalationFormat;
use palisade_snapshot::{OpenOptions, Shared, StoredSnapshot};

use crate::arguments::Global;
use crate::configuration::Configuration;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, terminal};

/// What every snapshot begins with, compressed or not.
const SNAPSHOT: [&[u8]; 2] = [b"{\"header\":", b"\x28\xb5\x2f\xfd"];

/// Find who can become administrator, with each request of the way and what would close it
///
/// Takes snapshots, or the output of `aws iam get-account-authorization-details`.
#[derive(Debug, Args)]
pub(crate) struct Escalations {
    /// Snapshots or authorization details, each of another account; `-` is standard input
    #[arg(required = true, value_name = "SNAPSHOT")]
    accounts: Vec<PathBuf>,
    /// The format
    #[arg(short, long, value_name = "FORMAT", default_value = "table", value_parser = format_parser())]
    format: EscalationFormat,
    /// The file that gets the report, whole or not at all; standard output if `-` or left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// AWS's credential report of the account, as CSV
    #[arg(long, value_name = "FILE")]
    credential_report: Option<PathBuf>,
    /// The account's SCPs: a JSON array, one entry per level, root first
    #[arg(long, value_name = "FILE")]
    scps: Option<PathBuf>,
    /// When the authorization details were printed, RFC 3339; now if left out
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

impl Escalations {
    pub(crate) fn run(self, global: &Global) -> Result<Exit, Failure> {
        let techniques = built_in().map_err(Failure::usage)?;
        let declared = Configuration::load(global.config.as_deref())?.declarations;
        let accounts = self.accounts()?;
        let report = analyse(&accounts, techniques, &declared.emergency_roles);
        let mut out = output::open(self.output.as_deref())?;
        let to_file = self.output.as_deref().is_some_and(|path| path != "-");
        let width = if to_file { terminal::file_width() } else { terminal::stdout_width() };
        self.format.write(&report, width, &mut out).map_err(|error| out.failed(&error))?;
        out.finish()?;
        Ok(Exit::Complete)
    }

    fn accounts(&self) -> Result<Vec<Account>, Failure> {
        let one_only = [("--credential-report", &self.credential_report), ("--scps", &self.scps)];
        for (flag, file) in one_only {
            if file.is_some() && self.accounts.len() > 1 {
                return Err(Failure::usage(format_args!("{flag} is about one account; name one only")));
            }
        }
        let now = self.now.unwrap_or_else(Timestamp::now);
        let mut accounts = Vec::new();
        let mut seen = BTreeSet::new();
        for path in &self.accounts {
            let mut account = Account::new(&shared(path, now)?);
            if !seen.insert(account.id().to_owned()) {
                let (path, id) = (path.display(), account.id());
                return Err(Failure::usage(format_args!(
                    "`{path}` is about account {id} again; name one file"
                )));
            }
            if let Some(file) = &self.credential_report {
                let read = KnownCredentials::from_csv(&text(file)?);
                account = account.with_credentials(read.map_err(|error| wrong(file, &error))?);
            }
            if let Some(file) = &self.scps {
                account = account.with_scps(&text(file)?).map_err(|error| wrong(file, &error))?;
            }
            accounts.push(account);
        }
        Ok(accounts)
    }
}

/// The shared records of a snapshot or of authorization details.
fn shared(path: &Path, now: Timestamp) -> Result<Shared, Failure> {
    let bytes = bytes(path)?;
    if SNAPSHOT.iter().any(|start| bytes.starts_with(start)) {
        let stored = StoredSnapshot::spool(bytes.as_slice(), OpenOptions { allow_torn: false });
        return Ok(Arc::unwrap_or_clone(stored.map_err(Failure::no_result)?.shared));
    }
    let text = String::from_utf8(bytes).map_err(|error| wrong(path, &error))?;
    Shared::from_authorization_details(&text, now).map_err(|error| wrong(path, &error))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    read.map_err(|error| Failure::no_result(format_args!("cannot read `{}`: {error}", path.display())))
}

fn text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes(path)?).map_err(|error| wrong(path, &error))
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::no_result(format_args!("`{}`: {error}", path.display()))
}

fn format_parser() -> impl TypedValueParser<Value = EscalationFormat> {
    let values = EscalationFormat::ALL.map(|format| PossibleValue::new(format.name()).help(format.doc()));
    PossibleValuesParser::new(values).map(|name| {
        EscalationFormat::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .unwrap_or(EscalationFormat::Table)
    })
}
