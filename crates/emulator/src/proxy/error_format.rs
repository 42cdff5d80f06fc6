//! Errors as the services write them: the "Common Errors" pages of the IAM, STS and ECR API
//! references, and "Error responses" of the S3 API reference.

use super::answer::Answer;
use super::fault::Fault;
use super::operation::Protocol;
use super::request::Incoming;

const REQUEST_ID: &str = "4442587F-EB7D-4A2F-8C3D-PALISADE0000";

/// An error with a code, in the format of the service that was asked.
pub(super) fn error(protocol: Protocol, status: u16, code: &str, message: &str) -> Answer {
    match protocol {
        Protocol::Query | Protocol::S3Control => {
            let sender = if status >= 500 { "Receiver" } else { "Sender" };
            let inner = format!(
                "<Error><Type>{sender}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            );
            let body = format!("<ErrorResponse>{inner}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>");
            Answer::new(status, "text/xml", body)
        }
        Protocol::S3 => {
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
                 <RequestId>{REQUEST_ID}</RequestId><HostId>{REQUEST_ID}</HostId></Error>"
            );
            Answer::new(status, "application/xml", body)
        }
        Protocol::Json => {
            let body = serde_json::json!({"__type": code, "message": message}).to_string();
            Answer::new(status, "application/x-amz-json-1.1", body)
        }
        Protocol::RestJson => {
            let body = serde_json::json!({"message": message}).to_string();
            let mut answer = Answer::new(status, "application/json", body);
            answer.headers.push(("x-amzn-errortype".to_owned(), code.to_owned()));
            answer
        }
    }
}

/// The answer of a fault that answers with an error of the service; `None` for the others.
pub(super) fn of_fault(fault: &Fault, incoming: &Incoming) -> Option<Answer> {
    use Protocol::{Json, Query, RestJson, S3, S3Control};
    let protocol = incoming.protocol;
    let operation = incoming.request.operation.as_str();
    let (status, code, message) = match (fault, protocol) {
        (Fault::Denied, S3) => (403, "AccessDenied", "Access Denied".to_owned()),
        (Fault::Denied, Query | S3Control) => (403, "AccessDenied", not_authorized(operation)),
        (Fault::Denied, Json) => (400, "AccessDeniedException", not_authorized(operation)),
        (Fault::Denied, RestJson) => (403, "AccessDeniedException", not_authorized(operation)),
        (Fault::Throttled, S3 | S3Control) => {
            (503, "SlowDown", "Please reduce your request rate.".to_owned())
        }
        (Fault::Throttled, Query) => (400, "Throttling", "Rate exceeded".to_owned()),
        (Fault::Throttled, Json) => (400, "ThrottlingException", "Rate exceeded".to_owned()),
        (Fault::Throttled, RestJson) => (429, "TooManyRequestsException", "Rate exceeded".to_owned()),
        (Fault::ServerError, S3 | S3Control) => {
            (500, "InternalError", "We encountered an internal error.".to_owned())
        }
        (Fault::ServerError, Query) => {
            (500, "ServiceFailure", "The request processing has failed.".to_owned())
        }
        (Fault::ServerError, Json) => (500, "ServerException", "The service failed.".to_owned()),
        (Fault::ServerError, RestJson) => (500, "InternalServerException", "The service failed.".to_owned()),
        (Fault::ExpiredCredentials, S3 | S3Control) => (400, "ExpiredToken", EXPIRED.to_owned()),
        (Fault::ExpiredCredentials, Query) => (403, "ExpiredToken", EXPIRED.to_owned()),
        (Fault::ExpiredCredentials, Json) => (400, "ExpiredTokenException", EXPIRED.to_owned()),
        (Fault::ExpiredCredentials, RestJson) => (403, "ExpiredTokenException", EXPIRED.to_owned()),
        (Fault::UnknownAccessKey, S3 | S3Control) => (403, "InvalidAccessKeyId", UNKNOWN_KEY.to_owned()),
        (Fault::UnknownAccessKey, Query) => (403, "InvalidClientTokenId", UNKNOWN_KEY.to_owned()),
        (Fault::UnknownAccessKey, Json) => (400, "UnrecognizedClientException", UNKNOWN_KEY.to_owned()),
        (Fault::UnknownAccessKey, RestJson) => (403, "UnrecognizedClientException", UNKNOWN_KEY.to_owned()),
        (Fault::NotSubscribed, S3 | S3Control) => (403, "NotSignedUp", NOT_SUBSCRIBED.to_owned()),
        (Fault::NotSubscribed, Query) => (403, "OptInRequired", NOT_SUBSCRIBED.to_owned()),
        (Fault::NotSubscribed, Json | RestJson) => {
            (400, "SubscriptionRequiredException", NOT_SUBSCRIBED.to_owned())
        }
        (Fault::ResourceGone, S3) => (404, "NoSuchBucket", GONE.to_owned()),
        (Fault::ResourceGone, S3Control) => (404, "NoSuchAccessPoint", GONE.to_owned()),
        (Fault::ResourceGone, Query) => (404, "NoSuchEntity", GONE.to_owned()),
        (Fault::ResourceGone, Json) => (400, "RepositoryNotFoundException", GONE.to_owned()),
        (Fault::ResourceGone, RestJson) => (404, "ResourceNotFoundException", GONE.to_owned()),
        (Fault::Error { status, code }, _) => (*status, *code, "The request failed.".to_owned()),
        _ => return None,
    };
    Some(error(protocol, status, code, &message))
}

const EXPIRED: &str = "The security token included in the request is expired";
const UNKNOWN_KEY: &str = "The security token included in the request is invalid.";
const NOT_SUBSCRIBED: &str = "The AWS Access Key Id needs a subscription for the service";
const GONE: &str = "The specified resource does not exist";

fn not_authorized(operation: &str) -> String {
    format!(
        "User: arn:aws:iam::123456789012:user/scanner is not authorized to perform: {operation} on resource: * \
         because no identity-based policy allows the {operation} action"
    )
}
