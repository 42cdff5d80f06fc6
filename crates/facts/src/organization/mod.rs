//! The organization that the account is in, and what it forbids.

mod control_policies;
mod delegation;
mod effective_policies;
mod guardrails;
mod members;

pub use control_policies::{ControlLevel, ControlPolicies, ControlPolicy, OrganizationPolicies};
pub use delegation::{Delegate, Delegation};
pub use effective_policies::{AiOptOut, S3Policy, TagPolicy};
pub use guardrails::{ResourceGuardrails, ServiceGuardrails};
pub use members::{DelegatedAdministrator, MemberAccount, OrganizationRoot};
use palisade_snapshot::{Evidence, Observed};

use crate::context::Context;
use crate::{Known, facts};

pub(crate) use delegation::delegation;
pub(crate) use effective_policies::{ai_opt_out, s3_policy, tag_policy};
pub(crate) use guardrails::{resource_guardrails, role_changes_left, service_guardrails};
pub(crate) use members::{accounts, delegated_administrators, root, root_email, trusted_services};

facts! {
    /// The organization that an account is in.
    pub struct Organization as "organization" {
        /// Its id (`o-…`).
        id: String, reads [];
        /// The twelve digits of the account that manages it.
        management_account_id: String, reads [];
        /// Whether this account manages it, so that no policy of the organization limits it.
        is_management_account: bool, reads [];
        /// Whether it has all features; otherwise it only shares the bill, and has no policies.
        all_features: bool, reads [];
    }
}

/// The feature by which the credentials of root users are managed centrally.
pub(crate) const ROOT_CREDENTIALS_MANAGEMENT: &str = "RootCredentialsManagement";
/// The feature by which privileged sessions replace the root users of members.
pub(crate) const ROOT_SESSIONS: &str = "RootSessions";

/// The organization; null if the account is in none.
pub(crate) fn organization(context: &Context) -> Known<Option<Organization>> {
    let account = &context.shared.account;
    Known::observed(
        &account.organization,
        Evidence::Organization,
        || None,
        |found| {
            Some(Organization {
                id: found.id.clone(),
                management_account_id: found.management_account_id.clone(),
                is_management_account: found.management_account_id == context.shared.header.account_id,
                all_features: found.feature_set == "ALL",
            })
        },
    )
}

/// Whether a feature of central root access is on; null where only others can tell.
pub(crate) fn feature(context: &Context, name: &str) -> Known<Option<bool>> {
    let features = &context.shared.account.organizations_features;
    let is_on = || Some(false);
    match features {
        Observed::NotOffered(_) => Known::Known(None),
        _ => Known::observed(features, Evidence::OrganizationsFeatures, is_on, |features| {
            Some(features.iter().any(|one| one == name))
        }),
    }
}
