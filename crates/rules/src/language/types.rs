//! The static types of the language.

use std::fmt;

use palisade_facts::{ObjectType, Type};

/// What is known about a value before any fact is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StaticType {
    /// Always `null`.
    Null,
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A point in time.
    Time,
    /// A list of such elements; `None` for the empty list.
    List(Option<Box<StaticType>>),
    /// An object with attributes.
    Object(&'static ObjectType),
    /// That or `null`.
    Optional(Box<StaticType>),
}

impl From<Type> for StaticType {
    fn from(ty: Type) -> Self {
        match ty {
            Type::Bool => Self::Bool,
            Type::Int => Self::Int,
            Type::String => Self::Text,
            Type::Enum(members) => Self::OneOf(members),
            Type::Time => Self::Time,
            Type::List(element) => Self::List(Some(Box::new((*element).into()))),
            Type::Object(object) => Self::Object(object),
            Type::Optional(inner) => Self::Optional(Box::new((*inner).into())),
        }
    }
}

impl StaticType {
    /// The type without its `null`.
    pub(crate) fn required(&self) -> &Self {
        match self {
            Self::Optional(inner) => inner,
            other => other,
        }
    }

    /// Whether it is a text of any sort.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::OneOf(_))
    }

    /// Whether values of it can be equal to something.
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(self.required(), Self::Bool | Self::Int | Self::Text | Self::OneOf(_) | Self::Time)
    }

    /// The type that holds the values of both, if there is one.
    pub(crate) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (one, two) if one == two => Some(one.clone()),
            (Self::Null, Self::Optional(_)) => Some(other.clone()),
            (Self::Optional(_), Self::Null) => Some(self.clone()),
            (Self::Null, required) | (required, Self::Null) => {
                Some(Self::Optional(Box::new(required.clone())))
            }
            (Self::Optional(one), two) | (two, Self::Optional(one)) => {
                one.join(two.required()).map(|both| Self::Optional(Box::new(both)))
            }
            (Self::List(None), Self::List(_)) => Some(other.clone()),
            (Self::List(_), Self::List(None)) => Some(self.clone()),
            (Self::List(Some(one)), Self::List(Some(two))) => {
                one.join(two).map(|both| Self::List(Some(Box::new(both))))
            }
            (one, two) if one.is_text() && two.is_text() => Some(Self::Text),
            _ => None,
        }
    }
}

impl fmt::Display for StaticType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Bool => formatter.write_str("true or false"),
            Self::Int => formatter.write_str("a number"),
            Self::Text => formatter.write_str("a text"),
            Self::OneOf(members) => write!(formatter, "one of {}", quoted(members)),
            Self::Time => formatter.write_str("a time"),
            Self::List(None) => formatter.write_str("an empty list"),
            Self::List(Some(element)) => write!(formatter, "a list of which each element is {element}"),
            Self::Object(object) => write!(formatter, "the object `{}`", object.name),
            Self::Optional(inner) => write!(formatter, "{inner}, or null"),
        }
    }
}

/// The members of an enumeration for a message.
pub(crate) fn quoted(members: &[&str]) -> String {
    members.iter().map(|member| format!("\"{member}\"")).collect::<Vec<_>>().join(", ")
}
