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

    /// The answer as hyper sends it; `Content-Length` follows from the body.
    pub(super) fn into_response(self) -> Result<Response<AnswerBody>, hyper::http::Error> {
        let mut builder = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        // An answer with an empty body is cut as well: it announces what never comes.
        let announced = if self.cut { self.body.len().max(64) } else { self.body.len() };
        let sent = if self.cut { self.body.slice(..self.body.len() / 2) } else { self.body };
        builder.body(AnswerBody { chunk: Some(sent), announced: announced as u64, cut: self.cut })
    }
}

/// A body that announces its length and may break off before it.
#[derive(Debug)]
pub(super) struct AnswerBody {
    chunk: Option<Bytes>,
    announced: u64,
    cut: bool,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let chunk = self.chunk.take().filter(|chunk| !chunk.is_empty());
        Poll::Ready(match chunk {
            Some(chunk) => Some(Ok(Frame::data(chunk))),
            None if self.cut => Some(Err(io::ErrorKind::ConnectionAborted.into())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        !self.cut && self.chunk.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
