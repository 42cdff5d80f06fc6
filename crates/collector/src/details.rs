//! Reads more of what was listed, of several at a time.

use std::future::Future;

use futures_util::StreamExt;

/// What was read of those that are still there, and the ARNs of those that were deleted since they were listed, sorted.
///
/// `read` takes one that was listed; if it is gone, its ARN is the error.
pub(crate) async fn each<T, U, R>(
    listed: Vec<T>,
    at_once: usize,
    read: impl Fn(T) -> R,
) -> (Vec<U>, Vec<String>)
where
    R: Future<Output = Result<U, String>>,
{
    let mut read = Box::pin(futures_util::stream::iter(listed).map(read).buffer_unordered(at_once));
    let (mut found, mut deleted) = (Vec::new(), Vec::new());
    while let Some(outcome) = read.next().await {
        match outcome {
            Ok(one) => found.push(one),
            Err(arn) => deleted.push(arn),
        }
    }
    deleted.sort();
    (found, deleted)
}
