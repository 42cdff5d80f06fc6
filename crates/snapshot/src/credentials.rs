//! What IAM keeps besides identities and policies: certificates, identity providers, credentials for single services.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Observed;

/// A TLS certificate (`ListServerCertificates`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerCertificate {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// When it was uploaded, if AWS says.
    pub uploaded_at: Option<Timestamp>,
    /// When it expires, if AWS says.
    pub expires_at: Option<Timestamp>,
}

/// A SAML identity provider (`ListSAMLProviders`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamlProvider {
    /// Its ARN.
    pub arn: String,
    /// When it was created, if AWS says.
    pub created_at: Option<Timestamp>,
    /// Until when its metadata is valid, if it says.
    pub valid_until: Option<Timestamp>,
    /// What it is set up with.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub details: Observed<SamlProviderDetails>,
}

/// What a SAML identity provider is set up with (`GetSAMLProvider`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamlProviderDetails {
    /// The entity id in its metadata; none if the metadata has none.
    pub entity_id: Option<String>,
    /// `Required` or `Allowed`; none where encrypted assertions were never set up.
    pub assertion_encryption: Option<String>,
}

/// An OpenID Connect identity provider (`ListOpenIDConnectProviders`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// Its ARN, which ends with its address.
    pub arn: String,
    /// What it is set up with.
    #[serde(default, skip_serializing_if = "Observed::is_not_collected")]
    pub details: Observed<OidcProviderDetails>,
}

/// What an OpenID Connect identity provider is set up with (`GetOpenIDConnectProvider`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProviderDetails {
    /// The audiences that its tokens may be for.
    pub client_ids: Vec<String>,
    /// When it was created, if AWS says.
    pub created_at: Option<Timestamp>,
}

/// A credential of a user for one service (`ListServiceSpecificCredentials`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSpecificCredential {
    /// Its unique id (`ACCA…`).
    pub id: String,
    /// The name of its user.
    pub user: String,
    /// The service, such as `bedrock.amazonaws.com`.
    pub service: String,
    /// Whether it may be used.
    pub active: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires, if it does.
    pub expires_at: Option<Timestamp>,
}

/// How long a role's sessions may be (`ListRoles`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleSessionDuration {
    /// The role's ARN.
    pub role_arn: String,
    /// The longest session that may be asked for, in seconds.
    pub max_seconds: u32,
}
