//! Amazon Elastic Container Registry, private registries.

mod exposure;
mod lifecycle;
pub mod registry;
pub mod repository;

pub use exposure::RepositoryExposure;
pub use lifecycle::LifecycleRule;
pub use registry::{Registry, ScanFrequency, ScanType, ScanningRule};
pub use repository::Repository;
