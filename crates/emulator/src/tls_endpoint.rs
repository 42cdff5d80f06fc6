//! An endpoint over TLS, with certificates of a private authority.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::EmulatorError;
use crate::server::Server;

/// Takes TLS connections, under any name, and passes what is in them on to a plain endpoint.
#[derive(Debug)]
pub struct TlsEndpoint {
    server: Server,
    authority: String,
}

impl TlsEndpoint {
    /// Listens on a free port of the loopback interface, in front of this address (host and port).
    ///
    /// # Errors
    /// No socket can be opened, or no certificate made.
    pub fn in_front_of(address: SocketAddr) -> Result<Self, EmulatorError> {
        let (authority, names) = Names::new().map_err(EmulatorError::Certificates)?;
        let settings = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| EmulatorError::Certificates(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(names));
        let acceptor = TlsAcceptor::from(Arc::new(settings));
        let server = Server::start("emulator-tls", move |stream| pass_on(acceptor.clone(), stream, address))?;
        Ok(Self { server, authority })
    }

    /// The URL for clients that go there directly.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("https://{}", self.server.address())
    }

    /// The certificate of the authority, in PEM.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }
}

/// A client that goes away, or does not trust the certificate, ends the connection.
async fn pass_on(acceptor: TlsAcceptor, stream: TcpStream, plain: SocketAddr) {
    let Ok(mut inside) = acceptor.accept(stream).await else { return };
    let Ok(mut outside) = TcpStream::connect(plain).await else { return };
    tokio::io::copy_bidirectional(&mut inside, &mut outside).await.ok();
}

/// Makes a certificate for each name that a client asks for.
#[derive(Debug)]
struct Names {
    authority: Issuer<'static, KeyPair>,
    key: KeyPair,
    signing: Arc<dyn SigningKey>,
}

impl Names {
    /// With a new authority, whose certificate is given in PEM.
    fn new() -> Result<(String, Self), String> {
        let words = |error: rcgen::Error| error.to_string();
        let mut parameters = CertificateParams::new(Vec::new()).map_err(words)?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().map_err(words)?;
        let certificate = parameters.self_signed(&authority_key).map_err(words)?.pem();
        let key = KeyPair::generate().map_err(words)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = any_supported_type(&private).map_err(|error| error.to_string())?;
        Ok((certificate, Self { authority: Issuer::new(parameters, authority_key), key, signing }))
    }
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // Who connects to an address names nothing.
        let name = hello.server_name().unwrap_or("127.0.0.1").to_owned();
        let parameters = CertificateParams::new(vec![name]).ok()?;
        let certificate = parameters.signed_by(&self.key, &self.authority).ok()?;
        Some(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], Arc::clone(&self.signing))))
    }
}
