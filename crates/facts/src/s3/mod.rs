//! Amazon S3.

pub mod access_point;
pub mod bucket;
mod exposure;
mod lifecycle;
mod lockout;
mod log_target;
pub mod multi_region_access_point;
mod notification;
mod object_lock;
mod perimeter;
mod policy_form;
mod policy_status;
mod public_access_block;
mod refusals;
mod relation;
mod replication;
mod settings;
mod sharing;
mod tls;
mod ways_in;
mod website;

pub use access_point::AccessPoint;
pub use bucket::Bucket;
pub use exposure::BucketExposure;
pub use lifecycle::LifecycleRule;
pub use log_target::LogTarget;
pub use multi_region_access_point::{MultiRegionAccessPoint, MultiRegionBucket};
pub use notification::{EventDestination, Notification};
pub use object_lock::ObjectLock;
pub use perimeter::Perimeter;
pub use public_access_block::PublicAccessBlock;
pub use relation::AccountRelation;
pub use replication::{Replication, ReplicationRule};
pub use settings::{AclGrant, CorsRule, Encryption, Logging, ObjectOwnership, Versioning};
pub use website::{Redirect, Website};
