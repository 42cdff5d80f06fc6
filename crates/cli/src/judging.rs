//! From snapshots to a report and an exit code.

use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use palisade_facts::Facts;
use palisade_reporter::{Format, Look};
use palisade_rules::{Digests, JudgeError, Judged, Judging, Run, RunScope};
use palisade_snapshot::{OpenError, Shared, StoredSnapshot};

use crate::arguments::{Global, ReportArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Output};
use crate::rule_choice::Choice;
use crate::terminal;

/// How snapshots are judged and reported.
pub(crate) struct Judge<'a> {
    pub(crate) global: &'a Global,
    pub(crate) choice: &'a Choice,
    pub(crate) report: &'a ReportArguments,
    pub(crate) now: Option<Timestamp>,
}

impl Judge<'_> {
    /// Writes one report over these snapshots, which come in the order of their accounts.
    ///
    /// # Errors
    /// When a snapshot says nothing, a rule can't be evaluated, or the report can't be written.
    pub(crate) fn report(
        &self,
        count: usize,
        snapshots: impl Iterator<Item = Result<StoredSnapshot, Failure>>,
    ) -> Result<Exit, Failure> {
        let mut out = output::open(self.report.output.as_deref())?;
        let to_file = self.report.output.as_deref().is_some_and(|path| path != "-");
        let look = Look {
            width: if to_file { terminal::file_width() } else { terminal::stdout_width() },
            colours: self.global.color.decided(to_file),
            several_accounts: count > 1,
            ..Look::default()
        };
        let judged = self.write(&mut out, look, snapshots);
        let (gate_hit, incomplete) = judged.map_err(|stopped| match stopped {
            Stopped::Failure(failure) => failure,
            Stopped::Output(error) => out.failed(&error),
        })?;
        out.finish()?;
        Ok(Exit::judged(gate_hit, incomplete && !self.report.allow_incomplete))
    }

    fn write(
        &self,
        out: &mut Output,
        look: Look,
        snapshots: impl Iterator<Item = Result<StoredSnapshot, Failure>>,
    ) -> Result<(bool, bool), Stopped> {
        let mut format = self.report.format.writer(out, look);
        let (mut gate_hit, mut incomplete) = (false, false);
        for snapshot in snapshots {
            let judged = self.account(&snapshot?, format.as_mut())?;
            gate_hit |= self.report.fail_on.0.is_some_and(|gate| judged.summary.worst() >= Some(gate));
            incomplete |= judged.coverage.is_incomplete();
        }
        format.close()?;
        Ok((gate_hit, incomplete))
    }

    /// Writes the report of one account.
    fn account(&self, snapshot: &StoredSnapshot, format: &mut dyn Format) -> Result<Judged, Stopped> {
        refuse_if_nothing_was_listed(snapshot)?;
        let Choice { rules, configuration } = self.choice;
        let facts = match self.now {
            None => Facts::of(Arc::clone(&snapshot.shared), &configuration.declarations),
            Some(now) => Facts::of(seen_at(&snapshot.shared, now), &configuration.declarations),
        };
        let judging =
            Judging { rules, facts: &facts, settings: &configuration.settings, all: self.report.all };
        format.begin(&self.run_of(snapshot))?;
        let resources = snapshot.unread_resources().map_err(Failure::no_result)?;
        let judged = palisade_rules::judge(
            judging,
            resources,
            |unread| unread.read(),
            |finding| self.report.format.present(finding),
            |finding| format.finding(finding),
        )?;
        format.end(&judged.coverage, &judged.summary)?;
        Ok(judged)
    }

    fn run_of(&self, snapshot: &StoredSnapshot) -> Run {
        let header = &snapshot.shared.header;
        let scope = &header.scope;
        Run {
            account: header.account_id.clone(),
            partition: header.partition.clone(),
            caller: header.caller_arn.clone(),
            taken_at: header.taken_at.to_string(),
            now: self.now.map(|now| now.to_string()),
            scope: RunScope {
                regions: scope.regions.clone(),
                excluded_regions: scope.excluded_regions.clone(),
                regions_listed: scope.regions_listed,
                limited_to_regions: scope.limited_to_regions,
                rules: self.choice.rules.ids().map(str::to_owned).collect(),
            },
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            digests: Digests {
                snapshot: snapshot.sha256().to_owned(),
                rules: self.choice.rules.digest(),
                configuration: self.choice.configuration.digest(),
            },
        }
    }
}

/// The same records, with another clock for the rules.
fn seen_at(shared: &Shared, now: Timestamp) -> Arc<Shared> {
    let mut shared = shared.clone();
    shared.header.taken_at = now;
    Arc::new(shared)
}

/// A snapshot in which every listing was refused tells nothing about the account.
fn refuse_if_nothing_was_listed(snapshot: &StoredSnapshot) -> Result<(), Failure> {
    let shared = &snapshot.shared;
    let mut asked = shared.listings.iter().filter(|listing| listing.not_offered.is_none()).peekable();
    let all_refused = asked.peek().is_some() && asked.all(|listing| listing.incomplete.is_some());
    let listed = shared.users.len() + shared.groups.len() + shared.roles.len() + shared.policies.len();
    if !all_refused || listed > 0 || snapshot.resources().map_err(Failure::no_result)?.next().is_some() {
        return Ok(());
    }
    let why = shared.listings.iter().find_map(|listing| listing.incomplete.as_ref());
    let why = why.map_or_else(String::new, |why| format!(" ({}: {})", why.operation, why.reason.name()));
    Err(Failure::no_result(format_args!(
        "nothing in account {} could be listed{why}; give {} the policy that `palisade permissions` prints",
        shared.header.account_id, shared.header.caller_arn
    )))
}

/// Why a report was not finished.
enum Stopped {
    Failure(Failure),
    /// The output refused; it knows its name.
    Output(io::Error),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<JudgeError<OpenError, io::Error>> for Stopped {
    fn from(error: JudgeError<OpenError, io::Error>) -> Self {
        match error {
            JudgeError::Sink(error) => Self::Output(error),
            other => Self::Failure(Failure::no_result(other)),
        }
    }
}
