//! The parameters of rules: typed by their defaults.

use std::fmt;
use std::sync::Arc;

use palisade_facts::{List, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language::StaticType;

/// A parameter of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, `x` in `params.x`.
    pub name: String,
    /// What it means, where the rule says so.
    pub doc: Option<String>,
    /// Its value where nobody sets another one.
    pub default: ParameterValue,
    /// The texts it may hold, where it is compared with members of an enumeration.
    pub choices: Vec<&'static str>,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ParameterValue {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Such values, all of one type; without any, a list of texts.
    List(Vec<ParameterValue>),
}

impl ParameterValue {
    pub(crate) fn static_type(&self) -> StaticType {
        match self {
            Self::Bool(_) => StaticType::Bool,
            Self::Int(_) => StaticType::Int,
            Self::Text(_) => StaticType::Text,
            Self::List(items) => {
                let element = items.first().map_or(StaticType::Text, Self::static_type);
                StaticType::List(Some(Box::new(element)))
            }
        }
    }

    /// Whether it is a scalar, or a list of scalars of one type.
    pub(crate) fn is_uniform(&self) -> bool {
        let Self::List(items) = self else { return true };
        let first = items.first().map(Self::static_type);
        items.iter().all(|item| !matches!(item, Self::List(_)) && Some(item.static_type()) == first)
    }

    pub(crate) fn value(&self) -> Value<'static> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Text(text) => Value::String(text.clone().into()),
            Self::List(items) => {
                let values: Arc<[_]> = items.iter().map(Self::value).collect();
                Value::List(List::Values(values))
            }
        }
    }

    /// The texts in it.
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().flat_map(Self::texts).collect(),
            Self::Bool(_) | Self::Int(_) => Vec::new(),
        }
    }
}

impl Parameter {
    /// Whether a value fits; the error says why not.
    pub(crate) fn check(&self, value: &ParameterValue) -> Result<(), String> {
        let wanted = self.default.static_type();
        let fits = value.is_uniform()
            && match value {
                ParameterValue::List(items) if items.is_empty() => matches!(wanted, StaticType::List(_)),
                other => other.static_type() == wanted,
            };
        if !fits {
            return Err(format!("`{}` is {wanted}, not `{value}`", self.name));
        }
        match value.texts().into_iter().find(|text| !self.choices.is_empty() && !self.choices.contains(text))
        {
            Some(text) => Err(format!("`{}` is one of {}, not `{text}`", self.name, self.choices.join(", "))),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(formatter, "{value}"),
            Self::Int(value) => write!(formatter, "{value}"),
            Self::Text(text) => write!(formatter, "\"{text}\""),
            Self::List(items) => {
                formatter.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(formatter, "{comma}{item}")?;
                }
                formatter.write_str("]")
            }
        }
    }
}
