//! One principal's decision.

use palisade_snapshot::{Resource as Stored, Shared};

use super::callers::Callers;
use super::judge::Asking;
use super::target::Target;
use super::{AccessQueryError, CanAnswer, Question, Situation, assumptions};
use crate::organization::OrganizationPolicies;

/// Decides whether a principal may do what the question names; `records` are those that
/// [`Question::is_about`] finds among the snapshot's resources.
///
/// The principal is an ARN (user, role, session of a role, root), the name of a user or role, an account id (the
/// account's root user, or whomever another account lets), a service, an identity provider, or `anonymous`.
///
/// # Errors
/// [`AccessQueryError`] if the account has no such user or role, or several of that name.
pub fn can(
    shared: &Shared,
    question: &Question,
    records: &[Stored],
    principal: &str,
    situation: &Situation,
) -> Result<CanAnswer, AccessQueryError> {
    let caller = Callers::new(shared, situation).find(principal)?;
    let target = Target::new(shared, &question.action, question.resource.as_deref(), records);
    let account = shared.header.account_id.as_str();
    let judged =
        Asking { caller: &caller, action: &question.action, target: &target, situation, account }.judge();
    let is_possible = judged.decision.is_possible();
    let assumes = if is_possible && !caller.principal.is_service_linked_role() {
        let organization = OrganizationPolicies::of(shared);
        let services = std::iter::once(question.action.service());
        assumptions(&organization, situation, caller.principal.is_identity(), services)
    } else {
        Vec::new()
    };
    Ok(CanAnswer {
        format: "palisade-can/1",
        account: account.to_owned(),
        taken_at: shared.header.taken_at.to_string(),
        principal: caller.name.clone(),
        action: question.action_name.clone(),
        resource: target.arn.clone(),
        decision: judged.decision,
        because: judged.because,
        residual: judged.residual,
        assumes,
        unknown_because: judged.unknown_because,
        not_considered: target.not_considered,
    })
}
