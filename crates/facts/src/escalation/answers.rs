//! What a search asked the world, so that nothing is worked out twice.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use palisade_policy::context::Context;
use palisade_policy::policies::PrincipalPolicies;

use super::attempt::Made;
use super::node::Node;
use super::world::{PolicyIndex, PrincipalIndex, PrincipalKind};

/// Roles that may assume another, each with whether that is conditional.
pub(super) type Assuming = Vec<(PrincipalIndex, bool)>;

/// Roles that trust a service, each with whether that is conditional, and what it may do.
pub(super) type Trusting = Rc<[(PrincipalIndex, bool, Node)]>;

/// What somebody holds: his account, identity policies and boundary.
pub(super) type Holding = (usize, Vec<PolicyIndex>, Option<PolicyIndex>);

/// Answers that are kept.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// What a context says that nobody can know, by kind.
    pub(super) unknown: RefCell<BTreeMap<PrincipalKind, Context>>,
    /// What all requests by a kind of an account say.
    pub(super) usual: RefCell<BTreeMap<(PrincipalKind, usize), Context>>,
    /// The policies on the principal's side, by account, identity policies and boundary.
    pub(super) sides: RefCell<HashMap<Holding, Rc<PrincipalPolicies>>>,
    /// Whether roles trust services, as far as that was asked: see [`World::trusts_service`].
    pub(super) trusted: RefCell<HashMap<PrincipalIndex, HashMap<String, Option<bool>>>>,
    /// The roles that trust a service, as far as that was asked.
    pub(super) trusting: RefCell<HashMap<String, Trusting>>,
    /// The requests of attempts that work, each once.
    pub(super) requests: RefCell<HashSet<Rc<Made>>>,
    /// The roles that a role can be assumed through, as far as that was asked.
    pub(super) assuming: RefCell<HashMap<(PrincipalIndex, String), Assuming>>,
}
