//! From what an example gives to a record of the snapshot: shorthands spelled out, the rest neutral.

use jiff::{SignedDuration, Timestamp};
use palisade_snapshot::{CALLS, Reason};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::neutral::{OWNER, Shape, TAKEN_AT};
use super::{ExampleError, registry};

/// The suffix of names that say how many days before the snapshot something happened.
pub(super) const DAYS_AGO: &str = "_days_ago";
const HOURS_PER_DAY: i64 = 24;

/// The neutral record with what is given; `extra` names are for the caller and may stand among the fields.
pub(super) fn record(
    shape: Shape,
    given: &Map<String, Value>,
    place: &str,
    extra: &[&str],
) -> Result<Map<String, Value>, ExampleError> {
    let mut record = object(shape.neutral());
    let neutral = record.clone();
    for (field, value) in &mut record {
        *value = expand(field, value, place)?;
    }
    for (key, value) in given {
        let here = format!("{place}.{key}");
        if extra.contains(&key.as_str()) {
            continue;
        }
        if let Some(name) = key.strip_suffix(DAYS_AGO) {
            if let Some((field, value)) = time(shape, name, value, &here)? {
                record.insert(field.to_owned(), value);
                continue;
            }
        } else if shape == Shape::Policy && key == "document" {
            let document = document(value);
            record.insert("versions".to_owned(), json!([{"id": "v1", "document": document}]));
            continue;
        } else if neutral.contains_key(key) {
            record.insert(key.clone(), expand(key, value, &here)?);
            continue;
        }
        let times = times(shape).iter().map(|(name, _)| format!("{name}{DAYS_AGO}")).collect::<Vec<_>>();
        let known = neutral.keys().map(String::as_str).chain(times.iter().map(String::as_str));
        return Err(ExampleError::unknown_key(place, key, known.chain(extra.iter().copied())));
    }
    Ok(record)
}

/// Reads a record as the snapshot would.
pub(super) fn read<T: DeserializeOwned>(record: &Map<String, Value>, place: &str) -> Result<T, ExampleError> {
    let text = serde_json::to_string(record);
    text.and_then(|text| serde_json::from_str(&text)).map_err(|error| {
        let error = error.to_string();
        let why = error.split(" at line ").next().unwrap_or(&error);
        ExampleError::value(place, why)
    })
}

/// The members of an object.
pub(super) fn members<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, ExampleError> {
    value.as_object().ok_or_else(|| ExampleError::value(place, "expected names with values"))
}

/// The mark of an observation without a value, if it is one: `{unreadable: s3:GetBucketPolicy}`, with a
/// `reason` if it is not `denied`, or `{not_offered: …}`.
pub(super) fn mark(value: &Value, place: &str) -> Result<Option<Value>, ExampleError> {
    let Some(members) = value.as_object() else { return Ok(None) };
    let (key, is_unreadable) = match (members.get("unreadable"), members.get("not_offered")) {
        (Some(operation), None) => (operation, true),
        (None, Some(operation)) => (operation, false),
        _ => return Ok(None),
    };
    let operation = key.as_str().unwrap_or_default();
    let call = CALLS.iter().find(|call| call.operation == operation);
    let call = call.ok_or_else(|| ExampleError::unknown_operation(place, operation))?;
    if let Some(other) =
        members.keys().find(|key| !["unreadable", "not_offered", "reason"].contains(&key.as_str()))
    {
        return Err(ExampleError::unknown_key(place, other, ["reason"]));
    }
    if !is_unreadable {
        return Ok(Some(json!({"$not_offered": {"operation": operation, "message": "not offered here"}})));
    }
    let reason = members.get("reason").map_or("denied", |reason| reason.as_str().unwrap_or_default());
    if !Reason::ALL.iter().any(|known| known.name() == reason) {
        let known = Reason::ALL.iter().map(|reason| reason.name());
        return Err(ExampleError::unknown_key(&format!("{place}.reason"), reason, known));
    }
    Ok(Some(json!({"$unreadable": {
        "operation": operation, "iam_action": call.iam_action(), "reason": reason, "message": "",
    }})))
}

/// The times of a record that can be given in days: the name before the suffix, and the field.
fn times(shape: Shape) -> &'static [(&'static str, &'static str)] {
    match shape {
        Shape::Role => &[("created", "created_at"), ("last_used", "last_used")],
        Shape::User | Shape::Group | Shape::Bucket | Shape::Repository | Shape::PublicRepository => {
            &[("created", "created_at")]
        }
        Shape::ReportRow => &[
            ("created", "created_at"),
            ("password_last_used", "password_last_used"),
            ("password_last_changed", "password_last_changed"),
        ],
        Shape::ReportKey => &[("rotated", "last_rotated"), ("last_used", "last_used")],
        Shape::ServerCertificate => &[("expires", "expires_at")],
        Shape::SamlProvider => &[("created", "created_at"), ("valid_until", "valid_until")],
        Shape::ServiceSpecificCredential => &[("created", "created_at"), ("expires", "expires_at")],
        Shape::SshPublicKey => &[("uploaded", "uploaded_at")],
        Shape::Account
        | Shape::Policy
        | Shape::Registry
        | Shape::Analyzer
        | Shape::OidcProvider
        | Shape::AccessPoint
        | Shape::MultiRegionAccessPoint
        | Shape::ObjectLambdaAccessPoint
        | Shape::AccessGrantsInstance
        | Shape::PublicBucketException => &[],
    }
}

fn time(
    shape: Shape,
    name: &str,
    value: &Value,
    place: &str,
) -> Result<Option<(&'static str, Value)>, ExampleError> {
    let Some((_, field)) = times(shape).iter().find(|(known, _)| *known == name) else { return Ok(None) };
    let in_report = matches!(shape, Shape::ReportRow | Shape::ReportKey);
    let value = match value {
        Value::Null if in_report => json!("N/A"),
        Value::Null => Value::Null,
        days => {
            let at = days_ago(days, place)?;
            if *field == "last_used" && shape == Shape::Role {
                json!({"at": at, "region": null})
            } else {
                json!(at)
            }
        }
    };
    Ok(Some((field, value)))
}

/// So many days before the snapshot was taken.
pub(super) fn days_ago(days: &Value, place: &str) -> Result<String, ExampleError> {
    let wrong = || ExampleError::value(place, "expected a number of days, or null for never");
    let days = days.as_i64().filter(|days| (-100_000..=100_000).contains(days)).ok_or_else(wrong)?;
    let taken_at: Timestamp = TAKEN_AT.parse().map_err(|_| wrong())?;
    let at = taken_at.checked_sub(SignedDuration::from_hours(days * HOURS_PER_DAY)).map_err(|_| wrong())?;
    Ok(at.to_string())
}

/// The fields that hold a document as text.
const DOCUMENTS: [&str; 7] = [
    "policy",
    "lifecycle_policy",
    "trust_policy",
    "ai_opt_out_policy",
    "tag_policy",
    "s3_policy",
    "delegation_policy",
];
/// The fields of the account that are read page by page.
const PAGED: [&str; 9] = [
    "aliases",
    "virtual_mfa_devices",
    "regions",
    "role_session_durations",
    "server_certificates",
    "saml_providers",
    "oidc_providers",
    "service_specific_credentials",
    "public_repositories",
];

/// Spells a field's shorthand out.
fn expand(field: &str, value: &Value, place: &str) -> Result<Value, ExampleError> {
    if let Some(mark) = mark(value, place)? {
        return Ok(mark);
    }
    Ok(match (field, value) {
        (field, value) if DOCUMENTS.contains(&field) => document(value),
        ("public_access_block", Value::String(text)) => match text.as_str() {
            "all" => json!({
                "block_public_acls": true,
                "ignore_public_acls": true,
                "block_public_policy": true,
                "restrict_public_buckets": true,
            }),
            "none" => Value::Null,
            _ => return Err(ExampleError::value(place, "expected `all`, `none` or the four settings")),
        },
        ("acl", Value::String(name)) => canned_acl(name, place)?,
        ("encryption", Value::String(algorithm)) => {
            encryption(&object(json!({"algorithm": algorithm})), place)?
        }
        ("encryption", Value::Object(given)) => match given.get("rules") {
            Some(_) => value.clone(),
            None => encryption(given, place)?,
        },
        ("versioning", Value::String(status)) => json!({"status": status, "mfa_delete": false}),
        (
            "cors" | "internal_access" | "organization_accounts" | "delegated_administrators",
            Value::Array(rules),
        ) => each(rules, field, completed, place)?,
        ("lifecycle", Value::Array(rules)) => each(rules, field, nested, place)?,
        ("website" | "replication" | "object_lock" | "notification", Value::Object(given)) => {
            nested(field, given, place)?
        }
        (field, Value::Array(items)) if PAGED.contains(&field) => json!({"items": items}),
        ("ssh_public_keys", Value::Array(keys)) => {
            let key = |key| Ok(Value::Object(record(Shape::SshPublicKey, members(key, place)?, place, &[])?));
            json!({"items": keys.iter().map(key).collect::<Result<Vec<_>, ExampleError>>()?})
        }
        ("tags", Value::Object(tags)) => {
            tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
        }
        ("attached_policies", Value::Array(policies)) => policies.iter().map(attached).collect(),
        ("inline_policies", Value::Object(policies)) => {
            let one = |(name, policy): (&String, &Value)| json!({"name": name, "document": document(policy)});
            policies.iter().map(one).collect()
        }
        ("versions" | "inline_policies", Value::Array(items)) => {
            items.iter().map(with_text_document).collect()
        }
        ("permissions_boundary", Value::String(arn)) => json!({"arn": arn}),
        ("service_control_policies" | "resource_control_policies", Value::Array(levels)) => {
            control_policies(field, levels, place)?
        }
        ("scanning", Value::Object(given)) => scanning(given, place)?,
        ("replication", Value::Array(rules)) => registry::replication(rules, place)?,
        (
            "pull_through_cache_rules" | "creation_templates" | "findings" | "archive_rules" | "grants",
            Value::Array(items),
        ) => registry::paged(field, items, place)?,
        ("images" | "latest_scan", Value::Object(given)) => registry::with_times(field, given, place)?,
        (field, Value::Object(given)) if Shape::template(field).is_some() => completed(field, given, place)?,
        (_, value) => value.clone(),
    })
}

/// What spells out an object of a field, at a place.
type SpelledOut = fn(&str, &Map<String, Value>, &str) -> Result<Value, ExampleError>;

/// A list whose items are spelled out one by one.
fn each(items: &[Value], field: &str, spelled_out: SpelledOut, place: &str) -> Result<Value, ExampleError> {
    items.iter().map(|item| spelled_out(field, members(item, place)?, place)).collect()
}

/// The template of a field with what is given.
pub(super) fn completed(field: &str, given: &Map<String, Value>, place: &str) -> Result<Value, ExampleError> {
    let mut whole = object(Shape::template(field).unwrap_or_default());
    for (key, value) in given {
        // The counters of the account summary are AWS's, and there are many.
        if !whole.contains_key(key) && field != "summary" {
            return Err(ExampleError::unknown_key(place, key, whole.keys().map(String::as_str)));
        }
        whole.insert(key.clone(), value.clone());
    }
    Ok(Value::Object(whole))
}

/// The parts of a field that are completed too, each with the template of that name.
const PARTS: [(&str, &str, &str); 9] = [
    ("lifecycle", "filter", "filter"),
    ("lifecycle", "expiration", "expiration"),
    ("lifecycle", "noncurrent_expiration", "noncurrent_expiration"),
    ("lifecycle", "noncurrent_transitions", "noncurrent_transitions"),
    ("website", "redirect_all", "redirect"),
    ("website", "routing_redirects", "redirect"),
    ("replication", "rules", "replication_rule"),
    ("object_lock", "default_retention", "default_retention"),
    ("notification", "destinations", "destination"),
];

/// The template of a field with what is given, and those of its parts.
fn nested(field: &str, given: &Map<String, Value>, place: &str) -> Result<Value, ExampleError> {
    let mut whole = completed(field, given, place)?;
    for (_, part, template) in PARTS.iter().filter(|(of, _, _)| *of == field) {
        let here = format!("{place}.{part}");
        match whole.get_mut(*part) {
            Some(Value::Array(items)) => {
                for item in items {
                    *item = completed(template, members(item, &here)?, &here)?;
                }
            }
            Some(value @ Value::Object(_)) => *value = completed(template, members(value, &here)?, &here)?,
            _ => {}
        }
    }
    Ok(whole)
}

/// A document given as an object, as the text that AWS would return.
pub(super) fn document(value: &Value) -> Value {
    if value.is_object() { Value::String(value.to_string()) } else { value.clone() }
}

fn with_text_document(item: &Value) -> Value {
    let mut item = item.clone();
    if let Some(policy) = item.get_mut("document") {
        *policy = document(policy);
    }
    item
}

fn encryption(given: &Map<String, Value>, place: &str) -> Result<Value, ExampleError> {
    Ok(json!({"rules": [completed("encryption", given, place)?]}))
}

/// The filters of scanning rules may be given as texts.
fn scanning(given: &Map<String, Value>, place: &str) -> Result<Value, ExampleError> {
    let mut scanning = completed("scanning", given, place)?;
    let rules = scanning.get_mut("rules").and_then(Value::as_array_mut);
    for filters in rules.into_iter().flatten().filter_map(|rule| rule.get_mut("repository_filters")) {
        for filter in filters.as_array_mut().into_iter().flatten().filter(|filter| filter.is_string()) {
            *filter = json!({"filter": filter, "filter_type": "WILDCARD"});
        }
    }
    Ok(scanning)
}

/// The policies of each level, from the organization's root down, as a map from names to documents; AWS's own that
/// allows everything is on each level.
fn control_policies(field: &str, levels: &[Value], place: &str) -> Result<Value, ExampleError> {
    let policy = |name: &str, document: &Value, aws_managed: bool| json!({"id": format!("p-{name}"), "name": name, "aws_managed": aws_managed, "document": self::document(document)});
    let everything = match field {
        "resource_control_policies" => {
            json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})
        }
        _ => json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
    };
    let everything = json!({"Version": "2012-10-17", "Statement": [everything]});
    let level = |(index, given): (usize, &Value)| {
        let own = members(given, place)?.iter().map(|(name, document)| policy(name, document, false));
        let policies: Vec<Value> =
            std::iter::once(policy("FullAccess", &everything, true)).chain(own).collect();
        Ok(json!({"target": format!("level-{index}"), "policies": policies}))
    };
    levels.iter().enumerate().map(level).collect()
}

/// A managed policy by its ARN.
fn attached(policy: &Value) -> Value {
    match policy.as_str() {
        Some(arn) => json!({"name": arn.rsplit('/').next(), "arn": arn}),
        None => policy.clone(),
    }
}

/// The canned ACLs of S3 ("Canned ACL" in the S3 User Guide).
fn canned_acl(name: &str, place: &str) -> Result<Value, ExampleError> {
    let all = "http://acs.amazonaws.com/groups/global/AllUsers";
    let authenticated = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
    let logs = "http://acs.amazonaws.com/groups/s3/LogDelivery";
    let grants: &[(&str, &str)] = match name {
        "private" => &[],
        "public-read" => &[(all, "READ")],
        "public-read-write" => &[(all, "READ"), (all, "WRITE")],
        "authenticated-read" => &[(authenticated, "READ")],
        "log-delivery-write" => &[(logs, "WRITE"), (logs, "READ_ACP")],
        _ => {
            return Err(ExampleError::value(
                place,
                "expected a canned ACL such as `private` or `public-read`",
            ));
        }
    };
    let owner = json!({"grantee": {"canonical_user": OWNER}, "permission": "FULL_CONTROL"});
    let groups = grants
        .iter()
        .map(|(group, permission)| json!({"grantee": {"group": group}, "permission": permission}));
    let grants: Vec<Value> = std::iter::once(owner).chain(groups).collect();
    Ok(json!({"owner_id": OWNER, "grants": grants}))
}

/// The members of a value that is known to be an object.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
