//! One search that answers what facts ask: who can become administrator, and who gets the credentials of a role.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::administrator::Administrators;
use super::input::Account;
use super::output::PrincipalReport;
use super::search::Search;
use super::technique::Technique;
use super::world::Builder;
use super::{BTreeSet, EVERY_PATH, interesting_actions, report};

/// Answers questions about accounts from one search.
///
/// A search takes notes on its way that threads can't share: it has a thread of its own, which ends with this.
#[derive(Debug)]
pub(crate) struct SharedSearch {
    accounts: Vec<Account>,
    techniques: &'static [Technique],
    questions: Sender<Question>,
}

/// What is asked, and whom to tell.
enum Question {
    /// Told of one after the other, and then that these are all: all at once would be as much memory again as what is
    /// kept of them.
    Principals(Sender<Option<PrincipalReport>>),
    Reaching(String, Sender<Vec<String>>),
}

impl SharedSearch {
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

    /// Another one on the same accounts, for questions that may never be asked.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.accounts.clone(), self.techniques)
    }

    /// Who is an administrator and who can become one, each with one of the shortest paths as the requests of its steps
    /// alone, without what would stop that: the search for it takes far longer.
    pub(crate) fn principals(&self, mut take: impl FnMut(PrincipalReport)) {
        let (answer, answered) = mpsc::channel();
        if self.questions.send(Question::Principals(answer)).is_ok() {
            for one in answered {
                match one {
                    Some(one) => take(one),
                    None => return,
                }
            }
        }
        searched(&self.accounts, self.techniques, |search| principals(search).for_each(take));
    }

    /// The ARNs of the users and roles that get the credentials of a role by paths that nothing hangs on, in order.
    /// Whoever is an administrator already is not among them.
    pub(crate) fn reaching(&self, role: &str) -> Vec<String> {
        let (answer, answered) = mpsc::channel();
        let asked = self.questions.send(Question::Reaching(role.to_owned(), answer));
        if let (Ok(()), Ok(found)) = (asked, answered.recv()) {
            return found;
        }
        searched(&self.accounts, self.techniques, |search| reaching(search, role))
    }
}

/// Answers questions until nobody can ask any more.
fn answer(accounts: &[Account], techniques: &[Technique], questions: &Receiver<Question>) {
    let Ok(first) = questions.recv() else { return };
    searched(accounts, techniques, |search| {
        for question in std::iter::once(first).chain(questions) {
            // Whoever does not wait any more needs no answer.
            let _ = match question {
                Question::Principals(answer) => {
                    let mut all = principals(search).map(Some).chain([None]);
                    all.try_for_each(|one| answer.send(one)).is_ok()
                }
                Question::Reaching(role, answer) => answer.send(reaching(search, &role)).is_ok(),
            };
        }
    });
}

/// Asks a search for paths of every quality.
fn searched<T>(accounts: &[Account], techniques: &[Technique], answer: impl FnOnce(&Search<'_>) -> T) -> T {
    let actions = interesting_actions(techniques);
    let nothing = BTreeSet::new();
    let world = Builder::new(&actions, &nothing).build(accounts);
    let administrators = Administrators::new();
    answer(&Search::new(&world, techniques, &actions, &administrators, EVERY_PATH))
}

fn principals<'s>(search: &'s Search<'_>) -> impl Iterator<Item = PrincipalReport> + 's {
    let bare = |mut one: PrincipalReport| {
        for step in one.paths.iter_mut().flat_map(|path| &mut path.steps) {
            step.request.context = BTreeMap::new();
            step.statements = Vec::new();
        }
        one
    };
    report(search, 1).map(bare)
}

fn reaching(search: &Search<'_>, role: &str) -> Vec<String> {
    let Some(goal) = search.world.principals.iter().position(|one| one.arn == role) else {
        return Vec::new();
    };
    let ways = search.ways_to(&[goal], 0);
    let reaching = ways.nodes().filter(|&index| index != goal && search.labels.get(index) == Some(&false));
    // The first nodes are the users and roles as they are.
    let principals = reaching.filter_map(|index| search.world.principals.get(index));
    let mut found: Vec<String> = principals.filter(|one| !one.imagined).map(|one| one.arn.clone()).collect();
    found.sort();
    found
}
