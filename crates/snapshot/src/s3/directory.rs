//! What is known of every bucket while one of them is judged.

use serde::Deserialize;

use super::{Bucket, Logging};
use crate::Observed;
use crate::account::BlockPublicAccess;

/// The part of a bucket's record that other resources' facts rest on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BucketEntry {
    /// Its name.
    pub name: String,
    /// The region it is in.
    #[serde(default)]
    pub region: Observed<String>,
    /// Its own Block Public Access.
    #[serde(default)]
    pub public_access_block: Observed<BlockPublicAccess>,
    /// Where its server access logs go.
    #[serde(default)]
    pub logging: Observed<Logging>,
}

impl BucketEntry {
    /// The entry of a bucket.
    #[must_use]
    pub fn of(bucket: &Bucket) -> Self {
        Self {
            name: bucket.name.clone(),
            region: bucket.region.clone(),
            public_access_block: bucket.public_access_block.clone(),
            logging: bucket.logging.clone(),
        }
    }
}
