//! What somebody can do with a resource, and which actions make it up.

use crate::actions::{AccessLevel, Action};

/// What somebody can do with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// Read content: objects of a bucket, images of a repository (which takes two actions).
    Read,
    /// Read settings, or a part of the content that is of no use alone.
    ReadConfiguration,
    /// List what is in it.
    List,
    /// Create, overwrite or delete content.
    Write,
    /// Read access control lists and policies of a bucket or its objects.
    ReadAcl,
    /// Change access control lists: the first step of a take-over.
    WriteAcl,
    /// Change policies and settings, or delete the resource.
    Administer,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::ReadConfiguration,
        Self::List,
        Self::Write,
        Self::ReadAcl,
        Self::WriteAcl,
        Self::Administer,
    ];

    /// The name in the output of `palisade public`, which is coarser: `read`, `list`, `write`, `acl`, `administer`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read | Self::ReadConfiguration => "read",
            Self::List => "list",
            Self::Write => "write",
            Self::ReadAcl | Self::WriteAcl => "acl",
            Self::Administer => "administer",
        }
    }

    /// The capability that an action of the table belongs to.
    #[must_use]
    pub fn of(action: &Action<'_>) -> Self {
        let name = action.name();
        match action.service().prefix() {
            "s3" => of_s3(action, name),
            "ecr" => of_ecr(action, name),
            _ => match action.access_level() {
                AccessLevel::Read => Self::Read,
                AccessLevel::List => Self::List,
                AccessLevel::Write | AccessLevel::Tagging => Self::Write,
                AccessLevel::PermissionsManagement => Self::Administer,
            },
        }
    }

    /// The capability of an action that the table does not have, by the verb in its name.
    #[must_use]
    pub fn of_unknown(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let starts = |verbs: &[&str]| verbs.iter().any(|verb| name.starts_with(verb));
        if name.ends_with("acl") {
            if starts(&["get"]) { Self::ReadAcl } else { Self::WriteAcl }
        } else if starts(&["get", "batchget", "head"]) {
            Self::Read
        } else if starts(&["list", "describe"]) {
            Self::List
        } else if name.ends_with("policy") {
            Self::Administer
        } else {
            Self::Write
        }
    }
}

/// A bucket's settings are read and changed by actions on the bucket, its content by actions on objects.
fn of_s3(action: &Action<'_>, name: &str) -> Capability {
    let is_read = matches!(action.access_level(), AccessLevel::Read | AccessLevel::List);
    let on_objects =
        action.resource_types().any(|(kind, _)| matches!(kind.name, "object" | "accesspointobject"));
    if name.ends_with("Acl") || name == "GetBucketPolicy" {
        if is_read { Capability::ReadAcl } else { Capability::WriteAcl }
    } else if action.access_level() == AccessLevel::List {
        Capability::List
    } else {
        match (is_read, on_objects) {
            (true, true) => Capability::Read,
            (true, false) => Capability::ReadConfiguration,
            (false, true) => Capability::Write,
            (false, false) => Capability::Administer,
        }
    }
}

/// Pulling takes [`PULL`] together; pushing ends with `PutImage`, and the upload of layers is of no use without it.
fn of_ecr(action: &Action<'_>, name: &str) -> Capability {
    match name {
        "PutImage"
        | "BatchDeleteImage"
        | "ReplicateImage"
        | "BatchImportUpstreamImage"
        | "InitiateLayerUpload"
        | "UploadLayerPart"
        | "CompleteLayerUpload" => Capability::Write,
        _ => match action.access_level() {
            AccessLevel::Read => Capability::ReadConfiguration,
            AccessLevel::List => Capability::List,
            AccessLevel::Write | AccessLevel::Tagging | AccessLevel::PermissionsManagement => {
                Capability::Administer
            }
        },
    }
}

/// The actions that pull an image ("Private repository policy examples").
pub(super) const PULL: [&str; 2] = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
