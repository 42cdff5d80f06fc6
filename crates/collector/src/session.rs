//! Credentials, region and endpoint, from options, environment and shared files.

mod profile;
mod refresh;

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use palisade_snapshot::Reason;

use crate::transport::Transport;
use crate::{CollectError, Options};
pub(crate) use profile::Profile;
use refresh::Refreshed;

/// Where a question is asked when nobody names a region.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";

/// How a role session of ours is named in CloudTrail.
const ROLE_SESSION_NAME: &str = "palisade";

/// As whom the account is asked, and what is known of that when it fails.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) sdk: SdkConfig,
    profile: Profile,
    /// Neither options nor environment nor profile name a region.
    region_assumed: bool,
}

impl Session {
    /// Finds out who asks, and where; credentials themselves are fetched with the first call.
    ///
    /// # Errors
    /// When the profile asks for what only a person can give.
    pub(crate) async fn load(
        options: &Options,
        profile: Profile,
        transport: Transport,
    ) -> Result<Self, CollectError> {
        if let Some(message) = profile.refusal() {
            return Err(CollectError::Credentials { message });
        }
        let mut sdk = configuration(options, None, transport.clone()).await;
        let region_assumed = sdk.region().is_none() && options.regions.is_empty();
        if sdk.region().is_none() {
            let region = options.regions.first().map_or(DEFAULT_REGION, String::as_str).to_owned();
            // Once more, because the sources of credentials need a region, too.
            sdk = configuration(options, Some(Region::new(region)), transport.clone()).await;
        }
        if let Some(name) = &options.profile {
            sdk = with_profile(name, sdk, transport);
        }
        if let Some(role) = &options.role_arn {
            sdk = assume(role, options.external_id.as_deref(), sdk).await;
        }
        if let Some(source) = sdk.credentials_provider() {
            let cache =
                IdentityCache::lazy().buffer_time(refresh::AHEAD).load_timeout(2 * refresh::LONGEST_WAIT);
            sdk = sdk
                .into_builder()
                .credentials_provider(SharedCredentialsProvider::new(Refreshed::new(source)))
                .identity_cache(cache.build())
                .build();
        }
        Ok(Self { sdk, profile, region_assumed })
    }

    /// The same error, with what can be done about it.
    pub(crate) fn explain(&self, error: CollectError) -> CollectError {
        match error {
            CollectError::Credentials { message } => {
                CollectError::Credentials { message: self.profile.explain(message) }
            }
            CollectError::NoCredentials { message } => {
                CollectError::NoCredentials { message: self.profile.without_credentials().unwrap_or(message) }
            }
            CollectError::Caller { reason: Reason::Denied, message } if self.region_assumed => {
                let message = format!(
                    "{message}; no region is set, so {DEFAULT_REGION} was asked: an account in China, GovCloud \
                     or another partition needs a region of its own, in AWS_REGION or `--region`"
                );
                CollectError::Caller { reason: Reason::Denied, message }
            }
            other => other,
        }
    }
}

/// In this region, or in the one of environment, profile or machine.
async fn configuration(options: &Options, region: Option<Region>, transport: Transport) -> SdkConfig {
    let timeouts = TimeoutConfig::builder().operation_timeout(options.deadlines.operation).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(transport)
        .timeout_config(timeouts)
        // Every attempt has its own deadline.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(region) = region {
        loader = loader.region(region);
    }
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let sdk = loader.load().await;
    if sdk.app_name().is_some() {
        return sdk;
    }
    let mut builder = sdk.into_builder();
    builder.set_app_name(AppName::new(concat!("palisade-", env!("CARGO_PKG_VERSION"))).ok());
    builder.build()
}

/// Credentials of this profile alone. The SDK would prefer keys of the environment, and so look at
/// another account than the one that was asked for.
fn with_profile(name: &str, sdk: SdkConfig, transport: Transport) -> SdkConfig {
    let mut sources = ProviderConfig::without_region()
        .with_http_client(transport)
        .with_region(sdk.region().cloned())
        .with_use_fips(sdk.use_fips())
        .with_use_dual_stack(sdk.use_dual_stack());
    if let Some(retries) = sdk.retry_config() {
        sources = sources.with_retry_config(retries.clone());
    }
    let profile = ProfileFileCredentialsProvider::builder().configure(&sources).profile_name(name).build();
    sdk.into_builder().credentials_provider(SharedCredentialsProvider::new(profile)).build()
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
mod tests;
