//! Searches a request context in which certain conditions hold and certain statements do not match.

use std::collections::BTreeSet;

use crate::compiled::CompiledCondition;
use crate::context::{Context, ContextValue};
use crate::truth::Truth;

use super::domain::{Candidate, Domains, Reach};

/// The most contexts tried for one question. Real policies take a few dozen; a policy that takes more is answered
/// with "conditional", never with "no".
pub(super) const MOST_TRIES: usize = 20_000;
/// The most keys of which a context is made.
const MOST_KEYS: usize = 64;

/// What a context must bring about.
pub(super) struct Problem<'a> {
    /// What caller and resource imply.
    pub(super) implied: &'a Context,
    /// All of these hold.
    pub(super) holds: &'a [&'a CompiledCondition],
    /// Of each of these groups at least one does not hold.
    pub(super) fails: &'a [Vec<&'a CompiledCondition>],
}

/// A context that solves a problem.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    pub(super) context: Context,
    /// Who can make such a request: the rarest of the values in it.
    pub(super) reach: Reach,
    /// The keys, in lower case, whose values not anybody can bring.
    pub(super) limited_keys: BTreeSet<String>,
}

/// What the search came to.
pub(super) enum Outcome {
    Solved(Solution),
    /// No context of candidates solves it.
    Impossible,
    /// Too many contexts to try them all.
    GaveUp,
}

struct Search<'a> {
    problem: &'a Problem<'a>,
    keys: Vec<(&'a str, &'a [Candidate])>,
    /// For each key, the tests that can be made once it has its value.
    tests: Vec<Vec<Test<'a>>>,
    tries: usize,
}

#[derive(Clone, Copy)]
enum Test<'a> {
    Holds(&'a CompiledCondition),
    Fails(&'a [&'a CompiledCondition]),
}

/// Solves a problem, with values from anybody if that is possible, else from ever fewer callers.
pub(super) fn solve(problem: &Problem<'_>, domains: &Domains, tries: &mut usize) -> Outcome {
    let mut gave_up = false;
    for reach in [Reach::Anybody, Reach::NamedByPattern, Reach::Named] {
        let Some(mut search) = Search::new(problem, domains, reach) else {
            *tries = 0;
            return Outcome::GaveUp;
        };
        search.tries = *tries;
        let mut context = problem.implied.clone();
        let solved = search.first_tests() && search.assign(0, &mut context);
        *tries = search.tries;
        if solved {
            let limited_keys = search.limited_keys(&context);
            let used = |key: &String| search.reach_in(key, &context);
            let reach = limited_keys.iter().map(used).max().unwrap_or(Reach::Anybody);
            return Outcome::Solved(Solution { context, reach, limited_keys });
        }
        gave_up |= search.tries == 0;
    }
    if gave_up { Outcome::GaveUp } else { Outcome::Impossible }
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem<'a>, domains: &'a Domains, reach: Reach) -> Option<Self> {
        let mut names: Vec<&str> = Vec::new();
        for condition in problem.holds.iter().chain(problem.fails.iter().flatten()) {
            if let Some((name, _)) = domains.get_key_value(&condition.source.key.to_ascii_lowercase())
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        if names.len() > MOST_KEYS {
            return None;
        }
        let keys: Vec<_> = names
            .iter()
            .map(|name| {
                let all = domains.get(*name).map_or(&[][..], Vec::as_slice);
                // Candidates are in the order of their reach.
                let within = all.iter().take_while(|candidate| candidate.reach <= reach).count();
                (*name, all.get(..within).unwrap_or_default())
            })
            .collect();
        let mut tests = vec![Vec::new(); keys.len() + 1];
        let ready_at = |conditions: &[&CompiledCondition]| {
            let positions = conditions.iter().map(|condition| {
                names
                    .iter()
                    .position(|name| name.eq_ignore_ascii_case(&condition.source.key))
                    .map_or(0, |position| position + 1)
            });
            positions.max().unwrap_or(0)
        };
        for condition in problem.holds {
            let is_alone = !condition.source.values.items.iter().any(|value| value.contains("${"));
            let at = if is_alone { ready_at(&[condition]) } else { keys.len() };
            tests.get_mut(at)?.push(Test::Holds(condition));
        }
        for group in problem.fails {
            let is_alone =
                !group.iter().any(|condition| condition.source.values.items.iter().any(|v| v.contains("${")));
            let at = if is_alone { ready_at(group) } else { keys.len() };
            tests.get_mut(at)?.push(Test::Fails(group));
        }
        Some(Self { problem, keys, tests, tries: 0 })
    }

    /// Tests that hang on none of the keys.
    fn first_tests(&self) -> bool {
        self.passes(0, self.problem.implied)
    }

    fn passes(&self, position: usize, context: &Context) -> bool {
        self.tests.get(position).is_none_or(|tests| tests.iter().all(|test| test.passes(context)))
    }

    /// Gives the key at `position` and all after it values; the depth is at most [`MOST_KEYS`].
    fn assign(&mut self, position: usize, context: &mut Context) -> bool {
        let Some((key, candidates)) = self.keys.get(position).copied() else { return true };
        for candidate in candidates {
            let Some(left) = self.tries.checked_sub(1) else { return false };
            self.tries = left;
            match &candidate.value {
                None => context.remove(key),
                Some(ContextValue::Single(value)) => context.set(key, value.as_str()),
                Some(ContextValue::Many(values)) => context.set_many(key, values.iter().cloned()),
            }
            if self.passes(position + 1, context) && self.assign(position + 1, context) {
                return true;
            }
        }
        context.remove(key);
        false
    }

    fn reach_in(&self, key: &str, context: &Context) -> Reach {
        let candidates = self.keys.iter().find(|(name, _)| *name == key).map_or(&[][..], |(_, all)| *all);
        let used = candidates.iter().find(|candidate| candidate.value.as_ref() == context.get(key));
        used.map_or(Reach::Anybody, |candidate| candidate.reach)
    }

    fn limited_keys(&self, context: &Context) -> BTreeSet<String> {
        let names = self.keys.iter().map(|(name, _)| (*name).to_owned());
        names.filter(|name| self.reach_in(name, context) > Reach::Anybody).collect()
    }
}

impl Test<'_> {
    fn passes(self, context: &Context) -> bool {
        match self {
            Self::Holds(condition) => condition.evaluate(context).truth() == Truth::True,
            Self::Fails(group) => {
                group.iter().any(|condition| condition.evaluate(context).truth() == Truth::False)
            }
        }
    }
}
