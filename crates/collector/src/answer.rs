//! Is an answer in the service's own format, and whole?

use roxmltree::Document;
use serde_json::Value;

use crate::operation::{Operation, Shape};

/// An answer that did not come from the service, or not to its end: a proxy's page, a cut document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer (HTTP {status}) is not what {operation} answers: {why}")]
pub(crate) struct ForeignAnswer {
    pub(crate) operation: &'static str,
    pub(crate) status: u16,
    pub(crate) why: String,
}

/// What the service said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It answered the question.
    Good,
    /// It refused with this code.
    Error(String),
}

/// Checks a whole answer before the SDK sees it.
///
/// `error_type` is the header `x-amzn-errortype`, where JSON services name the code.
pub(crate) fn inspect(
    operation: &'static Operation,
    status: u16,
    error_type: Option<&str>,
    body: &[u8],
) -> Result<Answer, ForeignAnswer> {
    let checked = if (200..300).contains(&status) {
        check_good(&operation.shape, body).map(|()| Answer::Good)
    } else {
        error_code(&operation.shape, error_type, body).map(Answer::Error)
    };
    checked.map_err(|why| ForeignAnswer { operation: operation.name, status, why })
}

fn check_good(shape: &Shape, body: &[u8]) -> Result<(), String> {
    match shape {
        Shape::Xml { root, holds } => {
            let document = parse_xml(body)?;
            let found = document.root_element().tag_name().name();
            if found != *root {
                return Err(format!("its root is `{found}`, not `{root}`"));
            }
            let missing = holds
                .iter()
                .find(|name| !document.descendants().any(|node| node.tag_name().name() == **name));
            missing.map_or(Ok(()), |name| Err(format!("it has no `{name}`")))
        }
        Shape::Json { holds } => {
            let object = parse_json(body)?;
            let missing = holds.iter().find(|name| object.get(**name).is_none_or(Value::is_null));
            missing.map_or(Ok(()), |name| Err(format!("it has no `{name}`")))
        }
        Shape::Policy => parse_json(body).map(drop),
    }
}

fn error_code(shape: &Shape, error_type: Option<&str>, body: &[u8]) -> Result<String, String> {
    let code = match shape {
        Shape::Json { .. } => json_error_code(error_type, body)?,
        Shape::Xml { .. } | Shape::Policy => xml_error_code(body)?,
    };
    code.ok_or_else(|| "it names no error code".to_owned())
}

fn xml_error_code(body: &[u8]) -> Result<Option<String>, String> {
    let document = parse_xml(body)?;
    let code = document.descendants().find(|node| {
        node.tag_name().name() == "Code"
            && node.parent_element().is_some_and(|parent| parent.tag_name().name() == "Error")
    });
    Ok(code.and_then(|node| node.text()).map(str::to_owned))
}

fn json_error_code(error_type: Option<&str>, body: &[u8]) -> Result<Option<String>, String> {
    if let Some(code) = error_type {
        return Ok(Some(bare_code(code)));
    }
    let object = parse_json(body)?;
    let code = object.get("__type").or_else(|| object.get("code")).and_then(Value::as_str);
    Ok(code.map(bare_code))
}

/// A code without its namespace and address: `com.amazon#Denied:https://…` is `Denied`.
pub(crate) fn bare_code(code: &str) -> String {
    let code = code.split_once(':').map_or(code, |(code, _)| code);
    code.rsplit_once('#').map_or(code, |(_, code)| code).to_owned()
}

fn parse_xml(body: &[u8]) -> Result<Document<'_>, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not text".to_owned())?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    Document::parse(text).map_err(|error| format!("it is not XML: {error}"))
}

fn parse_json(body: &[u8]) -> Result<serde_json::Map<String, Value>, String> {
    if body.is_empty() {
        return Err("it is empty".to_owned());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("it is not a JSON object".to_owned()),
        Err(error) => Err(format!("it is not JSON: {error}")),
    }
}

#[cfg(test)]
mod tests;
