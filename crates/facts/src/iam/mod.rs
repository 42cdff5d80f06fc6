//! IAM: identities, their policies and credentials.

pub mod access_key;
mod any_role;
mod attached;
pub(crate) mod effective;
pub(crate) mod escalation;
pub(crate) mod full_administrator;
pub mod group;
pub mod identity_provider;
pub mod inline_policy;
pub mod password_policy;
pub mod policy;
pub(crate) mod policy_escalation;
pub mod principal;
pub mod role;
pub mod root;
pub mod server_certificate;
pub mod service_specific_credential;
mod trust;
pub mod user;

pub use access_key::AccessKey;
pub use attached::{AttachedPolicy, Tag};
pub use effective::{Effective, Permission};
pub use escalation::{Escalation, EscalationStatus, EscalationStep};
pub use group::Group;
pub use identity_provider::{OidcProvider, SamlProvider};
pub use inline_policy::{Emergency, IdentityKind, InlinePolicy};
pub use password_policy::PasswordPolicy;
pub use policy::Policy;
pub use principal::Principal;
pub use role::{ExternalAccount, Role, RoleTrusts};
pub use root::Root;
pub use server_certificate::ServerCertificate;
pub use service_specific_credential::ServiceSpecificCredential;
pub use user::User;
