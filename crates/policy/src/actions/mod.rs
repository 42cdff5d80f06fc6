//! The action table: which services, actions, resource types and condition keys AWS has.
//!
//! It comes from AWS's "Service Authorization Reference" by way of the package named in `data/README.md`. The text is
//! part of the program, packed; the list of services is read on first use, a service when it is first asked for.
//! Names are compared without case, as IAM does.
//!
//! ```
//! use palisade_policy::actions::{AccessLevel, table};
//!
//! let get_object = table().action("s3:getobject").unwrap();
//! assert_eq!(get_object.name(), "GetObject");
//! assert_eq!(get_object.access_level(), AccessLevel::Read);
//! assert!(!get_object.is_wildcard_only());
//! assert_eq!(palisade_policy::actions::wildcard_only("s3", "ListAllMyBuckets"), Some(true));
//! assert_eq!(palisade_policy::actions::wildcard_only("s3", "NoSuchAction"), None);
//! ```

mod expand;
mod read;
mod service;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::sync::OnceLock;

pub use service::{Action, ActionKeys, ConditionKey, KeyType, ResourceType, Service, ValueType};

/// What an action does, as AWS's "Access levels in policy summaries" has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Names things without their content.
    List,
    /// Reads content or settings.
    Read,
    /// Changes only tags.
    Tagging,
    /// Creates, changes or deletes.
    Write,
    /// Grants or changes permissions.
    PermissionsManagement,
}

/// Where the table comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The package, with the registry it is from.
    pub package: &'static str,
    /// The package's version.
    pub version: &'static str,
    /// The day of the data, `YYYY-MM-DD`.
    pub date: &'static str,
    /// The package's licence (SPDX).
    pub licence: &'static str,
}

/// The action table.
#[derive(Debug)]
pub struct ActionTable {
    origin: Origin,
    global_keys: Vec<ConditionKey>,
    services: Vec<Slot>,
}

/// A service that is read when it is first asked for.
#[derive(Debug)]
struct Slot {
    prefix: &'static str,
    text: &'static str,
    service: OnceLock<Service>,
}

/// The text of the table, as the build script packs it.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/actions.txt.zst"));

/// The one table, read on first use.
pub fn table() -> &'static ActionTable {
    static TABLE: OnceLock<ActionTable> = OnceLock::new();
    TABLE.get_or_init(|| {
        // What the build script packed can be unpacked: the tests of the table would see an empty one.
        let text = zstd::decode_all(PACKED).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        read::table(text.unwrap_or_default().leak())
    })
}

/// Whether an action takes no resource, so that only `"Resource": "*"` matches it. `None` if AWS has no such action.
///
/// `service` is the prefix (`s3`), `action` the name after the colon; case does not count.
#[must_use]
pub fn wildcard_only(service: &str, action: &str) -> Option<bool> {
    Some(table().service(service)?.action(action)?.is_wildcard_only())
}

impl ActionTable {
    /// Package, version, day and licence of the data.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Finds a service by its prefix (`s3`, `execute-api`).
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        let index = self.services.binary_search_by(|slot| compare(slot.prefix, prefix)).ok()?;
        Some(self.services.get(index)?.get())
    }

    /// Every service, by prefix.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().map(Slot::get)
    }

    /// The prefixes of all services, in order; reads none of them.
    pub fn prefixes(&self) -> impl Iterator<Item = &'static str> {
        self.services.iter().map(|slot| slot.prefix)
    }

    /// Finds an action by its full name, `service:Action`.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<Action<'_>> {
        let (service, action) = name.split_once(':')?;
        self.service(service)?.action(action)
    }

    /// The condition keys that every service knows ("AWS global condition context keys").
    #[must_use]
    pub fn global_keys(&self) -> &[ConditionKey] {
        &self.global_keys
    }

    /// Finds a global condition key; `aws:RequestTag/team` finds `aws:RequestTag/${}`.
    #[must_use]
    pub fn global_key(&self, key: &str) -> Option<&ConditionKey> {
        self.global_keys.iter().find(|known| known.matches(key))
    }
}

impl Slot {
    fn get(&self) -> &Service {
        self.service.get_or_init(|| read::service(self.text))
    }
}

/// The order of names, without case.
fn compare(left: &str, right: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    left.bytes().map(lower).cmp(right.bytes().map(lower))
}
