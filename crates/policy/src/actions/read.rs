//! Reads the table's text; `data/README.md` describes the format.
//!
//! The text is our own and part of the program, so a line that does not fit is left out here; the tests read every line.

use std::sync::OnceLock;

use super::service::Shape;
use super::{
    AccessLevel, ActionTable, ConditionKey, KeyType, Origin, ResourceType, Service, Slot, ValueType, compare,
};

/// Reads the head of the text and finds where each service stands.
pub(super) fn table(text: &'static str) -> ActionTable {
    let mut blocks = text.split("\n=");
    let mut table =
        ActionTable { origin: Origin::default(), global_keys: Vec::new(), services: Vec::with_capacity(512) };
    for line in blocks.next().unwrap_or_default().lines() {
        let mut fields = line.split('\t');
        let value = |fields: &mut std::str::Split<'static, char>| fields.next().unwrap_or_default();
        match fields.next() {
            Some("#origin") => table.origin.package = value(&mut fields),
            Some("#version") => table.origin.version = value(&mut fields),
            Some("#date") => table.origin.date = value(&mut fields),
            Some("#licence") => table.origin.licence = value(&mut fields),
            Some("g") => table.global_keys.extend(condition_key(&mut fields)),
            _ => {}
        }
    }
    table.services.extend(blocks.map(|text| Slot {
        prefix: text.split('\t').next().unwrap_or_default(),
        text,
        service: OnceLock::new(),
    }));
    table
}

/// Reads one service's block, which begins after its `=`.
pub(super) fn service(text: &'static str) -> Service {
    let mut service = Service::default();
    let mut lines = text.lines();
    let mut head = lines.next().unwrap_or_default().split('\t');
    service.prefix = head.next().unwrap_or_default();
    service.name = head.next().unwrap_or_default();
    service.supports_rcp = head.next() == Some("rcp");
    for line in lines {
        let mut fields = line.split('\t');
        match fields.next() {
            Some("k") => service.keys.extend(condition_key(&mut fields)),
            Some("r") => service.resources.extend(resource_type(&mut fields)),
            Some("a") => service_actions(&mut service, &mut fields).unwrap_or_default(),
            _ => {}
        }
    }
    service.actions.sort_unstable_by(|(left, _), (right, _)| compare(left, right));
    service
}

type Fields = std::str::Split<'static, char>;

fn condition_key(fields: &mut Fields) -> Option<ConditionKey> {
    let name = fields.next()?;
    let letters = fields.next()?;
    let value = match letters.trim_start_matches('*') {
        "S" => ValueType::String,
        "A" => ValueType::Arn,
        "B" => ValueType::Bool,
        "N" => ValueType::Numeric,
        "D" => ValueType::Date,
        "I" => ValueType::IpAddress,
        "Y" => ValueType::Binary,
        _ => return None,
    };
    Some(ConditionKey { name, key_type: KeyType { value, is_multivalued: letters.starts_with('*') } })
}

fn resource_type(fields: &mut Fields) -> Option<ResourceType> {
    let name = fields.next()?;
    let formats = fields.next()?.split(' ');
    let arn_formats = formats
        .map(|format| format!("arn:${{Partition}}:{}", format.replacen(":$:", ":${Region}:${Account}:", 1)));
    Some(ResourceType { name, arn_formats: arn_formats.collect(), keys: ranges(fields.next()?) })
}

fn service_actions(service: &mut Service, fields: &mut Fields) -> Option<()> {
    let level = match fields.next()? {
        "R" => AccessLevel::Read,
        "L" => AccessLevel::List,
        "W" => AccessLevel::Write,
        "T" => AccessLevel::Tagging,
        "P" => AccessLevel::PermissionsManagement,
        _ => return None,
    };
    let resources = fields.next()?.split(',').filter(|item| !item.is_empty());
    let resources = resources.filter_map(|item| {
        let number = item.strip_suffix('!');
        Some((number.unwrap_or(item).parse().ok()?, number.is_some()))
    });
    let shape = Shape { level, resources: resources.collect(), keys: ranges(fields.next()?) };
    let index = u16::try_from(service.shapes.len()).ok()?;
    service.shapes.push(shape);
    service.actions.extend(fields.next()?.split(' ').map(|name| (name, index)));
    Some(())
}

/// `1-3,7` is 1, 2, 3, 7.
fn ranges(text: &str) -> Box<[u16]> {
    let parts = text.split(',').filter_map(|part| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        Some(from.parse::<u16>().ok()?..=to.parse::<u16>().ok()?)
    });
    parts.flatten().collect()
}
