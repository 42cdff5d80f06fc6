//! Text to syntax tree, within bounds.

use std::panic::{self, AssertUnwindSafe};

use cel::common::ast::SourceInfo;
use cel::{Env, IdedExpr, ParseError};

use super::{Problem, large_stack};

/// The longest expression, in bytes.
pub(crate) const MAX_LENGTH: usize = 4096;

/// How deep parentheses, brackets and braces may nest.
const MAX_BRACKETS: usize = 24;

/// How deep the parser may nest what it calls expressions: brackets, arguments and `?:`.
const MAX_NESTING: u16 = 48;

/// Parses `source` and hands the tree to `read`, where the stack is large enough for both.
pub(super) fn parse<T: Send>(
    source: &str,
    read: impl FnOnce(&IdedExpr, &SourceInfo) -> Result<T, Vec<Problem>> + Send,
) -> Result<T, Vec<Problem>> {
    check_bounds(source)?;
    let parsing = || {
        let parser = Env::default()
            .parser()
            .enable_optional_syntax(false)
            .max_recursion_depth(MAX_NESTING)
            .error_recovery_limit(0);
        match parser.parse_with_source_info(source) {
            Ok((tree, places)) => read(&tree, &places),
            Err(errors) => Err(problems(source, &errors.errors)),
        }
    };
    // Nothing that parsing was about to change is looked at again.
    let outcome = large_stack::on_one(|| panic::catch_unwind(AssertUnwindSafe(parsing)));
    match outcome {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            Err(vec![Problem::new(0, "the parser gave up on this expression; write it in another way")])
        }
        Err(error) => Err(vec![Problem::new(0, format!("no thread to parse this expression on: {error}"))]),
    }
}

/// Refuses what would cost the parser more than a rule ever needs.
fn check_bounds(source: &str) -> Result<(), Vec<Problem>> {
    if source.trim().is_empty() {
        return Err(vec![Problem::new(0, "the expression is empty")]);
    }
    if source.len() > MAX_LENGTH {
        let message = format!("the expression has {} bytes; {MAX_LENGTH} are the limit", source.len());
        return Err(vec![Problem::new(0, message)]);
    }
    let mut depth = 0_usize;
    let mut quoted = None;
    let mut escaped = false;
    for (offset, character) in source.chars().enumerate() {
        match (quoted, character) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(quote), _) if quote == character => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quoted = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        if depth > MAX_BRACKETS {
            let message = format!("brackets nest deeper than {MAX_BRACKETS}; split the expression");
            return Err(vec![Problem::new(offset, message)]);
        }
    }
    Ok(())
}

/// The parser's errors with their line and column turned into an offset.
fn problems(source: &str, errors: &[ParseError]) -> Vec<Problem> {
    let mut problems: Vec<_> = errors
        .iter()
        .map(|error| {
            let (line, column) = error.pos;
            let before = usize::try_from(line).unwrap_or_default().saturating_sub(1);
            let lines = source.split_inclusive('\n').take(before);
            let offset = lines.map(|line| line.chars().count()).sum::<usize>()
                + usize::try_from(column).unwrap_or_default().saturating_sub(1);
            Problem::new(offset, format!("this is no CEL expression: {}", error.msg.replace('\n', " ")))
        })
        .collect();
    problems.dedup();
    problems
}
