//! Credentials, region and endpoint, from options, environment and shared files.

use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;

use crate::Options;
use crate::transport::Transport;

/// Where a question is asked when nobody names a region.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";

/// How a role session of ours is named in CloudTrail.
const ROLE_SESSION_NAME: &str = "palisade";

/// Finds out who asks, and where; credentials themselves are fetched with the first call.
pub(crate) async fn load(options: &Options, transport: Transport) -> SdkConfig {
    let timeouts = TimeoutConfig::builder().operation_timeout(options.deadlines.operation).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(transport)
        .timeout_config(timeouts)
        // Every attempt has its own deadline.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let mut sdk = loader.load().await;
    if sdk.region().is_none() {
        let region = options.regions.first().map_or(DEFAULT_REGION, String::as_str).to_owned();
        sdk = sdk.into_builder().region(Region::new(region)).build();
    }
    if sdk.app_name().is_none() {
        let name = AppName::new(concat!("palisade-", env!("CARGO_PKG_VERSION"))).ok();
        let mut builder = sdk.into_builder();
        builder.set_app_name(name);
        sdk = builder.build();
    }
    match &options.role_arn {
        Some(role) => assume(role, options.external_id.as_deref(), sdk).await,
        None => sdk,
    }
}

async fn assume(role_arn: &str, external_id: Option<&str>, sdk: SdkConfig) -> SdkConfig {
    let mut role = AssumeRoleProvider::builder(role_arn).session_name(ROLE_SESSION_NAME).configure(&sdk);
    if let Some(id) = external_id {
        role = role.external_id(id);
    }
    let role = role.build().await;
    sdk.into_builder().credentials_provider(SharedCredentialsProvider::new(role)).build()
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::ProvideCredentials;
    use aws_smithy_async::rt::sleep::TokioSleep;
    use aws_smithy_async::time::SystemTimeSource;
    use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    /// "AssumeRole" in the AWS Security Token Service API Reference.
    const ASSUMED: &str = "<AssumeRoleResponse><AssumeRoleResult>
        <AssumedRoleUser><AssumedRoleId>AROA:palisade</AssumedRoleId>
        <Arn>arn:aws:sts::111122223333:assumed-role/audit/palisade</Arn></AssumedRoleUser>
        <Credentials><AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
        <SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>
        </AssumeRoleResult></AssumeRoleResponse>";

    #[tokio::test]
    async fn a_role_is_assumed_with_its_external_id() {
        let answer = http::Response::builder().status(200).body(SdkBody::from(ASSUMED)).unwrap();
        let question = http::Request::builder().body(SdkBody::empty()).unwrap();
        let replay = StaticReplayClient::new(vec![ReplayEvent::new(question, answer)]);
        let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new())
            .http_client(replay.clone())
            .build();
        let sdk = assume("arn:aws:iam::111122223333:role/audit", Some("secret & id"), sdk).await;
        let assumed = sdk.credentials_provider().unwrap().provide_credentials().await.unwrap();
        assert_eq!(assumed.access_key_id(), "ASIAASSUMED");
        let sent = replay.actual_requests().next().unwrap();
        assert!(sent.uri().starts_with("https://sts.eu-west-1.amazonaws.com"), "{}", sent.uri());
        let form = std::str::from_utf8(sent.body().bytes().unwrap()).unwrap();
        assert!(form.contains("ExternalId=secret%20%26%20id"), "{form}");
        assert!(form.contains("RoleSessionName=palisade"), "{form}");
    }
}
