//! What is asked.

use palisade_policy::actions::table;
use palisade_policy::arn::Arn;
use palisade_policy::request::Action;
use palisade_snapshot::{Resource as Stored, Shared};

use super::target::{arn_of, records_of, takes_no_resource};

/// An action and what it is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub(super) action: Action,
    pub(super) action_name: String,
    pub(super) resource: Option<String>,
}

/// A question that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessQueryError {
    /// Not of the form `service:Action`.
    #[error("`{0}` is not an action; write it as service:Action, such as s3:GetObject")]
    NotAnAction(String),
    /// AWS's reference has no such action.
    #[error("AWS's service authorization reference has no action `{name}`{}", nearest.as_ref().map(|near| format!("; is it {near}?")).unwrap_or_default())]
    NoSuchAction {
        /// What was asked for.
        name: String,
        /// The action with the nearest spelling, if one is near.
        nearest: Option<String>,
    },
    /// The action acts on a resource and none was named.
    #[error("{0} acts on a resource; name it by its ARN")]
    NoResource(String),
    /// Not an ARN.
    #[error("`{0}` is not an ARN; write the resource as arn:partition:service:region:account:resource")]
    NotAnArn(String),
    /// Nobody of this name in the account.
    #[error("account {account} has no user or role `{name}` in this snapshot{}", nearest.as_ref().map(|near| format!("; is it {near}?")).unwrap_or_default())]
    NoSuchPrincipal {
        /// What was asked for.
        name: String,
        /// The account of the snapshot.
        account: String,
        /// The ARN with the nearest name, if one is near.
        nearest: Option<String>,
    },
    /// A user and a role bear the name.
    #[error("`{name}` may be {arns}; name one by its ARN")]
    AmbiguousPrincipal {
        /// What was asked for.
        name: String,
        /// Whose name it is.
        arns: String,
    },
}

impl Question {
    /// Reads a question. The resource is an ARN, of an object too, or `*` for all at once; actions that take none, such as
    /// `s3:ListAllMyBuckets`, need none and ignore it.
    ///
    /// # Errors
    /// [`AccessQueryError`] if the action is none that AWS has, or the resource is missing or no ARN.
    pub fn parse(name: &str, resource: Option<&str>) -> Result<Self, AccessQueryError> {
        let action = action(name)?;
        let known = table().service(action.service()).and_then(|service| service.action(action.name()));
        let Some(known) = known else {
            return Err(AccessQueryError::NoSuchAction { name: name.to_owned(), nearest: nearest(&action) });
        };
        let action_name = known.full_name();
        let resource = match resource {
            _ if takes_no_resource(&action) => None,
            None => return Err(AccessQueryError::NoResource(action_name)),
            Some(arn) if arn != "*" && Arn::parse(arn).is_none() => {
                return Err(AccessQueryError::NotAnArn(arn.to_owned()));
            }
            Some(arn) => Some(arn.to_owned()),
        };
        Ok(Self { action, action_name, resource })
    }

    /// Whether a record of the snapshot is that of the bucket or repository in question, or of a bucket behind the access
    /// point in question.
    #[must_use]
    pub fn is_about(&self, shared: &Shared, record: &Stored) -> bool {
        let wanted = self.resource.as_deref().map(|arn| records_of(shared, arn)).unwrap_or_default();
        wanted.iter().any(|wanted| wanted == arn_of(record))
    }
}

pub(super) fn action(name: &str) -> Result<Action, AccessQueryError> {
    Action::parse(name).ok_or_else(|| AccessQueryError::NotAnAction(name.to_owned()))
}

fn nearest(action: &Action) -> Option<String> {
    const NEAR: usize = 3;
    let service = table().service(action.service())?;
    let distance = |name: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), action.name());
    let near = service.actions().map(|known| (distance(known.name()), known.full_name())).min()?;
    (near.0 <= NEAR).then_some(near.1)
}
