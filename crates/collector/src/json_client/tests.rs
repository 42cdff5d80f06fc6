use std::collections::BTreeSet;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_smithy_runtime_api::shared::IntoShared;
use palisade_snapshot::Evidence;
use serde_json::json;

use super::*;
use crate::Options;
use crate::meter::Meter;
use crate::operation::{DESCRIBE_ORGANIZATION, LIST_ROOTS};
use crate::transport::Lane;

fn client(region: &str, endpoint: Option<&str>, answers: &[(u16, &str)]) -> (JsonClient, StaticReplayClient) {
    let events = answers.iter().map(|(status, body)| {
        let answer = http::Response::builder().status(*status).body(SdkBody::from(*body)).unwrap();
        ReplayEvent::new(http::Request::builder().body(SdkBody::empty()).unwrap(), answer)
    });
    let replay = StaticReplayClient::new(events.collect());
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let sdk = SdkConfig::builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .retry_config(RetryConfig::standard().with_initial_backoff(std::time::Duration::from_millis(1)))
        .build();
    let lane = Lane {
        pace: std::sync::Arc::default(),
        meter: std::sync::Arc::<Meter>::default(),
        region: region.into(),
    };
    let options = Options::new(BTreeSet::new(), jiff::Timestamp::UNIX_EPOCH);
    let transport = Transport::new(replay.clone().into_shared(), &options).in_lane(lane);
    let client = JsonClient {
        sdk,
        transport,
        guard: Guard::new(Service::Organizations, &BTreeSet::from([Evidence::Organization])),
        service: Service::Organizations,
        region: region.to_owned(),
        endpoint: endpoint.map(str::to_owned),
    };
    (client, replay)
}

fn question() -> Question {
    Question::Target { prefix: "AWSOrganizationsV20161128", input: json!({}) }
}

/// "AWS Organizations endpoints and quotas" in the AWS General Reference.
#[tokio::test]
async fn addresses_are_those_of_the_partition() {
    for (region, address) in [
        ("us-east-1", "https://organizations.us-east-1.amazonaws.com"),
        ("cn-northwest-1", "https://organizations.cn-northwest-1.amazonaws.com.cn"),
        ("us-gov-west-1", "https://organizations.us-gov-west-1.amazonaws.com"),
        ("us-iso-east-1", "https://organizations.us-iso-east-1.c2s.ic.gov"),
    ] {
        assert_eq!(client(region, None, &[]).0.address().await.unwrap(), address);
    }
    let named = client("us-east-1", Some("http://127.0.0.1:4000"), &[]).0;
    assert_eq!(named.address().await.unwrap(), "http://127.0.0.1:4000");
}

/// "Amazon ECR Public endpoints and quotas" in the AWS General Reference.
#[tokio::test]
async fn the_api_of_public_repositories_has_a_host_of_its_own() {
    let mut client = client("us-east-1", None, &[]).0;
    client.service = Service::EcrPublic;
    assert_eq!(client.address().await.unwrap(), "https://api.ecr-public.us-east-1.amazonaws.com");
}

#[tokio::test]
async fn a_request_names_its_operation_and_is_signed() {
    let (client, replay) = client("us-east-1", None, &[(200, r#"{"Organization": {"Id": "o-1"}}"#)]);
    let answer: Value = client.call(&DESCRIBE_ORGANIZATION, question()).await.unwrap();
    assert_eq!(answer["Organization"]["Id"], "o-1");
    let sent = replay.actual_requests().next().unwrap();
    assert_eq!(sent.uri(), "https://organizations.us-east-1.amazonaws.com/");
    assert_eq!(sent.headers().get("x-amz-target"), Some("AWSOrganizationsV20161128.DescribeOrganization"));
    let signature = sent.headers().get("authorization").unwrap();
    assert!(signature.contains("/us-east-1/organizations/aws4_request"), "{signature}");
    assert!(sent.headers().get("user-agent").unwrap().contains("aws-sdk-rust"));
}

#[tokio::test]
async fn throttling_is_retried_and_an_error_keeps_its_code() {
    let throttled = r#"{"__type": "TooManyRequestsException", "Message": "slow down"}"#;
    let none = r#"{"__type": "com.amazonaws#AWSOrganizationsNotInUseException", "Message": "none"}"#;
    let (client, replay) = client("us-east-1", None, &[(400, throttled), (400, none)]);
    let error = client.call::<Value>(&DESCRIBE_ORGANIZATION, question()).await.unwrap_err();
    let SdkError::ServiceError(error) = error else { panic!("{error:?}") };
    assert_eq!(error.err().code(), Some("AWSOrganizationsNotInUseException"));
    assert_eq!(replay.actual_requests().count(), 2);
}

#[tokio::test]
async fn what_is_not_planned_is_not_sent() {
    let (client, replay) = client("us-east-1", None, &[]);
    client.call::<Value>(&LIST_ROOTS, question()).await.unwrap_err();
    assert_eq!(replay.actual_requests().count(), 0);
}

#[tokio::test]
async fn an_answer_of_another_shape_is_no_answer() {
    let other = (200, r#"{"Organization": []}"#);
    let (client, replay) = client("us-east-1", None, &[other, other, other]);
    let error =
        client.call::<std::collections::BTreeMap<String, u8>>(&DESCRIBE_ORGANIZATION, question()).await;
    assert!(matches!(error, Err(SdkError::ResponseError(_))), "{error:?}");
    assert_eq!(replay.actual_requests().count(), 3, "what heals is asked for again");
}

#[test]
fn a_question_by_get_stands_in_path_and_query() {
    let query = vec![("nextToken", "a/b+c=".to_owned())];
    let sent = request("ListAnalyzers", &Question::Get { path: "/analyzer".to_owned(), query }).unwrap();
    assert_eq!((sent.method(), sent.uri()), ("GET", "/analyzer?nextToken=a%2Fb%2Bc%3D"));
    let sent =
        request("ListAnalyzers", &Question::Get { path: "/analyzer".to_owned(), query: Vec::new() }).unwrap();
    assert_eq!(sent.uri(), "/analyzer");
    let sent = request("ListFindings", &Question::Post { path: "/finding", input: json!({"a": 1}) }).unwrap();
    assert_eq!((sent.method(), sent.uri()), ("POST", "/finding"));
    assert_eq!(sent.body().bytes(), Some(&br#"{"a":1}"#[..]));
}
