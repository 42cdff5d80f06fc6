//! Clients of the emulator.
#![allow(dead_code, reason = "each test file uses some of them")]

use aws_sdk_iam::config::retry::RetryConfig;
use aws_sdk_iam::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::types::Credentials as SessionCredentials;
use aws_types::SdkConfig;
use palisade_emulator::{ACCESS_KEY, Emulator, PlainHost, SECRET_KEY};

/// A configuration whose clients talk to the emulator through its proxy, and never retry.
pub(crate) fn configuration(emulator: &Emulator) -> SdkConfig {
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(emulator.endpoint())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// The client of S3, with bucket names in the path: an IP address has no subdomains.
pub(crate) fn s3(emulator: &Emulator) -> aws_sdk_s3::Client {
    s3_of(&configuration(emulator))
}

/// The same, from a configuration.
pub(crate) fn s3_of(config: &SdkConfig) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(config).force_path_style(true).build())
}

/// The client of S3 Control.
pub(crate) fn s3_control(emulator: &Emulator) -> aws_sdk_s3control::Client {
    s3_control_of(&configuration(emulator))
}

/// The same, from a configuration.
pub(crate) fn s3_control_of(config: &SdkConfig) -> aws_sdk_s3control::Client {
    let config = aws_sdk_s3control::config::Builder::from(config).interceptor(PlainHost).build();
    aws_sdk_s3control::Client::from_conf(config)
}

/// The same configuration with the credentials of a session.
pub(crate) fn signed_in(config: &SdkConfig, session: &SessionCredentials) -> SdkConfig {
    let token = Some(session.session_token().to_owned());
    let credentials =
        Credentials::new(session.access_key_id(), session.secret_access_key(), token, None, "test");
    config.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build()
}

/// The same configuration with the access key of a user.
pub(crate) fn with_key(config: &SdkConfig, id: &str, secret: &str) -> SdkConfig {
    let credentials = Credentials::new(id, secret, None, None, "test");
    config.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build()
}

/// What a client sees of a request: the error code, or what else went wrong.
pub(crate) fn seen<T, E: ProvideErrorMetadata, R>(answer: Result<T, SdkError<E, R>>) -> String {
    match answer {
        Ok(_) => "answer".to_owned(),
        Err(SdkError::TimeoutError(_)) => "timeout".to_owned(),
        Err(SdkError::DispatchFailure(_)) => "dispatch failure".to_owned(),
        Err(SdkError::ResponseError(_)) => "response error".to_owned(),
        Err(error) => error.code().unwrap_or("no code").to_owned(),
    }
}
