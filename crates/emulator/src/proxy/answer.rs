//! An answer on its way to the client.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::Response;
use hyper::body::{Body, Bytes, Frame, SizeHint};

/// Status, headers and body.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    /// Break the connection after half of the body.
    pub(super) cut: bool,
}

impl Answer {
    /// An answer with a content type and a body.
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into(), cut: false }
    }

    /// The same with `Retry-After`, in seconds.
    pub(super) fn asking_to_wait(mut self, seconds: Option<u64>) -> Self {
        self.headers.extend(seconds.map(|seconds| ("retry-after".to_owned(), seconds.to_string())));
        self
    }

    /// The answer as hyper sends it; `Content-Length` follows from the body.
    pub(super) fn into_response(self) -> Result<Response<AnswerBody>, hyper::http::Error> {
        let mut builder = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        // An answer with an empty body is cut as well: it announces what never comes.
        let announced = if self.cut { self.body.len().max(64) } else { self.body.len() };
        let sent = if self.cut { self.body.slice(..self.body.len() / 2) } else { self.body };
        let cut = if self.cut { Cut::AfterFlush } else { Cut::Never };
        builder.body(AnswerBody { chunk: Some(sent), announced: announced as u64, cut })
    }
}

/// A body that announces its length and may break off before it.
#[derive(Debug)]
pub(super) struct AnswerBody {
    chunk: Option<Bytes>,
    announced: u64,
    cut: Cut,
}

/// How far a body is that breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// It is sent whole.
    Never,
    /// What was given to hyper has still to be written; an error at once would discard it.
    AfterFlush,
    /// Break the connection.
    Now,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(chunk) = self.chunk.take().filter(|chunk| !chunk.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match self.cut {
            Cut::Never => Poll::Ready(None),
            Cut::AfterFlush => {
                self.cut = Cut::Now;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Cut::Now => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.cut == Cut::Never && self.chunk.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
