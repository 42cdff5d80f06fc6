//! Accounts as plain data, and how the emulator is filled with them.

mod access_grants;
mod access_points;
mod analyzers;
mod buckets;
mod description;
mod documents;
mod fill;
mod generate;
mod identities;
mod organization;
mod repositories;

pub use access_grants::{AccessGrant, AccessGrants};
pub use access_points::{AccessPoint, MultiRegionAccessPoint, ObjectLambdaAccessPoint};
pub use analyzers::Analyzer;
pub use buckets::{
    BlockPublicAccess, Bucket, CorsRule, LifecycleRule, ObjectLock, Permission, Replica, Website,
};
pub use description::{Account, Contact, PasswordPolicy, Recorded, Root};
pub use generate::Sizes;
pub use identities::{AccessKey, Console, Group, ManagedPolicy, Policies, Role, SshKey, User};
pub use organization::{MemberAccount, Organization, OrganizationLevel};
pub use repositories::{Image, Registry, Replication, Repository, Scan, ScanRule};

pub(crate) use fill::{create_access_key, fill};
