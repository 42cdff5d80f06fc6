//! Amazon S3.

pub mod bucket;
mod exposure;
mod public_access_block;
mod settings;
mod tls;

pub use bucket::Bucket;
pub use exposure::BucketExposure;
pub use public_access_block::PublicAccessBlock;
pub use settings::{AclGrant, CorsRule, Encryption, Logging, ObjectOwnership, Versioning};
