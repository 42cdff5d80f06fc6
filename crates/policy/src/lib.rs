//! The IAM policy engine: who can do what.
//!
//! What comes in: policy documents as AWS returned them, and requests. What goes out: decisions with their reasons.
//! It must never read files, the network or a clock, and never guess: a document that does not parse is an error,
//! a condition on context that is not known makes the answer conditional.
//!
//! Compile each policy once ([`compiled::CompiledPolicy`], shared in an `Arc`), put those of a principal and of a
//! resource together once ([`policies`]), then ask as often as you like: [`evaluate::decide`] is fast,
//! [`evaluate::explain`] says why.
//!
//! ```
//! use std::sync::Arc;
//!
//! use palisade_policy::compiled::CompiledPolicy;
//! use palisade_policy::evaluate::{Decision, decide, explain};
//! use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
//! use palisade_policy::principal::Principal;
//! use palisade_policy::request::{Action, Request, Resource};
//!
//! let reader = CompiledPolicy::from_text(
//!     "reader",
//!     r#"{"Version": "2012-10-17", "Statement": {
//!         "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/${aws:username}/*",
//!         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
//!     }}"#,
//! )?;
//! let principal_side = PrincipalPolicies { identity: PolicySet::new(vec![Arc::new(reader)]), ..Default::default() };
//! let resource_side = ResourcePolicies::default();
//! let policies = Policies { principal: &principal_side, resource: &resource_side, management_account: None };
//!
//! let alice = Principal::parse("arn:aws:iam::111122223333:user/alice");
//! let action = Action::parse("s3:GetObject").ok_or("not an action")?;
//! let report = Resource::new("arn:aws:s3:::reports/alice/june.csv").owned_by("111122223333");
//!
//! // What principal and resource imply is known; whether she used MFA is not.
//! let mut context = Request::implied_context(&alice, &report);
//! context.mark_unknown("aws:MultiFactorAuthPresent");
//! let request = Request { principal: &alice, action: &action, resource: &report, context: &context };
//! let explanation = explain(request, policies);
//! assert_eq!(explanation.decision, Decision::Conditional);
//! assert_eq!(explanation.residual.len(), 1);
//!
//! context.set("aws:MultiFactorAuthPresent", "true");
//! let request = Request { principal: &alice, action: &action, resource: &report, context: &context };
//! assert_eq!(decide(request, policies), Decision::Allowed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod actions;
pub mod arn;
pub mod compiled;
pub mod containment;
pub mod context;
pub mod document;
pub mod evaluate;
mod line_id;
pub mod lint;
mod pattern;
pub mod policies;
pub mod principal;
pub mod public;
pub mod request;
pub mod simulate;
mod truth;
mod values;
mod variables;

pub use line_id::line_id;
