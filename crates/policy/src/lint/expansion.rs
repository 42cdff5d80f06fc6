//! What an action pattern means, kept per thread: of thousands of policies nearly all name the same few patterns.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::arn::ArnPattern;
use crate::actions::{Action, table};

/// How many patterns a thread keeps. Beyond them it starts anew: no input makes it keep more.
const KEPT: usize = 1_024;

/// The actions that a pattern means, and what they have in common.
pub(super) struct Expansion {
    /// The actions, by service and name.
    pub(super) actions: Vec<Action<'static>>,
    /// The resource types that the actions take, each once.
    pub(super) resource_types: Vec<TakenType>,
}

/// A resource type that actions take.
pub(super) struct TakenType {
    /// The prefix of its service, and its name there.
    pub(super) name: (&'static str, &'static str),
    pub(super) formats: Vec<ArnPattern<'static>>,
}

impl Expansion {
    fn new(pattern: &str) -> Self {
        let actions: Vec<_> = table().expand(pattern).collect();
        let mut resource_types: Vec<TakenType> = Vec::new();
        for action in &actions {
            let prefix = action.service().prefix();
            for (kind, _) in action.resource_types() {
                let name = (prefix, kind.name);
                if !resource_types.iter().any(|known| known.name == name) {
                    let formats = kind.arn_formats.iter().map(|format| ArnPattern::new(format)).collect();
                    resource_types.push(TakenType { name, formats });
                }
            }
        }
        Self { actions, resource_types }
    }
}

/// What a pattern such as `s3:Get*` means, from memory if this thread was asked before.
pub(super) fn expansion(pattern: &str) -> Rc<Expansion> {
    thread_local! {
        static MEMORY: RefCell<HashMap<String, Rc<Expansion>>> = RefCell::default();
    }
    MEMORY.with_borrow_mut(|memory| {
        if let Some(known) = memory.get(pattern) {
            return Rc::clone(known);
        }
        if memory.len() >= KEPT {
            memory.clear();
        }
        let new = Rc::new(Expansion::new(pattern));
        memory.insert(pattern.to_owned(), Rc::clone(&new));
        new
    })
}
