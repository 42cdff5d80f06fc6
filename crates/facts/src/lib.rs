//! What a snapshot means: typed, named, documented facts, one object per resource.
//!
//! In: the shared records of a [`palisade_snapshot`] document and its resources, one at a time,
//! and what the user declares. Out: [`Subject`]s, the resources that rules judge, whose attributes
//! are [`Value`]s. A fact that rests on something unreadable is itself unknown and says on which
//! calls; it never falls back to a default.
//!
//! The structs of this crate are the vocabulary of the rule language: `KINDS` lists them, and the
//! type check, the JSON Schema for editors and the reference page are made from that list.
//! This crate never talks to AWS, never reads a rule and has no clock but the snapshot's.
//!
//! ```
//! use palisade_facts::{Known, Missing, MissingCall, Reason};
//!
//! let denied = Missing::of(MissingCall::new("s3:GetBucketVersioning", "s3:GetBucketVersioning", Reason::Denied));
//! let versioning: Known<bool> = Known::Unknown(denied);
//! assert!(versioning.known().is_none());
//! ```

mod access;
pub mod access_analyzer;
pub mod access_query;
pub mod account;
mod clock;
mod conditions;
mod context;
mod coverage;
mod declarations;
mod derived;
mod directory;
pub mod ecr;
pub mod escalation;
pub mod example;
mod exception;
mod exposure;
mod facts;
mod giving_rights;
pub mod iam;
mod identities;
mod known;
mod lazy;
mod listed;
mod object;
pub mod organization;
mod parallel;
mod recurring;
mod resource_policy;
pub mod s3;
mod subject;
#[cfg(test)]
mod tests;
mod value;
pub mod vocabulary;

pub use access::{Access, AccessGrant, Witness};
pub use coverage::Answer;
pub use declarations::{
    AccountType, Declarations, EmergencyInlinePolicy, MachineServices, PublicBucket, UserClassification,
};
pub use derived::Derived;
pub use exception::Exception;
pub use facts::Facts;
pub use known::{Known, Listed, Missing, MissingCall};
pub use lazy::Lazy;
pub use object::{FactValue, Field, Object, ObjectType, Type};
pub use palisade_snapshot::{Evidence, Reason, Resource};
pub use resource_policy::{PolicyStatement, SharedAccess};
pub use subject::{Gap, Kind, Subject};
pub use value::{Items, List, Value};
pub use vocabulary::KINDS;
