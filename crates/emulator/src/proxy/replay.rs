//! Answers that were given before, given again without asking the emulator: a scan of an account that
//! does not change then takes a fraction of the time.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::answer::Answer;
use super::request::Incoming;

/// What makes two requests the same one: where it is asked, and everything that is sent but headers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    region: String,
    operation: String,
    target: String,
    body: Vec<u8>,
}

impl Question {
    fn of(incoming: &Incoming) -> Self {
        let request = &incoming.request;
        Self {
            region: request.region.clone(),
            operation: request.operation.clone(),
            target: format!("{} {}", incoming.parts.method, incoming.parts.uri),
            body: incoming.body.to_vec(),
        }
    }
}

/// The answers to each request, in the order in which they were given.
#[derive(Debug, Default, Clone)]
pub(super) struct Recording(BTreeMap<Question, Vec<Answer>>);

impl Recording {
    pub(super) fn add(&mut self, incoming: &Incoming, answer: &Answer) {
        self.0.entry(Question::of(incoming)).or_default().push(answer.clone());
    }
}

/// Gives the answers of a recording again, from the first; the last one as often as it is asked for.
#[derive(Debug)]
pub(super) struct Replay {
    recording: Recording,
    given: Mutex<BTreeMap<Question, usize>>,
    /// What the emulator said to each access key and operation, where it checks permissions.
    refusals: tokio::sync::Mutex<BTreeMap<(String, String), Option<Answer>>>,
}

impl Replay {
    pub(super) fn of(recording: Recording) -> Self {
        Self { recording, given: Mutex::default(), refusals: tokio::sync::Mutex::default() }
    }

    /// The next answer; none if this was never asked.
    pub(super) fn answer(&self, incoming: &Incoming) -> Option<Answer> {
        let question = Question::of(incoming);
        let answers = self.recording.0.get(&question)?;
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let count = given.entry(question).or_default();
        let answer = answers.get(*count).or(answers.last()).cloned();
        *count += 1;
        answer
    }

    /// How the emulator refuses who asks, if it does: asked once, with `ask`.
    pub(super) async fn refusal(
        &self,
        incoming: &Incoming,
        ask: impl Future<Output = Option<Answer>>,
    ) -> Option<Answer> {
        let request = &incoming.request;
        let who = (request.access_key.clone(), request.operation.clone());
        let mut refusals = self.refusals.lock().await;
        if let Some(said) = refusals.get(&who) {
            return said.clone();
        }
        let said = ask.await;
        refusals.insert(who, said.clone());
        said
    }
}
