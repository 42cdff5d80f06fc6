//! Who gets into roles that are there for emergencies.

use serde::Serialize;

use super::administrator::Administrators;
use super::attempt::CONDITIONAL;
use super::common_text::matches;
use super::input::Account;
use super::output::Path;
use super::path::Describing;
use super::search::{Scope, Search};
use super::technique::Technique;
use super::world::{Builder, PrincipalIndex, PrincipalKind};
use super::{BTreeSet, interesting_actions};

/// A role for emergencies, with everybody who gets its credentials.
#[derive(Debug, Clone, Serialize)]
pub struct EmergencyRole {
    /// Its ARN.
    pub arn: String,
    /// The users and roles that get its credentials, in order, beside those that are administrators already.
    pub reached_by: Vec<Reaching>,
}

/// A user or role that gets the credentials of another role.
#[derive(Debug, Clone, Serialize)]
pub struct Reaching {
    /// Its ARN.
    pub arn: String,
    /// Whether that hangs on context that nobody can know, such as MFA.
    pub conditional: bool,
    /// The shortest ways.
    pub paths: Vec<Path>,
}

/// The roles of these names, in which `*` is any run of characters, and who gets their credentials.
#[must_use]
pub fn emergency_roles(
    accounts: &[Account],
    techniques: &[Technique],
    names: &[String],
) -> Vec<EmergencyRole> {
    let is_one = |name: &str| names.iter().any(|pattern| matches(pattern, name));
    searched(accounts, techniques, CONDITIONAL, |search| {
        let roles = search.world.principals.iter().enumerate();
        let roles = roles.filter(|(_, one)| one.kind == PrincipalKind::Role && is_one(&one.name));
        let mut found: Vec<EmergencyRole> = roles
            .map(|(goal, role)| EmergencyRole { arn: role.arn.clone(), reached_by: reached_by(search, goal) })
            .collect();
        found.sort_by(|one, other| one.arn.cmp(&other.arn));
        found
    })
}

/// Asks a search for paths of these qualities.
pub(super) fn searched<T>(
    accounts: &[Account],
    techniques: &[Technique],
    bits: u8,
    answer: impl FnOnce(&Search<'_>) -> T,
) -> T {
    let actions = interesting_actions(techniques);
    let nothing = BTreeSet::new();
    let world = Builder::new(&actions, &nothing).build(accounts);
    let administrators = Administrators::new();
    let scope = Scope { bits, concerned: None };
    answer(&Search::new(&world, techniques, &actions, &administrators, scope))
}

fn reached_by(search: &Search<'_>, goal: PrincipalIndex) -> Vec<Reaching> {
    let describing = Describing { search };
    let certain = search.ways_to(&[goal], 0);
    let all =
        if search.scope.bits == 0 { certain.clone() } else { search.ways_to(&[goal], search.scope.bits) };
    // The first nodes are the users and roles as they are.
    let reaching = all.keys().filter(|&&index| index != goal && search.labels.get(index) == Some(&false));
    let mut found: Vec<Reaching> = reaching
        .filter_map(|&index| {
            let ways = if certain.contains_key(&index) { &certain } else { &all };
            Some(Reaching {
                arn: search.world.principals.get(index)?.arn.clone(),
                conditional: !certain.contains_key(&index),
                paths: describing.paths(index, ways),
            })
        })
        .collect();
    found.sort_by(|one, other| one.arn.cmp(&other.arn));
    found
}
