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
