//! A line of output.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::LineError;
use crate::document::Effect;
use crate::evaluate::{Explanation, Reason, Residual, StatementReference};

#[derive(Serialize)]
struct Answer<'a> {
    id: Option<Cow<'a, RawValue>>,
    decision: &'static str,
    because: Vec<Because<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    residual: Vec<Hanging<'a>>,
}

#[derive(Serialize)]
struct Failure<'a> {
    id: Option<Cow<'a, RawValue>>,
    line: u64,
    error: String,
}

/// A reason, as JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Because<'a> {
    Statement {
        #[serde(flatten)]
        statement: Place<'a>,
        #[serde(skip_serializing_if = "is_false")]
        conditional: bool,
    },
    NoAllow {
        kind: &'static str,
        #[serde(skip_serializing_if = "str::is_empty")]
        level: &'a str,
        reason: &'static str,
    },
    Malformed {
        #[serde(flatten)]
        statement: Place<'a>,
        condition: &'a str,
        reason: &'static str,
    },
    Rule {
        reason: &'static str,
    },
}

#[derive(Serialize)]
struct Place<'a> {
    kind: &'static str,
    policy: &'a str,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    path: &'a str,
    effect: &'static str,
}

/// What a conditional decision hangs on, as JSON.
#[derive(Serialize)]
struct Hanging<'a> {
    #[serde(flatten)]
    statement: Place<'a>,
    #[serde(flatten)]
    condition: Option<HangingCondition<'a>>,
}

#[derive(Serialize)]
struct HangingCondition<'a> {
    condition: &'a str,
    operator: &'a str,
    key: &'a str,
    values: &'a [String],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

pub(super) fn write_answer(output: &mut Vec<u8>, id: Option<&RawValue>, explanation: &Explanation) {
    let answer = Answer {
        id: id.map(on_one_line),
        decision: explanation.decision.name(),
        because: explanation.because.iter().map(because).collect(),
        residual: explanation.residual.iter().map(hanging).collect(),
    };
    write_line(output, &answer);
}

pub(super) fn write_error(output: &mut Vec<u8>, id: Option<&RawValue>, line: u64, error: &LineError) {
    write_line(output, &Failure { id: id.map(on_one_line), line, error: error.to_string() });
}

/// The id as it was written, on one line: a line feed in JSON text can only stand between tokens.
fn on_one_line(id: &RawValue) -> Cow<'_, RawValue> {
    let text = id.get();
    if !text.contains(['\n', '\r']) {
        return Cow::Borrowed(id);
    }
    RawValue::from_string(text.replace(['\n', '\r'], " ")).map_or(Cow::Borrowed(id), Cow::Owned)
}

fn write_line(output: &mut Vec<u8>, value: &impl Serialize) {
    let start = output.len();
    // Strings, numbers and lists into memory: nothing here can fail, and a torn line would be worse than none.
    if serde_json::to_writer(&mut *output, value).is_err() {
        output.truncate(start);
    }
    output.push(b'\n');
}

fn because(reason: &Reason) -> Because<'_> {
    match reason {
        Reason::Statement { statement, is_conditional } => {
            Because::Statement { statement: place(statement), conditional: *is_conditional }
        }
        Reason::NoAllow { layer, set } => {
            Because::NoAllow { kind: layer.name(), level: set, reason: "no statement allows" }
        }
        Reason::Malformed { statement, condition, message } => {
            Because::Malformed { statement: place(statement), condition, reason: message }
        }
        Reason::Rule(rule) => Because::Rule { reason: rule },
    }
}

fn hanging(residual: &Residual) -> Hanging<'_> {
    let condition = match residual {
        Residual::Condition { pointer, operator, key, values, .. } => {
            Some(HangingCondition { condition: pointer, operator, key, values })
        }
        Residual::Variable { .. } => None,
    };
    Hanging { statement: place(residual.statement()), condition }
}

fn place(statement: &StatementReference) -> Place<'_> {
    Place {
        kind: statement.layer.name(),
        policy: &statement.policy,
        statement: statement.statement,
        sid: statement.sid.as_deref(),
        path: &statement.pointer,
        effect: match statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        },
    }
}
