//! What facts of other resources ask about the trust policies of roles, worked out once for each role.
//!
//! They ask of every role, some for each identity provider; what a trust policy comes to is too big to be kept whole.

use std::sync::{Arc, OnceLock};

use super::openers::only_builders;
use super::{RoleTrusts, trust};
use crate::context::Context;
use crate::{Access, Known};

/// Whom a trust policy lets in, in short.
#[derive(Debug)]
pub(crate) struct TrustSummary {
    /// Whether somebody other than AWS services.
    pub(crate) people: bool,
    /// Whether only builders of code get in from outside.
    pub(crate) only_builders: bool,
    /// The AWS services.
    pub(crate) services: Box<[String]>,
    /// The identity providers whose users get in.
    pub(crate) identity_providers: Box<[String]>,
}

impl From<&RoleTrusts> for TrustSummary {
    fn from(trusts: &RoleTrusts) -> Self {
        Self {
            people: trusts.anyone != Access::No
                || !trusts.external_accounts.is_empty()
                || !trusts.organizations.is_empty()
                || !trusts.identity_providers.is_empty()
                || !trusts.accounts.get().is_empty(),
            only_builders: only_builders(trusts),
            services: trusts.services.as_slice().into(),
            identity_providers: trusts.identity_providers.as_slice().into(),
        }
    }
}

/// Those of the account's roles, by their places.
#[derive(Debug)]
pub(crate) struct TrustSummaries(Box<[OnceLock<Known<TrustSummary>>]>);

impl TrustSummaries {
    /// Of so many roles.
    pub(crate) fn new(roles: usize) -> Self {
        Self((0..roles).map(|_| OnceLock::new()).collect())
    }
}

/// What one of these facts is of a role, by its place in the snapshot.
pub(crate) fn ask<T>(context: &Arc<Context>, role: usize, fact: impl FnOnce(&TrustSummary) -> T) -> Known<T> {
    let summarize = || trust::of_role(context, role).map(|trusts| TrustSummary::from(&trusts));
    match context.trust_summaries.0.get(role) {
        Some(cell) => cell.get_or_init(summarize).as_ref().map(fact),
        None => summarize().map(|summary| fact(&summary)),
    }
}

/// Whether a role lets in somebody other than AWS services.
pub(crate) fn lets_in_people(context: &Arc<Context>, role: usize) -> Known<bool> {
    ask(context, role, |trusts| trusts.people)
}
