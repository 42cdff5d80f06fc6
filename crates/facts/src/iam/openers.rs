//! Who opens a role from outside its account.

use super::{FederationKind, RoleTrusts};
use crate::Access;

/// Whether only builders of code get into a role from outside.
pub(crate) fn only_builders(trusts: &RoleTrusts) -> bool {
    let is_builder = |kind| matches!(kind, FederationKind::GitHub | FederationKind::SharedCi);
    let federated = trusts.federated.get();
    let builders = federated.iter().filter(|one| is_builder(one.kind)).count();
    builders > 0 && builders == openers(trusts).len()
}

/// Who opens a role from outside, as text.
pub(crate) fn openers(trusts: &RoleTrusts) -> Vec<String> {
    let is_outside =
        |kind| !matches!(kind, FederationKind::Eks | FederationKind::Cognito | FederationKind::ConsumerLogin);
    let mut openers = Vec::new();
    if trusts.anyone != Access::No {
        openers.push("anyone".to_owned());
    }
    openers.extend(trusts.external_accounts.iter().map(|one| format!("account {}", one.account)));
    openers.extend(trusts.organizations.iter().map(|id| format!("organization {id}")));
    let federated = trusts.federated.get().iter().filter(|one| is_outside(one.kind));
    openers.extend(federated.map(|one| one.provider.clone()));
    if trusts.roles_anywhere.get().is_some() {
        openers.push("certificates".to_owned());
    }
    openers
}
