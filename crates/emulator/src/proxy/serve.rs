//! The connections.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming as Body};
use hyper::header::{CONNECTION, CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};

use super::answer::{Answer, AnswerBody};
use super::fault::Fault;
use super::replay::Replay;
use super::request::Incoming;
use super::state::{Plan, State};
use super::{error_format, mend, paging, permission, recorded};

/// Services of which the emulator knows nothing, not even enough to answer: a request would hang.
const NEVER_ANSWERED: [&str; 2] = ["access-analyzer:", "ecr-public:"];

type Forwarder = Client<HttpConnector, Full<Bytes>>;

/// Serves each connection in a task of its own, until the runtime ends.
pub(super) async fn accept(
    listener: TcpListener,
    emulator: SocketAddr,
    state: Arc<State>,
    replay: Option<Replay>,
) {
    // The emulator closes each connection after one answer, so there is nothing to keep.
    let forwarder = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
    let proxy = Arc::new(Handler { state, emulator, replay, forwarder });
    loop {
        // A connection that failed before it was accepted is the client's to retry.
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(connection(stream, Arc::clone(&proxy)));
    }
}

async fn connection(stream: TcpStream, handler: Arc<Handler>) {
    let Ok((stream, twin)) = duplicate(stream) else { return };
    let service = service_fn(|request| {
        let handler = Arc::clone(&handler);
        let twin = &twin;
        async move { handler.respond(request, twin).await }
    });
    // An error here is a client that went away, or a fault that was injected.
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

/// A second handle on the same socket, through which it can be told to reset.
fn duplicate(stream: TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let twin = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, TcpStream::from_std(twin)?))
}

#[derive(Debug)]
struct Handler {
    state: Arc<State>,
    emulator: SocketAddr,
    replay: Option<Replay>,
    forwarder: Forwarder,
}

impl Handler {
    async fn respond(&self, request: Request<Body>, twin: &TcpStream) -> io::Result<Response<AnswerBody>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let incoming = Incoming::read(parts, body);
        let (plan, under_way) = self.state.arrive(&incoming.request);
        tokio::time::sleep(plan.latency).await;
        let answer = match &plan.fault {
            Some(Fault::Reset) => {
                twin.set_zero_linger()?;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            Some(Fault::Hang) => {
                return Ok(std::future::pending::<Result<_, Infallible>>()
                    .await
                    .unwrap_or_else(|never| match never {}));
            }
            Some(Fault::Garbage) => {
                Answer::new(200, "application/octet-stream", &b"\x00\xff}{<\x7f garbage"[..])
            }
            Some(Fault::Empty) => Answer { status: 200, headers: Vec::new(), body: Bytes::new(), cut: false },
            Some(Fault::HtmlPage(status)) => Answer::new(*status, "text/html", HTML_PAGE),
            Some(Fault::Truncated) => Answer { cut: true, ..self.answer(&incoming, &plan).await },
            Some(Fault::Late(delay)) => {
                tokio::time::sleep(*delay).await;
                self.answer(&incoming, &plan).await
            }
            Some(fault) => match error_format::of_fault(fault, &incoming) {
                Some(answer) if *fault == Fault::Throttled => answer.asking_to_wait(plan.retry_after),
                Some(answer) => answer,
                None => self.answer(&incoming, &plan).await,
            },
            None => self.answer(&incoming, &plan).await,
        };
        drop(under_way);
        answer.into_response().map_err(io::Error::other)
    }

    /// The answer that was given before; or a new one.
    async fn answer(&self, incoming: &Incoming, plan: &Plan) -> Answer {
        if let Some(replay) = &self.replay {
            if let Some(refusal) = replay.refusal(incoming, self.refusal(incoming, plan)).await {
                return refusal;
            }
            if let Some(answer) = replay.answer(incoming) {
                return answer;
            }
        }
        let answer = self.new_answer(incoming, plan).await;
        self.state.with(|inner| {
            if let Some(recording) = &mut inner.recording {
                recording.add(incoming, &answer);
            }
        });
        answer
    }

    /// The answer of the emulator, made like AWS's; or the recorded one; or the next page.
    async fn new_answer(&self, incoming: &Incoming, plan: &Plan) -> Answer {
        if let Some(continuation) = incoming.continuation() {
            return paging::next_page(&self.state, incoming, continuation);
        }
        if let Some(recorded) = recorded::answer(incoming, &plan.shapes) {
            let refusal = self.refusal(incoming, plan).await;
            return refusal.unwrap_or_else(|| paging::first_page(&self.state, incoming, recorded));
        }
        match self.forward(incoming).await {
            Ok(answer) => {
                let answer = mend::mend(incoming, answer, &plan.shapes, &self.state);
                paging::first_page(&self.state, incoming, answer)
            }
            Err(error) => Answer::new(502, "text/plain", format!("the emulator does not answer: {error}")),
        }
    }

    /// How whoever asks is refused, if permissions are checked and they lack the one for this.
    async fn refusal(&self, incoming: &Incoming, plan: &Plan) -> Option<Answer> {
        if !self.state.with(|inner| inner.enforces_iam) {
            return None;
        }
        let user = self.state.with(|inner| inner.users.get(&incoming.request.access_key).cloned());
        if NEVER_ANSWERED.iter().any(|service| incoming.request.operation.starts_with(service)) {
            let allowed = permission::is_allowed(incoming, user.as_deref(), &plan.shapes);
            return (!allowed).then(|| error_format::of_fault(&Fault::Denied, incoming)).flatten();
        }
        let answer = self.forward(incoming).await.ok()?;
        if matches!(answer.status, 401 | 403) {
            return Some(mend::mend(incoming, answer, &plan.shapes, &self.state));
        }
        let has_no_address =
            recorded::answer(incoming, &plan.shapes).is_some() && !(200..300).contains(&answer.status);
        if has_no_address && !permission::is_allowed(incoming, user.as_deref(), &plan.shapes) {
            return error_format::of_fault(&Fault::Denied, incoming);
        }
        None
    }

    /// Path and query for the emulator. It would cut a listing of buckets short without saying so,
    /// so the limit stays here; where signatures are checked, nothing of a request may change.
    fn path(&self, incoming: &Incoming) -> String {
        let uri = &incoming.parts.uri;
        let query = uri.query().unwrap_or_default();
        let limited = incoming.request.operation == "s3:ListBuckets" && query.contains("max-buckets=");
        if !limited || self.state.with(|inner| inner.enforces_iam) {
            return uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        }
        let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("max-buckets=")).collect();
        format!("{}?{}", uri.path(), kept.join("&"))
    }

    async fn forward(&self, incoming: &Incoming) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let path = self.path(incoming);
        let mut request = Request::builder()
            .method(incoming.parts.method.clone())
            .uri(format!("http://{}{path}", self.emulator))
            .body(Full::new(incoming.body.clone()))?;
        let mut headers = incoming.parts.headers.clone();
        for hop in [CONNECTION, CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING] {
            headers.remove(hop);
        }
        *request.headers_mut() = headers;
        let (parts, body) = self.forwarder.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        let mut headers = Vec::new();
        for (name, value) in &parts.headers {
            if ![CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name) {
                headers.push((name.to_string(), value.to_str()?.to_owned()));
            }
        }
        Ok(Answer { status: parts.status.as_u16(), headers, body, cut: false })
    }
}

/// What a web proxy says when it refuses or fails.
const HTML_PAGE: &str = "<!DOCTYPE html><html><head><title>Access blocked</title></head>\
    <body><h1>Access blocked</h1><p>Your organization's web proxy has blocked this page.</p></body></html>";
