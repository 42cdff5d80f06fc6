//! The accounts of the organization, and whom it has given rights over them, as far as this account may see them.

use palisade_snapshot::{self as snapshot, Evidence, Observed, Reason};

use super::{Organization, organization};
use crate::context::Context;
use crate::{Known, Missing, facts};

facts! {
    /// An account of the organization.
    pub struct MemberAccount as "member_account" {
        /// The twelve digits.
        id: String, reads [];
        /// Its name.
        name: String, reads [];
        /// The e-mail address of its root user, in lower case.
        email: String, reads [];
        /// `ACTIVE`, `PENDING_ACTIVATION`, `SUSPENDED`, `PENDING_CLOSURE` or `CLOSED`.
        state: String, reads [];
        /// Whether `palisade.toml` says what it is there for, or that it is trusted.
        declared: bool, reads [];
    }
}

facts! {
    /// A member account that administers services for the organization.
    pub struct DelegatedAdministrator as "delegated_administrator" {
        /// The twelve digits.
        account: String, reads [];
        /// Its name.
        name: String, reads [];
        /// The service principals that it administers, such as `guardduty.amazonaws.com`.
        services: Vec<String>, reads [];
    }
}

facts! {
    /// What stands directly under the root of the organization.
    pub struct OrganizationRoot as "organization_root" {
        /// The twelve digits of the accounts, but for the one that manages the organization.
        accounts: Vec<String>, reads [];
        /// The names of the organizational units.
        units: Vec<String>, reads [];
    }
}

/// The accounts; null where only others can tell.
pub(crate) fn accounts(context: &Context) -> Known<Option<Vec<MemberAccount>>> {
    let observed = &context.shared.account.organization_accounts;
    seen(context, observed, Evidence::OrganizationAccounts, |_, accounts| {
        accounts.iter().map(|account| member(context, account)).collect()
    })
}

/// The address of this account's own root user; null where only others can tell.
pub(crate) fn root_email(context: &Context) -> Known<Option<String>> {
    let own = &context.shared.header.account_id;
    accounts(context).and_then(|accounts| {
        let Some(accounts) = accounts else { return Known::Known(None) };
        match accounts.into_iter().find(|one| one.id == *own) {
            Some(account) => Known::Known(Some(account.email)),
            // It is a member, so that it must be among them.
            None => Known::Unknown(Missing::because(Evidence::OrganizationAccounts, Reason::Malformed)),
        }
    })
}

/// The delegated administrators; null where only others can tell.
pub(crate) fn delegated_administrators(context: &Context) -> Known<Option<Vec<DelegatedAdministrator>>> {
    let observed = &context.shared.account.delegated_administrators;
    seen(context, observed, Evidence::DelegatedAdministrators, |_, administrators| {
        let administrator = |one: &snapshot::DelegatedAdministrator| DelegatedAdministrator {
            account: one.account.clone(),
            name: one.name.clone(),
            services: one.services.clone(),
        };
        administrators.iter().map(administrator).collect()
    })
}

/// The services with trusted access; null where only others can tell.
pub(crate) fn trusted_services(context: &Context) -> Known<Option<Vec<String>>> {
    let observed = &context.shared.account.trusted_services;
    seen(context, observed, Evidence::TrustedServices, |_, services| services.clone())
}

/// What stands directly under the root; null where only others can tell.
pub(crate) fn root(context: &Context) -> Known<Option<OrganizationRoot>> {
    let observed = &context.shared.account.organization_root;
    seen(context, observed, Evidence::OrganizationRoot, |found, root| OrganizationRoot {
        accounts: root.accounts.iter().filter(|id| **id != found.management_account_id).cloned().collect(),
        units: root.units.clone(),
    })
}

/// What was read of an organization that has policies; null where there is none, or only others can tell.
fn seen<T, F>(
    context: &Context,
    observed: &Observed<T>,
    evidence: Evidence,
    fact: impl FnOnce(&Organization, &T) -> F,
) -> Known<Option<F>> {
    if let Observed::NotOffered(_) = observed {
        return Known::Known(None);
    }
    organization(context).and_then(|found| match (found.filter(|found| found.all_features), observed) {
        (None, _) | (_, Observed::Absent | Observed::NotOffered(_)) => Known::Known(None),
        (Some(found), Observed::Present(read)) => Known::Known(Some(fact(&found, read))),
        (_, Observed::Unreadable(why)) => Known::Unknown(Missing::evidence(evidence, why)),
    })
}

fn member(context: &Context, account: &snapshot::OrganizationAccount) -> MemberAccount {
    let declarations = &context.declarations;
    MemberAccount {
        id: account.id.clone(),
        name: account.name.clone(),
        email: account.email.to_lowercase(),
        state: account.state.clone(),
        declared: declarations.account_types.contains_key(&account.id)
            || declarations.trusted_accounts.contains(&account.id),
    }
}
