//! The rules and settings that a command works with, loaded when it asks for them.

use std::collections::BTreeSet;

use palisade_rules::{LoadError, RuleSet};
use palisade_snapshot::Evidence;

use crate::arguments::{Global, SelectionArguments};
use crate::configuration::Configuration;
use crate::failure::Failure;

/// Rules and settings that fit each other.
pub(crate) struct Choice {
    /// The selected rules.
    pub(crate) rules: RuleSet,
    /// What `palisade.toml` says.
    pub(crate) configuration: Configuration,
}

impl Choice {
    /// What these rules need with these settings.
    pub(crate) fn reads(&self) -> BTreeSet<Evidence> {
        self.rules.reads(&self.configuration.settings)
    }
}

/// Loads the configuration and the rules, and selects.
///
/// # Errors
/// When the configuration or a rule is wrong, or the selection names what is not there or leaves
/// nothing.
pub(crate) fn load(global: &Global, arguments: &SelectionArguments) -> Result<Choice, Failure> {
    let configuration = Configuration::load(global.config.as_deref())?;
    let loaded = all_rules(arguments)?;
    configuration.settings.check(&loaded).map_err(Failure::usage)?;
    let rules = loaded.select(&arguments.selection()).map_err(Failure::usage)?;
    if rules.is_empty() {
        return Err(Failure::usage(
            "no rule is left by --rule, --exclude-rule, --service and --min-severity",
        ));
    }
    Ok(Choice { rules, configuration })
}

/// The rules that ship, and those of the user's folder.
fn all_rules(arguments: &SelectionArguments) -> Result<RuleSet, Failure> {
    let built_in = RuleSet::built_in().map_err(|error| broken(&error))?;
    let Some(folder) = &arguments.folder else { return Ok(built_in) };
    let own = RuleSet::folder(folder).map_err(|error| broken(&error))?;
    built_in.and(&own).map_err(|error| broken(&error))
}

/// What is wrong with the rules, one problem per line.
pub(crate) fn broken(error: &LoadError) -> Failure {
    Failure::usage(error)
}
