//! The names of a struct's fields, asked of the struct itself.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

/// The fields that `T` reads, as a document names them.
pub(super) fn fields_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    match T::deserialize(Asking) {
        Err(Told::Fields(fields)) => fields,
        _ => &[],
    }
}

/// Deserializes nothing, and learns what was asked for.
struct Asking;

#[derive(Debug)]
enum Told {
    Fields(&'static [&'static str]),
    Nothing,
}

impl<'de> Deserializer<'de> for Asking {
    type Error = Told;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Told> {
        Err(Told::Fields(fields))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Told> {
        Err(Told::Nothing)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl Error for Told {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self::Nothing
    }
}

impl std::error::Error for Told {}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no value is read here")
    }
}
