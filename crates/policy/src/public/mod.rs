//! Who outside the account can use a resource.
//!
//! The classification is AWS's: "Blocking public access to your Amazon S3 storage", section "The meaning of public",
//! asked of every resource policy. What is really left to outsiders, after every layer, is worked out with the
//! evaluator: each capability has a [`Witness`], a request that policies, ACL and Block Public Access let through.
//!
//! Inputs that could not be read are [`Input::Unreadable`]. Each answer is then [`Answer::Known`] if what was read
//! decides it whatever the rest says, else [`Answer::Unknown`] with the [`Layer`]s that would settle it.
//!
//! ```
//! use palisade_policy::document::PolicyDocument;
//! use palisade_policy::public::{Access, Answer, BlockPublicAccess, Bucket, Capability, Input, Layer};
//! use palisade_policy::public::{ObjectOwnership, bucket_exposure, bucket_sharing};
//!
//! let policy = PolicyDocument::from_text(
//!     r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
//!         "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#,
//! )?;
//! let mut bucket = Bucket {
//!     arn: Some("arn:aws:s3:::b"),
//!     account: Some("111122223333"),
//!     partition: "aws",
//!     policy: Input::Known(Some(&policy)),
//!     acl: Input::Unreadable,
//!     ownership: Input::Known(ObjectOwnership::BucketOwnerEnforced), // decides the ACL path alone
//!     account_block: Input::Known(BlockPublicAccess::default()),
//!     bucket_block: Input::Known(BlockPublicAccess::default()),
//!     access_points: Input::Known(&[]),
//! };
//! let exposure = bucket_exposure(&bucket);
//! assert_eq!(exposure.public, Answer::Known(true));
//! assert_eq!(exposure.capabilities[&Capability::Read].access, Answer::Known(Access::Yes));
//!
//! bucket.account_block = Input::Unreadable;
//! assert_eq!(bucket_exposure(&bucket).public, Answer::Unknown([Layer::AccountBlockPublicAccess].into()));
//! # Ok::<(), palisade_policy::document::DocumentError>(())
//! ```

mod account_trust;
mod acl;
mod answer;
mod block;
mod bucket;
mod caller;
mod capability;
mod domain;
mod exposure;
mod federation;
mod idle_conditions;
mod issuer;
mod limit;
mod line;
mod range;
mod resource;
mod scene;
mod service_trust;
mod sharing;
mod solve;
mod target;
#[cfg(test)]
mod tests;
mod trust;

pub use account_trust::{AccountTrust, account_trusts};
pub use acl::{Grant, Grantee};
pub use answer::{Access, Answer, Input, Layer};
pub use block::BlockPublicAccess;
pub use bucket::{
    AccessPoint, Bucket, ObjectOwnership, access_point_sharing, bucket_exposure, bucket_sharing,
};
pub use caller::takes_unsigned_requests;
pub use capability::Capability;
pub use exposure::{CapabilityExposure, Exposure, GrantSource, PublicGrant};
pub use federation::{FederatedTrust, TrustAccess, federated_trusts};
pub use idle_conditions::idle_conditions;
pub use issuer::IssuerKind;
pub use limit::{PolicyKind, is_public_statement, limits_callers};
pub use line::public_line;
pub use range::source_ranges;
pub use resource::{PolicyResource, RegistryPolicyScope, resource_exposure, resource_sharing};
pub use scene::{ResidualCondition, Witness};
pub use service_trust::{RolesAnywhereTrust, ServiceTrust, roles_anywhere_trust, service_trusts};
pub use sharing::{Outsider, Sharing};
pub use trust::{RoleTrust, TrustedOutsider, role_trust};
