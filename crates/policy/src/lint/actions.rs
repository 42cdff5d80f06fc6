//! `Action` and `NotAction`: do these actions exist?

use std::rc::Rc;

use crate::actions::table;
use crate::document::{Effect, Statement};

use super::expansion::{Expansion, expansion};
use super::nearest::nearest;
use super::{Code, Findings};

/// Checks every action of a statement.
pub(super) fn check(statement: &Statement, findings: &mut Findings) {
    let whole = statement.actions_pointer();
    let values = &statement.actions.values;
    for (index, pattern) in values.items.iter().enumerate() {
        if let Some((code, message)) = fault(pattern) {
            findings.add(code, values.pointer(&whole, index), message);
        }
    }
    if statement.actions.negated {
        negated(statement, &whole, findings);
    }
}

fn negated(statement: &Statement, whole: &str, findings: &mut Findings) {
    let patterns = &statement.actions.values.items;
    if patterns.iter().any(|pattern| is_everything(pattern)) {
        let message = "NotAction with * leaves no action: the statement matches nothing";
        findings.add(Code::IneffectiveNot, whole, message);
    } else if patterns
        .iter()
        .all(|pattern| !names_no_service(pattern) && expansion(pattern).actions.is_empty())
    {
        let message = "NotAction names no action that exists: the statement matches every action";
        findings.add(Code::IneffectiveNot, whole, message);
    } else if statement.effect == Effect::Allow {
        let message = "grants every action of every service except those named; name the actions to grant";
        findings.add(Code::NotActionAllow, whole, message);
    }
}

/// Whether a pattern means every action.
pub(super) fn is_everything(pattern: &str) -> bool {
    let is_star = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    pattern
        .split_once(':')
        .map_or_else(|| is_star(pattern), |(service, name)| is_star(service) && is_star(name))
}

/// What each action pattern of the statement means; `None` if the actions cannot be listed: every action, those that
/// are not named, or a pattern for services.
pub(super) fn named(statement: &Statement) -> Option<Vec<Rc<Expansion>>> {
    let patterns = &statement.actions.values.items;
    if statement.actions.negated || patterns.iter().any(|pattern| is_everything(pattern)) {
        return None;
    }
    if patterns.iter().any(|pattern| names_no_service(pattern)) {
        return None;
    }
    Some(patterns.iter().map(|pattern| expansion(pattern)).collect())
}

/// Whether the part before the colon is a pattern itself.
fn names_no_service(pattern: &str) -> bool {
    pattern.split(':').next().is_some_and(|service| service.contains(['*', '?']))
}

fn fault(pattern: &str) -> Option<(Code, String)> {
    if is_everything(pattern) {
        return None;
    }
    let Some((service, name)) = pattern.split_once(':') else {
        return Some((Code::MalformedAction, format!("{pattern:?} is no action; write service:name")));
    };
    if names_no_service(pattern) {
        let message = format!("{pattern:?} has a wildcard in the service; name one service");
        return Some((Code::MalformedAction, message));
    }
    if name.is_empty() || name.contains(':') || pattern.contains(char::is_whitespace) {
        return Some((Code::MalformedAction, format!("{pattern:?} is no action; write service:name")));
    }
    let Some(known) = table().service(service) else {
        let near = nearest(service, table().prefixes()).map(ToOwned::to_owned);
        return Some((Code::UnknownService, unknown(&format!("service prefix {service:?}"), near)));
    };
    if known.expand(name).next().is_none() {
        let near = nearest(name, known.actions().map(|action| action.name()))
            .map(|near| format!("{}:{near}", known.prefix()));
        return Some((Code::UnknownAction, unknown(&format!("action {pattern:?}"), near)));
    }
    None
}

/// `AWS has no … ; did you mean …?`
pub(super) fn unknown(what: &str, near: Option<String>) -> String {
    match near {
        Some(near) => format!("AWS has no {what}; did you mean {near:?}?"),
        None => format!("AWS has no {what}"),
    }
}
