//! Tests of the rule language over a vocabulary of their own.

mod errors;
mod laws;
mod logic;
mod vocabulary;

use palisade_facts::Value;

use super::evaluate::{Frame, Roots, Truth};
use super::{EvaluationError, Expression, Problem, Scope, StaticType};
use vocabulary::Thing;

/// Reads a condition about a `thing` with the parameters `limit`, `names` and `colour`.
fn read(source: &str) -> Result<Expression, Vec<Problem>> {
    let texts = || StaticType::List(Some(Box::new(StaticType::Text)));
    let params = [
        ("limit".to_owned(), StaticType::Int),
        ("names".to_owned(), texts()),
        ("colour".to_owned(), StaticType::Text),
    ];
    let scope = Scope { variable: "thing", object: &Thing::OBJECT, params: &params, given: None };
    Expression::condition(source, &scope)
}

/// The condition and its parameters: the limit is 2, the names are `a` and `b`.
fn prepared(source: &str) -> (Expression, [Value<'static>; 3]) {
    let names = [Value::String("a".into()), Value::String("b".into())];
    let names = Value::List(palisade_facts::List::Values(names.into()));
    let expression = read(source).unwrap_or_else(|problems| panic!("{source}: {problems:?}"));
    (expression, [Value::Int(2), names, Value::String("red".into())])
}

/// The truth of a condition about a thing.
fn evaluate(source: &str, thing: &Thing) -> Result<Truth, EvaluationError> {
    let (expression, params) = prepared(source);
    expression.truth(&mut Frame::new(Roots { resource: thing, account: thing }, &params))
}

/// Whether a condition is false before anything is known of the thing.
fn is_false_unread(source: &str) -> bool {
    let (expression, params) = prepared(source);
    expression.is_false_unread(&params)
}
