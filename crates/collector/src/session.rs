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
