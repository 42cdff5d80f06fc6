//! The regions that an account has opted in to, and whether its tokens are valid there.

use palisade_snapshot::{Evidence, Reason, RegionStatus};

use crate::context::Context;
use crate::{Known, Listed, Missing};

/// The regions that somebody has opted in to.
pub(super) fn opted_in(context: &Context) -> Listed<String> {
    let regions = &context.shared.account.regions;
    let all = Listed::observed(regions, Evidence::Regions, |region| {
        let is_opted_in = matches!(region.status, RegionStatus::Enabled | RegionStatus::Enabling);
        is_opted_in.then(|| region.name.clone())
    });
    Listed { items: all.items.into_iter().flatten().collect(), incomplete: all.incomplete }
}

/// The version of the tokens that the global endpoint of STS gives; unknown if it is not in the answer.
pub(super) fn global_token_version(context: &Context) -> Known<i64> {
    let evidence = Evidence::AccountSummary;
    let found = Known::observed(
        &context.shared.account.summary,
        evidence,
        || None,
        |counters| counters.get("GlobalEndpointTokenVersion").copied(),
    );
    found.and_then(|version| {
        let malformed = || Known::Unknown(Missing::because(evidence, Reason::Malformed));
        version.map_or_else(malformed, Known::Known)
    })
}
