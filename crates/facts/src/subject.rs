//! The resources that rules judge.

use std::fmt;
use std::sync::Arc;

use palisade_snapshot::{Evidence, RecordKind, Shared};

use crate::context::Context;
use crate::{Missing, Object, ObjectType};

/// Resources one after the other: a resource with its facts takes far more memory than its record.
pub(crate) type Subjects<'c> = Box<dyn Iterator<Item = Subject> + 'c>;

/// A kind of resource that rules can be about.
pub struct Kind {
    /// Its name in rules and reports, such as `s3.bucket`.
    pub name: &'static str,
    /// What a rule calls the resource it judges, such as `bucket`.
    pub variable: &'static str,
    /// Its attributes.
    pub object: &'static ObjectType,
    /// The listings that decide which resources of the kind there are; none where each account has
    /// exactly one, or `palisade.toml` says which there are.
    pub listings: &'static [RecordKind],
    /// The evidence that decides, besides the listings, which resources of the kind there are.
    pub reads: &'static [Evidence],
    /// The ARN that stands for all resources of the kind, such as `arn:aws:s3:::*`.
    pub wildcard_arn: fn(&Shared) -> String,
    /// The resources of the kind that come from no streamed record, each made when it is asked for.
    pub(crate) subjects: fn(&Arc<Context>) -> Subjects<'_>,
    /// What hides resources of the kind besides incomplete listings.
    pub(crate) hidden: fn(&Context) -> Option<Missing>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// One resource with its facts.
#[derive(Debug)]
pub struct Subject {
    /// What kind of resource it is.
    pub kind: &'static Kind,
    /// Its ARN, or what stands for one; unique within the kind.
    pub arn: String,
    /// Its name for people.
    pub name: String,
    /// Its region; none for global resources.
    pub region: Option<String>,
    /// Its attributes.
    pub facts: Box<dyn Object>,
}

/// Resources of a kind that nobody could list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The region whose listing is missing; none for global listings.
    pub region: Option<String>,
    /// The calls that would list them.
    pub missing: Missing,
}
