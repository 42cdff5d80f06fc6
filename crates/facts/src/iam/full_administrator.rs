//! Whether a policy allows every action on every resource.
//!
//! Actions are compared with AWS's whole list, so that it does not matter how a document says "everything":
//! `*`, `*:*`, `NotAction` on something that does not exist, or several statements that together leave
//! nothing out.

use std::collections::BTreeSet;

use palisade_policy::actions::table;
use palisade_policy::document::{Effect, PatternElement, PolicyDocument, Statement};

use crate::giving_rights::GIVING_RIGHTS;
use crate::{Access, Known, conditions};

/// Whether the document gives full administration.
pub(crate) fn of_document(document: Known<&PolicyDocument>) -> Known<Access> {
    document.map(access)
}

/// Whether the document gives full administration: for everybody who holds it, or under conditions.
///
/// A Deny counts if it takes away, on every resource, all the actions that give rights: who keeps one of them
/// gets the rest by another identity. One under conditions makes the answer conditional.
pub(crate) fn access(document: &PolicyDocument) -> Access {
    let grants = |least: Access| {
        let allowed = union(document, Effect::Allow, |statement| conditions::access(statement) >= least);
        let denied = union(document, Effect::Deny, |statement| {
            statement.conditions.is_empty()
                || least == Access::Yes && conditions::access(statement) == Access::Conditional
        });
        let is_denied = |(action, _): &(&'static str, _)| {
            action.split_once(':').is_some_and(|action| denied.contains(action))
        };
        allowed.is_everything() && !GIVING_RIGHTS.iter().all(is_denied)
    };
    if grants(Access::Yes) {
        Access::Yes
    } else if grants(Access::Conditional) {
        Access::Conditional
    } else {
        Access::No
    }
}

/// The actions that statements of one effect name on every resource.
fn union(document: &PolicyDocument, effect: Effect, counts: impl Fn(&Statement) -> bool) -> Actions {
    document
        .statements
        .iter()
        .filter(|statement| {
            statement.effect == effect && is_for_everything(statement, effect) && counts(statement)
        })
        .map(|statement| Actions::of(&statement.actions))
        .fold(Actions::Only(BTreeSet::new()), Actions::or)
}

/// Whether a statement is for every resource. An Allow for all but some resources that are not IAM's counts
/// as well: who keeps IAM gets the rest.
pub(crate) fn is_for_everything(statement: &Statement, effect: Effect) -> bool {
    let Some(resources) = &statement.resources else { return false };
    let mut patterns = resources.values.items.iter();
    if !resources.negated {
        return patterns.any(|pattern| is_universal(pattern));
    }
    effect == Effect::Allow && !patterns.any(|pattern| may_be_iam(pattern))
}

/// Whether a pattern matches every resource: `*`, or an ARN that leaves open everything but the partition.
fn is_universal(pattern: &str) -> bool {
    let is_any = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte == b'*');
    if is_any(pattern) {
        return true;
    }
    let Some(rest) = pattern.strip_prefix("arn:") else { return false };
    let (partition, rest) = rest.split_once(':').unwrap_or((rest, "*"));
    (is_any(partition) || partition.starts_with("aws")) && rest.split(':').all(is_any)
}

/// Whether a pattern may match a resource of IAM.
fn may_be_iam(pattern: &str) -> bool {
    let service = pattern.split(':').nth(2);
    service.is_none_or(|service| service.contains(['*', '?', '$']) || service.eq_ignore_ascii_case("iam"))
}

/// Full names of actions, without case differences: as the table spells them.
type Names = BTreeSet<(&'static str, &'static str)>;

/// A set of actions out of AWS's whole list.
enum Actions {
    Only(Names),
    AllBut(Names),
}

impl Actions {
    /// The actions that an `Action` or `NotAction` element names.
    fn of(element: &PatternElement) -> Self {
        let mut patterns = element.values.items.iter();
        let everything = || Self::AllBut(Names::new());
        let named = if patterns.any(|pattern| is_every_action(pattern)) {
            everything()
        } else {
            let of_pattern = |pattern: &String| {
                table()
                    .expand(pattern)
                    .map(|action| (action.service().prefix(), action.name()))
                    .collect::<Names>()
            };
            Self::Only(element.values.items.iter().flat_map(of_pattern).collect())
        };
        match (element.negated, named) {
            (false, named) => named,
            (true, Self::Only(names)) => Self::AllBut(names),
            (true, Self::AllBut(names)) => Self::Only(names),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(one), Self::Only(two)) => Self::Only(one.into_iter().chain(two).collect()),
            (Self::AllBut(one), Self::AllBut(two)) => Self::AllBut(one.intersection(&two).copied().collect()),
            (Self::AllBut(but), Self::Only(only)) | (Self::Only(only), Self::AllBut(but)) => {
                Self::AllBut(but.difference(&only).copied().collect())
            }
        }
    }

    fn is_everything(&self) -> bool {
        match self {
            Self::AllBut(names) => names.is_empty(),
            Self::Only(names) => {
                let all = || table().services().map(|service| service.actions().count()).sum::<usize>();
                names.contains(&("iam", "PutUserPolicy")) && names.len() == all()
            }
        }
    }

    fn contains(&self, action: (&str, &str)) -> bool {
        match self {
            Self::Only(names) => names.contains(&action),
            Self::AllBut(names) => !names.contains(&action),
        }
    }
}

/// Whether an action pattern is `*` or `*:*`, however many `*` it has.
fn is_every_action(pattern: &str) -> bool {
    let (service, action) = pattern.split_once(':').unwrap_or((pattern, "*"));
    let is_any = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte == b'*');
    is_any(service) && is_any(action)
}
