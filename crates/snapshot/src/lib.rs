//! What AWS said about one account, and what it refused to say.
//!
//! In: the answers that the collector got, as [`Observed`] values. Out: a [`Snapshot`], one plain,
//! deterministic, versioned document in JSON Lines (`palisade-snapshot/1`), written atomically and
//! verified when it is read. The table of calls ([`CALLS`]) says which operation fills which
//! [`Evidence`], and which IAM action it needs.
//!
//! This crate never talks to AWS and never judges: a value that could not be read is kept as
//! *unreadable* with its reason, never as a default.
//!
//! ```
//! use palisade_snapshot::{Observed, Reason, Unreadable};
//!
//! let answered: Observed<bool> = serde_json::from_str("true")?;
//! assert_eq!(answered, Observed::Present(true));
//!
//! let denied: Observed<bool> = Observed::from(Unreadable::new(
//!     "s3:GetBucketVersioning", "s3:GetBucketVersioning", Reason::Denied, "access denied",
//! ));
//! assert!(serde_json::to_string(&denied)?.starts_with(r#"{"$unreadable":"#));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod access_analyzer;
mod account;
mod authorization_details;
mod calls;
mod credentials;
mod ecr;
mod ecr_public;
mod evidence;
mod iam;
mod observations;
mod observed;
mod organization;
mod paged;
mod read;
mod record;
mod s3;
mod snapshot;
mod write;

pub use access_analyzer::{Analyzer, ArchiveCriterion, ArchiveRule, ExternalAccess, InternalAccessCriteria};
pub use account::{
    Account, AlternateContact, BlockPublicAccess, ContactInformation, ContactType, Region, RegionStatus,
};
pub use authorization_details::AuthorizationDetailsError;
pub use calls::{CALLS, Call, Scope, Service, call_for, permissions, with_prerequisites};
pub use credentials::{
    OidcProvider, OidcProviderDetails, RoleSessionDuration, SamlProvider, SamlProviderDetails,
    ServerCertificate, ServiceSpecificCredential,
};
pub use ecr::{
    CreationTemplate, Image, ImageScan, ImageSummary, OldestImages, PullThroughCacheRule, Registry,
    RegistryReplicationRule, RegistryScanningRule, ReplicationDestination, Repository, RepositoryFilter,
    ScanningConfiguration,
};
pub use ecr_public::PublicRepository;
pub use evidence::Evidence;
pub use iam::{
    AccessKeyReport, AttachedPolicy, CredentialReport, CredentialReportRow, Group, InlinePolicy,
    ManagedPolicy, PasswordPolicy, PermissionsBoundary, PolicyVersion, ReportTime, Role, RoleLastUsed,
    SshPublicKey, Tag, User, VirtualMfaDevice,
};
pub use observations::{Observations, State};
pub use observed::{NotOffered, Observed, Reason, Unreadable};
pub use organization::{
    DelegatedAdministrator, Organization, OrganizationAccount, OrganizationLevel, OrganizationPolicy,
    OrganizationRoot,
};
pub use paged::Paged;
pub use read::{OpenError, OpenOptions, StoredSnapshot, UnreadResource, UnreadResources};
pub use record::{CallRecord, FailedCalls, Header, Listing, Record, RecordKind, SnapshotScope, Trailer};
pub use s3::{
    AccessControlList, AccessGrant, AccessGrantsInstance, AccessPoint, Bucket, BucketEntry, CorsRule,
    DefaultRetention, Encryption, EncryptionRule, Expiration, Grant, Grantee, LifecycleFilter, LifecycleRule,
    Logging, MultiRegionAccessPoint, MultiRegionBucket, NoncurrentExpiration, NoncurrentTransition,
    Notification, NotificationDestination, ObjectLambdaAccessPoint, ObjectLock, ObjectOwnership, Payer,
    Redirect, Replication, ReplicationRule, Transition, Versioning, VersioningStatus, Website,
};
pub use snapshot::{Resource, Shared, Snapshot};
pub use write::WriteError;

/// The name and version of the document format, as its header carries it.
pub const FORMAT: &str = "palisade-snapshot/1";
