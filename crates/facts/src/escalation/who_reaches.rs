//! Who gets the credentials of a role, beside administrators.

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::emergency::searched;
use super::input::Account;
use super::search::Search;
use super::technique::Technique;

/// Says of roles who reaches them. One search answers for all.
///
/// A search takes notes on its way that threads can't share: it has a thread of its own, which ends with this.
#[derive(Debug)]
pub(crate) struct WhoReaches {
    accounts: Vec<Account>,
    techniques: &'static [Technique],
    questions: Sender<Question>,
}

/// A role, and whom to tell who reaches it.
struct Question {
    role: String,
    answer: Sender<Vec<String>>,
}

impl WhoReaches {
    /// Nothing is searched before somebody asks.
    pub(crate) fn new(accounts: Vec<Account>, techniques: &'static [Technique]) -> Self {
        let (questions, asked) = mpsc::channel();
        let searched = accounts.clone();
        // Where no thread can be started nobody takes the questions, and each is answered by its own search.
        let _ = thread::Builder::new()
            .name("escalation search".to_owned())
            .spawn(move || answer(&searched, techniques, &asked));
        Self { accounts, techniques, questions }
    }

    /// The ARNs of the users and roles that get the credentials of a role by paths that nothing hangs on, in order.
    /// Whoever is an administrator already is not among them.
    pub(crate) fn of(&self, role: &str) -> Vec<String> {
        let (answer, answered) = mpsc::channel();
        let asked = self.questions.send(Question { role: role.to_owned(), answer });
        if let (Ok(()), Ok(found)) = (asked, answered.recv()) {
            return found;
        }
        searched(&self.accounts, self.techniques, 0, |search| reaching(search, role))
    }
}

/// Answers questions until nobody can ask any more.
fn answer(accounts: &[Account], techniques: &[Technique], questions: &Receiver<Question>) {
    let Ok(first) = questions.recv() else { return };
    searched(accounts, techniques, 0, |search| {
        for Question { role, answer } in std::iter::once(first).chain(questions) {
            // Whoever does not wait any more needs no answer.
            let _ = answer.send(reaching(search, &role));
        }
    });
}

fn reaching(search: &Search<'_>, role: &str) -> Vec<String> {
    let Some(goal) = search.world.principals.iter().position(|one| one.arn == role) else {
        return Vec::new();
    };
    let ways = search.ways_to(&[goal], 0);
    let reaching = ways.keys().filter(|&&index| index != goal && search.labels.get(index) == Some(&false));
    // The first nodes are the users and roles as they are.
    let arns = reaching.filter_map(|&index| search.world.principals.get(index)).map(|one| one.arn.clone());
    let mut found: Vec<String> = arns.collect();
    found.sort();
    found
}
