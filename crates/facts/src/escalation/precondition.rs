//! What a technique needs, so that its file can show each of these missing.

use serde::Deserialize;

use super::technique::{Gives, Provider, Step, TargetKind, Technique, TrustPolicy};

/// Preconditions that are no permission and no [`Prerequisite`](super::technique::Prerequisite).
const PASSED_TO: &str = "passed_to";
const TRUST: &str = "trust";
const ADMINISTRATOR: &str = "administrator";
const BOUNDARY: &str = "boundary";
const AUDIENCE: &str = "audience";
const HELD: &str = "held";
const VERSION: &str = "version";

/// The names of a technique's preconditions, each once:
///
/// - a permission by its action; of several of which one is enough, all with ` or ` between them;
/// - what `requires` names;
/// - `passed_to`: the role may be passed to this service;
/// - `trust`: the role trusts the service, or the attacker;
/// - `audience`: the role does not ask for whom a token is;
/// - `administrator`: whoever is reached is an administrator;
/// - `boundary`: no permissions boundary caps him;
/// - `held`: what is changed is the attacker's own;
/// - `version`: another version allows more.
///
/// Of a combination: those of both its techniques, of which none needs an administrator or what is the attacker's own.
pub(super) fn preconditions(technique: &Technique, all: &[Technique]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    if let Some(combination) = &technique.combines {
        let both = [&combination.change, &combination.access];
        for one in all.iter().filter(|one| both.contains(&&one.id)) {
            let names = preconditions(one, all);
            names.iter().filter(|name| *name != ADMINISTRATOR && *name != HELD).for_each(|name| add(name));
        }
        return found;
    }
    for step in &technique.steps {
        of_step(step, &mut add);
    }
    if technique.service.is_some() || technique.through.is_some() || technique.provider.is_some() {
        add(TRUST);
    }
    if technique.provider == Some(Provider::OidcAudience) {
        add(AUDIENCE);
    }
    technique.requires.iter().for_each(|one| add(&one.name()));
    of_gain(technique).iter().for_each(|name| add(name));
    found
}

fn of_step(step: &Step, add: &mut impl FnMut(&str)) {
    if !step.one_of.is_empty() {
        let actions: Vec<&str> = step.one_of.iter().map(|one| one.action.as_str()).collect();
        add(&actions.join(" or "));
    } else if step.trust != Some(TrustPolicy::Written) {
        // A trust policy that names somebody of its account lets him in without more.
        add(&step.action);
    }
    if step.context.contains_key("iam:PassedToService") {
        add(PASSED_TO);
    }
    if step.trust == Some(TrustPolicy::Existing) {
        add(TRUST);
    }
}

/// What must hold of whoever gains.
fn of_gain(technique: &Technique) -> &'static [&'static str] {
    match technique.gives {
        Gives::Credentials | Gives::Membership => &[ADMINISTRATOR, BOUNDARY],
        Gives::Rights
        | Gives::AttachedPolicy
        | Gives::NoInlinePolicy
        | Gives::NoAttachedPolicy
        | Gives::NoMembership
        | Gives::Tag => &[HELD, BOUNDARY],
        Gives::PolicyVersion if technique.target == TargetKind::BoundaryPolicy => {
            &[HELD, VERSION, ADMINISTRATOR]
        }
        Gives::PolicyVersion => &[HELD, VERSION, BOUNDARY],
        Gives::NoBoundary => &[HELD, ADMINISTRATOR],
        Gives::NewAdministrator => &[BOUNDARY],
        Gives::Combination => &[],
    }
}

/// The first mistake about examples that show a precondition missing: the place and what is wrong.
pub(super) fn check_twins(technique: &Technique, all: &[Technique]) -> Result<(), (String, String)> {
    let names = preconditions(technique, all);
    for (index, example) in technique.examples.iter().enumerate() {
        if let Some(lacks) = example.lacks.as_ref().filter(|lacks| !names.contains(lacks)) {
            let message = format!("`{lacks}` is none of {}", names.join(", "));
            return Err((format!("examples[{index}].lacks"), message));
        }
    }
    let shown = |name: &&String| technique.examples.iter().any(|one| one.lacks.as_ref() == Some(*name));
    match names.iter().find(|name| !shown(name)) {
        Some(name) => Err(("examples".to_owned(), format!("none shows that it takes `{name}`"))),
        None => Ok(()),
    }
}

/// One example: what an account has, and what is found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What is special about it.
    pub name: String,
    /// The precondition that is missing, by its name: with this technique alone, there is no path.
    #[serde(default)]
    pub lacks: Option<String>,
    /// The status of the user or role `attacker`, with every technique.
    pub expect: String,
    /// The account in short.
    #[serde(default)]
    pub given: serde_json::Value,
}
