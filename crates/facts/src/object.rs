//! The types of facts, and how the structs of this crate become the vocabulary.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use palisade_snapshot::Evidence;

use crate::{Known, List, Listed, Value};

/// The type of a fact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A number; the unit is in the fact's name or documentation.
    Int,
    /// A text.
    String,
    /// One of these texts and no other.
    Enum(&'static [&'static str]),
    /// A point in time.
    Time,
    /// A list of such elements.
    List(&'static Type),
    /// An object with attributes.
    Object(&'static ObjectType),
    /// That, or `null`.
    Optional(&'static Type),
}

/// A struct of the vocabulary.
#[derive(Debug, PartialEq)]
pub struct ObjectType {
    /// Its name, such as `s3.bucket` or `exposure`.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its attributes in order.
    pub fields: &'static [Field],
}

impl ObjectType {
    /// The attribute of that name, with its index.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<(usize, &'static Field)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name == name)
    }
}

/// An attribute of the vocabulary.
#[derive(Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Its type.
    pub ty: Type,
    /// The evidence it rests on, besides that of what it is an attribute of.
    pub reads: &'static [Evidence],
}

/// A value of [`Type::Object`].
pub trait Object: fmt::Debug + Send + Sync {
    /// Its type.
    fn object_type(&self) -> &'static ObjectType;

    /// The value of the attribute with that index in [`ObjectType::fields`].
    fn attribute(&self, index: usize) -> Option<Value<'_>>;
}

/// A Rust type that can be a fact.
pub trait FactValue: fmt::Debug + Send + Sync {
    /// Its type in the rule language.
    const TYPE: Type;

    /// Its value in the rule language.
    fn value(&self) -> Value<'_>;
}

impl FactValue for bool {
    const TYPE: Type = Type::Bool;

    fn value(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl FactValue for i64 {
    const TYPE: Type = Type::Int;

    fn value(&self) -> Value<'_> {
        Value::Int(*self)
    }
}

impl FactValue for String {
    const TYPE: Type = Type::String;

    fn value(&self) -> Value<'_> {
        Value::String(Cow::Borrowed(self))
    }
}

impl FactValue for Timestamp {
    const TYPE: Type = Type::Time;

    fn value(&self) -> Value<'_> {
        Value::Time(*self)
    }
}

impl FactValue for Date {
    const TYPE: Type = Type::String;

    fn value(&self) -> Value<'_> {
        Value::String(Cow::Owned(self.to_string()))
    }
}

impl<T: FactValue> FactValue for Option<T> {
    const TYPE: Type = Type::Optional(&T::TYPE);

    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, FactValue::value)
    }
}

impl<T: FactValue> FactValue for Vec<T> {
    const TYPE: Type = Type::List(&T::TYPE);

    fn value(&self) -> Value<'_> {
        Value::List(List::Facts(self))
    }
}

impl<T: FactValue> FactValue for Listed<T> {
    const TYPE: Type = Type::List(&T::TYPE);

    fn value(&self) -> Value<'_> {
        Value::List(List::Facts(self))
    }
}

impl<T: FactValue> FactValue for Known<T> {
    const TYPE: Type = T::TYPE;

    fn value(&self) -> Value<'_> {
        match self {
            Self::Known(value) => value.value(),
            Self::Unknown(missing) => Value::Unknown(missing.clone()),
        }
    }
}

impl<T: FactValue> FactValue for Box<T> {
    const TYPE: Type = T::TYPE;

    fn value(&self) -> Value<'_> {
        self.as_ref().value()
    }
}

impl<T: FactValue> FactValue for Arc<T> {
    const TYPE: Type = T::TYPE;

    fn value(&self) -> Value<'_> {
        self.as_ref().value()
    }
}

/// Defines a struct of facts and its place in the vocabulary at once: the name it has in the rule
/// language, and per attribute its documentation, its type and the evidence it reads.
#[macro_export]
macro_rules! facts {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident as $called:literal {
            $($(#[doc = $field_doc:literal])+ $field:ident: $ty:ty, reads [$($evidence:ident),*];)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub struct $name {
            $($(#[doc = $field_doc])+ pub $field: $ty,)+
        }

        impl $name {
            /// The struct's place in the vocabulary.
            pub const OBJECT: $crate::ObjectType = $crate::ObjectType {
                name: $called,
                doc: concat!($($doc, "\n",)+).trim_ascii(),
                fields: &[$($crate::Field {
                    name: stringify!($field),
                    doc: concat!($($field_doc, "\n",)+).trim_ascii(),
                    ty: <$ty as $crate::FactValue>::TYPE,
                    reads: &[$($crate::Evidence::$evidence),*],
                },)+],
            };
        }

        impl $crate::Object for $name {
            fn object_type(&self) -> &'static $crate::ObjectType {
                &Self::OBJECT
            }

            fn attribute(&self, index: usize) -> Option<$crate::Value<'_>> {
                const GETTERS: &[fn(&$name) -> $crate::Value<'_>] =
                    &[$(|this| $crate::FactValue::value(&this.$field),)+];
                GETTERS.get(index).map(|get| get(self))
            }
        }

        impl $crate::FactValue for $name {
            const TYPE: $crate::Type = $crate::Type::Object(&Self::OBJECT);

            fn value(&self) -> $crate::Value<'_> {
                $crate::Value::Object(self)
            }
        }
    };
}

/// Defines an enumeration whose members are texts in the rule language.
#[macro_export]
macro_rules! fact_enum {
    ($(#[doc = $doc:literal])+ pub enum $name:ident { $($(#[doc = $member_doc:literal])+ $member:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $member_doc])+ $member,)+
        }

        impl $name {
            /// The text in the rule language.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$member => $text,)+ }
            }
        }

        impl $crate::FactValue for $name {
            const TYPE: $crate::Type = $crate::Type::Enum(&[$($text,)+]);

            fn value(&self) -> $crate::Value<'_> {
                $crate::Value::String(std::borrow::Cow::Borrowed(self.text()))
            }
        }
    };
}

#[cfg(test)]
#[expect(unreachable_pub, dead_code, reason = "the macros define public items for the vocabulary")]
mod tests {
    use super::*;

    fact_enum! {
        /// A colour.
        pub enum Colour {
            /// Red.
            Red = "red",
            /// Blue.
            Blue = "blue",
        }
    }

    facts! {
        /// A thing.
        pub struct Thing as "thing" {
            /// Its colour.
            colour: Known<Colour>, reads [BucketPolicy];
            /// Its parts.
            parts: Vec<String>, reads [];
        }
    }

    #[test]
    fn a_struct_is_its_own_vocabulary() {
        let thing = Thing { colour: Known::Known(Colour::Blue), parts: vec!["wheel".to_owned()] };
        let (index, field) = Thing::OBJECT.field("colour").unwrap();
        assert_eq!(field.ty, Type::Enum(&["red", "blue"]));
        assert_eq!(field.doc, "Its colour.");
        assert_eq!(field.reads, [Evidence::BucketPolicy]);
        assert!(matches!(thing.attribute(index), Some(Value::String(text)) if text == "blue"));
        assert!(thing.attribute(2).is_none());
    }
}
