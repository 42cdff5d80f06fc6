//! Amazon Elastic Container Registry: private registries, and ECR Public.

mod alike_repositories;
mod exposure;
mod images;
mod lifecycle;
mod pattern;
mod policies;
pub mod public_repository;
pub mod registry;
pub mod repository;

use palisade_snapshot::{Evidence, Observed, Reason};

use crate::Missing;
use crate::context::Context;

pub(crate) use alike_repositories::AlikeRepositories;
pub use alike_repositories::{FromLifecycle, FromPolicy, LifecycleFacts, PolicyFacts};
pub use exposure::RepositoryExposure;
pub use images::{Image, ImageScan, RepositoryImages};
pub use lifecycle::{ImageFamily, IneffectiveRule, LifecycleBacklog, LifecycleRule, OverdueImage, Retention};
pub(crate) use policies::{RegistryPolicies, scope as registry_policy_scope};
pub use public_repository::{PublicRepository, PublicRepositoryExposure};
pub use registry::{
    CreationTemplate, PolicyScope, PullThroughCacheRule, Registry, ReplicationDestination, ReplicationRule,
    ScanFrequency, ScanType, ScanningRule,
};
pub use repository::Repository;

/// What hides the regions that were not asked, unless the user chose the regions.
pub(crate) fn in_other_regions(context: &Context) -> Option<Missing> {
    let scope = &context.shared.header.scope;
    if scope.regions_listed || scope.limited_to_regions {
        return None;
    }
    let why = match &context.shared.account.regions {
        Observed::Present(regions) => regions.incomplete.as_ref(),
        Observed::Unreadable(why) => Some(&**why),
        Observed::Absent | Observed::NotOffered(_) => None,
    };
    let not_collected = || Missing::because(Evidence::Regions, Reason::NotCollected);
    Some(why.map_or_else(not_collected, |why| Missing::evidence(Evidence::Regions, why)))
}
