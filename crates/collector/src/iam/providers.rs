//! Certificates, identity providers, credentials for single services, and the sessions of roles.

use futures_util::StreamExt;
use palisade_snapshot::{
    Evidence, Observed, OidcProvider, OidcProviderDetails, Paged, RoleSessionDuration, SamlProvider,
    SamlProviderDetails, ServerCertificate, ServiceSpecificCredential,
};

use super::{AT_ONCE, Iam, next_marker};
use crate::document::{optional_timestamp, timestamp};
use crate::failure::Failure;
use crate::operation::{
    GET_OIDC_PROVIDER, GET_SAML_PROVIDER, LIST_OIDC_PROVIDERS, LIST_ROLES, LIST_SAML_PROVIDERS,
    LIST_SERVER_CERTIFICATES, LIST_SERVICE_SPECIFIC_CREDENTIALS,
};
use crate::reader::{Missing, required};

impl Iam<'_> {
    /// `ListRoles`, for what `GetAccountAuthorizationDetails` leaves out.
    pub(crate) async fn role_session_durations(&self) -> Result<Paged<RoleSessionDuration>, Failure> {
        let pages = self.reader.pages(&LIST_ROLES, |marker| {
            let call = self.client.list_roles().max_items(1000).set_marker(marker).send();
            self.reader.read(&LIST_ROLES, self.home, call, |page| {
                let next = next_marker(page.is_truncated, page.marker)?;
                // AWS's default is an hour ("MaxSessionDuration" of `Role` in the IAM API Reference).
                let duration = |role: aws_sdk_iam::types::Role| RoleSessionDuration {
                    max_seconds: role
                        .max_session_duration
                        .and_then(|time| u32::try_from(time).ok())
                        .unwrap_or(3600),
                    role_arn: role.arn,
                };
                Ok((page.roles.into_iter().map(duration).collect::<Vec<_>>(), next))
            })
        });
        let mut roles = pages.await.into_paged()?;
        roles.items.sort_by(|a, b| a.role_arn.cmp(&b.role_arn));
        Ok(roles)
    }

    /// `ListServerCertificates`.
    pub(crate) async fn server_certificates(&self) -> Result<Paged<ServerCertificate>, Failure> {
        let pages = self.reader.pages(&LIST_SERVER_CERTIFICATES, |marker| {
            let call = self.client.list_server_certificates().max_items(1000).set_marker(marker).send();
            self.reader.read(&LIST_SERVER_CERTIFICATES, self.home, call, |page| {
                let next = next_marker(page.is_truncated, page.marker)?;
                let listed = page.server_certificate_metadata_list.into_iter();
                let certificates: Result<Vec<_>, Missing> = listed.map(certificate).collect();
                Ok((certificates?, next))
            })
        });
        let mut certificates = pages.await.into_paged()?;
        certificates.items.sort_by(|a, b| a.arn.cmp(&b.arn));
        Ok(certificates)
    }

    /// `ListServiceSpecificCredentials` of all users.
    pub(crate) async fn service_specific_credentials(
        &self,
    ) -> Result<Paged<ServiceSpecificCredential>, Failure> {
        let pages = self.reader.pages(&LIST_SERVICE_SPECIFIC_CREDENTIALS, |marker| {
            let call = self.client.list_service_specific_credentials().all_users(true);
            let call = call.max_items(1000).set_marker(marker).send();
            self.reader.read(&LIST_SERVICE_SPECIFIC_CREDENTIALS, self.home, call, |page| {
                let next = next_marker(page.is_truncated, page.marker)?;
                let listed = page.service_specific_credentials.unwrap_or_default().into_iter();
                let credentials: Result<Vec<_>, Missing> = listed.map(credential).collect();
                Ok((credentials?, next))
            })
        });
        let mut credentials = pages.await.into_paged()?;
        credentials.items.sort_by(|a, b| (&a.user, &a.id).cmp(&(&b.user, &b.id)));
        Ok(credentials)
    }

    /// `ListSAMLProviders`, and what each is set up with.
    pub(crate) async fn saml_providers(&self) -> Result<Paged<SamlProvider>, Failure> {
        let call = self.client.list_saml_providers().send();
        let listed = self.reader.read(&LIST_SAML_PROVIDERS, self.home, call, |answer| {
            let listed = answer.saml_provider_list.unwrap_or_default().into_iter();
            let provider = |one: aws_sdk_iam::types::SamlProviderListEntry| {
                Ok(SamlProvider {
                    arn: required(one.arn, "Arn")?,
                    created_at: optional_timestamp(one.create_date.as_ref())?,
                    valid_until: optional_timestamp(one.valid_until.as_ref())?,
                    details: Observed::default(),
                })
            };
            listed.map(provider).collect::<Result<Vec<_>, Missing>>()
        });
        let detailed = futures_util::stream::iter(listed.await?).map(|mut provider| async {
            let read = self.saml_provider(provider.arn.clone());
            let details = Box::pin(self.reader.observe(Evidence::SamlProviderDetails, read)).await.ok()?;
            provider.details = details;
            Some(provider)
        });
        let found: Vec<Option<SamlProvider>> = detailed.buffer_unordered(AT_ONCE).collect().await;
        let mut providers: Vec<SamlProvider> = found.into_iter().flatten().collect();
        providers.sort_by(|a, b| a.arn.cmp(&b.arn));
        Ok(Paged::complete(providers))
    }

    async fn saml_provider(&self, arn: String) -> Result<SamlProviderDetails, Failure> {
        let call = self.client.get_saml_provider().saml_provider_arn(arn).send();
        self.reader
            .read(&GET_SAML_PROVIDER, self.home, call, |answer| {
                let metadata = required(answer.saml_metadata_document, "SAMLMetadataDocument")?;
                let encryption = answer.assertion_encryption_mode;
                Ok(SamlProviderDetails {
                    entity_id: entity_id(&metadata),
                    assertion_encryption: encryption.map(|mode| mode.as_str().to_owned()),
                })
            })
            .await
    }

    /// `ListOpenIDConnectProviders`, and what each is set up with.
    pub(crate) async fn oidc_providers(&self) -> Result<Paged<OidcProvider>, Failure> {
        let call = self.client.list_open_id_connect_providers().send();
        let listed = self.reader.read(&LIST_OIDC_PROVIDERS, self.home, call, |answer| {
            let listed = answer.open_id_connect_provider_list.unwrap_or_default().into_iter();
            listed.map(|one| required(one.arn, "Arn")).collect::<Result<Vec<_>, Missing>>()
        });
        let detailed = futures_util::stream::iter(listed.await?).map(|arn| async {
            let read = self.oidc_provider(arn.clone());
            let details = Box::pin(self.reader.observe(Evidence::OidcProviderDetails, read)).await.ok()?;
            Some(OidcProvider { arn, details })
        });
        let found: Vec<Option<OidcProvider>> = detailed.buffer_unordered(AT_ONCE).collect().await;
        let mut providers: Vec<OidcProvider> = found.into_iter().flatten().collect();
        providers.sort_by(|a, b| a.arn.cmp(&b.arn));
        Ok(Paged::complete(providers))
    }

    async fn oidc_provider(&self, arn: String) -> Result<OidcProviderDetails, Failure> {
        let call = self.client.get_open_id_connect_provider().open_id_connect_provider_arn(arn).send();
        self.reader
            .read(&GET_OIDC_PROVIDER, self.home, call, |answer| {
                let mut client_ids = answer.client_id_list.unwrap_or_default();
                client_ids.sort();
                let created_at = optional_timestamp(answer.create_date.as_ref())?;
                Ok(OidcProviderDetails { client_ids, created_at })
            })
            .await
    }
}

fn certificate(one: aws_sdk_iam::types::ServerCertificateMetadata) -> Result<ServerCertificate, Missing> {
    Ok(ServerCertificate {
        uploaded_at: optional_timestamp(one.upload_date.as_ref())?,
        expires_at: optional_timestamp(one.expiration.as_ref())?,
        arn: one.arn,
        name: one.server_certificate_name,
    })
}

fn credential(
    one: aws_sdk_iam::types::ServiceSpecificCredentialMetadata,
) -> Result<ServiceSpecificCredential, Missing> {
    Ok(ServiceSpecificCredential {
        active: one.status == aws_sdk_iam::types::StatusType::Active,
        created_at: timestamp(&one.create_date)?,
        expires_at: optional_timestamp(one.expiration_date.as_ref())?,
        id: one.service_specific_credential_id,
        user: one.user_name,
        service: one.service_name,
    })
}

/// The entity id in a SAML metadata document ("Metadata for the OASIS Security Assertion Markup Language").
fn entity_id(metadata: &str) -> Option<String> {
    let document = roxmltree::Document::parse(metadata).ok()?;
    let mut elements = document.descendants();
    let entity = elements.find(|node| node.tag_name().name() == "EntityDescriptor")?;
    entity.attribute("entityID").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entity_id_is_that_of_the_metadata() {
        let metadata = r#"<?xml version="1.0"?><md:EntityDescriptor entityID="https://idp.example.com/saml"
            xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"></md:EntityDescriptor>"#;
        assert_eq!(entity_id(metadata).as_deref(), Some("https://idp.example.com/saml"));
        assert_eq!(entity_id("no metadata"), None);
    }
}
