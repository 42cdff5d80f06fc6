//! Threads with room for the parser of the rule language.

use std::cell::Cell;
use std::io;
use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};

/// The generated parser and the tree it leaves recurse as deep as the text is nested, which
/// [`MAX_LENGTH`](super::parse::MAX_LENGTH) bounds; their frames are large when they are not optimised.
const STACK: usize = 256 << 20;

/// Bounds the address space that their stacks take.
const MOST_THREADS: usize = 8;

thread_local! {
    /// Whether this thread has such a stack.
    static IS_LARGE: Cell<bool> = const { Cell::new(false) };
}

/// Does work where the stack is large: on this thread if it has such a stack, otherwise on one of its own.
pub(super) fn on_one<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    if IS_LARGE.get() {
        return Ok(work());
    }
    thread::scope(|scope| {
        let worker = spawn(scope, work)?;
        Ok(result(worker))
    })
}

/// Works on items where stacks are large, by all cores; the results are in the order of the items.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else { return done };
            done.push((place, work(item)));
        }
    };
    let mut all = thread::scope(|scope| {
        let threads = cores.min(MOST_THREADS).min(items.len());
        let workers: Vec<_> = (0..threads).map_while(|_| spawn(scope, take).ok()).collect();
        if workers.is_empty() {
            // What needs a large stack asks for a thread of its own, and says so if there is none.
            return take();
        }
        workers.into_iter().flat_map(result).collect()
    });
    all.sort_unstable_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, result)| result).collect()
}

fn spawn<'s, T: Send + 's>(
    scope: &'s Scope<'s, '_>,
    work: impl FnOnce() -> T + Send + 's,
) -> io::Result<ScopedJoinHandle<'s, T>> {
    let thread = thread::Builder::new().name("rule-parser".to_owned()).stack_size(STACK);
    thread.spawn_scoped(scope, || {
        IS_LARGE.set(true);
        work()
    })
}

fn result<T>(worker: ScopedJoinHandle<'_, T>) -> T {
    worker.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
}

#[cfg(test)]
mod tests {
    use super::{map, on_one};

    #[test]
    fn one_thread_is_enough_for_work_within_work() {
        let here = || std::thread::current().id();
        let (outer, inner) = on_one(|| (here(), on_one(here).unwrap())).unwrap();
        assert_eq!(outer, inner);
        assert_ne!(outer, here());
        let workers = map(&[(); 100], |()| (here(), on_one(here).unwrap()));
        assert!(workers.iter().all(|(outer, inner)| outer == inner));
    }

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0, 1, 1_000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(map(&items, |item| item + 1), (1..=count).collect::<Vec<_>>());
        }
    }
}
