//! Shorthands for what registries and repositories hold.

use serde_json::{Map, Value, json};

use super::ExampleError;
use super::neutral::{ACCOUNT, Shape};
use super::record::{DAYS_AGO, completed, days_ago, document, members, object};

/// Replication rules; the filters may be given as texts, and a destination belongs to the account unless it
/// says otherwise.
pub(super) fn replication(rules: &[Value], place: &str) -> Result<Value, ExampleError> {
    let rule = |rule: &Value| {
        let given = members(rule, place)?;
        if let Some(key) =
            given.keys().find(|key| !["destinations", "repository_filters"].contains(&key.as_str()))
        {
            return Err(ExampleError::unknown_key(place, key, ["destinations", "repository_filters"]));
        }
        let list = |key: &str| given.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let destinations = list("destinations").into_iter().map(|destination| {
            let mut whole = object(json!({"region": "eu-central-1", "registry_id": ACCOUNT}));
            whole.extend(object(destination));
            Value::Object(whole)
        });
        let filters = list("repository_filters").into_iter().map(|filter| {
            if filter.is_string() { json!({"filter": filter, "filter_type": "PREFIX_MATCH"}) } else { filter }
        });
        Ok(json!({
            "destinations": destinations.collect::<Vec<_>>(),
            "repository_filters": filters.collect::<Vec<_>>(),
        }))
    };
    rules.iter().map(rule).collect()
}

/// A list that AWS answers in pages, its items completed.
pub(super) fn paged(field: &str, items: &[Value], place: &str) -> Result<Value, ExampleError> {
    let item = |item: &Value| {
        let mut whole = object(completed(field, members(item, place)?, place)?);
        for policy in ["policy", "lifecycle_policy"] {
            if let Some(value) = whole.get_mut(policy) {
                *value = document(value);
            }
        }
        Ok(Value::Object(whole))
    };
    let items = items.iter().map(item).collect::<Result<Vec<_>, ExampleError>>()?;
    Ok(json!({"items": items}))
}

/// A record in which times may be given in days before the snapshot, and so in the images it names.
pub(super) fn with_times(
    field: &str,
    given: &Map<String, Value>,
    place: &str,
) -> Result<Value, ExampleError> {
    let mut plain = Map::new();
    for (key, value) in given {
        let (key, value) = match (key.strip_suffix(DAYS_AGO), value) {
            (Some(name), value) => (format!("{name}_at"), json!(days_ago(value, place)?)),
            (None, Value::Object(image)) if Shape::template(key).is_some() => {
                (key.clone(), with_times(key, image, place)?)
            }
            (None, Value::Array(images)) if Shape::template(key).is_some() => {
                let image = |image| with_times(key, members(image, place)?, place);
                (key.clone(), images.iter().map(image).collect::<Result<Value, ExampleError>>()?)
            }
            (None, value) => (key.clone(), value.clone()),
        };
        plain.insert(key, value);
    }
    completed(field, &plain, place)
}
