//! Who gets into roles that are there for emergencies.

use serde::Serialize;

use super::attempt::CONDITIONAL;
use super::common_text::matches;
use super::output::Path;
use super::path::Describing;
use super::search::Search;
use super::world::{PrincipalIndex, PrincipalKind};

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
pub(super) fn roles(search: &Search<'_>, names: &[String]) -> Vec<EmergencyRole> {
    let is_one = |name: &str| names.iter().any(|pattern| matches(pattern, name));
    let roles = search.world.principals.iter().enumerate();
    let roles = roles.filter(|(_, one)| one.kind == PrincipalKind::Role && is_one(&one.name));
    let mut found: Vec<EmergencyRole> = roles
        .map(|(goal, role)| EmergencyRole { arn: role.arn.clone(), reached_by: reached_by(search, goal) })
        .collect();
    found.sort_by(|one, other| one.arn.cmp(&other.arn));
    found
}

fn reached_by(search: &Search<'_>, goal: PrincipalIndex) -> Vec<Reaching> {
    let describing = Describing { search, most_paths: usize::MAX };
    let certain = search.ways_to(&[goal], 0);
    let all = search.ways_to(&[goal], CONDITIONAL);
    // The first nodes are the users and roles as they are.
    let reaching = all.nodes().filter(|&index| index != goal && search.labels.get(index) == Some(&false));
    let mut found: Vec<Reaching> = reaching
        .filter_map(|index| {
            let ways = if certain.contains(index) { &certain } else { &all };
            Some(Reaching {
                arn: search.world.principals.get(index)?.arn.clone(),
                conditional: !certain.contains(index),
                paths: describing.paths(index, ways),
            })
        })
        .collect();
    found.sort_by(|one, other| one.arn.cmp(&other.arn));
    found
}
