//! Calls services of which the scan needs a few operations: plain JSON requests, signed, sent and retried by the
//! runtime that the SDK's clients are made of, and guarded as they are.
//!
//! A whole client is slow to build: those of Organizations and Access Analyzer would take as long as those of IAM
//! and S3, for a handful of operations.

use aws_config::{Region, SdkConfig};
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_runtime::client::orchestrator::operation::Operation as Call;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use palisade_snapshot::{Call as Row, Service};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::bare_code;
use crate::guard::Guard;
use crate::operation::Operation;
use crate::transport::Transport;

/// One service in one region.
#[derive(Debug, Clone)]
pub(crate) struct JsonClient {
    pub(crate) sdk: SdkConfig,
    pub(crate) transport: Transport,
    pub(crate) guard: Guard,
    pub(crate) service: Service,
    pub(crate) region: String,
    /// The address in place of AWS's own.
    pub(crate) endpoint: Option<String>,
}

/// How a service is asked.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    /// `POST /` with the operation's full name in a header and its input as JSON ("AWS JSON 1.1 protocol" of Smithy).
    Target {
        /// What stands before the operation's name, such as `AWSOrganizationsV20161128`.
        prefix: &'static str,
        /// The input.
        input: Value,
    },
    /// `GET` with the input in path and query ("AWS restJson1 protocol" of Smithy).
    Get {
        /// The path, which needs no encoding.
        path: String,
        /// The names and values of the query; the values are encoded when it is sent.
        query: Vec<(&'static str, String)>,
    },
    /// `POST` with the input as JSON (the same protocol).
    Post {
        /// The path, which needs no encoding.
        path: &'static str,
        /// The input.
        input: Value,
    },
}

/// The answer, or what the service said instead of one.
pub(crate) type Answer<T> = Result<T, SdkError<ErrorMetadata, HttpResponse>>;

impl JsonClient {
    /// The region that is asked.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Makes one call. An answer that is not of the type's shape is a response error.
    pub(crate) async fn call<T>(&self, operation: &'static Operation, question: Question) -> Answer<T>
    where
        T: DeserializeOwned + std::fmt::Debug + Send + Sync + 'static,
    {
        let name = operation.call().map_or("", |row: &Row| row.api_operation);
        let endpoint = self.address().await.map_err(SdkError::construction_failure)?;
        let retries = self.sdk.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let timeouts = self
            .sdk
            .timeout_config()
            .cloned()
            .unwrap_or_else(|| aws_smithy_types::timeout::TimeoutConfig::builder().build());
        let mut call = Call::builder()
            .service_name(self.service.name())
            .operation_name(name)
            .http_client(self.transport.clone())
            .endpoint_url(&endpoint)
            .standard_retry(&retries)
            .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .timeout_config(timeouts)
            .interceptor(self.guard.clone())
            .interceptor(ServiceClockSkewInterceptor::new())
            .interceptor(UserAgentInterceptor::new())
            .runtime_plugin(self.signing());
        if let Some(sleep) = self.sdk.sleep_impl() {
            call = call.sleep_impl(sleep);
        }
        if let Some(time) = self.sdk.time_source() {
            call = call.time_source(time);
        }
        let call = call.serializer(move |question: Question| request(name, &question));
        call.deserializer(response::<T>).build().invoke(question).await
    }

    /// Who signs, for what, and how retries are counted.
    fn signing(&self) -> StaticRuntimePlugin {
        let mut config = Layer::new("signing");
        config.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(Region::new(self.region.clone()))),
            name: Some(SigningName::from_static(self.service.name())),
            ..SigV4OperationSigningConfig::default()
        });
        config.store_put(AuthSchemeOptionResolverParams::new(()));
        config.store_put(ApiMetadata::new(self.service.name(), env!("CARGO_PKG_VERSION")));
        if let Some(app_name) = self.sdk.app_name() {
            config.store_put(app_name.clone());
        }
        let partition = format!("{}-{}", self.service.name(), self.region);
        config.store_put(RetryPartition::custom(partition).token_bucket(TokenBucket::unlimited()).build());
        let mut components = RuntimeComponentsBuilder::new("signing")
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])));
        components.set_identity_cache(self.sdk.identity_cache());
        if let Some(credentials) = self.sdk.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, credentials);
        }
        StaticRuntimePlugin::new().with_config(config.freeze()).with_runtime_components(components)
    }

    /// The address of the service. AWS names the hosts of its services alike, so that the one that the SDK knows
    /// for STS in this region tells the rest: the partition's domain, and the variants for FIPS and both stacks.
    async fn address(&self) -> Result<String, BoxError> {
        if let Some(endpoint) = &self.endpoint {
            return Ok(endpoint.clone());
        }
        let parameters = Params::builder()
            .region(self.region.clone())
            .use_fips(self.sdk.use_fips().unwrap_or_default())
            .use_dual_stack(self.sdk.use_dual_stack().unwrap_or_default())
            .build()?;
        let endpoint = DefaultResolver::new().resolve_endpoint(&parameters).await?;
        Ok(endpoint.url().replacen("://sts", &format!("://{}", host(self.service)), 1))
    }
}

/// What the host of a service begins with: its name, but for the few whose API has a host besides that of its data.
fn host(service: Service) -> &'static str {
    match service {
        Service::EcrPublic => "api.ecr-public",
        other => other.name(),
    }
}

fn request(operation: &str, question: &Question) -> Result<HttpRequest, BoxError> {
    match question {
        Question::Target { prefix, input } => {
            let mut request = HttpRequest::new(SdkBody::from(input.to_string()));
            request.set_method("POST")?;
            request.set_uri("/")?;
            request.headers_mut().insert("content-type", "application/x-amz-json-1.1");
            request.headers_mut().insert("x-amz-target", format!("{prefix}.{operation}"));
            Ok(request)
        }
        Question::Get { path, query } => {
            let encoded =
                query.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, &RESERVED)));
            let query: Vec<String> = encoded.collect();
            let mut request = HttpRequest::new(SdkBody::empty());
            request.set_method("GET")?;
            request.set_uri(if query.is_empty() {
                path.clone()
            } else {
                format!("{path}?{}", query.join("&"))
            })?;
            Ok(request)
        }
        Question::Post { path, input } => {
            let mut request = HttpRequest::new(SdkBody::from(input.to_string()));
            request.set_method("POST")?;
            request.set_uri(*path)?;
            request.headers_mut().insert("content-type", "application/json");
            Ok(request)
        }
    }
}

/// All but the unreserved characters of RFC 3986, as Signature Version 4 wants it.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is no error must have the shape of the answer; whether it is JSON at all was checked before.
fn response<T: DeserializeOwned>(response: &HttpResponse) -> Result<T, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return serde_json::from_slice(body).map_err(|error| OrchestratorError::response(error.into()));
    }
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| said.get(name).and_then(Value::as_str);
    let code = response.headers().get("x-amzn-errortype").or_else(|| text("__type")).or_else(|| text("code"));
    let mut error = ErrorMetadata::builder();
    if let Some(code) = code {
        error = error.code(bare_code(code));
    }
    if let Some(message) = text("message").or_else(|| text("Message")) {
        // Organizations tells apart by it what one code stands for.
        error = error
            .message(text("Reason").map_or_else(|| message.to_owned(), |why| format!("{message} ({why})")));
    }
    Err(OrchestratorError::operation(error.build()))
}

#[cfg(test)]
mod tests;
