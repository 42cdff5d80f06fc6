//! The regions and quotas of an account.

use palisade_snapshot::{Evidence, RegionStatus};

use crate::context::Context;
use crate::{Known, Listed, facts};

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

/// The regions that somebody has opted in to.
pub(super) fn opted_in(context: &Context) -> Listed<String> {
    let regions = &context.shared.account.regions;
    let all = Listed::observed(regions, Evidence::Regions, |region| {
        let is_opted_in = matches!(region.status, RegionStatus::Enabled | RegionStatus::Enabling);
        is_opted_in.then(|| region.name.clone())
    });
    Listed { items: all.items.into_iter().flatten().collect(), incomplete: all.incomplete }
}

/// The version of the tokens that the global endpoint of STS gives; null if AWS does not say.
pub(super) fn global_token_version(context: &Context) -> Known<Option<i64>> {
    summary(context, |counters| counters("GlobalEndpointTokenVersion"))
}

/// The quotas of IAM that AWS counts, but for those of single users, roles and policies.
pub(super) fn quotas(context: &Context) -> Known<Vec<Quota>> {
    summary(context, |counters| {
        let quota = |name: &str| {
            let (used, limit) = (counters(name)?, counters(&format!("{name}Quota"))?);
            let used_percent = used.saturating_mul(100).checked_div(limit)?;
            Some(Quota { name: name.to_owned(), used, limit, used_percent })
        };
        COUNTED.into_iter().filter_map(quota).collect()
    })
}

fn summary<T: Default>(context: &Context, fact: impl FnOnce(&dyn Fn(&str) -> Option<i64>) -> T) -> Known<T> {
    let observed = &context.shared.account.summary;
    Known::observed(observed, Evidence::AccountSummary, T::default, |counters| {
        fact(&|name| counters.get(name).copied())
    })
}
