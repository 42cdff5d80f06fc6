//! Where AWS's clients find temporary credentials, besides STS: IAM Identity Center ("GetRoleCredentials"
//! of the Portal API Reference, "CreateToken" of the OIDC API Reference), the container endpoint
//! ("Container credential provider" of the AWS SDKs and Tools Reference Guide) and the instance
//! metadata service, version 2 ("Use the Instance Metadata Service" of the EC2 User Guide).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpStream;

use crate::EmulatorError;
use crate::server::Server;

/// The token of a session that has not ended.
pub const SSO_TOKEN: &str = "sso-token";
/// What brings a new token when [`SSO_TOKEN`] has expired.
pub const SSO_REFRESH_TOKEN: &str = "sso-refresh-token";
/// The token that the container endpoint asks for.
pub const CONTAINER_TOKEN: &str = "container-token";

/// The token that a refresh brings.
const SSO_NEW_TOKEN: &str = "sso-new-token";
const INSTANCE_TOKEN: &str = "instance-token";
const INSTANCE_ROLE: &str = "instance-role";
const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/";

/// All of them at one address. The keys that they give are the emulator's default account's.
#[derive(Debug)]
pub struct CredentialSources {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    lifetime: Duration,
    left: usize,
    issued: Vec<Issued>,
}

/// Credentials that were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The id of the access key.
    pub access_key: String,
    /// When they expire.
    pub expires: Instant,
}

impl CredentialSources {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    /// No socket can be opened.
    pub fn start() -> Result<Self, EmulatorError> {
        let hour = Duration::from_secs(3600);
        let state = Arc::new(Mutex::new(State { lifetime: hour, left: usize::MAX, issued: Vec::new() }));
        let shared = Arc::clone(&state);
        let server = Server::start("emulator-sources", move |stream| serve(stream, Arc::clone(&shared)))?;
        Ok(Self { server, state })
    }

    /// The URL for clients, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Credentials given from now on expire after this time.
    pub fn set_lifetime(&self, lifetime: Duration) {
        lock(&self.state).lifetime = lifetime;
    }

    /// Credentials are given so many more times, then they are refused.
    pub fn end_after(&self, count: usize) {
        lock(&self.state).left = count;
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The credentials that were given, in order.
    #[must_use]
    pub fn issued(&self) -> Vec<Issued> {
        lock(&self.state).issued.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let service = service_fn(|request: Request<Incoming>| {
        let state = Arc::clone(&state);
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
            let question = Question {
                method: parts.method.as_str(),
                path: parts.uri.path(),
                query: parts.uri.query().unwrap_or_default(),
                header: &header,
                body: &body,
            };
            Ok::<_, Infallible>(question.answer(&state))
        }
    });
    // An error here is a client that went away.
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

struct Question<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    header: &'a (dyn Fn(&str) -> Option<&'a str> + Sync),
    body: &'a [u8],
}

impl Question<'_> {
    fn answer(&self, state: &Mutex<State>) -> Response<Full<Bytes>> {
        match (self.method, self.path) {
            ("PUT", "/latest/api/token") => self.instance_token(),
            ("GET", path) if path.starts_with("/latest/") => self.metadata(path, state),
            ("GET", "/federation/credentials") => self.role_credentials(state),
            ("POST", "/token") => self.new_token(),
            ("GET", "/v1/credentials") => self.container_credentials(state),
            _ => text(404, ""),
        }
    }

    fn has(&self, header: &str, value: &str) -> bool {
        (self.header)(header) == Some(value)
    }

    fn instance_token(&self) -> Response<Full<Bytes>> {
        match (self.header)("x-aws-ec2-metadata-token-ttl-seconds") {
            Some(seconds) => {
                let mut answer = text(200, INSTANCE_TOKEN);
                if let Ok(seconds) = seconds.parse() {
                    answer.headers_mut().insert("x-aws-ec2-metadata-token-ttl-seconds", seconds);
                }
                answer
            }
            None => text(400, ""),
        }
    }

    fn metadata(&self, path: &str, state: &Mutex<State>) -> Response<Full<Bytes>> {
        if !self.has("x-aws-ec2-metadata-token", INSTANCE_TOKEN) {
            return text(401, "");
        }
        match path.strip_prefix(CREDENTIALS) {
            Some("") => text(200, INSTANCE_ROLE),
            Some(INSTANCE_ROLE) => given(state, "Token").unwrap_or_else(|| text(500, "")),
            _ if path == "/latest/meta-data/placement/region" => text(200, "eu-west-1"),
            _ => text(404, ""),
        }
    }

    fn container_credentials(&self, state: &Mutex<State>) -> Response<Full<Bytes>> {
        if !self.has("authorization", CONTAINER_TOKEN) {
            return text(401, "");
        }
        given(state, "Token").unwrap_or_else(|| text(400, ""))
    }

    fn role_credentials(&self, state: &Mutex<State>) -> Response<Full<Bytes>> {
        let known = [SSO_TOKEN, SSO_NEW_TOKEN].iter().any(|token| self.has("x-amz-sso_bearer_token", token));
        let named = self.query.contains("role_name=") && self.query.contains("account_id=");
        let issued = if known && named { issue(state) } else { None };
        let Some((key, expires)) = issued else {
            let message = "Session token not found or invalid";
            let mut answer = text(401, json!({ "message": message }).to_string());
            answer
                .headers_mut()
                .insert("x-amzn-errortype", hyper::header::HeaderValue::from_static("UnauthorizedException"));
            return answer;
        };
        let credentials = json!({
            "accessKeyId": key,
            "secretAccessKey": "secret",
            "sessionToken": "session",
            "expiration": expires.as_millisecond(),
        });
        text(200, json!({ "roleCredentials": credentials }).to_string())
    }

    fn new_token(&self) -> Response<Full<Bytes>> {
        let asked: serde_json::Value = serde_json::from_slice(self.body).unwrap_or_default();
        if asked.get("refreshToken").and_then(|token| token.as_str()) != Some(SSO_REFRESH_TOKEN) {
            return text(400, json!({ "error": "invalid_grant" }).to_string());
        }
        let token = json!({ "accessToken": SSO_NEW_TOKEN, "tokenType": "Bearer", "expiresIn": 28800 });
        text(200, token.to_string())
    }
}

/// A new access key, unless there are to be no more.
fn issue(state: &Mutex<State>) -> Option<(String, Timestamp)> {
    let mut state = lock(state);
    state.left = state.left.checked_sub(1)?;
    let key = format!("ASIA{:016}", state.issued.len() + 1);
    let expires = Instant::now() + state.lifetime;
    state.issued.push(Issued { access_key: key.clone(), expires });
    let expires = Timestamp::now().saturating_add(state.lifetime).ok()?;
    Some((key, expires))
}

/// Credentials as containers and instances get them.
fn given(state: &Mutex<State>, token: &str) -> Option<Response<Full<Bytes>>> {
    let (key, expires) = issue(state)?;
    let credentials = json!({
        "Code": "Success",
        "Type": "AWS-HMAC",
        "AccessKeyId": key,
        "SecretAccessKey": "secret",
        token: "session",
        "Expiration": expires.to_string(),
    });
    Some(text(200, credentials.to_string()))
}

fn text(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(body.into()));
    *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    answer
}
