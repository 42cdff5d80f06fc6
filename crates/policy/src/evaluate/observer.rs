//! Who watches an evaluation: nobody, for speed, or a trace that explains it.

use super::answer::{Decision, Explanation, Layer, Reason, Residual, StatementReference};
use crate::compiled::{CompiledCondition, CompiledPolicy, CompiledStatement};
use crate::document::{Effect, escape_pointer};
use crate::policies::PolicySet;
use crate::truth::Truth;

/// A statement under evaluation, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) layer: Layer,
    pub(super) policy: &'a CompiledPolicy,
    pub(super) statement: &'a CompiledStatement,
}

/// Is told what an evaluation finds.
pub(super) trait Observer<'a> {
    /// Whether everything must be looked at, even if the decision is clear.
    const WANTS_ALL: bool;

    /// A statement applies, or may.
    fn matched(&mut self, place: Place<'a>, truth: Truth);
    /// A condition is not well-formed.
    fn malformed(&mut self, place: Place<'a>, condition: &'a CompiledCondition, message: &'static str);
    /// A condition hangs on unknown context.
    fn unknown_condition(&mut self, place: Place<'a>, condition: &'a CompiledCondition);
    /// A variable in `Resource` hangs on unknown context.
    fn unknown_resource(&mut self, place: Place<'a>);
    /// A set of policies allows nothing.
    fn no_allow(&mut self, layer: Layer, set: &'a PolicySet);
    /// A rule that explains the decision, if it is this one.
    fn rule(&mut self, decision: Decision, rule: &'static str);
}

/// Nobody watches: only the decision counts.
pub(super) struct Silent;

impl<'a> Observer<'a> for Silent {
    const WANTS_ALL: bool = false;

    fn matched(&mut self, _: Place<'a>, _: Truth) {}
    fn malformed(&mut self, _: Place<'a>, _: &'a CompiledCondition, _: &'static str) {}
    fn unknown_condition(&mut self, _: Place<'a>, _: &'a CompiledCondition) {}
    fn unknown_resource(&mut self, _: Place<'a>) {}
    fn no_allow(&mut self, _: Layer, _: &'a PolicySet) {}
    fn rule(&mut self, _: Decision, _: &'static str) {}
}

/// Notes everything, in the order of evaluation.
#[derive(Default)]
pub(super) struct Trace<'a> {
    notes: Vec<Note<'a>>,
}

enum Note<'a> {
    Matched(Place<'a>, Truth),
    Malformed(Place<'a>, &'a CompiledCondition, &'static str),
    Unknown(Place<'a>, Option<&'a CompiledCondition>),
    NoAllow(Layer, &'a PolicySet),
    Rule(Decision, &'static str),
}

impl<'a> Observer<'a> for Trace<'a> {
    const WANTS_ALL: bool = true;

    fn matched(&mut self, place: Place<'a>, truth: Truth) {
        self.notes.push(Note::Matched(place, truth));
    }

    fn malformed(&mut self, place: Place<'a>, condition: &'a CompiledCondition, message: &'static str) {
        self.notes.push(Note::Malformed(place, condition, message));
    }

    fn unknown_condition(&mut self, place: Place<'a>, condition: &'a CompiledCondition) {
        self.notes.push(Note::Unknown(place, Some(condition)));
    }

    fn unknown_resource(&mut self, place: Place<'a>) {
        self.notes.push(Note::Unknown(place, None));
    }

    fn no_allow(&mut self, layer: Layer, set: &'a PolicySet) {
        self.notes.push(Note::NoAllow(layer, set));
    }

    fn rule(&mut self, decision: Decision, rule: &'static str) {
        self.notes.push(Note::Rule(decision, rule));
    }
}

impl<'a> Trace<'a> {
    /// Keeps what led to the decision.
    pub(super) fn explain(&self, decision: Decision, can_be_allowed: bool) -> Explanation {
        let because = self.notes.iter().filter_map(|note| reason(note, decision)).collect();
        let residual = if decision == Decision::Conditional { self.residual() } else { Vec::new() };
        Explanation { decision, can_be_allowed, because, residual }
    }

    /// What unknown context decides: conditions of the statements that it could make apply.
    fn residual(&self) -> Vec<Residual> {
        let applies = |wanted: Place<'a>| {
            self.notes.iter().any(|note| match note {
                Note::Matched(place, Truth::Unknown) => std::ptr::eq(place.statement, wanted.statement),
                _ => false,
            })
        };
        let unknown = self.notes.iter().filter_map(|note| match note {
            Note::Unknown(place, condition) if applies(*place) => Some((*place, *condition)),
            _ => None,
        });
        unknown.map(|(place, condition)| residual(place, condition)).collect()
    }
}

fn reason(note: &Note<'_>, decision: Decision) -> Option<Reason> {
    match note {
        Note::Matched(place, truth) => {
            let counts = match decision {
                Decision::Allowed => place.statement.effect == Effect::Allow && *truth == Truth::True,
                Decision::ExplicitlyDenied => place.statement.effect == Effect::Deny && *truth == Truth::True,
                Decision::ImplicitlyDenied => false,
                Decision::Conditional => true,
            };
            counts.then(|| Reason::Statement {
                statement: reference(*place),
                is_conditional: *truth == Truth::Unknown,
            })
        }
        Note::NoAllow(layer, set) => (decision == Decision::ImplicitlyDenied)
            .then(|| Reason::NoAllow { layer: *layer, set: set.name().to_owned() }),
        Note::Malformed(place, condition, message) => {
            (decision != Decision::ExplicitlyDenied).then(|| Reason::Malformed {
                statement: reference(*place),
                condition: condition_pointer(*place, condition),
                message,
            })
        }
        Note::Rule(explained, rule) => (*explained == decision).then_some(Reason::Rule(rule)),
        Note::Unknown(..) => None,
    }
}

fn residual(place: Place<'_>, condition: Option<&CompiledCondition>) -> Residual {
    let statement = reference(place);
    match condition {
        None => Residual::Variable { statement },
        Some(condition) => Residual::Condition {
            statement,
            pointer: condition_pointer(place, condition),
            operator: condition.source.operator_name.clone(),
            key: condition.source.key.clone(),
            values: condition.source.values.items.clone(),
        },
    }
}

fn reference(place: Place<'_>) -> StatementReference {
    StatementReference {
        layer: place.layer,
        policy: place.policy.name().to_owned(),
        statement: place.statement.index,
        sid: place.statement.sid.clone(),
        pointer: place.statement.pointer(),
        effect: place.statement.effect,
    }
}

fn condition_pointer(place: Place<'_>, condition: &CompiledCondition) -> String {
    format!(
        "{}/Condition/{}/{}",
        place.statement.pointer(),
        escape_pointer(&condition.source.operator_name),
        escape_pointer(&condition.source.key)
    )
}
