//! Types a syntax tree against the vocabulary and resolves its names.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, ListExpr, LiteralValue, SelectExpr, SourceInfo};
use palisade_facts::{Evidence, ObjectType, Value, account};

use super::guards::{Chain, Guards, NonNull, Root};
use super::tree::{Expression, Node};
use super::types::StaticType;
use super::{Problem, Scope, parse};

/// The deepest tree that is evaluated.
const MAX_DEPTH: usize = 64;

/// The deepest nesting of list quantifiers: time grows with the product of the lists' sizes.
pub(super) const MAX_QUANTIFIERS: usize = 4;

/// A part of an expression whose types are right.
pub(super) struct Checked {
    pub(super) node: Node,
    pub(super) ty: StaticType,
    /// Whether it may be null where nothing guards it.
    pub(super) nullable: bool,
    /// Set for a chain of attributes.
    pub(super) chain: Option<Chain>,
    /// What follows if it is a condition.
    pub(super) guards: Guards,
}

impl Checked {
    pub(super) fn new(node: Node, ty: StaticType) -> Self {
        let nullable = matches!(ty, StaticType::Optional(_));
        Self { node, ty, nullable, chain: None, guards: Guards::default() }
    }

    /// A condition that says nothing about nulls.
    pub(super) fn condition(node: Node) -> Self {
        Self::new(node, StaticType::Bool)
    }
}

impl Expression {
    /// Reads a condition: parses it, checks its types, resolves its names. All problems are
    /// reported, the first one first.
    pub(crate) fn condition(source: &str, scope: &Scope<'_>) -> Result<Self, Vec<Problem>> {
        parse::parse(source, |tree, places| {
            let mut checker = Checker::new(scope, places);
            let checked = checker.check(tree).and_then(|checked| checker.expect_bool(tree.id, checked));
            match checked {
                Some(checked) if checker.problems.is_empty() => {
                    let Checker { reads, facts, choices, .. } = checker;
                    Ok(Self { root: checked.node, reads, facts, choices, non_null: checked.guards.when_true })
                }
                _ => {
                    checker.problems.sort();
                    checker.problems.dedup();
                    Err(checker.problems)
                }
            }
        })
    }
}

/// The walk over a syntax tree.
pub(super) struct Checker<'r> {
    scope: &'r Scope<'r>,
    places: &'r SourceInfo,
    /// The elements of the quantifiers around: name and type.
    pub(super) elements: Vec<(String, StaticType)>,
    /// What is known not to be null here.
    pub(super) non_null: NonNull,
    depth: usize,
    problems: Vec<Problem>,
    reads: BTreeSet<Evidence>,
    facts: Vec<String>,
    pub(super) choices: Vec<(usize, &'static [&'static str])>,
}

impl<'r> Checker<'r> {
    fn new(scope: &'r Scope<'r>, places: &'r SourceInfo) -> Self {
        Self {
            scope,
            places,
            elements: Vec::new(),
            non_null: scope.given.map_or_else(NonNull::new, |given| given.non_null.clone()),
            depth: 0,
            problems: Vec::new(),
            reads: BTreeSet::new(),
            facts: Vec::new(),
            choices: Vec::new(),
        }
    }

    /// Notes a problem at a node.
    pub(super) fn problem(&mut self, id: u64, message: impl Into<String>) {
        self.problem_beside(id, 0, message);
    }

    /// Notes a problem some characters after a node's place, or before it.
    pub(super) fn problem_beside(&mut self, id: u64, distance: isize, message: impl Into<String>) {
        let bytes = self.places.offset_for(id).map_or(0, |(start, _)| start as usize);
        let characters = self.places.source.char_indices().take_while(|(index, _)| *index < bytes).count();
        self.problems.push(Problem::new(characters.saturating_add_signed(distance), message));
    }

    /// Checks a part; `None` once a problem has been noted.
    pub(super) fn check(&mut self, part: &IdedExpr) -> Option<Checked> {
        if self.depth >= MAX_DEPTH {
            self.problem(part.id, format!("the expression nests deeper than {MAX_DEPTH}; split it"));
            return None;
        }
        self.depth += 1;
        let checked = self.check_part(part);
        self.depth -= 1;
        checked
    }

    fn check_part(&mut self, part: &IdedExpr) -> Option<Checked> {
        match &part.expr {
            Expr::Literal(literal) => self.literal(part.id, literal),
            Expr::Ident(name) => self.name(part.id, name),
            Expr::Select(select) => self.select(part.id, select),
            Expr::List(list) => self.list(list),
            Expr::Call(call) => self.call(part.id, call),
            Expr::Map(_) | Expr::Struct(_) => {
                self.problem(part.id, "maps and messages are no part of the rule language");
                None
            }
            Expr::Comprehension(_) | Expr::Unspecified => {
                self.problem(part.id, "this is no part of the rule language");
                None
            }
        }
    }

    fn literal(&mut self, id: u64, literal: &LiteralValue) -> Option<Checked> {
        let (value, ty) = match literal {
            LiteralValue::Boolean(value) => (Value::Bool(*value.inner()), StaticType::Bool),
            LiteralValue::Int(value) => (Value::Int(*value.inner()), StaticType::Int),
            LiteralValue::Null => (Value::Null, StaticType::Null),
            LiteralValue::String(value) => (Value::String(value.inner().to_owned().into()), StaticType::Text),
            LiteralValue::Double(_) | LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
                self.problem(id, "numbers are whole and signed here, and texts have no `b` before them");
                return None;
            }
        };
        Some(Checked::new(Node::Constant(value), ty))
    }

    fn name(&mut self, id: u64, name: &str) -> Option<Checked> {
        let found = self.elements.iter().enumerate().rev().find(|(_, (element, _))| element == name);
        let (node, ty, root) = if let Some((index, (_, ty))) = found {
            (Node::Element(index), ty.clone(), Root::Element(index))
        } else if name == self.scope.variable {
            (Node::Resource, StaticType::Object(self.scope.object), Root::Resource)
        } else if name == account::KIND.variable {
            (Node::Account, StaticType::Object(account::KIND.object), Root::Account)
        } else {
            let mut names: Vec<&str> = self.elements.iter().map(|(element, _)| element.as_str()).collect();
            names.extend([self.scope.variable, account::KIND.variable, "params"]);
            let hint = nearest(name, names.iter().copied()).map_or_else(
                || format!("; the resource is `{}` here", self.scope.variable),
                |near| format!("; did you mean `{near}`?"),
            );
            self.problem(id, format!("nothing is called `{name}`{hint}"));
            return None;
        };
        let chain = Chain { root, attributes: Vec::new() };
        Some(self.chained(node, ty, Some(chain)))
    }

    /// A part that may be a chain, its type without `null` where a guard excludes it.
    fn chained(&self, node: Node, ty: StaticType, chain: Option<Chain>) -> Checked {
        let mut checked = Checked { chain, ..Checked::new(node, ty) };
        if checked.chain.as_ref().is_some_and(|chain| self.non_null.contains(chain)) {
            checked.ty = checked.ty.required().clone();
        }
        checked
    }

    fn select(&mut self, id: u64, select: &SelectExpr) -> Option<Checked> {
        if let Expr::Ident(name) = &select.operand.expr
            && name == "params"
            && !self.elements.iter().any(|(element, _)| element == name)
        {
            return self.parameter(id, &select.field);
        }
        let of = self.check(&select.operand)?;
        let object = match &of.ty {
            StaticType::Object(object) => *object,
            StaticType::Optional(_) => {
                let message = format!(
                    "`{0}` may be null: guard it, as in `{0} != null && …`",
                    written(&select.operand).unwrap_or_else(|| "this".to_owned())
                );
                self.problem(id, message);
                return None;
            }
            other => {
                let message = format!("there is no `{}` in {other}", select.field);
                self.problem(id, message);
                return None;
            }
        };
        let Some((index, field)) = object.field(&select.field) else {
            // The place of a selection is its dot.
            self.problem_beside(id, 1, no_attribute(object, &select.field));
            return None;
        };
        self.reads.extend(field.reads);
        let chain = of.chain.map(|mut chain| {
            chain.attributes.push(index);
            chain
        });
        if chain.as_ref().is_some_and(|chain| !matches!(chain.root, Root::Element(_))) {
            self.note_fact(select);
        }
        let node = of.node.attribute(index);
        Some(self.chained(node, field.ty.into(), chain))
    }

    /// Keeps the longest path of each chain.
    fn note_fact(&mut self, select: &SelectExpr) {
        let Some(operand) = written(&select.operand) else { return };
        let path = format!("{operand}.{}", select.field);
        self.facts.retain(|known| *known != operand);
        if !self.facts.contains(&path) {
            self.facts.push(path);
        }
    }

    fn parameter(&mut self, id: u64, name: &str) -> Option<Checked> {
        let params = self.scope.params;
        let Some(index) = params.iter().position(|(known, _)| known == name) else {
            let hint = did_you_mean(name, params.iter().map(|(known, _)| known.as_str()));
            self.problem_beside(id, 1, format!("the rule has no parameter `{name}`{hint}"));
            return None;
        };
        let ty = params.get(index).map(|(_, ty)| ty.clone())?;
        Some(Checked::new(Node::Parameter(index), ty))
    }

    /// Whether a name already stands for something here.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        name == self.scope.variable
            || name == account::KIND.variable
            || name == "params"
            || self.elements.iter().any(|(element, _)| element == name)
    }

    fn list(&mut self, list: &ListExpr) -> Option<Checked> {
        let mut nodes = Vec::with_capacity(list.elements.len());
        let mut element: Option<StaticType> = None;
        for part in &list.elements {
            let checked = self.check(part)?;
            if !checked.ty.is_scalar() {
                self.problem(
                    part.id,
                    format!("a list holds texts, numbers and the like, not {}", checked.ty),
                );
                return None;
            }
            element = match element {
                None => Some(checked.ty),
                Some(before) => {
                    let Some(joined) = before.join(&checked.ty) else {
                        self.problem(part.id, format!("the list mixes {before} with {}", checked.ty));
                        return None;
                    };
                    Some(joined)
                }
            };
            nodes.push(checked.node);
        }
        Some(Checked::new(Node::List(nodes), StaticType::List(element.map(Box::new))))
    }

    /// Checks a part that must be a condition.
    pub(super) fn check_bool(&mut self, part: &IdedExpr) -> Option<Checked> {
        let checked = self.check(part)?;
        self.expect_bool(part.id, checked)
    }

    fn expect_bool(&mut self, id: u64, checked: Checked) -> Option<Checked> {
        match &checked.ty {
            StaticType::Bool => return Some(checked),
            StaticType::Optional(inner) if **inner == StaticType::Bool => {
                self.problem(id, "this may be null: guard it, or compare it with `true`");
            }
            StaticType::OneOf(members) => {
                let members = super::types::quoted(members);
                self.problem(id, format!("compare this with one of {members}; a condition is true or false"));
            }
            other => self.problem(id, format!("a condition is true or false, not {other}")),
        }
        None
    }

    /// Checks a part under more guards.
    pub(super) fn check_under(
        &mut self,
        guards: &NonNull,
        check: impl FnOnce(&mut Self) -> Option<Checked>,
    ) -> Option<Checked> {
        let before = self.non_null.clone();
        self.non_null.extend(guards.iter().cloned());
        let checked = check(self);
        self.non_null = before;
        checked
    }

    fn call(&mut self, id: u64, call: &CallExpr) -> Option<Checked> {
        match (call.target.as_deref(), call.args.as_slice()) {
            (None, [one]) if call.func_name == "!_" => self.not(one),
            (None, [one]) if call.func_name == "-_" => self.negate(one),
            (None, [one, two]) if !call.func_name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                self.binary(id, &call.func_name, one, two)
            }
            (None, [condition, yes, no]) if call.func_name == "_?_:_" => {
                self.conditional(id, condition, yes, no)
            }
            (target, arguments) => self.function(id, &call.func_name, target, arguments),
        }
    }
}

/// How a chain of names was written.
pub(super) fn written(part: &IdedExpr) -> Option<String> {
    match &part.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) => Some(format!("{}.{}", written(&select.operand)?, select.field)),
        _ => None,
    }
}

/// The message for an attribute that does not exist.
pub(super) fn no_attribute(object: &ObjectType, name: &str) -> String {
    let hint = did_you_mean(name, object.fields.iter().map(|field| field.name));
    format!("`{}` has no attribute `{name}`{hint}", object.name)
}

/// `; did you mean …?`, or nothing.
pub(super) fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// The known name that is nearest in spelling, unless all are far away.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // A hostile name must not cost more than a real one.
    let name: String = name.chars().take(64).collect();
    let limit = (name.chars().count() / 3).max(1) + 1;
    known
        .map(|candidate| (strsim::osa_distance(&name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}
