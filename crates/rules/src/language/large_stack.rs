//! Threads with room for the parser of the rule language.

use std::cell::Cell;
use std::io;
use std::num::NonZero;
use std::panic;
use std::thread;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The generated parser and the tree it leaves recurse as deep as the text is nested, which
/// [`MAX_LENGTH`](super::parse::MAX_LENGTH) bounds; their frames are large when they are not optimised.
const STACK: usize = 256 << 20;

/// So many of them can be had on any machine.
const MOST_THREADS: usize = 8;

const NAME: &str = "rule-parser";

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
        let thread = thread::Builder::new().name(NAME.to_owned()).stack_size(STACK);
        let worker = thread.spawn_scoped(scope, || {
            IS_LARGE.set(true);
            work()
        })?;
        Ok(worker.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)))
    })
}

/// Works on items where stacks are large, by all cores; the results are in the order of the items.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    match pool() {
        Ok(pool) => pool.install(|| items.into_par_iter().map(&work).collect()),
        // What needs a large stack asks for a thread of its own, and says so if there is none.
        Err(_) => items.into_iter().map(work).collect(),
    }
}

fn pool() -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    ThreadPoolBuilder::new()
        .num_threads(cores.min(MOST_THREADS))
        .stack_size(STACK)
        .thread_name(|_| NAME.to_owned())
        .start_handler(|_| IS_LARGE.set(true))
        .build()
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
        let workers = map(vec![(); 100], |()| (here(), on_one(here).unwrap()));
        assert!(workers.iter().all(|(outer, inner)| outer == inner));
    }

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        assert_eq!(
            map(items.clone(), |item| item + 1),
            items.iter().map(|item| item + 1).collect::<Vec<_>>()
        );
    }
}
