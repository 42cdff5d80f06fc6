//! Texts from an account, made harmless and short. Names, tags and policies are chosen by whoever
//! may write to the account, and a terminal obeys control characters.

use std::fmt::Write as _;

use serde_json::Value;

/// Characters of a name that are shown.
const LONGEST_NAME: usize = 100;
/// Characters of a fact's value that are shown.
const LONGEST_VALUE: usize = 160;
/// Elements of a list, or attributes of an object, that are shown.
const MOST_ELEMENTS: usize = 3;

/// A name or a sentence that can't steer the terminal: control characters, and characters that hide
/// or turn round what follows, are written as escapes; text written from right to left is isolated
/// so that it moves nothing beside it.
pub(super) fn clean(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            let _ = write!(safe, "{}", character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    if safe.chars().any(is_right_to_left) { format!("\u{2068}{safe}\u{2069}") } else { safe }
}

/// A name as [`clean`], cut in the middle where it is very long.
pub(super) fn name(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST_NAME {
        return clean(text);
    }
    let half = LONGEST_NAME / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(count - half).collect();
    clean(&format!("{start}…{end}"))
}

fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The blocks of Unicode whose scripts run from right to left.
fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// A fact's value in a few words.
pub(super) fn brief(value: &Value) -> String {
    let mut text = String::new();
    write_brief(value, 0, &mut text);
    let cut = text.char_indices().nth(LONGEST_VALUE).map(|(at, _)| at);
    if let Some(at) = cut {
        text.truncate(at);
        text.push('…');
    }
    clean(&text)
}

fn write_brief(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::String(string) => text.push_str(string),
        Value::Null => text.push_str("none"),
        Value::Array(items) if items.is_empty() => text.push_str("none"),
        Value::Array(items) => {
            write_some(items.iter(), text, |item, text| write_brief(item, depth + 1, text));
        }
        Value::Object(map) => match map.get("$unknown") {
            Some(missing) => {
                text.push_str("unknown without ");
                write_brief(missing, depth + 1, text);
            }
            None if write_access(map, text) => {}
            None if depth > 0 && write_identity(map, text) => {}
            None if depth > 1 => text.push_str("{…}"),
            None => write_some(shown(map).into_iter(), text, |(key, value), text| {
                let _ = write!(text, "{key} ");
                write_brief(value, depth + 1, text);
            }),
        },
        plain => {
            let _ = write!(text, "{plain}");
        }
    }
}

/// Requests and grants, whose shapes are the same in all evidence, as sentences.
fn write_access(map: &serde_json::Map<String, Value>, text: &mut String) -> bool {
    let string = |key| map.get(key).and_then(Value::as_str);
    let list = |key| {
        let items = map.get(key).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
    };
    let Some(principal) = string("principal") else { return false };
    let condition = if let (Some(action), Some(resource)) = (string("action"), string("resource")) {
        let _ = write!(text, "{principal} may {action} on {resource}");
        list("context")
    } else if let (Some(source), Some(pointer)) = (string("source"), string("pointer")) {
        let _ = write!(text, "{principal} may {} by {source} {pointer}", list("capabilities"));
        list("conditions")
    } else {
        return false;
    };
    if !condition.is_empty() {
        let _ = write!(text, " if {condition}");
    }
    true
}

/// What has a name is called by it where it is one of several.
fn write_identity(map: &serde_json::Map<String, Value>, text: &mut String) -> bool {
    let identity = ["arn", "name", "account"].into_iter().find_map(|key| map.get(key)?.as_str());
    text.push_str(identity.unwrap_or_default());
    identity.is_some()
}

/// The attributes that say something.
fn shown(map: &serde_json::Map<String, Value>) -> Vec<(&String, &Value)> {
    let is_empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    map.iter().filter(|(_, value)| !is_empty(value)).collect()
}

fn write_some<T>(items: impl ExactSizeIterator<Item = T>, text: &mut String, write: impl Fn(T, &mut String)) {
    let count = items.len();
    for (index, item) in items.take(MOST_ELEMENTS).enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        write(item, text);
    }
    if count > MOST_ELEMENTS {
        let _ = write!(text, ", {} more", count - MOST_ELEMENTS);
    }
}

/// `1 finding`, `2 findings`.
pub(super) fn count(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mred\r\nb"), r"a\u{1b}[31mred\u{d}\u{a}b");
        assert_eq!(clean("user\u{202e}nimda"), r"user\u{202e}nimda");
        assert_eq!(clean("\u{9b}2J"), r"\u{9b}2J");
        assert_eq!(clean("שלום"), "\u{2068}שלום\u{2069}");
        assert_eq!(clean("Grüße, 東京"), "Grüße, 東京");
    }

    #[test]
    fn a_long_name_keeps_both_its_ends() {
        let long = format!("{}{}", "a".repeat(5_000), "b".repeat(5_000));
        assert_eq!(name(&long), format!("{}…{}", "a".repeat(50), "b".repeat(50)));
    }

    #[test]
    fn requests_and_grants_are_sentences() {
        let grant = json!([{
            "access": "conditional", "capabilities": ["read", "list"], "conditions": ["aws:SourceIp in 10.0.0.0/8"],
            "pointer": "/Statement/0", "principal": "everyone", "sid": null, "source": "policy", "witness": null,
        }]);
        assert_eq!(
            brief(&grant),
            "everyone may read, list by policy /Statement/0 if aws:SourceIp in 10.0.0.0/8"
        );
        let request = json!({
            "principal": "anonymous", "action": "s3:GetObject", "resource": "arn:aws:s3:::a/b", "context": [],
        });
        assert_eq!(brief(&request), "anonymous may s3:GetObject on arn:aws:s3:::a/b");
    }

    #[test]
    fn values_are_shown_in_a_few_words() {
        assert_eq!(brief(&json!(true)), "true");
        assert_eq!(brief(&json!(["a", "b", "c", "d", "e"])), "a, b, c, 2 more");
        assert_eq!(brief(&json!([])), "none");
        assert_eq!(
            brief(&json!([{ "who": "everyone", "region": null, "via": ["policy"] }])),
            "who everyone, via policy"
        );
        assert_eq!(
            brief(
                &json!([{ "arn": "arn:aws:iam::aws:policy/A", "name": "A" }, { "account": "111122223333" }])
            ),
            "arn:aws:iam::aws:policy/A, 111122223333"
        );
        assert_eq!(
            brief(&json!({ "$unknown": ["s3:GetBucketPolicy"] })),
            "unknown without s3:GetBucketPolicy"
        );
        assert_eq!(brief(&json!("x".repeat(1_000))).chars().count(), LONGEST_VALUE + 1);
    }
}
