//! Faults, and the requests they strike.

use std::time::Duration;

use super::request::Request;

/// What goes wrong with a request. Errors come in the format and with the code of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The caller lacks the permission: `AccessDenied`, `AccessDeniedException`.
    Denied,
    /// Too many requests: `Throttling`, `SlowDown`, `ThrottlingException`.
    Throttled,
    /// The service failed: status 500.
    ServerError,
    /// The credentials expired: `ExpiredToken`, `ExpiredTokenException`.
    ExpiredCredentials,
    /// The access key does not exist: `InvalidClientTokenId`, `InvalidAccessKeyId`.
    UnknownAccessKey,
    /// The account has not signed up for the service: `OptInRequired`, `NotSignedUp`.
    NotSubscribed,
    /// The resource was deleted after it was listed: `NoSuchBucket`, `NoSuchEntity`.
    ResourceGone,
    /// An error of the given status and code.
    Error {
        /// The HTTP status.
        status: u16,
        /// The error code, such as `InvalidRequest`.
        code: &'static str,
    },
    /// The connection is reset before an answer.
    Reset,
    /// The true answer with its true `Content-Length`, and half of the body.
    Truncated,
    /// Status 200 with a body that is in no format.
    Garbage,
    /// Status 200 with no body.
    Empty,
    /// The error page of a web proxy, in HTML, with this status.
    HtmlPage(u16),
    /// No answer, for as long as the client waits.
    Hang,
    /// The true answer, this much later.
    Late(Duration),
}

/// The requests that a fault strikes: all of an operation, unless narrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    operation: String,
    resource: Option<String>,
    region: Option<String>,
    access_key: Option<String>,
    page: Option<usize>,
    skip: usize,
    times: Option<usize>,
}

impl Target {
    /// Requests for an operation, such as `s3:GetBucketPolicy`; a star at the end stands for
    /// anything (`s3:*`, `*`).
    #[must_use]
    pub fn operation(operation: impl Into<String>) -> Self {
        Self {
            operation: operation.into(),
            resource: None,
            region: None,
            access_key: None,
            page: None,
            skip: 0,
            times: None,
        }
    }

    /// Only requests about this bucket, repository, user, role, group or policy.
    #[must_use]
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// Only requests to this region.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Only requests that this access key signed.
    #[must_use]
    pub fn access_key(mut self, id: impl Into<String>) -> Self {
        self.access_key = Some(id.into());
        self
    }

    /// Only requests for this page of a listing; the first is 1.
    #[must_use]
    pub fn page(mut self, page: usize) -> Self {
        self.page = Some(page);
        self
    }

    /// The first `count` such requests are spared.
    #[must_use]
    pub fn skip(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    /// Only `count` such requests, then it heals.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = Some(count);
        self
    }

    fn names(&self, request: &Request) -> bool {
        let operation = match self.operation.strip_suffix('*') {
            Some(prefix) => request.operation.starts_with(prefix),
            None => request.operation == self.operation,
        };
        operation
            && self.resource.as_ref().is_none_or(|resource| request.resource.as_ref() == Some(resource))
            && self.region.as_ref().is_none_or(|region| *region == request.region)
            && self.access_key.as_ref().is_none_or(|key| *key == request.access_key)
            && self.page.is_none_or(|page| page == request.page)
    }
}

impl From<&str> for Target {
    fn from(operation: &str) -> Self {
        Self::operation(operation)
    }
}

/// A fault with its target, counted down as requests come.
#[derive(Debug)]
pub(super) struct Injection {
    pub(super) target: Target,
    pub(super) fault: Fault,
}

impl Injection {
    /// True if the fault strikes this request.
    pub(super) fn strikes(&mut self, request: &Request) -> bool {
        if !self.target.names(request) {
            return false;
        }
        if self.target.skip > 0 {
            self.target.skip -= 1;
            return false;
        }
        match &mut self.target.times {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => true,
        }
    }
}
