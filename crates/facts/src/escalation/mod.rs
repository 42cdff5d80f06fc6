//! Who can become administrator: escalation paths, proven step by step.
//!
//! Techniques are data (`rules/escalation/`). Each is tried for each user and role on each target; the policy engine
//! decides every request on the concrete resource with all policies. What works are the edges of a graph, which is
//! searched backwards from those who are administrators.

mod action_set;
mod administrator;
mod answers;
mod attempt;
mod certainty;
mod changes;
mod clearing;
mod closing;
mod common_text;
mod control;
mod credentials;
mod cut;
mod emergency;
mod federation;
mod graph;
mod imagined;
mod input;
mod label;
mod load;
mod names;
mod naming;
mod node;
mod node_map;
mod output;
mod path;
mod permission;
mod precondition;
mod prerequisite;
mod reaching;
mod requests;
mod search;
mod shared_search;
mod suitable;
mod technique;
mod together;
mod touched;
mod unit;
mod world;

use std::collections::{BTreeSet, HashSet};

use palisade_policy::request::Action;

pub(crate) use common_text::matches;
pub use credentials::{CredentialReportError, Credentials, KnownCredentials};
pub use emergency::{EmergencyRole, Reaching};
pub(crate) use imagined::{Imagined, ImaginedGrant};
pub(crate) use input::scp_levels;
pub use input::{Account, ScpError};
pub use load::{TechniqueError, built_in, load};
pub use output::{Cut, Path, PathStep, PrincipalReport, Report, StatementUse, Status, WitnessRequest};
pub(crate) use shared_search::SharedSearch;
pub use technique::Technique;
pub use unit::Unit;

use administrator::Administrators;
use answers::Answers;
use attempt::{CONDITIONAL, EXTERNAL, UNREAD};
use closing::Closing;
use cut::Protected;
use graph::Ways;
use path::Describing;
use search::{Scope, Search};
use world::{Builder, PrincipalKind, World};

/// Paths of every quality.
const EVERY_QUALITY: u8 = CONDITIONAL | EXTERNAL | UNREAD;
/// A search for paths of every quality, among everybody.
const EVERY_PATH: Scope<'static> = Scope { bits: EVERY_QUALITY, concerned: None };

/// Searches the accounts with techniques, and for who gets into the roles for emergencies, which have one of these names,
/// in which `*` is any run of characters.
#[must_use]
pub fn analyse(accounts: &[Account], techniques: &[Technique], emergency_roles: &[String]) -> Report {
    let actions = interesting_actions(techniques);
    let nothing = BTreeSet::new();
    let mut world = Builder::new(&actions, &nothing).build(accounts);
    let administrators = Administrators::new();
    let search = Search::new(&world, techniques, &actions, &administrators, EVERY_PATH);
    let mut principals: Vec<PrincipalReport> = report(&search, usize::MAX).collect();
    principals.sort_by(|one, other| one.arn.cmp(&other.arn));
    let emergency_roles = emergency::roles(&search, emergency_roles);
    let held = (0..world.principals.len()).filter(|&index| search.labels.get(index) == Some(&true));
    let protected = Protected::new(&world, held);
    let concerned = search.concerned();
    // What closes the paths is found by searches of their own: two at a time would take twice the memory.
    drop(search);
    world.answers = Answers::default();
    let closing = Closing { accounts, techniques, actions: &actions, world: &world, protected, concerned };
    let cut = closing.cut(&principals);
    Report { principals, cut, emergency_roles }
}

/// The actions that techniques and the label of administrators rest on.
fn interesting_actions(techniques: &[Technique]) -> Vec<Action> {
    let mut seen = HashSet::new();
    let mut actions: Vec<Action> = Vec::new();
    let mut add = |name: &str| {
        if let Some(action) = Action::parse(name)
            && seen.insert((action.service().to_owned(), action.name().to_owned()))
        {
            actions.push(action);
        }
    };
    for step in techniques.iter().flat_map(Technique::all_steps) {
        add(&step.action);
    }
    label::actions().for_each(add);
    actions
}

/// What was found about everybody, one after the other, with so many of the shortest paths at most.
fn report<'s>(search: &'s Search<'_>, most_paths: usize) -> impl Iterator<Item = PrincipalReport> + 's {
    let certain = search.ways(0);
    let conditional = search.ways_beyond(&certain, CONDITIONAL);
    let external = search.ways_beyond(&certain, EXTERNAL);
    let both = search.ways_beyond(&certain, CONDITIONAL | EXTERNAL);
    let perhaps = search.ways_beyond(&certain, CONDITIONAL | EXTERNAL | UNREAD);
    let describing = Describing { search, most_paths };
    (0..search.world.principals.len()).filter_map(move |index| {
        one(search, &describing, index, [&certain, &conditional, &external, &both], &perhaps)
    })
}

fn one(
    search: &Search<'_>,
    describing: &Describing<'_, '_>,
    index: usize,
    ways: [&Ways; 4],
    perhaps: &Ways,
) -> Option<PrincipalReport> {
    let principal = search.world.principals.get(index)?;
    let node = search.nodes.all.get(index)?;
    let admin = search.labels.get(index).copied().unwrap_or_default();
    let [certain, conditional, external, both] = ways.map(|ways| ways.get(index).filter(|_| !admin));
    let mut unread = unread(search.world, index);
    if [certain, conditional, external, both].iter().all(Option::is_none) && !admin {
        unread.extend(unread_along(search, index, perhaps));
    }
    let (status, paths) = match (certain, conditional, external, both) {
        _ if admin => (Status::Administrator, Vec::new()),
        (Some(_), ..) => (Status::CanEscalate, describing.paths(index, ways[0])),
        (_, Some(_), ..) => (Status::Conditional, describing.paths(index, ways[1])),
        (_, _, Some(_), _) => (Status::NeedsExternalState, describing.paths(index, ways[2])),
        (.., Some(_)) => (Status::Conditional, describing.paths(index, ways[3])),
        _ if !unread.is_empty() => (Status::Unknown, Vec::new()),
        _ => (Status::Cannot, Vec::new()),
    };
    Some(PrincipalReport {
        arn: principal.arn.clone(),
        kind: match principal.kind {
            PrincipalKind::User => "user",
            PrincipalKind::Role => "role",
        },
        status,
        admin,
        can_escalate: status == Status::CanEscalate,
        needs_external_state: !admin && certain.is_none() && (external.is_some() || both.is_some()),
        limited_by: if admin { label::limited_by(search.world, node) } else { Vec::new() },
        unknown_because: unread.into_iter().collect(),
        paths,
    })
}

/// What could not be read of a user's or role's policies.
fn unread(world: &World, index: usize) -> BTreeSet<String> {
    let Some(principal) = world.principals.get(index) else { return BTreeSet::new() };
    let groups = principal.groups.iter().filter_map(|&group| world.groups.get(group));
    let mut found: BTreeSet<String> = principal.own.unread.iter().cloned().collect();
    found.extend(groups.flat_map(|group| group.grants.unread.clone()));
    if let world::Boundary::Unread(arn) = &principal.boundary {
        found.insert(arn.clone());
    }
    if let Some(account) = world.accounts.get(principal.account) {
        found.extend(account.unlisted.iter().cloned());
    }
    found
}

/// What could not be read of those on the way to somebody who may be an administrator for all that is known.
fn unread_along(search: &Search<'_>, from: usize, ways: &Ways) -> BTreeSet<String> {
    let Some(first) = ways.get(from).and_then(|way| way.first.first()) else { return BTreeSet::new() };
    let mut found = BTreeSet::new();
    let mut note = |node: usize| {
        let Some(place) = search.nodes.all.get(node).map(|node| node.principal) else { return };
        found.extend(unread(search.world, place));
        let role = search.world.principals.get(place).filter(|one| one.kind == PrincipalKind::Role);
        found.extend(role.filter(|role| role.trust.is_none()).map(|role| Unit::trust_policy(&role.arn)));
    };
    for (at, edge) in graph::chain(from, first, ways) {
        note(at);
        edge.attempts.iter().for_each(|(by, _)| note(*by));
        note(edge.to);
    }
    found
}

#[cfg(test)]
mod tests;
