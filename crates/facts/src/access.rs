//! Whether somebody may do something.

use crate::{fact_enum, facts};

fact_enum! {
    /// Whether an access is possible.
    pub enum Access {
        /// Nobody gets it this way.
        No = "no",
        /// Only under conditions on who or where the caller is, such as his network or organization.
        Conditional = "conditional",
        /// It is possible; conditions that the caller chooses himself count as met.
        Yes = "yes",
    }
}

impl Access {
    /// The engine's word for it.
    pub(crate) fn of_engine(access: palisade_policy::public::Access) -> Self {
        match access {
            palisade_policy::public::Access::No => Self::No,
            palisade_policy::public::Access::Conditional => Self::Conditional,
            palisade_policy::public::Access::Yes => Self::Yes,
        }
    }
}

facts! {
    /// A concrete request that the policy engine confirms as allowed.
    pub struct Witness as "witness" {
        /// Who asks: an ARN, an account, or `anonymous`.
        principal: String, reads [];
        /// The action, such as `s3:GetObject`.
        action: String, reads [];
        /// The resource, as an ARN.
        resource: String, reads [];
        /// What the request says of itself, as `key=value`, where that matters.
        context: Vec<String>, reads [];
    }
}

facts! {
    /// One reason why the public has access: a statement of a policy or a grant of an access control list.
    pub struct AccessGrant as "access_grant" {
        /// `policy` or `acl`.
        source: String, reads [];
        /// Where it stands: a JSON pointer into the policy or the access control list.
        pointer: String, reads [];
        /// The `Sid` of the statement; null if it has none.
        sid: Option<String>, reads [];
    }
}
