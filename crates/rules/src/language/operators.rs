//! The types of operators and functions.

use cel::IdedExpr;
use cel::common::ast::Expr;
use palisade_facts::Value;

use super::check::{Checked, Checker, MAX_QUANTIFIERS, did_you_mean};
use super::functions::{Call, FUNCTIONS, Quantifier};
use super::guards::{Guards, NonNull};
use super::tree::{Arithmetic, Node, Order};
use super::types::{StaticType, quoted};

impl Checker<'_> {
    pub(super) fn not(&mut self, part: &IdedExpr) -> Option<Checked> {
        let checked = self.check_bool(part)?;
        let guards = checked.guards.negated();
        Some(Checked { guards, ..Checked::condition(Node::Not(Box::new(checked.node))) })
    }

    pub(super) fn negate(&mut self, part: &IdedExpr) -> Option<Checked> {
        let checked = self.check_int(part)?;
        let zero = Box::new(Node::Constant(Value::Int(0)));
        let node =
            Node::Arithmetic { operation: Arithmetic::Subtract, one: zero, two: Box::new(checked.node) };
        Some(Checked::new(node, StaticType::Int))
    }

    pub(super) fn binary(
        &mut self,
        id: u64,
        operator: &str,
        one: &IdedExpr,
        two: &IdedExpr,
    ) -> Option<Checked> {
        match operator {
            "_&&_" | "_||_" => self.logic(operator == "_&&_", one, two),
            "_==_" | "_!=_" => self.equality(id, operator == "_!=_", one, two),
            "_<_" => self.order(id, Order::Less, one, two),
            "_<=_" => self.order(id, Order::LessOrEqual, one, two),
            "_>_" => self.order(id, Order::Greater, one, two),
            "_>=_" => self.order(id, Order::GreaterOrEqual, one, two),
            "@in" => self.membership(id, one, two),
            "_+_" => self.arithmetic(Arithmetic::Add, one, two),
            "_-_" => self.arithmetic(Arithmetic::Subtract, one, two),
            "_*_" => self.arithmetic(Arithmetic::Multiply, one, two),
            "_[_]" => {
                self.problem(id, "elements have no numbers here; use `exists`, `all` or `filter`");
                None
            }
            "_/_" | "_%_" => {
                self.problem(id, "division is no part of the rule language");
                None
            }
            other => {
                self.problem(id, format!("`{other}` is no part of the rule language"));
                None
            }
        }
    }

    fn logic(&mut self, and: bool, one: &IdedExpr, two: &IdedExpr) -> Option<Checked> {
        let first = self.check_bool(one);
        let nothing = NonNull::new();
        let known = first
            .as_ref()
            .map_or(&nothing, |first| if and { &first.guards.when_true } else { &first.guards.when_false });
        let second = self.check_under(known, |checker| checker.check_bool(two));
        let (first, second) = (first?, second?);
        let (left, right) = (Box::new(first.node), Box::new(second.node));
        let (node, guards) = if and {
            (Node::And(left, right), first.guards.and(&second.guards))
        } else {
            (Node::Or(left, right), first.guards.or(&second.guards))
        };
        Some(Checked { guards, ..Checked::condition(node) })
    }

    pub(super) fn conditional(
        &mut self,
        id: u64,
        condition: &IdedExpr,
        yes: &IdedExpr,
        no: &IdedExpr,
    ) -> Option<Checked> {
        let condition = self.check_bool(condition)?;
        let yes = self.check_under(&condition.guards.when_true, |checker| checker.check(yes));
        let no = self.check_under(&condition.guards.when_false, |checker| checker.check(no));
        let (yes, no) = (yes?, no?);
        let Some(ty) = yes.ty.join(&no.ty) else {
            self.problem(id, format!("both branches need one type, not {} and {}", yes.ty, no.ty));
            return None;
        };
        let guards = condition.guards.conditional(&yes.guards, &no.guards);
        let node = Node::Conditional {
            condition: Box::new(condition.node),
            yes: Box::new(yes.node),
            no: Box::new(no.node),
        };
        Some(Checked { guards, ..Checked::new(node, ty) })
    }

    fn equality(&mut self, id: u64, negated: bool, one: &IdedExpr, two: &IdedExpr) -> Option<Checked> {
        let (first, second) = (self.check(one), self.check(two));
        let (first, second) = (first?, second?);
        let mut guards = Guards::default();
        match (&first.ty, &second.ty) {
            (StaticType::Null, StaticType::Null) => {
                self.problem(id, "this compares null with null");
                return None;
            }
            (StaticType::Null, _) | (_, StaticType::Null) => {
                let other = if first.ty == StaticType::Null { &second } else { &first };
                if !other.nullable {
                    self.problem(id, format!("this is never null: it is {}", other.ty));
                    return None;
                }
                if let Some(chain) = &other.chain {
                    guards = Guards::not_null(chain.clone());
                    if !negated {
                        guards = guards.negated();
                    }
                }
            }
            _ => self.comparable(id, (one, &first), (two, &second))?,
        }
        let node = Node::Equal { one: Box::new(first.node), two: Box::new(second.node), negated };
        Some(Checked { guards, ..Checked::condition(node) })
    }

    /// Whether two values can be equal at all.
    fn comparable(
        &mut self,
        id: u64,
        (one, first): (&IdedExpr, &Checked),
        (two, second): (&IdedExpr, &Checked),
    ) -> Option<()> {
        let (left, right) = (first.ty.required(), second.ty.required());
        if !left.is_scalar() || !right.is_scalar() {
            let wrong = if left.is_scalar() { right } else { left };
            self.problem(id, format!("`==` compares texts, numbers, times and truths, not {wrong}"));
            return None;
        }
        match (left, right) {
            (StaticType::OneOf(members), right) => self.member(members, right, (two, second)),
            (left, StaticType::OneOf(members)) => self.member(members, left, (one, first)),
            (left, right) if left == right => Some(()),
            (left, right) => {
                self.problem(id, format!("{left} is never equal to {right}"));
                None
            }
        }
    }

    /// Whether something can be a member of an enumeration.
    fn member(
        &mut self,
        members: &'static [&'static str],
        ty: &StaticType,
        (part, checked): (&IdedExpr, &Checked),
    ) -> Option<()> {
        let message = match (ty, &checked.node) {
            (StaticType::OneOf(others), _) if others.iter().any(|other| members.contains(other)) => {
                return Some(());
            }
            (StaticType::Text, Node::Constant(Value::String(text))) => {
                if members.contains(&text.as_ref()) {
                    return Some(());
                }
                let hint = did_you_mean(text, members.iter().copied());
                format!("\"{text}\" is not one of {}{hint}", quoted(members))
            }
            (StaticType::Text, Node::Parameter(index)) => {
                self.choices.push((*index, members));
                return Some(());
            }
            (other, _) => format!("compare this with one of {}, not with {other}", quoted(members)),
        };
        self.problem(part.id, message);
        None
    }

    fn order(&mut self, id: u64, order: Order, one: &IdedExpr, two: &IdedExpr) -> Option<Checked> {
        let (first, second) = (self.check(one), self.check(two));
        let (first, second) = (first?, second?);
        match (&first.ty, &second.ty) {
            (StaticType::Int, StaticType::Int) | (StaticType::Time, StaticType::Time) => {}
            (StaticType::Optional(_), _) => {
                self.may_be_null(one);
                return None;
            }
            (_, StaticType::Optional(_)) => {
                self.may_be_null(two);
                return None;
            }
            (left, right) => {
                self.problem(
                    id,
                    format!("order holds between two numbers or two times, not {left} and {right}"),
                );
                return None;
            }
        }
        Some(Checked::condition(Node::Order { order, one: Box::new(first.node), two: Box::new(second.node) }))
    }

    fn may_be_null(&mut self, part: &IdedExpr) {
        let name = super::check::written(part).unwrap_or_else(|| "this".to_owned());
        self.problem(part.id, format!("`{name}` may be null: guard it, as in `{name} != null && …`"));
    }

    fn membership(&mut self, id: u64, element: &IdedExpr, list: &IdedExpr) -> Option<Checked> {
        let (wanted, within) = (self.check(element), self.check(list));
        let (wanted, within) = (wanted?, within?);
        if !wanted.ty.is_scalar() {
            self.problem(
                element.id,
                format!("`in` looks for texts, numbers and the like, not {}", wanted.ty),
            );
            return None;
        }
        let StaticType::List(ty) = &within.ty else {
            self.problem(list.id, format!("`in` needs a list on its right, not {}", within.ty));
            return None;
        };
        match (&list.expr, ty) {
            (Expr::List(literal), _) => {
                // The elements are checked one by one, so that a wrong one is named.
                for part in &literal.elements {
                    let single = self.check(part)?;
                    self.comparable(part.id, (element, &wanted), (part, &single))?;
                }
            }
            (_, Some(ty)) => {
                let source = match within.node {
                    Node::Parameter(index) => Node::Parameter(index),
                    _ => Node::Resource,
                };
                let any = Checked::new(source, (**ty).clone());
                self.comparable(id, (element, &wanted), (list, &any))?;
            }
            (_, None) => {}
        }
        Some(Checked::condition(Node::In { element: Box::new(wanted.node), list: Box::new(within.node) }))
    }

    fn arithmetic(&mut self, operation: Arithmetic, one: &IdedExpr, two: &IdedExpr) -> Option<Checked> {
        let (first, second) = (self.check_int(one), self.check_int(two));
        let node = Node::Arithmetic { operation, one: Box::new(first?.node), two: Box::new(second?.node) };
        Some(Checked::new(node, StaticType::Int))
    }

    fn check_int(&mut self, part: &IdedExpr) -> Option<Checked> {
        let checked = self.check(part)?;
        match &checked.ty {
            StaticType::Int => return Some(checked),
            StaticType::Optional(_) => self.may_be_null(part),
            other => self.problem(part.id, format!("a number is needed here, not {other}")),
        }
        None
    }

    fn check_text(&mut self, part: &IdedExpr) -> Option<Checked> {
        let checked = self.check(part)?;
        match &checked.ty {
            ty if ty.is_text() => return Some(checked),
            StaticType::Optional(_) => self.may_be_null(part),
            other => self.problem(part.id, format!("a text is needed here, not {other}")),
        }
        None
    }

    pub(super) fn function(
        &mut self,
        id: u64,
        name: &str,
        target: Option<&IdedExpr>,
        arguments: &[IdedExpr],
    ) -> Option<Checked> {
        let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) else {
            let message = if name == "has" {
                "`has()` is no part of the rule language: facts always exist; compare with `null`".to_owned()
            } else {
                let hint = did_you_mean(name, FUNCTIONS.iter().map(|function| function.name));
                format!("there is no function `{name}`{hint}")
            };
            // The place of a call is its parenthesis.
            self.problem_beside(id, -name.len().cast_signed(), message);
            return None;
        };
        match (function.call, target, arguments) {
            (Call::Size, Some(of), []) | (Call::Size, None, [of]) => self.size(of),
            (Call::LowerAscii, Some(text), []) => {
                let text = self.check_text(text)?;
                Some(Checked::new(Node::LowerAscii(Box::new(text.node)), StaticType::Text))
            }
            (Call::Text(test), Some(text), [argument]) => {
                let (text, argument) = (self.check_text(text), self.check_text(argument));
                let (text, argument) = (Box::new(text?.node), Box::new(argument?.node));
                Some(Checked::condition(Node::Text { test, text, argument }))
            }
            (Call::Quantifier(quantifier), Some(list), [element, condition]) => {
                self.quantify(id, quantifier, list, element, condition)
            }
            _ => {
                self.problem(id, format!("write `{}`", function.form));
                None
            }
        }
    }

    fn size(&mut self, of: &IdedExpr) -> Option<Checked> {
        let checked = self.check(of)?;
        match &checked.ty {
            StaticType::List(_) => {}
            ty if ty.is_text() => {}
            StaticType::Optional(_) => {
                self.may_be_null(of);
                return None;
            }
            other => {
                self.problem(
                    of.id,
                    format!("`size` counts the elements of a list or the characters of a text, not {other}"),
                );
                return None;
            }
        }
        Some(Checked::new(Node::Size(Box::new(checked.node)), StaticType::Int))
    }

    fn quantify(
        &mut self,
        id: u64,
        quantifier: Quantifier,
        list: &IdedExpr,
        element: &IdedExpr,
        condition: &IdedExpr,
    ) -> Option<Checked> {
        let within = self.check(list)?;
        let Expr::Ident(name) = &element.expr else {
            self.problem(element.id, "the element needs a simple name, as in `keys.all(key, …)`");
            return None;
        };
        let ty = match &within.ty {
            StaticType::List(Some(ty)) => (**ty).clone(),
            StaticType::Optional(_) => {
                self.may_be_null(list);
                return None;
            }
            other => {
                self.problem(list.id, format!("a list of facts is needed here, not {other}"));
                return None;
            }
        };
        if self.elements.len() == MAX_QUANTIFIERS {
            self.problem(id, format!("list functions nest deeper than {MAX_QUANTIFIERS}"));
            return None;
        }
        if self.is_taken(name) {
            self.problem(element.id, format!("`{name}` already means something here; choose another name"));
            return None;
        }
        self.elements.push((name.clone(), ty));
        let condition = self.check_under(&NonNull::new(), |checker| checker.check_bool(condition));
        self.elements.pop();
        let node =
            Node::Quantify { quantifier, list: Box::new(within.node), condition: Box::new(condition?.node) };
        let ty = if quantifier == Quantifier::Filter { within.ty } else { StaticType::Bool };
        Some(Checked::new(node, ty))
    }
}
