//! Loads technique files and checks them, with every mistake at its place.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use palisade_policy::actions::table;
use thiserror::Error;

use super::precondition::check_twins;
use super::technique::{Gives, Step, TargetKind, Technique};

mod built_in {
    include!(concat!(env!("OUT_DIR"), "/techniques.rs"));
}

/// Why a technique file cannot be used.
#[derive(Debug, Error)]
pub enum TechniqueError {
    /// It is not YAML of the documented shape; the text names line and column.
    #[error("{file}: {message}")]
    Shape {
        /// The file.
        file: String,
        /// What is wrong, and where.
        message: String,
    },
    /// It has the right shape but makes no sense.
    #[error("{file}: {place}: {message}")]
    Meaning {
        /// The file.
        file: String,
        /// The path of the key.
        place: String,
        /// What is wrong.
        message: String,
    },
}

/// The techniques that ship, by id; an error if one of them is broken.
///
/// # Errors
/// [`TechniqueError`] for the first file that cannot be used.
pub fn built_in() -> Result<&'static [Technique], &'static TechniqueError> {
    static LOADED: OnceLock<Result<Vec<Technique>, TechniqueError>> = OnceLock::new();
    LOADED
        .get_or_init(|| {
            let techniques: Vec<_> =
                built_in::FILES.iter().map(|(id, text)| load(id, text)).collect::<Result<_, _>>()?;
            check_combinations(&techniques)?;
            for technique in &techniques {
                let file = format!("rules/escalation/{}.yaml", technique.id);
                check_twins(technique, &techniques).map_err(|(place, message)| TechniqueError::Meaning {
                    file,
                    place,
                    message,
                })?;
            }
            Ok(techniques)
        })
        .as_ref()
        .map(Vec::as_slice)
}

/// Reads and checks one technique.
///
/// # Errors
/// [`TechniqueError`] with the place.
pub fn load(id: &str, text: &str) -> Result<Technique, TechniqueError> {
    let file = format!("rules/escalation/{id}.yaml");
    let shape =
        |error: serde_saphyr::Error| TechniqueError::Shape { file: file.clone(), message: error.to_string() };
    let mut technique: Technique = serde_saphyr::from_str(text).map_err(shape)?;
    id.clone_into(&mut technique.id);
    check(&technique).map_err(|(place, message)| TechniqueError::Meaning { file, place, message })?;
    Ok(technique)
}

/// Whether combinations name techniques that are there.
fn check_combinations(techniques: &[Technique]) -> Result<(), TechniqueError> {
    let is_there = |id: &String| techniques.iter().any(|one| one.id == *id);
    for technique in techniques {
        let Some(combination) = &technique.combines else { continue };
        for id in [&combination.change, &combination.access] {
            if !is_there(id) {
                return Err(TechniqueError::Meaning {
                    file: format!("rules/escalation/{}.yaml", technique.id),
                    place: "combines".to_owned(),
                    message: format!("there is no technique `{id}`"),
                });
            }
        }
    }
    Ok(())
}

type Mistake = (String, String);

fn check(technique: &Technique) -> Result<(), Mistake> {
    let wrong = |place: &str, message: &str| Err((place.to_owned(), message.to_owned()));
    let is_combination = technique.gives == Gives::Combination;
    if is_combination != technique.combines.is_some() {
        return wrong("combines", "it is for techniques that give a `combination`, and for all of those");
    }
    if technique.steps.is_empty() != is_combination {
        return wrong("steps", "every technique has some, unless it is a combination");
    }
    let is_role = technique.target == TargetKind::Role;
    if technique.service.is_some() && !is_role {
        return wrong("service", "only roles trust services");
    }
    if technique.provider.is_some() && !(is_role && technique.gives == Gives::Credentials) {
        return wrong("provider", "only roles trust identity providers, and these give their credentials");
    }
    let fits = match technique.gives {
        Gives::Credentials => matches!(technique.target, TargetKind::User | TargetKind::Role),
        Gives::Rights => !matches!(technique.target, TargetKind::New | TargetKind::BoundaryPolicy),
        Gives::AttachedPolicy => {
            matches!(technique.target, TargetKind::User | TargetKind::Role | TargetKind::Group)
        }
        Gives::PolicyVersion => {
            matches!(technique.target, TargetKind::Policy | TargetKind::BoundaryPolicy)
        }
        Gives::Membership | Gives::NoMembership => technique.target == TargetKind::User,
        Gives::NoInlinePolicy | Gives::NoAttachedPolicy => {
            matches!(technique.target, TargetKind::User | TargetKind::Role | TargetKind::Group)
        }
        Gives::Tag => matches!(technique.target, TargetKind::User | TargetKind::Role),
        Gives::NoBoundary => {
            !matches!(technique.target, TargetKind::Policy | TargetKind::New | TargetKind::Group)
        }
        Gives::NewAdministrator => technique.target == TargetKind::New,
        Gives::Combination => matches!(technique.target, TargetKind::User | TargetKind::Role),
    };
    if !fits {
        return wrong("target", "what the technique gives cannot come from such a target");
    }
    for (index, step) in technique.steps.iter().enumerate() {
        let place = format!("steps[{index}]");
        if step.one_of.is_empty() {
            check_step(&place, step)?;
        } else if !step.action.is_empty() {
            return wrong(&place, "it has both `action` and `one_of`");
        }
        for (index, other) in step.one_of.iter().enumerate() {
            check_step(&format!("{place}.one_of[{index}]"), other)?;
        }
    }
    check_examples(technique)
}

fn check_step(place: &str, step: &Step) -> Result<(), Mistake> {
    for action in std::iter::once(&step.action).chain(&step.tagging) {
        if table().action(action).is_none() {
            return Err((format!("{place}.action"), format!("AWS has no action `{action}`")));
        }
    }
    for template in step.resources.iter().chain(step.context.keys()).chain(step.context.values()) {
        let opened = template.matches('{').count();
        if opened != template.matches('}').count() {
            return Err((place.to_owned(), format!("`{template}` has a brace that is not closed")));
        }
    }
    Ok(())
}

fn check_examples(technique: &Technique) -> Result<(), Mistake> {
    const STATUSES: [&str; 6] =
        ["administrator", "can_escalate", "conditional", "needs_external_state", "unknown", "cannot"];
    let mut found = BTreeSet::new();
    for (index, example) in technique.examples.iter().enumerate() {
        if !STATUSES.contains(&example.expect.as_str()) {
            let message = format!("`{}` is none of {}", example.expect, STATUSES.join(", "));
            return Err((format!("examples[{index}].expect"), message));
        }
        found.insert(example.expect == "cannot");
    }
    if found.len() < 2 {
        let message = "there must be one in which it works and one in which it does not".to_owned();
        return Err(("examples".to_owned(), message));
    }
    Ok(())
}
