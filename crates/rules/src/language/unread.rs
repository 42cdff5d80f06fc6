//! What a condition says before any fact is read.

use palisade_facts::{Missing, MissingCall, Object, ObjectType, Reason, Value};

use super::evaluate::{Frame, Roots, Truth};
use super::tree::Expression;

/// An object of which no fact is known.
#[derive(Debug)]
struct Unread(Missing);

impl Object for Unread {
    fn object_type(&self) -> &'static ObjectType {
        &ObjectType { name: "unread", doc: "What nobody has asked about.", fields: &[] }
    }

    fn attribute(&self, _index: usize) -> Option<Value<'_>> {
        Some(Value::Unknown(self.0.clone()))
    }
}

impl Expression {
    /// Whether the parameters alone make it false. It then is false whatever the facts are: knowing more
    /// never changes an answer.
    pub(crate) fn is_false_unread(&self, params: &[Value<'static>]) -> bool {
        let unread = Unread(Missing::of(MissingCall::new("", "", Reason::NotCollected)));
        let roots = Roots { resource: &unread, account: &unread };
        self.truth(&mut Frame::new(roots, params)) == Ok(Truth::False)
    }
}
