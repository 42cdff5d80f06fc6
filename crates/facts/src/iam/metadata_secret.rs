//! Secrets where everybody can read them: in names, tags and policies. What is found is never shown, only its place.

use std::collections::BTreeMap;

use palisade_policy::document::escape_pointer;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{fact_enum, facts};

fact_enum! {
    /// What a secret looks like.
    pub enum SecretKind {
        /// The id of an access key (`AKIA…`, `ASIA…`).
        AccessKeyId = "access_key_id",
        /// Forty characters such as secret access keys have.
        SecretAccessKey = "secret_access_key",
        /// A private key in PEM format.
        PrivateKey = "private_key",
        /// A token of a well-known service, by how it begins.
        Token = "token",
        /// A value that is called a password, secret or key (`password=…`).
        Password = "password",
    }
}

facts! {
    /// Something that looks like a secret.
    pub struct MetadataSecret as "metadata_secret" {
        /// Where it stands: a JSON pointer into the record of the snapshot, and on into the policy.
        place: String, reads [];
        /// What it looks like.
        looks_like: SecretKind, reads [];
        /// The first eight hexadecimal digits of its SHA-256, by which two places with the same secret are told.
        fingerprint: String, reads [];
    }
}

/// How tokens of well-known services begin, and how long they are at least.
const TOKENS: [(&str, usize); 12] = [
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("ghu_", 36),
    ("github_pat_", 40),
    ("glpat-", 20),
    ("npm_", 36),
    ("sk_live_", 24),
    ("xapp-", 24),
    ("xoxb-", 24),
    ("xoxp-", 24),
    ("AIza", 39),
];
/// What secrets are called, in small letters and without other characters.
const CALLED: [&str; 9] = [
    "accesstoken",
    "apikey",
    "authtoken",
    "clientsecret",
    "passwd",
    "password",
    "privatekey",
    "secretaccesskey",
    "secretkey",
];
/// Parts of these names and of all others that a secret is known by, in small letters: a document without any is not
/// worth reading.
const HINTS: [&str; 7] = ["akia", "api", "asia", "passw", "private", "secret", "token"];
/// How long a password is at least.
const SHORTEST_PASSWORD: usize = 8;
/// How long a secret access key is.
const SECRET_KEY_LENGTH: usize = 40;
/// How much a character of a secret access key tells, in bits: forty random ones rarely tell less.
const LEAST_ENTROPY: f64 = 4.1;
/// The condition key whose values look like secrets and are none ("How to use an external ID").
const EXTERNAL_ID: &str = "sts:ExternalId";

/// A text that somebody wrote, and where.
pub(super) struct Text<'a> {
    place: String,
    label: Option<&'a str>,
    text: &'a str,
    is_document: bool,
}

impl<'a> Text<'a> {
    /// A text that is all there is.
    pub(super) fn plain(place: impl Into<String>, text: &'a str) -> Self {
        Self { place: place.into(), label: None, text, is_document: false }
    }

    /// A text with a name, such as the value of a tag.
    pub(super) fn labelled(place: impl Into<String>, label: &'a str, text: &'a str) -> Self {
        Self { label: Some(label), ..Self::plain(place, text) }
    }

    /// A policy, each of whose texts counts.
    pub(super) fn document(place: impl Into<String>, text: &'a str) -> Self {
        Self { is_document: true, ..Self::plain(place, text) }
    }
}

/// What looks like a secret in a text, the first of each place.
pub(super) fn find(text: &Text<'_>) -> Vec<MetadataSecret> {
    if text.is_document && !may_hold_secret(text.text) {
        return Vec::new();
    }
    let document = text.is_document.then(|| serde_json::from_str::<Value>(text.text).ok()).flatten();
    let mut found = BTreeMap::new();
    match document {
        Some(document) => below(&document, text.place.clone(), None, &mut found),
        None => note(text.place.clone(), text.label, text.text, &mut found),
    }
    let secret = |(place, (looks_like, fingerprint))| MetadataSecret { place, looks_like, fingerprint };
    found.into_iter().map(secret).collect()
}

/// A quick look at a whole document: whether something in it may be a secret.
fn may_hold_secret(text: &str) -> bool {
    let small = text.to_ascii_lowercase();
    let holds = |part: &str| small.contains(part);
    HINTS.iter().any(|hint| holds(hint))
        || TOKENS.iter().any(|(start, _)| text.contains(start))
        || base64_words(text).any(|word| word.len() == SECRET_KEY_LENGTH)
}

type Found = BTreeMap<String, (SecretKind, String)>;

/// Looks at each text below a value. Documents that could be read are at most 128 levels deep.
fn below(value: &Value, place: String, label: Option<&str>, found: &mut Found) {
    match value {
        Value::String(text) => note(place, label, text, found),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                below(item, format!("{place}/{index}"), label, found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let inner = match looks_like(key) {
                    Some(_) => format!("{place}/…"),
                    None => format!("{place}/{}", escape_pointer(key)),
                };
                note(inner.clone(), None, key, found);
                if !key.eq_ignore_ascii_case(EXTERNAL_ID) {
                    below(member, inner, Some(key), found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn note(place: String, label: Option<&str>, text: &str, found: &mut Found) {
    let named = label.filter(|label| is_called_secret(label) && is_like_password(text));
    let secret = looks_like(text).or_else(|| named.map(|_| (SecretKind::Password, text)));
    if let Some((kind, secret)) = secret {
        found.entry(place).or_insert_with(|| (kind, fingerprint(secret)));
    }
}

fn fingerprint(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// The first part of a text that looks like a secret.
fn looks_like(text: &str) -> Option<(SecretKind, &str)> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        return Some((SecretKind::PrivateKey, text));
    }
    let words = || text.split(|one: char| !(one.is_ascii_alphanumeric() || matches!(one, '_' | '-')));
    let token =
        |word: &&str| TOKENS.iter().any(|(start, length)| word.starts_with(start) && word.len() >= *length);
    if let Some(word) = words().find(token) {
        return Some((SecretKind::Token, word));
    }
    let mut parts = text.split(|one: char| !one.is_ascii_alphanumeric());
    if let Some(id) = parts.find(|part| is_access_key_id(part)) {
        return Some((SecretKind::AccessKeyId, id));
    }
    secret_access_key(text).or_else(|| assigned(text))
}

/// Whether a word is the id of an access key, and none of those in AWS's examples.
fn is_access_key_id(word: &str) -> bool {
    const LENGTH: usize = 20;
    (word.starts_with("AKIA") || word.starts_with("ASIA"))
        && word.len() == LENGTH
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && !word.ends_with("EXAMPLE")
}

/// Forty characters of the base64 alphabet that are as mixed as random ones; ARNs and addresses have paths that are as
/// long.
fn secret_access_key(text: &str) -> Option<(SecretKind, &str)> {
    if text.starts_with("arn:") || text.contains("://") {
        return None;
    }
    let is_key = |word: &&str| {
        word.len() == SECRET_KEY_LENGTH
            && word.bytes().any(|byte| byte.is_ascii_uppercase())
            && word.bytes().any(|byte| byte.is_ascii_lowercase())
            && word.bytes().any(|byte| byte.is_ascii_digit())
            && entropy(word) >= LEAST_ENTROPY
    };
    base64_words(text).find(is_key).map(|word| (SecretKind::SecretAccessKey, word))
}

/// The longest parts of a text in the alphabet of base64.
fn base64_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|one: char| !(one.is_ascii_alphanumeric() || matches!(one, '/' | '+')))
}

/// How much a character of a text tells, in bits.
fn entropy(text: &str) -> f64 {
    let mut counts: BTreeMap<u8, u32> = BTreeMap::new();
    for byte in text.bytes() {
        *counts.entry(byte).or_default() += 1;
    }
    let all = f64::from(counts.values().sum::<u32>());
    counts.values().map(|&count| f64::from(count) / all).map(|share| -share * share.log2()).sum()
}

/// The value in `password=value` or `api-key: value`.
fn assigned(text: &str) -> Option<(SecretKind, &str)> {
    let mut rest = text;
    while let Some((name, after)) = rest.split_once(['=', ':']) {
        let value = after.trim_start().split([' ', ',', ';', '&', '"']).next().unwrap_or_default();
        let name = name.rsplit([' ', ',', ';', '&', '"', '?']).next().unwrap_or_default();
        if is_called_secret(name) && is_like_password(value) {
            return Some((SecretKind::Password, value));
        }
        rest = after;
    }
    None
}

fn is_called_secret(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase());
    let name: String = letters.collect();
    CALLED.iter().any(|called| name.ends_with(called))
}

/// Whether a value may be a password, and neither words, a variable, a pattern nor the name of what holds the password.
fn is_like_password(value: &str) -> bool {
    value.len() >= SHORTEST_PASSWORD
        && !value.contains([' ', '*', '<', '{'])
        && !value.starts_with("arn:")
        && !value.contains("://")
        && !value.contains('/')
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && value.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &Text<'_>) -> Vec<&'static str> {
        find(text).iter().map(|one| one.looks_like.text()).collect()
    }

    #[test]
    fn every_document_with_a_secret_is_worth_reading() {
        for called in CALLED {
            assert!(HINTS.iter().any(|hint| called.contains(hint)), "{called}");
        }
        for (start, length) in TOKENS {
            assert!(may_hold_secret(&format!("\"{start}{}\"", "x".repeat(length))), "{start}");
        }
        for secret in [
            "AKIAQ3EGWZ7Y5L2MNBVC",
            "-----BEGIN PRIVATE KEY-----",
            "q8Jx2LmZ7vRt4KpW9sYb3NcD6fGh1TeU5aQoXiVz",
        ] {
            assert!(may_hold_secret(&format!("{{\"Sid\": \"{secret}\"}}")), "{secret}");
        }
        assert!(!may_hold_secret(
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}"#
        ));
    }

    #[test]
    fn secrets_are_known_by_their_looks() {
        let cases: [(&str, &[&str]); 16] = [
            ("key AKIAQ3EGWZ7Y5L2MNBVC of the build", &["access_key_id"]),
            ("AKIAIOSFODNN7EXAMPLE", &[]),
            ("XAKIAQ3EGWZ7Y5L2MNBVC", &[]),
            ("q8Jx2LmZ7vRt4KpW9sYb3NcD6fGh1TeU5aQoXiVz", &["secret_access_key"]),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaB1", &[]),
            ("6938fd4d98bab03faadb97b34396831e3780aea1", &[]),
            ("-----BEGIN RSA PRIVATE KEY-----", &["private_key"]),
            ("ghp_012345678901234567890123456789012345", &["token"]),
            ("db password=hunter22;host=db", &["password"]),
            ("API-Key: abcd1234efgh", &["password"]),
            ("password=${param}1", &[]),
            ("password-rotation=quarter1", &[]),
            ("password is in the safe 12", &[]),
            ("password=secretsmanager/db1", &[]),
            ("arn:aws:iam::111122223333:role/q8Jx2LmZ7vRt4KpW9sYb3NcD6fGh1TeU5aQoXiVz", &[]),
            ("AllowReadOfReports2024", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(kinds(&Text::plain("/name", text)), expected, "{text}");
        }
    }

    #[test]
    fn a_tag_is_judged_with_its_key_and_a_policy_text_by_text() {
        assert_eq!(kinds(&Text::labelled("/tags/0/value", "db-password", "hunter22")), ["password"]);
        assert_eq!(kinds(&Text::labelled("/tags/0/value", "owner", "hunter22")), Vec::<&str>::new());
        let policy = r#"{"Statement": [{"Sid": "KeyAKIAQ3EGWZ7Y5L2MNBVC", "Condition": {"StringEquals": {
            "sts:ExternalId": "q8Jx2LmZ7vRt4KpW9sYb3NcD6fGh1TeU5aQoXiVz", "aws:RequestTag/secret-key": ["hunter22"]}}}]}"#;
        let found = find(&Text::document("/document", policy));
        let places: Vec<&str> = found.iter().map(|one| one.place.as_str()).collect();
        assert_eq!(places, ["/document/Statement/0/Condition/StringEquals/aws:RequestTag~1secret-key/0"]);
        let key = r#"{"AKIAQ3EGWZ7Y5L2MNBVC": 1}"#;
        assert!(find(&Text::document("/document", key)).iter().all(|one| !one.place.contains("AKIA")));
        assert_eq!(kinds(&Text::document("/document", "no JSON, AKIAQ3EGWZ7Y5L2MNBVC")), ["access_key_id"]);
    }
}
