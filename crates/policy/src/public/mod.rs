//! Who outside the account can use a resource.
//!
//! The classification is AWS's: "Blocking public access to your Amazon S3 storage", section "The meaning of public".

mod limit;
mod range;

pub use limit::{PolicyKind, is_public_statement};

/// Whether the text is an address or a range in CIDR notation.
pub(crate) fn is_address_range(value: &str) -> bool {
    range::parse(value).is_some()
}
