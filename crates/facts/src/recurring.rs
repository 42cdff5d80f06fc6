//! What is the same for many resources, worked out once.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many answers are kept: accounts make their resources from few templates.
const MOST_KEPT: usize = 256;
/// How many questions are remembered as asked once.
const MOST_SEEN: usize = 65_536;

/// Answers to questions that recur.
///
/// What is asked once is answered for the one who asks. Only what is asked again is worked out so that it holds for
/// all who ask it, and kept: accounts in which nothing recurs pay next to nothing.
#[derive(Debug)]
pub(crate) struct Recurring<Q, A> {
    asked: Mutex<Asked<Q, A>>,
    hashes: RandomState,
}

#[derive(Debug)]
struct Asked<Q, A> {
    /// The hashes of what was asked. That two share one only makes an answer be kept earlier.
    seen: HashSet<u64>,
    /// None where no answer holds for all.
    kept: HashMap<Q, Option<A>>,
}

impl<Q, A> Default for Recurring<Q, A> {
    fn default() -> Self {
        Self {
            asked: Mutex::new(Asked { seen: HashSet::new(), kept: HashMap::new() }),
            hashes: RandomState::new(),
        }
    }
}

impl<Q: Hash + Eq, A: Clone> Recurring<Q, A> {
    /// The answer for all who ask this, if they ask again and there is one; `for_all` must not ask here itself.
    pub(crate) fn answer(&self, question: Q, for_all: impl FnOnce(&Q) -> Option<A>) -> Option<A> {
        let hash = self.hashes.hash_one(&question);
        let mut asked = self.lock();
        if let Some(kept) = asked.kept.get(&question) {
            return kept.clone();
        }
        if asked.seen.len() >= MOST_SEEN {
            asked.seen.clear();
        }
        if asked.seen.insert(hash) {
            return None;
        }
        drop(asked);
        let answer = for_all(&question);
        let mut asked = self.lock();
        if asked.kept.len() >= MOST_KEPT {
            asked.kept.clear();
        }
        asked.kept.insert(question, answer.clone());
        answer
    }

    /// No thread leaves it half changed, not even one that panics.
    fn lock(&self) -> MutexGuard<'_, Asked<Q, A>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_again_is_answered_once_for_all() {
        let recurring = Recurring::default();
        let mut worked_out = 0;
        let mut ask = |question: &'static str| {
            recurring.answer(question, |question| {
                worked_out += 1;
                (*question != "nobody").then_some(question.len())
            })
        };
        assert_eq!([ask("four"), ask("four"), ask("four")], [None, Some(4), Some(4)]);
        assert_eq!([ask("nobody"), ask("nobody"), ask("nobody")], [None, None, None]);
        assert_eq!(worked_out, 2);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let recurring = Recurring::default();
        for question in (0..2 * MOST_SEEN).flat_map(|question| [question, question]) {
            let answer = recurring.answer(question, |question| Some(*question));
            assert!(answer.is_none_or(|answer| answer == question));
        }
        let asked = recurring.lock();
        assert!(asked.kept.len() <= MOST_KEPT && asked.seen.len() <= MOST_SEEN);
    }
}
