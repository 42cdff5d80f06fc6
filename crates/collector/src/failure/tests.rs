use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::*;
use crate::operation::{
    GET_ACCOUNT_PASSWORD_POLICY, GET_ALTERNATE_CONTACT, GET_BUCKET_CORS, GET_BUCKET_ENCRYPTION,
    GET_BUCKET_OWNERSHIP_CONTROLS, GET_BUCKET_POLICY, GET_BUCKET_PUBLIC_ACCESS_BLOCK, GET_LIFECYCLE_POLICY,
    GET_REPOSITORY_POLICY, LIST_BUCKETS, OPERATIONS,
};

/// An error as the SDK hands it out, with nothing but its code.
#[derive(Debug, thiserror::Error)]
#[error("unhandled error")]
struct Modelled(ErrorMetadata);

impl ProvideErrorMetadata for Modelled {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

fn answered(operation: &Operation, status: u16, code: Option<&str>) -> Failure {
    let mut meta = ErrorMetadata::builder().message("some\nwords");
    if let Some(code) = code {
        meta = meta.code(code);
    }
    let raw = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
    classify(operation, &SdkError::service_error(Modelled(meta.build()), raw))
}

fn reason(failure: Failure) -> Option<Reason> {
    match failure {
        Failure::Unreadable(why) => Some(why.reason),
        _ => None,
    }
}

fn undelivered(error: ConnectorError) -> Option<Reason> {
    reason(classify(&LIST_BUCKETS, &SdkError::<Modelled, _>::dispatch_failure(error)))
}

/// Each operation's own code for "not configured", from its page in the service's API Reference.
#[test]
fn only_an_operations_own_codes_mean_not_configured() {
    let own = [
        (&GET_BUCKET_POLICY, "NoSuchBucketPolicy"),
        (&GET_BUCKET_ENCRYPTION, "ServerSideEncryptionConfigurationNotFoundError"),
        (&GET_BUCKET_PUBLIC_ACCESS_BLOCK, "NoSuchPublicAccessBlockConfiguration"),
        (&GET_BUCKET_OWNERSHIP_CONTROLS, "OwnershipControlsNotFoundError"),
        (&GET_BUCKET_CORS, "NoSuchCORSConfiguration"),
        (&GET_REPOSITORY_POLICY, "RepositoryPolicyNotFoundException"),
        (&GET_LIFECYCLE_POLICY, "LifecyclePolicyNotFoundException"),
        (&GET_ACCOUNT_PASSWORD_POLICY, "NoSuchEntity"),
        (&GET_ALTERNATE_CONTACT, "ResourceNotFoundException"),
    ];
    for (operation, code) in own {
        assert_eq!(answered(operation, 404, Some(code)), Failure::Absent, "{}", operation.name);
        assert_eq!(reason(answered(operation, 500, Some(code))), Some(Reason::ServiceError), "{code}");
        assert_ne!(answered(operation, 404, Some("NoSuchThing")), Failure::Absent);
        for other in OPERATIONS.iter().filter(|other| !other.absent.contains(&code)) {
            assert_ne!(answered(other, 404, Some(code)), Failure::Absent, "{} {code}", other.name);
        }
    }
}

#[test]
fn a_missing_bucket_is_not_a_missing_policy() {
    assert_eq!(answered(&GET_BUCKET_POLICY, 404, Some("NoSuchBucket")), Failure::Gone);
    assert_eq!(answered(&GET_REPOSITORY_POLICY, 400, Some("RepositoryNotFoundException")), Failure::Gone);
    assert_eq!(reason(answered(&LIST_BUCKETS, 404, Some("NoSuchBucket"))), Some(Reason::ServiceError));
}

#[test]
fn codes_are_told_apart() {
    for (code, status, expected) in [
        ("AccessDenied", 403, Reason::Denied),
        ("AccessDeniedException", 400, Reason::Denied),
        ("UnauthorizedOperation", 403, Reason::Denied),
        ("InvalidClientTokenId", 403, Reason::Denied),
        ("SomethingNew", 403, Reason::Denied),
        ("ExpiredToken", 400, Reason::ExpiredCredentials),
        ("ExpiredTokenException", 400, Reason::ExpiredCredentials),
        ("SlowDown", 503, Reason::Throttled),
        ("Throttling", 400, Reason::Throttled),
        ("ThrottlingException", 400, Reason::Throttled),
        ("TooManyRequestsException", 429, Reason::Throttled),
        ("RequestTimeout", 400, Reason::Timeout),
        ("InternalError", 500, Reason::ServiceError),
        ("ValidationError", 400, Reason::ServiceError),
    ] {
        assert_eq!(reason(answered(&GET_BUCKET_POLICY, status, Some(code))), Some(expected), "{code}");
    }
}

#[test]
fn an_answer_without_a_code_is_judged_by_its_status() {
    for (status, expected) in [
        (200, Reason::Malformed),
        (401, Reason::Denied),
        (403, Reason::Denied),
        (404, Reason::ServiceError),
        (429, Reason::Throttled),
        (503, Reason::ServiceError),
    ] {
        assert_eq!(reason(answered(&GET_BUCKET_POLICY, status, None)), Some(expected), "{status}");
    }
}

#[test]
fn a_service_that_is_not_there_is_not_offered() {
    for code in ["OptInRequired", "SubscriptionRequiredException"] {
        assert!(matches!(answered(&LIST_BUCKETS, 403, Some(code)), Failure::NotOffered(_)), "{code}");
    }
}

#[test]
fn transport_failures_are_told_apart() {
    assert_eq!(undelivered(ConnectorError::io("reset".into())), Some(Reason::Network));
    assert_eq!(undelivered(ConnectorError::timeout("slow".into())), Some(Reason::Timeout));
    assert_eq!(undelivered(ConnectorError::other(AnswerTooLong.into(), None)), Some(Reason::Malformed));
    let expired = CredentialsError::not_loaded("no session");
    assert_eq!(undelivered(ConnectorError::other(expired.into(), None)), Some(Reason::ExpiredCredentials));
    for (status, expected) in [
        (200, Reason::Malformed),
        (302, Reason::Malformed),
        (403, Reason::Denied),
        (404, Reason::Malformed),
        (407, Reason::Malformed),
        (502, Reason::ServiceError),
    ] {
        let foreign = ForeignAnswer { operation: "s3:ListBuckets", status, why: "HTML".to_owned() };
        assert_eq!(undelivered(ConnectorError::other(foreign.into(), None)), Some(expected), "{status}");
    }
}

#[test]
fn messages_are_one_short_line() {
    let Failure::Unreadable(why) = answered(&GET_BUCKET_POLICY, 403, Some("AccessDenied")) else { panic!() };
    assert_eq!(why.message, "AccessDenied: some words");
    assert_eq!(
        (why.operation.as_str(), why.iam_action.as_str()),
        ("s3:GetBucketPolicy", "s3:GetBucketPolicy")
    );
    assert_eq!(one_line(&"ä".repeat(5000)).chars().count(), LONGEST_MESSAGE);
}
