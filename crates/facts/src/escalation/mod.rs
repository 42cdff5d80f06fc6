//! Who can become administrator: escalation paths, proven step by step.
//!
//! Techniques are data (`rules/escalation/`). Each is tried for each user and role on each target; the policy engine
//! decides every request on the concrete resource with all policies. What works are the edges of a graph, which is
//! searched backwards from those who are administrators.

mod administrator;
mod attempt;
mod changes;
mod common_text;
mod credentials;
mod cut;
mod graph;
mod input;
mod label;
mod load;
mod names;
mod node;
mod output;
mod path;
mod permission;
mod prerequisite;
mod search;
mod suitable;
mod technique;
mod together;
mod unit;
mod world;

use std::collections::{BTreeSet, HashSet};

use palisade_policy::request::Action;

pub use credentials::{CredentialReportError, Credentials, KnownCredentials};
pub use input::{Account, ScpError};
pub use load::{TechniqueError, built_in, load};
pub use output::{Cut, Path, PathStep, PrincipalReport, Report, StatementUse, Status, WitnessRequest};
pub use technique::Technique;
pub use unit::Unit;

use administrator::Administrators;
use attempt::{CONDITIONAL, EXTERNAL};
use cut::{Collected, Protected};
use graph::Ways;
use path::Describing;
use search::Search;
use world::{Builder, World};

/// Searches the accounts with techniques.
#[must_use]
pub fn analyse(accounts: &[Account], techniques: &[Technique]) -> Report {
    let actions = interesting_actions(techniques);
    let nothing = BTreeSet::new();
    let world = Builder::new(&actions, &nothing).build(accounts);
    let administrators = Administrators::new();
    let search = Search::new(&world, techniques, &actions, &administrators);
    let mut principals = report(&search);
    let held = (0..world.principals.len()).filter(|&index| search.labels.get(index) == Some(&true));
    let protected = Protected::new(&world, held);
    let cut = cut(accounts, techniques, &actions, &protected, &principals, &world);
    principals.sort_by(|one, other| one.arn.cmp(&other.arn));
    Report { principals, cut }
}

/// Finds what closes every unconditional path.
fn cut(
    accounts: &[Account],
    techniques: &[Technique],
    actions: &[Action],
    protected: &Protected,
    principals: &[PrincipalReport],
    world: &World,
) -> Cut {
    let mut collected = Collected::default();
    let open = principals.iter().filter(|one| one.can_escalate);
    let first: Vec<(String, Path)> =
        open.flat_map(|one| one.paths.iter().map(|path| (one.arn.clone(), path.clone()))).collect();
    // First paths that have nothing in common, so that few rounds are needed afterwards.
    let (mut paths, mut gone) = (first, BTreeSet::new());
    while collected.note_all(&paths, protected, world) && collected.rounds < cut::MOST_ROUNDS {
        gone.extend(paths.iter().flat_map(|(_, path)| protected.units(world, path)));
        paths = open_paths(accounts, techniques, actions, &gone);
    }
    let (mut removed, mut smallest) = collected.smallest();
    let mut finished = removed.is_empty();
    while !finished && collected.rounds < 2 * cut::MOST_ROUNDS {
        let paths = open_paths(accounts, techniques, actions, &removed);
        if collected.note_all(&paths, protected, world) {
            (removed, smallest) = collected.smallest();
        } else {
            finished = true;
        }
    }
    collected.into_cut(removed, smallest, finished)
}

/// The unconditional paths that are open without some statements and attachments.
fn open_paths(
    accounts: &[Account],
    techniques: &[Technique],
    actions: &[Action],
    removed: &BTreeSet<Unit>,
) -> Vec<(String, Path)> {
    let world = Builder::new(actions, removed).build(accounts);
    let administrators = Administrators::new();
    let search = Search::new(&world, techniques, actions, &administrators);
    let ways = search.ways(0);
    let describing = Describing { search: &search };
    (0..world.principals.len())
        .filter(|index| search.labels.get(*index) == Some(&false) && ways.contains_key(index))
        .filter_map(|index| Some((world.principals.get(index)?.arn.clone(), describing.paths(index, &ways))))
        .flat_map(|(arn, paths)| paths.into_iter().map(move |path| (arn.clone(), path)))
        .collect()
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

fn report(search: &Search<'_>) -> Vec<PrincipalReport> {
    let certain = search.ways(0);
    let conditional = search.ways_beyond(&certain, CONDITIONAL);
    let external = search.ways_beyond(&certain, EXTERNAL);
    let both = search.ways_beyond(&certain, CONDITIONAL | EXTERNAL);
    let describing = Describing { search };
    (0..search.world.principals.len())
        .filter_map(|index| one(search, &describing, index, [&certain, &conditional, &external, &both]))
        .collect()
}

fn one(
    search: &Search<'_>,
    describing: &Describing<'_, '_>,
    index: usize,
    ways: [&Ways; 4],
) -> Option<PrincipalReport> {
    let principal = search.world.principals.get(index)?;
    let node = search.nodes.all.get(index)?;
    let admin = search.labels.get(index).copied().unwrap_or_default();
    let [certain, conditional, external, both] = ways.map(|ways| ways.get(&index).filter(|_| !admin));
    let unread = unread(search.world, index);
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
            world::PrincipalKind::User => "user",
            world::PrincipalKind::Role => "role",
        },
        status,
        admin,
        can_escalate: status == Status::CanEscalate,
        needs_external_state: !admin && certain.is_none() && (external.is_some() || both.is_some()),
        limited_by: if admin { label::limited_by(search.world, node) } else { Vec::new() },
        unknown_because: unread,
        paths,
    })
}

/// What could not be read of a user's or role's policies.
fn unread(world: &World, index: usize) -> Vec<String> {
    let Some(principal) = world.principals.get(index) else { return Vec::new() };
    let groups = principal.groups.iter().filter_map(|&group| world.groups.get(group));
    let mut found: Vec<String> = principal.own.unread.clone();
    found.extend(groups.flat_map(|group| group.grants.unread.clone()));
    if let world::Boundary::Unread(arn) = &principal.boundary {
        found.push(arn.clone());
    }
    if let Some(account) = world.accounts.get(principal.account) {
        found.extend(account.unlisted.iter().cloned());
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests;
