//! Access control lists of buckets ("Access control list (ACL) overview").

use serde::Deserialize;

use super::Capability;

/// Anybody, with or without credentials.
const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
/// Anybody with an AWS account, his own or not.
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// A grant of an ACL, as `GetBucketAcl` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Grant {
    /// Who is granted.
    pub grantee: Grantee,
    /// What: `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP`, `FULL_CONTROL`.
    pub permission: String,
}

/// The grantee of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Grantee {
    /// The URI of a group.
    #[serde(rename = "URI")]
    pub uri: Option<String>,
    /// The canonical user id of an account.
    #[serde(rename = "ID")]
    pub id: Option<String>,
}

/// Who of the public a grant reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PublicGroup {
    AllUsers,
    AuthenticatedUsers,
}

impl Grant {
    /// The public group it is for, if it is for one. `…/s3/LogDelivery` is AWS's log delivery, not the public.
    pub(super) fn public_group(&self) -> Option<PublicGroup> {
        match self.grantee.uri.as_deref()? {
            ALL_USERS => Some(PublicGroup::AllUsers),
            AUTHENTICATED_USERS => Some(PublicGroup::AuthenticatedUsers),
            _ => None,
        }
    }

    /// Whether it grants anything to the public.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public_group().is_some()
    }

    /// The bucket-level actions it allows ("Mapping of ACL permissions and access policy permissions").
    pub(super) fn actions(&self) -> &'static [(Capability, &'static str)] {
        const LIST: (Capability, &str) = (Capability::List, "s3:ListBucket");
        const WRITE: (Capability, &str) = (Capability::Write, "s3:PutObject");
        const READ_ACL: (Capability, &str) = (Capability::ReadAcl, "s3:GetBucketAcl");
        const WRITE_ACL: (Capability, &str) = (Capability::WriteAcl, "s3:PutBucketAcl");
        match self.permission.as_str() {
            "READ" => &[LIST],
            "WRITE" => &[WRITE],
            "READ_ACP" => &[READ_ACL],
            "WRITE_ACP" => &[WRITE_ACL],
            "FULL_CONTROL" => &[LIST, WRITE, READ_ACL, WRITE_ACL],
            _ => &[],
        }
    }
}
