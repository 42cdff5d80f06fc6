//! Evaluates checked expressions in three-valued logic: true, false, or unknown without certain calls.
//!
//! The law behind every case: if a fact is replaced by an unknown one, the answer stays or becomes
//! unknown; it never turns into another answer.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use palisade_facts::{List, Missing, Object, Value};

use super::functions::{Quantifier, TextTest};
use super::tree::{Arithmetic, Expression, Node, Order};

/// The operations that one evaluation may take: hostile rules over long lists end here.
const MAX_STEPS: u64 = 20_000_000;

/// Why an expression has no answer although no fact is missing. It is the rule's fault, and never
/// an unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// A number left the range of 64 bits.
    #[error("a number became too large to calculate with")]
    Overflow,
    /// The lists are too long for what the rule asks about them.
    #[error("the condition takes more than {MAX_STEPS} steps; ask less about each element")]
    TooLong,
    /// A fact does not have the type that the vocabulary promises.
    #[error("a fact is not of the type that the vocabulary promises")]
    WrongType,
}

/// The objects that facts are facts of.
#[derive(Clone, Copy)]
pub(crate) struct Roots<'a> {
    /// The resource that is judged.
    pub(crate) resource: &'a dyn Object,
    /// The account it belongs to.
    pub(crate) account: &'a dyn Object,
}

/// What an expression is evaluated for.
pub(crate) struct Frame<'a> {
    roots: Roots<'a>,
    params: &'a [Value<'static>],
    elements: Vec<Value<'a>>,
    steps: u64,
}

impl<'a> Frame<'a> {
    /// A resource and the rule's parameters in their order.
    pub(crate) fn new(roots: Roots<'a>, params: &'a [Value<'static>]) -> Self {
        Self { roots, params, elements: Vec::new(), steps: 0 }
    }
}

/// True, false or unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown(Missing),
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl<'a> From<Truth> for Value<'a> {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::Bool(true),
            Truth::False => Self::Bool(false),
            Truth::Unknown(missing) => Self::Unknown(missing),
        }
    }
}

type Evaluated<'a> = Result<Value<'a>, EvaluationError>;

impl Expression {
    /// The truth of a condition.
    pub(crate) fn truth<'a>(&'a self, frame: &mut Frame<'a>) -> Result<Truth, EvaluationError> {
        frame.truth(&self.root)
    }
}

impl<'a> Frame<'a> {
    fn step(&mut self) -> Result<(), EvaluationError> {
        self.steps += 1;
        if self.steps > MAX_STEPS { Err(EvaluationError::TooLong) } else { Ok(()) }
    }

    fn truth(&mut self, node: &'a Node) -> Result<Truth, EvaluationError> {
        match node {
            Node::Not(_) | Node::And(..) | Node::Or(..) => {
                self.step()?;
                self.combined(node)
            }
            _ => match self.value(node)? {
                Value::Bool(value) => Ok(value.into()),
                Value::Unknown(missing) => Ok(Truth::Unknown(missing)),
                _ => Err(EvaluationError::WrongType),
            },
        }
    }

    /// What is combined of truths, without a detour over values.
    fn combined(&mut self, node: &'a Node) -> Result<Truth, EvaluationError> {
        match node {
            Node::Not(condition) => Ok(match self.truth(condition)? {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                unknown @ Truth::Unknown(_) => unknown,
            }),
            Node::And(one, two) => self.logic(one, two, &Truth::False),
            Node::Or(one, two) => self.logic(one, two, &Truth::True),
            _ => Err(EvaluationError::WrongType),
        }
    }

    fn value(&mut self, node: &'a Node) -> Evaluated<'a> {
        self.step()?;
        match node {
            Node::Constant(value) => Ok(borrowed(value)),
            Node::Resource => Ok(Value::Object(self.roots.resource)),
            Node::Account => Ok(Value::Object(self.roots.account)),
            Node::Element(index) => self.elements.get(*index).cloned().ok_or(EvaluationError::WrongType),
            Node::Parameter(index) => self.params.get(*index).map(borrowed).ok_or(EvaluationError::WrongType),
            Node::Attribute { of, path } => self.attribute(of, path),
            Node::Not(_) | Node::And(..) | Node::Or(..) => self.combined(node).map(Value::from),
            Node::Conditional { condition, yes, no } => self.conditional(condition, yes, no),
            Node::Equal { one, two, negated } => self.equal(one, two, *negated),
            Node::Order { order, one, two } => self.order(*order, one, two),
            Node::In { element, list } => self.membership(element, list),
            Node::Arithmetic { operation, one, two } => self.arithmetic(*operation, one, two),
            Node::Size(of) => self.size(of),
            Node::Text { test, text, argument } => self.text(*test, text, argument),
            Node::LowerAscii(text) => match self.value(text)? {
                Value::String(text) => Ok(Value::String(text.to_ascii_lowercase().into())),
                unknown @ Value::Unknown(_) => Ok(unknown),
                _ => Err(EvaluationError::WrongType),
            },
            Node::Quantify { quantifier, list, condition } => self.quantify(*quantifier, list, condition),
            Node::List(nodes) => {
                let values: Result<Vec<_>, _> = nodes.iter().map(|node| self.value(node)).collect();
                Ok(Value::List(List::Values(values?.into())))
            }
        }
    }

    /// What is unknown on the way is unknown at its end.
    fn attribute(&mut self, of: &'a Node, path: &[usize]) -> Evaluated<'a> {
        let mut value = match of {
            Node::Resource => Value::Object(self.roots.resource),
            Node::Account => Value::Object(self.roots.account),
            other => self.value(other)?,
        };
        for &index in path {
            value = match value {
                Value::Object(object) => object.attribute(index).ok_or(EvaluationError::WrongType)?,
                unknown @ Value::Unknown(_) => return Ok(unknown),
                _ => return Err(EvaluationError::WrongType),
            };
        }
        Ok(value)
    }

    /// `&&` and `||`: one side that decides is enough, whatever the other one is.
    fn logic(&mut self, one: &'a Node, two: &'a Node, decisive: &Truth) -> Result<Truth, EvaluationError> {
        let first = self.truth(one)?;
        if first == *decisive {
            return Ok(first);
        }
        let second = self.truth(two)?;
        Ok(match (first, second) {
            (_, second) if second == *decisive => second,
            (Truth::Unknown(one), Truth::Unknown(two)) => Truth::Unknown(one.and(&two)),
            (unknown @ Truth::Unknown(_), _) => unknown,
            (_, second) => second,
        })
    }

    /// `?:`: under an unknown condition, branches that agree decide.
    fn conditional(&mut self, condition: &'a Node, yes: &'a Node, no: &'a Node) -> Evaluated<'a> {
        let missing = match self.truth(condition)? {
            Truth::True => return self.value(yes),
            Truth::False => return self.value(no),
            Truth::Unknown(missing) => missing,
        };
        let (yes, no) = (self.value(yes)?, self.value(no)?);
        if equal(&yes, &no) == Ok(Truth::True) {
            return Ok(yes);
        }
        Ok(Value::Unknown(and_missing(missing, [&yes, &no])))
    }

    fn equal(&mut self, one: &'a Node, two: &'a Node, negated: bool) -> Evaluated<'a> {
        let (first, second) = (self.value(one)?, self.value(two)?);
        // `size(l) == n` is false once there are more than n known elements.
        if let (Value::Unknown(_), _) | (_, Value::Unknown(_)) = (&first, &second)
            && let Some(false) = self.at_least_equal(one, &first, two, &second)?
        {
            return Ok(Value::Bool(negated));
        }
        Ok(match equal(&first, &second)? {
            Truth::True => Value::Bool(!negated),
            Truth::False => Value::Bool(negated),
            Truth::Unknown(missing) => Value::Unknown(missing),
        })
    }

    fn at_least_equal(
        &mut self,
        one: &'a Node,
        first: &Value<'a>,
        two: &'a Node,
        second: &Value<'a>,
    ) -> Result<Option<bool>, EvaluationError> {
        let exceeded = match (first, second) {
            (Value::Unknown(_), Value::Int(exact)) => {
                self.least_size(one)?.is_some_and(|least| least > *exact)
            }
            (Value::Int(exact), Value::Unknown(_)) => {
                self.least_size(two)?.is_some_and(|least| least > *exact)
            }
            _ => false,
        };
        Ok(exceeded.then_some(false))
    }

    fn order(&mut self, order: Order, one: &'a Node, two: &'a Node) -> Evaluated<'a> {
        let (first, second) = (self.value(one)?, self.value(two)?);
        let ordering = match (&first, &second) {
            (Value::Int(one), Value::Int(two)) => one.cmp(two),
            (Value::Time(one), Value::Time(two)) => one.cmp(two),
            (Value::Unknown(missing), other) | (other, Value::Unknown(missing)) => {
                // `size(l) >= n` is true once n elements are known; `n > size(l)` is then false.
                let bound = match (&first, &second) {
                    (_, Value::Int(exact)) => {
                        self.least_size(one)?.and_then(|least| order.with_least(least, *exact))
                    }
                    (Value::Int(exact), _) => {
                        self.least_size(two)?.and_then(|least| order.turned().with_least(least, *exact))
                    }
                    _ => None,
                };
                return Ok(
                    bound.map_or_else(|| Value::Unknown(and_missing(missing.clone(), [other])), Value::Bool)
                );
            }
            _ => return Err(EvaluationError::WrongType),
        };
        Ok(Value::Bool(order.holds(ordering)))
    }

    /// The number of known elements, where the node is the size of an incomplete list.
    fn least_size(&mut self, node: &'a Node) -> Result<Option<i64>, EvaluationError> {
        let Node::Size(of) = node else { return Ok(None) };
        Ok(match self.value(of)? {
            Value::List(list) => Some(known_elements(&list)),
            _ => None,
        })
    }

    fn membership(&mut self, element: &'a Node, list: &'a Node) -> Evaluated<'a> {
        let wanted = self.value(element)?;
        let list = match self.value(list)? {
            Value::List(list) => list,
            Value::Unknown(missing) => return Ok(Value::Unknown(and_missing(missing, [&wanted]))),
            _ => return Err(EvaluationError::WrongType),
        };
        let mut unknown = list.incomplete().cloned();
        for item in list.iter() {
            self.steps += 1;
            match equal(&wanted, &item)? {
                Truth::True => return Ok(Value::Bool(true)),
                Truth::False => {}
                Truth::Unknown(missing) => add(&mut unknown, &missing),
            }
        }
        Ok(unknown.map_or(Value::Bool(false), Value::Unknown))
    }

    fn arithmetic(&mut self, operation: Arithmetic, one: &'a Node, two: &'a Node) -> Evaluated<'a> {
        match (self.value(one)?, self.value(two)?) {
            (Value::Int(one), Value::Int(two)) => match operation {
                Arithmetic::Add => one.checked_add(two),
                Arithmetic::Subtract => one.checked_sub(two),
                Arithmetic::Multiply => one.checked_mul(two),
            }
            .map(Value::Int)
            .ok_or(EvaluationError::Overflow),
            (Value::Unknown(missing), other) | (other, Value::Unknown(missing)) => {
                Ok(Value::Unknown(and_missing(missing, [&other])))
            }
            _ => Err(EvaluationError::WrongType),
        }
    }

    fn size(&mut self, of: &'a Node) -> Evaluated<'a> {
        match self.value(of)? {
            Value::String(text) => Ok(Value::Int(count(text.chars().count()))),
            Value::List(list) => {
                let mut unknown = list.incomplete().cloned();
                for item in list.iter() {
                    if let Value::Unknown(missing) = item {
                        add(&mut unknown, &missing);
                    }
                }
                Ok(unknown.map_or_else(|| Value::Int(known_elements(&list)), Value::Unknown))
            }
            unknown @ Value::Unknown(_) => Ok(unknown),
            _ => Err(EvaluationError::WrongType),
        }
    }
}

impl<'a> Frame<'a> {
    fn text(&mut self, test: TextTest, text: &'a Node, argument: &'a Node) -> Evaluated<'a> {
        match (self.value(text)?, self.value(argument)?) {
            (Value::String(text), Value::String(argument)) => {
                self.steps += test.cost(&text, &argument);
                if self.steps > MAX_STEPS {
                    return Err(EvaluationError::TooLong);
                }
                Ok(Value::Bool(test.test(&text, &argument)))
            }
            (Value::Unknown(missing), other) | (other, Value::Unknown(missing)) => {
                Ok(Value::Unknown(and_missing(missing, [&other])))
            }
            _ => Err(EvaluationError::WrongType),
        }
    }

    /// Asks about the elements of a list. An element that is itself unknown may not even be there.
    fn quantify(&mut self, quantifier: Quantifier, list: &'a Node, condition: &'a Node) -> Evaluated<'a> {
        let list = match self.value(list)? {
            Value::List(list) => list,
            unknown @ Value::Unknown(_) => return Ok(unknown),
            _ => return Err(EvaluationError::WrongType),
        };
        let mut tally = Tally::new(quantifier, list.incomplete().cloned());
        for item in list.iter() {
            let truth = if let Value::Unknown(missing) = &item {
                Truth::Unknown(missing.clone())
            } else {
                self.elements.push(item.clone());
                let truth = self.truth(condition);
                self.elements.pop();
                truth?
            };
            if let Some(decided) = tally.add(item, truth) {
                return Ok(Value::Bool(decided));
            }
        }
        Ok(tally.result())
    }
}

/// What a quantifier has seen so far.
struct Tally<'a> {
    quantifier: Quantifier,
    met: usize,
    kept: Vec<Value<'a>>,
    /// What hides elements, or whether elements meet the condition.
    unknown: Option<Missing>,
}

impl<'a> Tally<'a> {
    fn new(quantifier: Quantifier, incomplete: Option<Missing>) -> Self {
        Self { quantifier, met: 0, kept: Vec::new(), unknown: incomplete }
    }

    /// Counts one element; the answer, if no other element can change it.
    fn add(&mut self, item: Value<'a>, truth: Truth) -> Option<bool> {
        match (self.quantifier, truth) {
            (_, Truth::Unknown(missing)) => add(&mut self.unknown, &missing),
            (Quantifier::All, Truth::False) => return Some(false),
            (Quantifier::Exists, Truth::True) => return Some(true),
            (Quantifier::Filter, Truth::True) => self.kept.push(item),
            (Quantifier::ExistsOne, Truth::True) => {
                self.met += 1;
                if self.met > 1 {
                    return Some(false);
                }
            }
            _ => {}
        }
        None
    }

    fn result(mut self) -> Value<'a> {
        if self.quantifier == Quantifier::Filter {
            self.kept.extend(self.unknown.map(Value::Unknown));
            return Value::List(List::Values(Arc::from(self.kept)));
        }
        if let Some(missing) = self.unknown {
            return Value::Unknown(missing);
        }
        Value::Bool(match self.quantifier {
            Quantifier::All => true,
            Quantifier::ExistsOne => self.met == 1,
            Quantifier::Exists | Quantifier::Filter => false,
        })
    }
}

impl Order {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// The same comparison with its sides exchanged.
    fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// The answer for a number of which only the least value is known, if that decides.
    fn with_least(self, least: i64, exact: i64) -> Option<bool> {
        match self {
            Self::Greater if least > exact => Some(true),
            Self::GreaterOrEqual if least >= exact => Some(true),
            Self::Less if least >= exact => Some(false),
            Self::LessOrEqual if least > exact => Some(false),
            _ => None,
        }
    }
}

/// A constant, of which texts need no copy.
fn borrowed<'a>(value: &'a Value<'static>) -> Value<'a> {
    match value {
        Value::String(text) => Value::String(Cow::Borrowed(text)),
        other => other.clone(),
    }
}

/// Whether two values are equal. Objects and lists never get here: the type check refuses them.
fn equal(one: &Value<'_>, two: &Value<'_>) -> Result<Truth, EvaluationError> {
    Ok(match (one, two) {
        (Value::Unknown(missing), other) | (other, Value::Unknown(missing)) => {
            Truth::Unknown(and_missing(missing.clone(), [other]))
        }
        (Value::Null, other) | (other, Value::Null) => matches!(other, Value::Null).into(),
        (Value::Bool(one), Value::Bool(two)) => (one == two).into(),
        (Value::Int(one), Value::Int(two)) => (one == two).into(),
        (Value::String(one), Value::String(two)) => (one == two).into(),
        (Value::Time(one), Value::Time(two)) => (one == two).into(),
        _ => return Err(EvaluationError::WrongType),
    })
}

/// The missing calls of all of them.
fn and_missing<'v, 'a: 'v>(missing: Missing, others: impl IntoIterator<Item = &'v Value<'a>>) -> Missing {
    let mut all = Some(missing.clone());
    for other in others {
        if let Value::Unknown(more) = other {
            add(&mut all, more);
        }
    }
    all.unwrap_or(missing)
}

fn add(missing: &mut Option<Missing>, more: &Missing) {
    *missing = Some(missing.as_ref().map_or_else(|| more.clone(), |known| known.and(more)));
}

fn known_elements(list: &List<'_>) -> i64 {
    count(list.iter().filter(|item| !matches!(item, Value::Unknown(_))).count())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
