//! A YAML document as a tree in which every part knows its place.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_saphyr::options::Options;
use serde_saphyr::{Location, Spanned};

/// Where something stands in a file; lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
    /// In bytes from the beginning of the file.
    offset: usize,
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        let offset = location.span().byte_offset().and_then(|offset| usize::try_from(offset).ok());
        Self { line: location.line(), column: location.column(), offset: offset.unwrap_or_default() }
    }
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) shape: Shape,
}

/// What a part of a document is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: Node,
}

/// Reads one YAML 1.2 document. Numbers with leading zeros stay texts: they are account ids.
pub(crate) fn parse(text: &str) -> Result<Node, (Place, String)> {
    let mut options = Options::default();
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options.reject_unsupported_tags = true;
    options.with_snippet = false;
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().map(Place::from).unwrap_or_default();
        let message = error.to_string();
        // The message ends with the place, which is told apart.
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(before, _)| before);
        (place, format!("this is not valid YAML: {message}"))
    })
}

impl Node {
    /// The same as JSON, places left out.
    pub(crate) fn to_json(&self) -> Json {
        match &self.shape {
            Shape::Null => Json::Null,
            Shape::Bool(value) => Json::Bool(*value),
            Shape::Int(value) => Json::from(*value),
            Shape::Float(value) => Json::from(*value),
            Shape::Text(text) => Json::from(text.as_str()),
            Shape::List(items) => items.iter().map(Self::to_json).collect(),
            Shape::Map(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }

    /// What it is, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self.shape {
            Shape::Null => "nothing",
            Shape::Bool(_) => "true or false",
            Shape::Int(_) => "a number",
            Shape::Float(_) => "a number with decimals",
            Shape::Text(_) => "a text",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a mapping",
        }
    }

    /// Where the character with that index of a text stands in the file, however the text was quoted,
    /// folded or indented: both are walked side by side, and white space may differ.
    pub(crate) fn place_of_character(&self, file: &str, index: usize) -> Place {
        let Shape::Text(text) = &self.shape else { return self.place };
        let Some(source) = file.get(self.place.offset..) else { return self.place };
        let mut place = self.place;
        let mut source = source.chars().peekable();
        for wanted in text.chars().take(index + 1).filter(|character| !character.is_whitespace()) {
            loop {
                let Some(character) = source.next() else { return self.place };
                let here = place;
                place.step(character);
                if character == wanted {
                    place = here;
                    place.step(character);
                    break;
                }
            }
        }
        // The last step went past the character that was asked for.
        place.column = place.column.saturating_sub(1).max(1);
        place
    }
}

impl Place {
    fn step(&mut self, over: char) {
        self.offset += over.len_utf8();
        if over == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Shape>::deserialize(deserializer)?;
        Ok(Self { place: spanned.referenced.into(), shape: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Shape, E> {
        Ok(Shape::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Shape, E> {
        Ok(Shape::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Shape, E> {
        i64::try_from(value).map(Shape::Int).map_err(|_| E::custom("the number is too large"))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Shape, E> {
        Ok(Shape::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Shape, E> {
        Ok(Shape::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Shape::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Shape, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = access.next_entry::<Spanned<String>, Node>()? {
            entries.push(Entry { key: key.value, place: key.referenced.into(), value });
        }
        Ok(Shape::Map(entries))
    }
}
