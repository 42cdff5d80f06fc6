//! The `id` of a line of input, which names its answer.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Reads the `id` of a line as it is written, whatever else is wrong with the line: a fault that follows it does not
/// matter. `None` if there is none before the first fault.
///
/// ```
/// use palisade_policy::line_id;
///
/// assert_eq!(line_id(r#"{"id": "a", "policy": }"#).map(|id| id.get()), Some(r#""a""#));
/// assert!(line_id(r#"{"policy": }"#).is_none());
/// ```
#[must_use]
pub fn line_id(line: &str) -> Option<&RawValue> {
    let mut id = None;
    // A fault after the id is no matter here; the caller has found it already.
    let _ = IdSeed { id: &mut id }.deserialize(&mut serde_json::Deserializer::from_str(line));
    id
}

/// Reads an object and keeps its `id` at once, so that it is there if the rest does not parse.
struct IdSeed<'s, 'l> {
    id: &'s mut Option<&'l RawValue>,
}

impl<'l> DeserializeSeed<'l> for IdSeed<'_, 'l> {
    type Value = ();

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'l> Visitor<'l> for IdSeed<'_, 'l> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Cow<'_, str>>()? {
            if name == "id" {
                *self.id = Some(members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::line_id;

    #[test]
    fn an_id_is_read_if_it_stands_before_the_first_fault() {
        for (line, expected) in [
            (r#"{"id": 7}"#, Some("7")),
            (r#"{"service": [1, {"id": 3}], "id": {"a": [1]}, "policy": tru"#, Some(r#"{"a": [1]}"#)),
            (r#"{"\u0069d": null"#, Some("null")),
            (r#"{"id": "open"#, None),
            (r#"{"policy": , "id": 1}"#, None),
            (r#"[{"id": 1}]"#, None),
            ("", None),
        ] {
            assert_eq!(line_id(line).map(serde_json::value::RawValue::get), expected, "{line}");
        }
        assert!(line_id(&"[".repeat(100_000)).is_none());
    }
}
