//! Whom a trust policy lets in, as the policy engine decides it.

use std::sync::Arc;

use palisade_policy::document::{Effect, PolicyDocument};
use palisade_policy::public::{self as engine, Outsider, ResidualCondition, TrustedOutsider, role_trust};
use palisade_snapshot::{Evidence, Reason};

use super::{AccountTrust, ExternalId, FederatedTrust, RolesAnywhereTrust, ServiceTrust};
use super::{account_trust, external_id, federation, service_trust, tag_session};
use crate::context::Context;
use crate::exposure::witness;
use crate::{Access, Known, Lazy, Missing, Witness, facts, identities};

facts! {
    /// Whom a role's trust policy lets in.
    pub struct RoleTrusts as "role_trusts" {
        /// Whether anybody, of whatever account or identity provider, can assume the role.
        anyone: Access, reads [];
        /// What is asked of anybody, where that is conditional, as text.
        conditions: Vec<String>, reads [];
        /// A request by which a stranger assumes the role; null if none does.
        witness: Option<Witness>, reads [];
        /// The accounts other than the role's own that can assume it.
        external_accounts: Vec<ExternalAccount>, reads [];
        /// The AWS services that can assume it.
        services: Vec<String>, reads [];
        /// The organizations whose accounts can assume it, by a condition on who the caller is.
        organizations: Vec<String>, reads [];
        /// The identity providers whose users can assume it.
        identity_providers: Vec<String>, reads [];
        /// Whether a statement allows everybody whom it does not name (`Allow` with `NotPrincipal`).
        not_principal: bool, reads [];
        /// Conditions on who or where somebody is that keep nobody out, as text: they hold if their key is missing, or
        /// whatever its value is.
        idle_conditions: Lazy<Vec<String>>, reads [];
        /// The external IDs that it asks for.
        external_ids: Lazy<Vec<ExternalId>>, reads [];
        /// The principals outside the account whom it lets set any tags on their sessions; `*` is everybody.
        open_tag_sessions: Lazy<Vec<String>>, reads [];
        /// The accounts that the policy names and that can assume it, the role's own included, and how far.
        accounts: Lazy<Vec<AccountTrust>>, reads [];
        /// The identity providers whose users can assume it, and what is asked of them; `*` is left out.
        federated: Lazy<Vec<FederatedTrust>>, reads [];
        /// The AWS services that can assume it, and on whose behalf.
        on_behalf: Lazy<Vec<ServiceTrust>>, reads [];
        /// Whose certificates let somebody assume it by IAM Roles Anywhere; null if none do.
        roles_anywhere: Lazy<Option<RolesAnywhereTrust>>, reads [];
    }
}

facts! {
    /// Another account that a role trusts.
    pub struct ExternalAccount as "external_account" {
        /// The twelve digits.
        account: String, reads [];
        /// Whether `palisade.toml` declares the account as trusted.
        declared: bool, reads [];
        /// Whether the account is let in without conditions on who or where its caller is.
        access: Access, reads [];
        /// Whether nobody of the account gets in without a fixed `sts:ExternalId`.
        external_id_required: bool, reads [];
        /// The conditions under which it is let in, as text.
        conditions: Vec<String>, reads [];
        /// Where the trust policy says so, as JSON pointers.
        pointers: Vec<String>, reads [];
        /// A request by which somebody of the account assumes the role.
        witness: Option<Witness>, reads [];
    }
}

facts! {
    /// Whether somebody can assume a role, with proof.
    pub struct TrustAccess as "trust_access" {
        /// Whether he can without conditions on who or where he is.
        access: Access, reads [];
        /// These conditions, as text.
        conditions: Vec<String>, reads [];
        /// A request by which he does; null if he can't.
        witness: Option<Witness>, reads [];
    }
}

impl TrustAccess {
    /// What the engine says of a trust policy.
    pub(super) fn of(document: &PolicyDocument, found: &engine::TrustAccess) -> Self {
        Self {
            access: Access::of_engine(found.access),
            conditions: texts(document, &found.residual),
            witness: found.witness.as_ref().map(witness),
        }
    }
}

/// Whom a role trusts, by its place in the snapshot.
pub(crate) fn of_role(context: &Arc<Context>, index: usize) -> Known<RoleTrusts> {
    let Some(role) = context.shared.roles.get(index) else {
        return Known::Unknown(Missing::because(Evidence::Roles, Reason::Malformed));
    };
    identities::read(&role.trust_policy, Evidence::Roles)
        .map(|document| of_document(context, &role.arn, &Arc::new(document)))
}

fn of_document(context: &Arc<Context>, role: &str, document: &Arc<PolicyDocument>) -> RoleTrusts {
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
        idle_conditions: later(context, role, document, |_, _, document| {
            texts(document, &engine::idle_conditions(document))
        }),
        external_ids: later(context, role, document, external_id::of_document),
        open_tag_sessions: later(context, role, document, tag_session::open_to),
        accounts: later(context, role, document, account_trust::of_document),
        federated: later(context, role, document, federation::of_document),
        on_behalf: later(context, role, document, service_trust::of_document),
        roles_anywhere: later(context, role, document, service_trust::roles_anywhere),
    }
}

/// What a trust policy says, worked out when a rule first asks.
fn later<T>(
    context: &Arc<Context>,
    role: &str,
    document: &Arc<PolicyDocument>,
    of: fn(&Arc<Context>, &str, &PolicyDocument) -> T,
) -> Lazy<T>
where
    T: 'static,
{
    let (context, role, document) = (Arc::clone(context), role.to_owned(), Arc::clone(document));
    Lazy::new(move || of(&context, &role, &document))
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
