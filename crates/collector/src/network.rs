//! The one HTTP client: rustls, the proxies of the environment, and the certificates to trust.

mod proxy;

use std::path::{Path, PathBuf};

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::CollectError;
use proxy::NearbyDirect;

/// The client that every service client and every credential source gets. `ca_bundle` is what the
/// profile says, which `AWS_CA_BUNDLE` comes before.
///
/// # Errors
/// When the file of certificates or a proxy of the environment is of no use.
pub(crate) fn client(ca_bundle: Option<PathBuf>) -> Result<SharedHttpClient, CollectError> {
    proxy::check_environment()?;
    let variable = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()).map(PathBuf::from);
    let setting = if variable.is_some() { "AWS_CA_BUNDLE" } else { "the profile's `ca_bundle`" };
    let bundle = variable.or(ca_bundle);
    let context = bundle.as_deref().map(|path| trust_only(setting, path)).transpose()?;
    Ok(SharedHttpClient::new(NearbyDirect {
        far: connecting(context.clone(), ProxyConfig::from_env()),
        near: connecting(context, ProxyConfig::disabled()),
    }))
}

fn connecting(context: Option<TlsContext>, proxies: ProxyConfig) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(proxies.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        let mut connector = connector.tls_provider(Provider::Rustls(CryptoMode::Ring));
        if let Some(context) = &context {
            connector.set_tls_context(context.clone());
        }
        connector.build()
    })
}

/// Trusts the certificates of a file in place of the system's, as the AWS CLI does.
fn trust_only(setting: &'static str, path: &Path) -> Result<TlsContext, CollectError> {
    let refused =
        |message: String| CollectError::CertificateBundle { setting, path: path.to_owned(), message };
    let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
    check_certificates(&pem).map_err(refused)?;
    let store = TrustStore::empty().with_pem_certificate(pem);
    TlsContext::builder().with_trust_store(store).build().map_err(|error| refused(error.to_string()))
}

/// The HTTP client panics on certificates that it can't parse.
fn check_certificates(pem: &[u8]) -> Result<(), String> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        store.add(certificate).map_err(|error| error.to_string())?;
    }
    if store.is_empty() { Err("it holds no certificate".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_must_hold_certificates() {
        assert_eq!(check_certificates(b"nothing"), Err("it holds no certificate".to_owned()));
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(check_certificates(broken).is_err());
    }
}
