//! The users of a group, and what it lets each of them do.

use std::sync::Arc;

use palisade_snapshot::RecordKind;

use super::effective::{Held, assumptions};
use super::{IdentityKind, Permission, classification, user};
use crate::context::Context;
use crate::identities::Identity;
use crate::{Known, Lazy, Listed, facts};

facts! {
    /// The users of a group.
    pub struct GroupMembers as "group_members" {
        /// Each of them.
        users: Listed<GroupMember>, reads [];
        /// What is taken for granted because it could not be read: `scp_not_read`.
        assumes: Vec<String>, reads [];
    }
}

facts! {
    /// A user as a member of a group.
    pub struct GroupMember as "group_member" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Whether it has a console password.
        console: Known<bool>, reads [];
        /// Whether it is a person's.
        used_by_people: Lazy<Known<bool>>, reads [];
        /// Something that this group lets it do without a second factor, besides setting one up for itself, and that
        /// nothing else it holds denies; null if there is nothing.
        without_mfa: Lazy<Known<Option<Arc<Permission>>>>, reads [];
    }
}

/// The users of the group of that place.
pub(super) fn of(context: &Arc<Context>, index: usize) -> GroupMembers {
    let group = Identity { kind: IdentityKind::Group, index };
    let name = context.identity(group).map_or("", |record| record.name);
    let users = context.members(name).map(|(index, record)| {
        let (asking, classifying) = (Arc::clone(context), Arc::clone(context));
        GroupMember {
            arn: record.arn.clone(),
            name: record.name.clone(),
            console: user::console(context.row(record)),
            used_by_people: Lazy::new(move || classification::is_person(&classifying, index)),
            without_mfa: Lazy::new(move || without_mfa(&asking, index, group)),
        }
    });
    GroupMembers {
        users: Listed { items: users.collect(), incomplete: context.incomplete(RecordKind::User) },
        assumes: assumptions(context),
    }
}

/// Something that a group lets the user of that place do without a second factor. Who may do nothing by all that he
/// holds may do nothing by one group.
fn without_mfa(context: &Context, index: usize, group: Identity) -> Known<Option<Arc<Permission>>> {
    let user = Identity { kind: IdentityKind::User, index };
    Held::of(context, user).and_then(|held| {
        let Some(open) = context.without_mfa.of(index, &held) else { return Known::Known(None) };
        let of_group = context.policies_of(group);
        let allows = |policy: &Known<_>| {
            policy
                .known()
                .is_some_and(|policy: &&Arc<crate::identities::Policy>| policy.compiled.name() == open.policy)
        };
        if of_group.iter().any(allows) {
            return Known::Known(Some(open));
        }
        Held::by_group(context, user, group).map(|held| held.beyond_setting_up_mfa().map(Arc::new))
    })
}
