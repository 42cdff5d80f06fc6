//! Searches for what closes every unconditional path, and searches again without it.

use std::collections::{BTreeSet, HashSet};

use palisade_policy::request::Action;

use super::administrator::Administrators;
use super::cut::{Collected, Protected};
use super::input::Account;
use super::output::{Cut, PrincipalReport};
use super::path::Describing;
use super::search::{Scope, Search};
use super::technique::Technique;
use super::unit::Unit;
use super::world::{Builder, World};

/// The most searches for what is still open.
const MOST_SEARCHES: usize = 60;

/// What is searched again and again, each time without some statements and attachments.
pub(super) struct Closing<'a> {
    pub(super) accounts: &'a [Account],
    pub(super) techniques: &'a [Technique],
    pub(super) actions: &'a [Action],
    pub(super) world: &'a World,
    pub(super) protected: Protected,
    /// The users and roles that have a part in a path. Taking away never gives anybody else one.
    pub(super) concerned: HashSet<usize>,
}

impl Closing<'_> {
    /// What closes every unconditional path of these users and roles.
    pub(super) fn cut(&self, principals: &[PrincipalReport]) -> Cut {
        let mut collected = Collected::default();
        let open = principals.iter().filter(|one| one.can_escalate);
        let mut paths = Closable::new();
        for (one, path) in open.flat_map(|one| one.paths.iter().map(move |path| (one, path))) {
            paths.insert((one.arn.clone(), self.protected.units(self.world, path)));
        }
        let mut searches = 0;
        // First paths that have nothing in common, so that few searches are needed afterwards.
        let mut gone = BTreeSet::new();
        while collected.note_all(&paths) && searches < MOST_SEARCHES / 2 {
            gone.extend(paths.into_iter().flat_map(|(_, units)| units));
            paths = self.open_paths(&gone);
            searches += 1;
        }
        let (mut removed, mut smallest) = collected.smallest();
        let mut finished = removed.is_empty();
        while !finished && searches < MOST_SEARCHES {
            if collected.note_all(&self.open_paths(&removed)) {
                (removed, smallest) = collected.smallest();
            } else {
                finished = true;
            }
            searches += 1;
        }
        collected.into_cut(removed, smallest, finished)
    }

    /// The unconditional paths that are open without some statements and attachments.
    fn open_paths(&self, removed: &BTreeSet<Unit>) -> Closable {
        let world = Builder::new(self.actions, removed).with_whole(self.world).build(self.accounts);
        let administrators = Administrators::new();
        let scope = Scope { bits: 0, concerned: Some(&self.concerned) };
        let search = Search::new(&world, self.techniques, self.actions, &administrators, scope);
        let ways = search.ways(0);
        let describing = Describing { search: &search, most_paths: usize::MAX };
        let open = (0..world.principals.len())
            .filter(|index| search.labels.get(*index) == Some(&false) && ways.contains(*index))
            .filter_map(|index| Some((index, &world.principals.get(index)?.arn)));
        let mut found = Closable::new();
        for (index, arn) in open {
            let paths = describing.paths(index, &ways);
            found.extend(paths.iter().map(|path| (arn.clone(), self.protected.units(self.world, path))));
        }
        found
    }
}

/// Open paths: whose each is, and what can be taken away to close it.
type Closable = BTreeSet<(String, BTreeSet<Unit>)>;
