//! The roles that people assume by a policy, and what asks them for MFA.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use palisade_snapshot::RecordKind;

use super::classification::is_person;
use crate::access_query::{MfaRequiredBy, by_users};
use crate::context::Context;
use crate::{Known, Listed, Missing, fact_enum, facts};

fact_enum! {
    /// What keeps somebody who has not used MFA from assuming a role.
    pub enum MfaSide {
        /// Nothing does.
        Nobody = "nobody",
        /// The policies of whoever assumes it: a condition of the statement that allows it, or a deny.
        IdentityPolicies = "identity_policies",
        /// The trust policy of the role.
        TrustPolicy = "trust_policy",
        /// Both do.
        Both = "both",
    }
}

facts! {
    /// Which roles people can assume by a policy.
    pub struct PeopleAssuming as "people_assuming" {
        /// The roles that a statement of the policy lets users assume who are persons.
        roles: Listed<RoleAssumption>, reads [];
        /// What is taken for granted because it could not be read: `scp_not_read`, `rcp_not_read`.
        assumes: Vec<String>, reads [];
    }
}

facts! {
    /// A role that people can assume.
    pub struct RoleAssumption as "role_assumption" {
        /// The ARN of the role.
        role: String, reads [];
        /// What keeps them from it as long as they have not used MFA. A role is listed once for each answer.
        mfa_required_by: MfaSide, reads [];
        /// How many users that is true of.
        users: i64, reads [];
        /// The ARN of one of them.
        user: String, reads [];
    }
}

/// Which roles people assume by which policy, once asked for.
#[derive(Debug, Default)]
pub(crate) struct PeopleAssumptions(OnceLock<Found>);

#[derive(Debug, Default)]
struct Found {
    /// By the name of the policy in answers, then by role.
    by_policy: BTreeMap<String, BTreeMap<(usize, MfaSide), Users>>,
    /// What hides more, by the name of the policy.
    missing: BTreeMap<String, Missing>,
    assumes: Vec<String>,
}

/// The roles that people assume by a policy, by its ARN or what stands for one. A person is a user with a console
/// password or an MFA device: programs have neither.
pub(super) fn by(context: &Context, policy: &str) -> PeopleAssuming {
    let found = context.people_assumptions.0.get_or_init(|| Found::new(context));
    let listings = [RecordKind::User, RecordKind::Group, RecordKind::Role, RecordKind::Policy];
    let unlisted = context.identities_incomplete(&listings);
    let shared = &context.shared;
    let assumption = |(&(role, mfa_required_by), users): (&(usize, MfaSide), &Users)| {
        let (user, role) = (shared.users.get(users.first)?.arn.clone(), shared.roles.get(role)?.arn.clone());
        Some(RoleAssumption { role, mfa_required_by, users: users.count, user })
    };
    PeopleAssuming {
        roles: Listed {
            items: found.by_policy.get(policy).into_iter().flatten().filter_map(assumption).collect(),
            incomplete: Missing::either(unlisted, found.missing.get(policy).cloned()),
        },
        assumes: found.assumes.clone(),
    }
}

/// Users of whom the same is true.
#[derive(Debug, Clone, Copy)]
struct Users {
    count: i64,
    /// The place of one of them.
    first: usize,
}

impl Found {
    fn new(context: &Context) -> Self {
        let shared = &context.shared;
        let people: Vec<(usize, Option<Missing>)> = shared
            .users
            .iter()
            .enumerate()
            .filter_map(|(index, _)| match is_person(context, index) {
                Known::Known(person) => person.then_some((index, None)),
                Known::Unknown(missing) => Some((index, Some(missing))),
            })
            .collect();
        let users: Vec<usize> = people.iter().map(|(index, _)| *index).collect();
        let (assumptions, assumes) = by_users(shared, &users);
        let mut found =
            Self { assumes: assumes.iter().map(|one| one.name().to_owned()).collect(), ..Self::default() };
        for one in assumptions {
            let unsure = |user: &usize| {
                let place = users.binary_search(user).ok().and_then(|place| people.get(place));
                Missing::either(place.and_then(|(_, missing)| missing.clone()), one.missing.clone())
            };
            let (known, hidden): (Vec<usize>, Vec<usize>) =
                one.users.iter().partition(|user| unsure(user).is_none());
            let hidden = hidden.iter().filter_map(unsure).reduce(|one, other| one.and(&other));
            for (policy, by) in one.policies {
                if let Some(missing) = &hidden {
                    let before = found.missing.remove(&policy);
                    let all = before.map_or_else(|| missing.clone(), |before| before.and(missing));
                    found.missing.insert(policy.clone(), all);
                }
                let Some(&first) = known.first() else { continue };
                let mfa_required_by = match by {
                    MfaRequiredBy::Nobody => MfaSide::Nobody,
                    MfaRequiredBy::IdentityPolicies => MfaSide::IdentityPolicies,
                    MfaRequiredBy::TrustPolicy => MfaSide::TrustPolicy,
                    MfaRequiredBy::Both => MfaSide::Both,
                };
                let roles = found.by_policy.entry(policy).or_default();
                let users = roles.entry((one.role, mfa_required_by)).or_insert(Users { count: 0, first });
                users.count = users.count.saturating_add(i64::try_from(known.len()).unwrap_or(i64::MAX));
                users.first = users.first.min(first);
            }
        }
        found
    }
}
