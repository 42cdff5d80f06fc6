//! Work on many items by all cores, for what facts work out once for everybody.
//!
//! The threads are its own: whoever waits here does nothing else. A worker of a pool would meanwhile judge
//! something else, which may ask for the very fact that is being worked out, and wait for itself.

use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many items a thread takes at a time.
const TAKEN: usize = 16;

/// Works on items; the results are in their order.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len().div_ceil(TAKEN));
    let taken = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let start = taken.fetch_add(TAKEN, Ordering::Relaxed);
            let rest = items.get(start..).unwrap_or_default();
            if rest.is_empty() {
                return done;
            }
            done.push((start, rest.iter().take(TAKEN).map(&work).collect::<Vec<R>>()));
        }
    };
    let mut all = thread::scope(|scope| {
        // Where no thread can be started this one does the work.
        let others: Vec<_> =
            (1..threads).filter_map(|_| thread::Builder::new().spawn_scoped(scope, take).ok()).collect();
        let mut all = take();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)));
        }
        all
    });
    all.sort_unstable_by_key(|(start, _)| *start);
    all.into_iter().flat_map(|(_, results)| results).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0, 1, 15, 16, 17, 1_000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(map(&items, |item| item * 2), (0..count).map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
