use super::*;
use crate::operation::{
    DESCRIBE_REPOSITORIES, GET_ACCOUNT_PASSWORD_POLICY, GET_BUCKET_POLICY, GET_BUCKET_VERSIONING,
    LIST_BUCKETS, OPERATIONS,
};

fn good(operation: &'static Operation, body: &str) -> Result<Answer, String> {
    inspect(operation, 200, None, body.as_bytes()).map_err(|foreign| foreign.why)
}

fn refused(operation: &'static Operation, status: u16, header: Option<&str>, body: &str) -> Option<String> {
    match inspect(operation, status, header, body.as_bytes()) {
        Ok(Answer::Error(code)) => Some(code),
        Ok(Answer::Good) => panic!("{status} is no good answer"),
        Err(_) => None,
    }
}

/// The SDK reads each of these as an answer without its optional members.
#[test]
fn no_operation_takes_an_empty_or_foreign_answer() {
    for operation in OPERATIONS {
        for body in ["", " \n", "{", "null", "[]", "<html><body>Sign in</body></html>", "<a>", "garbage"] {
            assert!(good(operation, body).is_err(), "{} took {body:?}", operation.name);
        }
        if matches!(operation.shape, Shape::Json { .. }) {
            assert!(good(operation, "{}").is_err(), "{}", operation.name);
        }
    }
}

#[test]
fn an_answer_without_optional_members_is_good() {
    let versioning = r#"<?xml version="1.0" encoding="UTF-8"?>
        <VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#;
    assert_eq!(good(&GET_BUCKET_VERSIONING, versioning), Ok(Answer::Good));
    assert_eq!(good(&GET_BUCKET_POLICY, r#"{"Version":"2012-10-17"}"#), Ok(Answer::Good));
    assert_eq!(good(&DESCRIBE_REPOSITORIES, r#"{"repositories":[]}"#), Ok(Answer::Good));
}

/// "ListBuckets" in the Amazon S3 API Reference.
#[test]
fn an_answer_cut_anywhere_is_foreign() {
    let whole =
        "<ListAllMyBucketsResult><Buckets><Bucket><Name>a</Name></Bucket></Buckets></ListAllMyBucketsResult>";
    assert_eq!(good(&LIST_BUCKETS, whole), Ok(Answer::Good));
    for end in 0..whole.len() {
        let cut = whole.get(..end).unwrap();
        assert!(good(&LIST_BUCKETS, cut).is_err(), "{cut}");
    }
    let json = r#"{"repositories":[{"repositoryName":"a"}]}"#;
    for end in 0..json.len() {
        let cut = json.get(..end).unwrap();
        assert!(good(&DESCRIBE_REPOSITORIES, cut).is_err(), "{cut}");
    }
}

#[test]
fn a_required_part_must_be_there() {
    assert!(good(&LIST_BUCKETS, "<ListAllMyBucketsResult><Owner/></ListAllMyBucketsResult>").is_err());
    assert!(good(&DESCRIBE_REPOSITORIES, r#"{"repositories":null}"#).is_err());
    let why = good(&GET_BUCKET_VERSIONING, "<ListBucketResult/>").unwrap_err();
    assert_eq!(why, "its root is `ListBucketResult`, not `VersioningConfiguration`");
}

/// The error formats of S3, of the query protocol, and of the JSON protocols.
#[test]
fn each_protocol_names_its_error_codes() {
    let s3 = "<Error><Code>NoSuchBucketPolicy</Code><Message>gone</Message></Error>";
    assert_eq!(refused(&GET_BUCKET_POLICY, 404, None, s3).as_deref(), Some("NoSuchBucketPolicy"));
    let iam = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code></Error></ErrorResponse>";
    assert_eq!(refused(&GET_ACCOUNT_PASSWORD_POLICY, 404, None, iam).as_deref(), Some("NoSuchEntity"));
    let ecr = r#"{"__type":"com.amazonaws.ecr#RepositoryNotFoundException","message":"no"}"#;
    assert_eq!(
        refused(&DESCRIBE_REPOSITORIES, 400, None, ecr).as_deref(),
        Some("RepositoryNotFoundException")
    );
    let header = Some("AccessDeniedException:http://internal.amazon.com/coral/");
    assert_eq!(refused(&DESCRIBE_REPOSITORIES, 400, header, "{}").as_deref(), Some("AccessDeniedException"));
}

#[test]
fn a_refusal_in_another_format_is_foreign() {
    for body in ["", "<html><body>Forbidden</body></html>", "{\"message\":\"x\"}", "<Error></Error>"] {
        assert_eq!(refused(&GET_BUCKET_POLICY, 403, None, body), None, "{body}");
        assert_eq!(refused(&DESCRIBE_REPOSITORIES, 400, None, body), None, "{body}");
    }
}

#[test]
fn entities_are_not_expanded_without_end() {
    let bomb = r#"<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><VersioningConfiguration>&c;</VersioningConfiguration>"#;
    assert!(good(&GET_BUCKET_VERSIONING, bomb).is_err());
}
