//! Sends requests: a cap on how many are under way and how many are sent in a second, a pace per
//! service and region, a deadline per attempt, and a check of every answer before the SDK parses it.

mod pace;

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::retry::ErrorKind;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::answer::{Answer, inspect};
use crate::failure::is_throttling;
use crate::meter::Meter;
use crate::operation::Operation;
use crate::{Journal, Options};
use pace::Ceiling;
pub(crate) use pace::Pace;

/// No answer of these services is longer; a longer one is refused instead of filling memory.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// A service that asks for a longer pause is asked again after this one.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// After "slow down" a request waits this long; twice as long after the next, up to `LONGEST_WAIT_BETWEEN`.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT_BETWEEN: Duration = Duration::from_secs(8);

/// How long a request is asked again with the same signature, which is good for five minutes ("AWS
/// Signature Version 4 for API requests" of the IAM User Guide). Three times this is less than the
/// deadline of a call, so that a read that fails for throttling says so.
const LONGEST_WAIT: Duration = Duration::from_secs(80);

/// An answer in no service's format is asked for once more, not more often.
const ATTEMPTS_FOR_FOREIGN_ANSWERS: u32 = 2;

/// An answer longer than any that AWS gives.
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {LONGEST_ANSWER} bytes")]
pub(crate) struct AnswerTooLong;

/// What the transport knows of a request: set on each attempt by the client's guard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    pub(crate) operation: &'static Operation,
    /// From 1.
    pub(crate) number: u32,
}

/// The HTTP client of every service client and credential source.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    inner: SharedHttpClient,
    permits: Arc<Semaphore>,
    ceiling: Option<Arc<Ceiling>>,
    deadline: Duration,
    journal: Option<Journal>,
    lane: Option<Lane>,
}

/// One service in one region of the account.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    pub(crate) pace: Arc<Pace>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) region: Arc<str>,
}

impl Transport {
    /// Over this client, with the limits of these options. What their journal has is not asked again.
    pub(crate) fn new(inner: SharedHttpClient, options: &Options) -> Self {
        let permits = Arc::new(Semaphore::new(options.max_in_flight.get().min(Semaphore::MAX_PERMITS)));
        let ceiling = options.max_requests_per_second.map(|rate| Arc::new(Ceiling::new(rate)));
        let (deadline, journal) = (options.deadlines.attempt, options.journal.clone());
        Self { inner, permits, ceiling, deadline, journal, lane: None }
    }

    /// The same, with its own pace, for one service in one region.
    pub(crate) fn in_lane(&self, lane: Lane) -> Self {
        Self { lane: Some(lane), ..self.clone() }
    }
}

impl HttpClient for Transport {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connection { inner, transport: self.clone() })
    }
}

#[derive(Debug, Clone)]
struct Connection {
    inner: SharedHttpConnector,
    transport: Transport,
}

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connection = self.clone();
        HttpConnectorFuture::new(async move { connection.attempt(request).await })
    }
}

impl Connection {
    async fn attempt(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let Transport { journal, lane, .. } = &self.transport;
        let attempt = request.extension::<Attempt>().copied();
        let kept = journal.as_ref().zip(attempt);
        let kept =
            kept.map(|(journal, attempt)| (journal, attempt, identity(&request, attempt, lane.as_ref())));
        if let Some((journal, attempt, request)) = &kept
            && let Some(answer) = answered_before(journal, *attempt, request, lane.as_ref())
        {
            return Ok(answer);
        }
        let Some(attempt) = attempt else { return self.send(request, None).await };
        let (response, code) = self.send_until_accepted(request, attempt).await?;
        if let Some((journal, _, request)) = kept
            && attempt.operation.is_settled(code.as_deref())
        {
            journal.keep(attempt.operation, request, &response);
        }
        Ok(response)
    }

    /// Asks again while the service answers "slow down" to this request and lately accepted others of its kind.
    /// That is no failed attempt: the request waits for its share of what the service bears.
    async fn send_until_accepted(
        &self,
        mut request: HttpRequest,
        attempt: Attempt,
    ) -> Result<(HttpResponse, Option<String>), ConnectorError> {
        let (signed_at, mut pause) = (Instant::now(), FIRST_WAIT);
        loop {
            let copy = request.try_clone();
            let response = self.send(request, Some(attempt)).await?;
            let lane = self.transport.lane.as_ref();
            let status = response.status().as_u16();
            let (response, code) = check(response, attempt, lane)?;
            let can_hope = lane.is_some_and(|lane| lane.pace.can_hope(attempt.operation.name, pause));
            match copy {
                Some(copy) if is_throttling(code.as_deref(), status) && can_hope => request = copy,
                _ => return Ok((response, code)),
            }
            if signed_at.elapsed() + pause > LONGEST_WAIT {
                return Ok((response, code));
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST_WAIT_BETWEEN);
        }
    }

    /// Sends a request when it is its turn, and reads the whole answer.
    async fn send(
        &self,
        request: HttpRequest,
        attempt: Option<Attempt>,
    ) -> Result<HttpResponse, ConnectorError> {
        let Transport { permits, ceiling, deadline, lane, .. } = &self.transport;
        if let Some(lane) = lane {
            lane.pace.turn().await;
        }
        let _permit = permits.acquire().await.map_err(|closed| other(closed.into()))?;
        if let Some(ceiling) = ceiling {
            ceiling.turn().await;
        }
        if let (Some(lane), Some(attempt)) = (lane, attempt) {
            lane.meter.sent(attempt.operation, &lane.region);
        }
        let whole = async { read_whole(self.inner.call(request).await?).await };
        tokio::time::timeout(*deadline, whole).await.map_err(|_| {
            let message = format!("no whole answer within {} seconds", deadline.as_secs_f64());
            ConnectorError::timeout(message.into())
        })?
    }
}

/// What makes a request this one and no other: all of it but its headers, which hold the signature, and
/// of these what some services say nowhere else: operation and region.
fn identity(request: &HttpRequest, attempt: Attempt, lane: Option<&Lane>) -> String {
    let (operation, region) = (attempt.operation.name, lane.map_or("", |lane| &lane.region));
    let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
    format!("{operation} {region} {} {}\n{body}", request.method(), request.uri())
}

/// What was answered before an interruption, if it is still a whole answer. It counts as the request
/// that it was.
fn answered_before(
    journal: &Journal,
    attempt: Attempt,
    request: &str,
    lane: Option<&Lane>,
) -> Option<HttpResponse> {
    let response = journal.answer(request)?.into_response()?;
    let error_type = response.headers().get("x-amzn-errortype");
    let body = response.body().bytes().unwrap_or_default();
    inspect(attempt.operation, response.status().as_u16(), error_type, body).ok()?;
    if let Some(lane) = lane {
        lane.meter.sent(attempt.operation, &lane.region);
    }
    Some(response)
}

/// Reads the body to its end, so that the permit covers it and the answer can be checked.
async fn read_whole(mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let mut stream = ByteStream::new(response.take_body());
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| ConnectorError::io(error.into()))?;
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(other(AnswerTooLong.into()));
        }
        body.extend_from_slice(&chunk);
    }
    *response.body_mut() = SdkBody::from(body);
    Ok(response)
}

/// Lets an answer through that the service gave, with its error code if it is a refusal; anything
/// else is an error, retried once.
fn check(
    response: HttpResponse,
    attempt: Attempt,
    lane: Option<&Lane>,
) -> Result<(HttpResponse, Option<String>), ConnectorError> {
    let status = response.status().as_u16();
    let error_type = response.headers().get("x-amzn-errortype");
    let body = response.body().bytes().unwrap_or_default();
    let answer = inspect(attempt.operation, status, error_type, body);
    if let Some(lane) = lane {
        let code = match &answer {
            Ok(Answer::Error(code)) => Some(code.as_str()),
            _ => None,
        };
        if is_throttling(code, status) {
            lane.meter.throttled(attempt.operation, &lane.region);
            lane.pace.slow_down(attempt.operation.name, retry_after(&response));
        } else {
            lane.pace.accepted(attempt.operation.name);
        }
    }
    match answer {
        Ok(Answer::Good) => Ok((response, None)),
        Ok(Answer::Error(code)) => Ok((response, Some(code))),
        Err(foreign) => {
            let again = attempt.number < ATTEMPTS_FOR_FOREIGN_ANSWERS;
            Err(ConnectorError::other(foreign.into(), again.then_some(ErrorKind::TransientError)))
        }
    }
}

/// How long the service asks to be left alone ("Retry-After" of RFC 9110, in seconds; AWS sends no dates).
fn retry_after(response: &HttpResponse) -> Duration {
    let seconds = response.headers().get("retry-after").and_then(|value| value.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or_default()).min(LONGEST_PAUSE)
}

fn other(error: BoxError) -> ConnectorError {
    ConnectorError::other(error, None)
}
