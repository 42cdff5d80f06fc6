use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::test_util::{CaptureRequestReceiver, capture_request};

use super::*;
use crate::Options;

/// Clients whose requests go nowhere, and what catches the first of them.
fn clients(evidence: &[Evidence], endpoint: Option<&str>) -> (Clients, CaptureRequestReceiver) {
    let (http, caught) = capture_request(None);
    let evidence: BTreeSet<_> = evidence.iter().copied().collect();
    let options = Options::new(evidence.clone(), jiff::Timestamp::UNIX_EPOCH);
    let http = aws_smithy_runtime_api::client::http::SharedHttpClient::new(http);
    let transport = Transport::new(http, &options);
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .http_client(transport.clone());
    sdk.set_endpoint_url(endpoint.map(str::to_owned));
    (Clients::new(sdk.build(), transport, evidence, Arc::default()), caught)
}

fn refused(error: &(dyn std::error::Error + 'static), operation: &str) -> bool {
    crate::failure::chain(error).contains(&format!("{operation} is not among the planned reads"))
}

#[tokio::test]
async fn a_write_is_refused_before_anything_is_sent() {
    let (clients, caught) = clients(Evidence::ALL, None);
    let error = clients.iam().create_user().user_name("eve").send().await.unwrap_err();
    assert!(refused(&error, "iam:CreateUser"), "{error:?}");
    let error = clients.s3("eu-west-1").delete_bucket().bucket("my-bucket").send().await.unwrap_err();
    assert!(refused(&error, "s3:DeleteBucket"), "{error:?}");
    let error = clients.ecr("eu-west-1").delete_repository().repository_name("r").send().await.unwrap_err();
    assert!(refused(&error, "ecr:DeleteRepository"), "{error:?}");
    caught.expect_no_request();
}

#[tokio::test]
async fn a_read_that_was_not_planned_is_refused() {
    let (clients, caught) = clients(&[Evidence::BucketPolicy], None);
    let error = clients.s3("eu-west-1").get_bucket_acl().bucket("my-bucket").send().await.unwrap_err();
    assert!(refused(&error, "s3:GetBucketAcl"), "{error:?}");
    let error = clients.sts().get_caller_identity().send().await.unwrap_err();
    assert!(refused(&error, "sts:GetCallerIdentity"), "{error:?}");
    caught.expect_no_request();
}

#[tokio::test]
async fn a_planned_read_is_sent() {
    let (clients, caught) = clients(&[Evidence::BucketPolicy], None);
    clients.s3("eu-central-1").get_bucket_policy().bucket("my-bucket").send().await.unwrap_err();
    let uri = caught.expect_request().uri().to_owned();
    assert_eq!(uri, "https://my-bucket.s3.eu-central-1.amazonaws.com/?policy");
}

#[tokio::test]
async fn a_plain_endpoint_gets_no_names_before_its_host() {
    let endpoint = Some("http://127.0.0.1:5000");
    let (bucket, caught) = clients(&[Evidence::BucketPolicy], endpoint);
    bucket.s3("eu-west-1").get_bucket_policy().bucket("my-bucket").send().await.unwrap_err();
    assert_eq!(caught.expect_request().uri(), "http://127.0.0.1:5000/my-bucket/?policy");
    let (account, caught) = clients(&[Evidence::AccountBlockPublicAccess], endpoint);
    let call = account
        .s3control("123456789012", account.home())
        .get_public_access_block()
        .account_id("123456789012");
    call.send().await.unwrap_err();
    let uri = caught.expect_request().uri().to_owned();
    assert_eq!(uri, "http://127.0.0.1:5000/v20180820/configuration/publicAccessBlock");
}

#[tokio::test]
async fn an_endpoint_of_aws_keeps_them() {
    let endpoint = Some("https://vpce-1a2b.s3-control.eu-west-1.vpce.amazonaws.com");
    let (account, caught) = clients(&[Evidence::AccountBlockPublicAccess], endpoint);
    let call = account
        .s3control("123456789012", account.home())
        .get_public_access_block()
        .account_id("123456789012");
    call.send().await.unwrap_err();
    let uri = caught.expect_request().uri().to_owned();
    assert!(uri.starts_with("https://123456789012.vpce-1a2b.s3-control."), "{uri}");
}
