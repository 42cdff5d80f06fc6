//! The quotas of an account.

use palisade_snapshot::Evidence;

use crate::context::Context;
use crate::{Known, facts};

facts! {
    /// How much of a quota of IAM is used up.
    pub struct Quota as "iam_quota" {
        /// Of what, by AWS's name: `Groups`, `InstanceProfiles`, `Policies`, `Roles`, `ServerCertificates` or `Users`.
        name: String, reads [];
        /// How many there are.
        used: i64, reads [];
        /// How many there may be.
        limit: i64, reads [];
        /// The part that is used up, in whole percent.
        used_percent: i64, reads [];
    }
}

/// What `GetAccountSummary` counts beside its quota.
const COUNTED: [&str; 6] = ["Groups", "InstanceProfiles", "Policies", "Roles", "ServerCertificates", "Users"];

/// The quotas of IAM that AWS counts, but for those of single users, roles and policies.
pub(super) fn of(context: &Context) -> Known<Vec<Quota>> {
    let observed = &context.shared.account.summary;
    Known::observed(observed, Evidence::AccountSummary, Vec::new, |counters| {
        let quota = |name: &str| {
            let counter = |name: &str| counters.get(name).copied();
            let (used, limit) = (counter(name)?, counter(&format!("{name}Quota"))?);
            let used_percent = used.saturating_mul(100).checked_div(limit)?;
            Some(Quota { name: name.to_owned(), used, limit, used_percent })
        };
        COUNTED.into_iter().filter_map(quota).collect()
    })
}
