//! The quotas of an account.

use std::collections::BTreeMap;

use palisade_snapshot::{Evidence, Reason};

use crate::context::Context;
use crate::{Known, Missing, facts};

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

/// The quotas of IAM that AWS counts, but for those of single users, roles and policies; unknown if one is not in the
/// answer.
pub(super) fn of(context: &Context) -> Known<Vec<Quota>> {
    let evidence = Evidence::AccountSummary;
    let found = Known::observed(&context.shared.account.summary, evidence, || None, quotas);
    found.and_then(|quotas| {
        let malformed = || Known::Unknown(Missing::because(evidence, Reason::Malformed));
        quotas.map_or_else(malformed, Known::Known)
    })
}

/// Those that the counters tell of; `None` if one is missing.
fn quotas(counters: &BTreeMap<String, i64>) -> Option<Vec<Quota>> {
    let quota = |name: &str| {
        let counter = |name: &str| counters.get(name).copied();
        let (used, limit) = (counter(name)?, counter(&format!("{name}Quota"))?);
        let used_percent = used.saturating_mul(100).checked_div(limit)?;
        Some(Quota { name: name.to_owned(), used, limit, used_percent })
    };
    COUNTED.into_iter().map(quota).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_is_missing_leaves_nothing_to_judge() {
        let names = COUNTED.iter().flat_map(|name| [(*name).to_owned(), format!("{name}Quota")]);
        let whole: BTreeMap<String, i64> = names.map(|name| (name, 7)).collect();
        assert!(quotas(&whole).unwrap().iter().all(|one| one.used_percent == 100));
        for name in whole.keys() {
            let mut cut = whole.clone();
            cut.remove(name);
            assert!(quotas(&cut).is_none(), "{name}");
        }
    }
}
