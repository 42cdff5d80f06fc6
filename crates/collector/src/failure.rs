//! Tells failures apart: denied, throttled, not configured, gone, cut off, …

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use palisade_snapshot::{NotOffered, Reason, Unreadable};

use crate::answer::ForeignAnswer;
use crate::operation::Operation;
use crate::transport::AnswerTooLong;

/// Why a call brought no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// AWS answered "not configured".
    Absent,
    /// The resource has been deleted since it was listed.
    Gone,
    /// This account or region can't answer.
    NotOffered(NotOffered),
    /// Nobody can tell.
    Unreadable(Unreadable),
}

impl Failure {
    /// A read of this operation that failed.
    pub(crate) fn unreadable(operation: &Operation, reason: Reason, message: &str) -> Self {
        let message = one_line(message);
        Self::Unreadable(Unreadable::new(operation.name, operation.iam_action(), reason, &message))
    }
}

/// "Common Error Types" of the services, and what S3, IAM and STS say in their place.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "AuthFailure",
    "AuthorizationError",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];

const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];

/// The list of the SDK's standard retry mode ("Retry behavior" in the AWS SDKs and Tools Reference
/// Guide).
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

const NOT_OFFERED: &[&str] = &[
    "AccountNotManagementOrDelegatedAdministratorException",
    "OptInRequired",
    "SubscriptionRequiredException",
    "UnsupportedAPIEndpointException",
];

/// Whether this answer asks to slow down.
pub(crate) fn is_throttling(code: Option<&str>, status: u16) -> bool {
    status == 429 || code.is_some_and(|code| THROTTLED.contains(&code))
}

/// What a failed call means for what it was to read.
pub(crate) fn classify<E>(operation: &Operation, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let unreadable = |reason, message: &str| Failure::unreadable(operation, reason, message);
    let said = || chain(error);
    match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let message = error.message().unwrap_or_default();
            match error.code() {
                Some(code) => by_code(operation, code, status, message),
                None => unreadable(by_status(status), &said()),
            }
        }
        SdkError::TimeoutError(_) => unreadable(Reason::Timeout, "no answer within the deadline"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => unreadable(Reason::Timeout, &said()),
        SdkError::DispatchFailure(_) => unreadable(dispatch_reason(error), &said()),
        SdkError::ResponseError(_) => unreadable(Reason::Malformed, &said()),
        _ => unreadable(Reason::ServiceError, &said()),
    }
}

fn by_code(operation: &Operation, code: &str, status: u16, message: &str) -> Failure {
    let refused = (400..500).contains(&status);
    if refused && operation.gone.contains(&code) {
        return Failure::Gone;
    }
    if refused && operation.absent.contains(&code) {
        return Failure::Absent;
    }
    let message = if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") };
    if NOT_OFFERED.contains(&code) || (refused && operation.not_offered.contains(&code)) {
        let message = one_line(&message);
        return Failure::NotOffered(NotOffered { operation: operation.name.to_owned(), message });
    }
    let reason = if EXPIRED.contains(&code) {
        Reason::ExpiredCredentials
    } else if is_throttling(Some(code), status) {
        Reason::Throttled
    } else if DENIED.contains(&code) {
        Reason::Denied
    } else if code == "RequestTimeout" {
        Reason::Timeout
    } else {
        by_status(status)
    };
    Failure::unreadable(operation, reason, &message)
}

fn by_status(status: u16) -> Reason {
    match status {
        200..=299 => Reason::Malformed,
        401 | 403 => Reason::Denied,
        429 => Reason::Throttled,
        _ => Reason::ServiceError,
    }
}

fn dispatch_reason<E>(error: &SdkError<E, HttpResponse>) -> Reason
where
    E: Error + 'static,
{
    if let Some(foreign) = source::<ForeignAnswer>(error) {
        return match foreign.status {
            401 | 403 => Reason::Denied,
            429 => Reason::Throttled,
            500.. => Reason::ServiceError,
            _ => Reason::Malformed,
        };
    }
    if source::<AnswerTooLong>(error).is_some() {
        return Reason::Malformed;
    }
    if source::<CredentialsError>(error).is_some() {
        return Reason::ExpiredCredentials;
    }
    Reason::Network
}

/// The cause of this type, however deep it lies.
pub(crate) fn source<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut cause = Some(error);
    while let Some(one) = cause {
        if let Some(found) = one.downcast_ref::<T>() {
            return Some(found);
        }
        cause = one.source();
    }
    None
}

/// What wraps the errors of the SDK and says nothing itself.
const WRAPPINGS: &[&str] = &[
    "an error occurred while loading credentials",
    "dispatch failure",
    "other",
    "service error",
    "unhandled error",
];

/// An error and its causes in one line, without the words that wrap every SDK error.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = Some(error);
    while let Some(one) = cause {
        let text = match one.downcast_ref::<ErrorMetadata>() {
            Some(said) => words(said),
            None => one.to_string(),
        };
        let said = parts.last().is_some_and(|last| last.contains(&text));
        let empty = WRAPPINGS.contains(&text.as_str()) || text.starts_with("unhandled error (");
        if !said && !empty {
            parts.push(text);
        }
        cause = one.source();
    }
    one_line(&parts.join(": "))
}

/// Code and message of a service's error.
fn words(said: &ErrorMetadata) -> String {
    let parts: Vec<&str> = said.code().into_iter().chain(said.message()).collect();
    parts.join(": ")
}

/// The longest message that a snapshot keeps, in characters.
const LONGEST_MESSAGE: usize = 300;

fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= LONGEST_MESSAGE {
        return line;
    }
    line.chars().take(LONGEST_MESSAGE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
