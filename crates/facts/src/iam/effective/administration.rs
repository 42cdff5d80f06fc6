//! Who may do everything.

use palisade_policy::actions::{Action, Service, table};
use palisade_policy::compiled::CompiledStatement;
use palisade_policy::document::Effect;
use palisade_policy::policies::PrincipalPolicies;
use palisade_policy::request::{Action as Asked, Resource};

use super::Permission;
use super::held::Held;
use crate::Access;
use crate::giving_rights::GIVING_RIGHTS;

/// An action and a resource that no policy names: what allows it allows all that it does not leave out by name.
const UNLISTED: (&str, &str) = ("7q0-unnamed-k3:7q0UnnamedK3", "arn:aws:7q0-unnamed-k3:::7q0-unnamed-k3/zx9");

impl Held {
    /// Whether it may do everything on every resource.
    pub(crate) fn administrator(&self) -> Access {
        self.administration().map_or(Access::No, |one| one.access)
    }

    /// How it may do everything on every resource: the action that gives it rights, on a resource that nobody names.
    ///
    /// Denies take that away only if they leave no action that gives rights: who keeps one gets back, by another
    /// identity, what they take. Actions without a resource need not be allowed: he gives them to himself.
    pub(crate) fn administration(&self) -> Option<Permission> {
        let rights = GIVING_RIGHTS.iter().filter_map(|(name, _)| self.on_every(&table().action(name)?));
        let mut best = rights.reduce(|best, one| if one.access > best.access { one } else { best })?;
        best.access = best.access.min(self.allowed_but_for_denies()?);
        Some(best)
    }

    /// Whether every action is allowed, if no statement denied anything.
    fn allowed_but_for_denies(&self) -> Option<Access> {
        let plain = |one: &CompiledStatement| one.effect() == Effect::Allow && !one.is_inverted();
        if let Some(access) = self.unlisted(&self.reduced(plain)) {
            return Some(access);
        }
        let allows = self.reduced(|one| one.effect() == Effect::Allow);
        let actions = table().services().flat_map(Service::actions);
        let takes_resource = |action: &Action<'_>| !action.is_wildcard_only();
        actions.filter(takes_resource).try_fold(Access::Yes, |least, action| {
            Some(least.min(self.on_every_by(&allows, &action)?.access))
        })
    }

    /// Whether statements without exceptions allow what nobody has named, and so everything.
    fn unlisted(&self, policies: &PrincipalPolicies) -> Option<Access> {
        let (action, resource) = UNLISTED;
        let asked = Asked::parse(action)?;
        let resource = Resource::new(resource).owned_by(&self.account);
        self.allowed_by(policies, || action.to_owned(), &asked, &resource).map(|one| one.access)
    }
}
