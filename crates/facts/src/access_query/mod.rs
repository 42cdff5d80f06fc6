//! Who can do what, over a snapshot: one principal's decision with its trace ([`can`]), and everybody who can
//! do something, by itself or through the roles it can assume ([`who_can`]).
//!
//! Requests are taken as made directly, over TLS, at the time of the snapshot, past no VPC endpoint and without
//! session policies. Keys that neither snapshot nor [`Situation`] tell are unknown: what depends on them is
//! conditional. A policy that no snapshot of the account holds makes an answer conditional on it; one that
//! could not be read makes it unknown, unless what was read decides alone.
//!
//! ```
//! use palisade_facts::access_query::Question;
//!
//! let question = Question::parse("s3:GetObject", Some("arn:aws:s3:::reports/june.csv"))?;
//! assert!(Question::parse("s3:GetObject", None).is_err());
//! # Ok::<(), palisade_facts::access_query::AccessQueryError>(())
//! ```

mod access_point;
mod acl;
mod alike;
mod answer;
mod assuming_roles;
mod callers;
mod can;
mod chains;
mod judge;
mod outsiders;
mod own_policy;
mod permits;
mod policies;
mod question;
mod registry;
mod service_control;
mod situation;
mod target;
#[cfg(test)]
mod tests;
mod unread;
mod who_can;

pub use answer::{
    AccessDecision, Assumption, Because, CallerKind, CanAnswer, MissingAnswer, NotCollected, NotConsidered,
    PrincipalAccess, Residual, StatementPlace, Step, WhoCanAnswer,
};
pub(crate) use assuming_roles::{MfaRequiredBy, between_roles, by_users};
pub use can::can;
pub use question::{AccessQueryError, Question};
pub use service_control::ServiceControlPolicies;
pub use situation::Situation;
pub use who_can::who_can;

use question::action;

use crate::organization::OrganizationPolicies;

/// The JSON Schema of what [`can`] answers.
#[must_use]
pub fn can_schema() -> serde_json::Value {
    schemars::schema_for!(CanAnswer).to_value()
}

/// The JSON Schema of what [`who_can`] answers.
#[must_use]
pub fn who_can_schema() -> serde_json::Value {
    schemars::schema_for!(WhoCanAnswer).to_value()
}

/// What an access takes for granted of the organization's policies, as far as they were neither read nor given: SCPs
/// bind identities, RCPs the services that AWS lists.
fn assumptions<'s>(
    organization: &OrganizationPolicies,
    situation: &Situation,
    is_identity: bool,
    services: impl Iterator<Item = &'s str>,
) -> Vec<Assumption> {
    let table = palisade_policy::actions::table();
    let mut services = services.filter_map(|service| table.service(service));
    let rcp = services.any(palisade_policy::actions::Service::supports_resource_control_policies);
    let is_assumed = is_identity && situation.scps.is_none();
    let scp = organization.scps.assumption(Assumption::ScpNotRead).filter(|_| is_assumed);
    let rcp = organization.rcps.assumption(Assumption::RcpNotRead).filter(|_| rcp);
    scp.into_iter().chain(rcp).collect()
}
