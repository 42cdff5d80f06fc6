//! What a checked expression becomes: a small tree in which every name is resolved.

use std::collections::BTreeSet;

use palisade_facts::{Evidence, Value};

use super::functions::{Quantifier, TextTest};
use super::guards::NonNull;

/// A checked expression.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(super) root: Node,
    /// The evidence that its facts rest on.
    pub(crate) reads: BTreeSet<Evidence>,
    /// The facts of the resource that it names, as written, in order of first use.
    pub(crate) facts: Vec<String>,
    /// The parameters, by index, whose texts are compared with members of an enumeration.
    pub(crate) choices: Vec<(usize, &'static [&'static str])>,
    /// What is not null where the condition is true.
    pub(super) non_null: NonNull,
}

/// One operation.
#[derive(Debug)]
pub(super) enum Node {
    Constant(Value<'static>),
    Resource,
    Account,
    Element(usize),
    Parameter(usize),
    /// An attribute of an attribute and so on, outermost first: most of what rules look at.
    Attribute {
        of: Box<Node>,
        path: Vec<usize>,
    },
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Conditional {
        condition: Box<Node>,
        yes: Box<Node>,
        no: Box<Node>,
    },
    Equal {
        one: Box<Node>,
        two: Box<Node>,
        negated: bool,
    },
    Order {
        order: Order,
        one: Box<Node>,
        two: Box<Node>,
    },
    In {
        element: Box<Node>,
        list: Box<Node>,
    },
    Arithmetic {
        operation: Arithmetic,
        one: Box<Node>,
        two: Box<Node>,
    },
    Size(Box<Node>),
    Text {
        test: TextTest,
        text: Box<Node>,
        argument: Box<Node>,
    },
    LowerAscii(Box<Node>),
    Quantify {
        quantifier: Quantifier,
        list: Box<Node>,
        condition: Box<Node>,
    },
    List(Vec<Node>),
}

impl Node {
    /// An attribute of what this node is.
    pub(super) fn attribute(self, index: usize) -> Self {
        match self {
            Self::Attribute { of, mut path } => {
                path.push(index);
                Self::Attribute { of, path }
            }
            of => Self::Attribute { of: Box::new(of), path: vec![index] },
        }
    }
}

/// A comparison by order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// An operation on whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
}
