//! `palisade permissions`: the least that a scan must be allowed.

mod cloudformation;
mod terraform;

use std::collections::BTreeSet;
use std::io::Write as _;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::arguments::{Global, SelectionArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::notes::Notes;
use crate::output;
use crate::rule_choice::{self, Choice};

/// Print the IAM policy that a scan with this selection needs, and nothing more
///
/// The parameters in palisade.toml count: a rule that they switch off, as its defaults may do where a list of
/// what is allowed is empty, needs nothing, even if --rule names it. What such rules would need is said on
/// standard error. Print the policy again when you change parameters.
#[derive(Debug, Args)]
pub(crate) struct Permissions {
    /// The format
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value = "json")]
    format: PermissionsFormat,
    #[command(flatten)]
    selection: SelectionArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PermissionsFormat {
    /// The policy itself
    Json,
    /// A template, in JSON, of a managed policy and, if an account to trust is given, a role
    Cloudformation,
    /// The same for Terraform; keep it in a file whose name ends in `.tf.json`
    Terraform,
}

impl Permissions {
    pub(crate) fn run(self, global: &Global, notes: Notes) -> Result<Exit, Failure> {
        let choice = rule_choice::load(global, &self.selection)?;
        let actions = palisade_snapshot::permissions(&choice.reads());
        let off = about_rules_that_are_off(&choice, &actions);
        if actions.is_empty() {
            let off = off.map_or_else(String::new, |off| format!(": {off}"));
            return Err(Failure::usage(format_args!("the selected rules need no permission at all{off}")));
        }
        if let Some(off) = off {
            notes.note(off);
        }
        let policy = policy(&actions);
        let document = match self.format {
            PermissionsFormat::Json => policy,
            PermissionsFormat::Cloudformation => cloudformation::template(&policy),
            PermissionsFormat::Terraform => terraform::configuration(&policy),
        };
        let mut out = output::open(None)?;
        writeln!(out, "{document:#}").map_err(|error| out.failed(&error))?;
        out.finish()?;
        Ok(Exit::Complete)
    }
}

/// Which rules their parameters switch off, where they would need more than these actions.
fn about_rules_that_are_off(choice: &Choice, actions: &BTreeSet<&'static str>) -> Option<String> {
    let mut more = BTreeSet::new();
    let mut ids = Vec::new();
    for rule in choice.rules.iter().filter(|rule| choice.configuration.settings.is_off(rule)) {
        let mut missing = palisade_snapshot::permissions(&rule.reads());
        missing.retain(|action| !actions.contains(action));
        if !missing.is_empty() {
            ids.push(rule.id.as_str());
            more.extend(missing);
        }
    }
    let more = more.into_iter().collect::<Vec<_>>().join(", ");
    (!ids.is_empty()).then(|| {
        format!("switched off by their parameters: {}; switched on, they need {more}", ids.join(", "))
    })
}

fn policy(actions: &BTreeSet<&'static str>) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "PalisadeReads", "Effect": "Allow", "Action": actions, "Resource": "*" }],
    })
}

/// What the policy is for, as AWS shows it.
const POLICY_ABOUT: &str = "What Palisade reads, and nothing more";
/// What the role is for, as AWS shows it.
const ROLE_ABOUT: &str = "Lets Palisade read the configuration of this account";
/// The name of the role, unless another one is chosen.
const ROLE_NAME: &str = "palisade-audit";
const ABOUT_TRUSTED_ACCOUNT: &str =
    "The account whose identities may assume a role with this policy; no role is made if empty";
const ABOUT_EXTERNAL_ID: &str = "What they have to know to do so (sts:ExternalId); nothing if empty";
const ABOUT_ROLE_NAME: &str = "The name of the role";

/// Twelve digits, or nothing.
const ACCOUNT_ID_OR_EMPTY: &str = "^([0-9]{12})?$";
/// What AWS STS accepts as an external id (API reference of AWS STS, `AssumeRole`), or nothing.
const EXTERNAL_ID_OR_EMPTY: &str = "^([A-Za-z0-9_+=,.@:/-]{2,1224})?$";

#[cfg(test)]
mod tests {
    use super::*;

    /// Quota "Managed policy length" of AWS Identity and Access Management, white space not counted.
    const MANAGED_POLICY_LENGTH: usize = 6144;

    #[test]
    fn the_policy_for_everything_fits_into_a_managed_policy() {
        let all = palisade_snapshot::Evidence::ALL.iter().copied().collect();
        let policy = policy(&palisade_snapshot::permissions(&all)).to_string();
        assert!(policy.len() <= MANAGED_POLICY_LENGTH, "{}", policy.len());
    }
}
