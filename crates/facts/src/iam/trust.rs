//! Whom a trust policy lets in, as the policy engine decides it.

use palisade_policy::document::{Effect, PolicyDocument};
use palisade_policy::public::{Outsider, ResidualCondition, TrustedOutsider, role_trust};
use palisade_snapshot::{Evidence, Reason};

use super::{ExternalAccount, RoleTrusts};
use crate::context::Context;
use crate::exposure::witness;
use crate::{Access, Known, Missing, identities};

/// Whom a role trusts, by its place in the snapshot.
pub(crate) fn of_role(context: &Context, index: usize) -> Known<RoleTrusts> {
    let Some(role) = context.shared.roles.get(index) else {
        return Known::Unknown(Missing::because(Evidence::Roles, Reason::Malformed));
    };
    identities::read(&role.trust_policy, Evidence::Roles)
        .map(|document| of_document(context, &role.arn, &document))
}

fn of_document(context: &Context, role: &str, document: &PolicyDocument) -> RoleTrusts {
    let header = &context.shared.header;
    let found = role_trust(document, role, &header.account_id, &header.partition);
    let (mut external_accounts, mut organizations) = (Vec::new(), Vec::new());
    for outsider in found.outsiders {
        match &outsider.with {
            Outsider::Organization(id) => organizations.push(id.clone()),
            Outsider::Account(account) => {
                let account = account.clone();
                external_accounts.push(external_account(context, document, account, outsider));
            }
        }
    }
    RoleTrusts {
        anyone: Access::of_engine(found.anyone),
        conditions: texts(document, &found.residual),
        witness: found.witness.as_ref().map(witness),
        external_accounts,
        services: found.services,
        organizations,
        identity_providers: found.identity_providers,
        not_principal: document.statements.iter().any(|statement| {
            let element = statement.principals.as_ref();
            statement.effect == Effect::Allow && element.is_some_and(|element| element.negated)
        }),
    }
}

fn external_account(
    context: &Context,
    document: &PolicyDocument,
    account: String,
    outsider: TrustedOutsider,
) -> ExternalAccount {
    ExternalAccount {
        declared: context.declarations.trusted_accounts.contains(&account),
        account,
        access: Access::of_engine(outsider.access),
        external_id_required: outsider.external_id_required,
        conditions: texts(document, &outsider.residual),
        pointers: outsider.statements,
        witness: outsider.witness.as_ref().map(witness),
    }
}

/// The residual conditions as text; those of a Deny are what must not hold.
fn texts(document: &PolicyDocument, residual: &[ResidualCondition]) -> Vec<String> {
    let text = |one: &ResidualCondition| {
        let place = |pointer: &str| one.path.starts_with(&format!("{pointer}/"));
        let statement = document.statements.iter().find(|statement| place(&statement.pointer()));
        let is_denied = statement.is_some_and(|statement| statement.effect == Effect::Deny);
        let text = format!("{} {} {}", one.operator, one.key, one.values.join(" | "));
        if is_denied { format!("unless {text}") } else { text }
    };
    let mut texts: Vec<String> = residual.iter().map(text).collect();
    texts.sort();
    texts.dedup();
    texts
}
