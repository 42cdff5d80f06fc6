//! Whether a user is a person's or a program's.

use palisade_snapshot::User;

use super::user;
use crate::context::Context;
use crate::declarations::{UserClassification, fits};
use crate::{Known, Listed, Missing, fact_enum};

fact_enum! {
    /// Whose a user is.
    pub enum UserClass {
        /// A person's.
        Human = "human",
        /// A program's.
        Machine = "machine",
        /// Some signs say the one and some the other.
        Contradictory = "contradictory",
        /// Nothing tells.
        Unclassified = "unclassified",
    }
}

/// Whose the user of that place is. A tag decides; without one, signs that agree.
pub(crate) fn class(context: &Context, index: usize) -> Known<UserClass> {
    let Some(record) = context.shared.users.get(index) else {
        return Known::Known(UserClass::Unclassified);
    };
    let declared = &context.declarations.user_classification;
    if let Some(class) = tagged(declared, record) {
        return Known::Known(class);
    }
    let machine = !machine_signs(context, index).is_empty();
    let human = Known::Known(!declared_human(declared, record).is_empty());
    let human = human.or(has_password(context, record)).or(has_device(context, record));
    human.map(|human| match (human, machine) {
        (true, false) => UserClass::Human,
        (false, true) => UserClass::Machine,
        (true, true) => UserClass::Contradictory,
        (false, false) => UserClass::Unclassified,
    })
}

/// Whether some sign says that the user of that place is a person's, even if others say that it is a program's.
pub(crate) fn is_person(context: &Context, index: usize) -> Known<bool> {
    class(context, index).map(|class| matches!(class, UserClass::Human | UserClass::Contradictory))
}

/// What says that the user of that place is a person's.
pub(super) fn human_signs(context: &Context, index: usize) -> Listed<String> {
    let Some(record) = context.shared.users.get(index) else { return Listed::complete(Vec::new()) };
    let declared = &context.declarations.user_classification;
    let mut signs = tag_sign(declared, record, UserClass::Human);
    signs.extend(declared_human(declared, record));
    let mut incomplete = None;
    let credentials = [
        ("a console password", has_password(context, record)),
        ("an MFA device", has_device(context, record)),
    ];
    for (sign, held) in credentials {
        match held {
            Known::Known(true) => signs.push(sign.to_owned()),
            Known::Known(false) => {}
            Known::Unknown(missing) => incomplete = Missing::either(incomplete, Some(missing)),
        }
    }
    Listed { items: signs, incomplete }
}

/// What says that the user of that place is a program's.
pub(super) fn machine_signs(context: &Context, index: usize) -> Vec<String> {
    let Some(record) = context.shared.users.get(index) else { return Vec::new() };
    let declared = &context.declarations.user_classification;
    let mut signs = tag_sign(declared, record, UserClass::Machine);
    signs.extend(named(&declared.machine_groups, &declared.machine_names, record));
    signs
}

/// What the tag says that is declared to tell.
fn tagged(declared: &UserClassification, user: &User) -> Option<UserClass> {
    let tag = user.tags.iter().find(|tag| tag.key == declared.tag)?;
    [UserClass::Human, UserClass::Machine].into_iter().find(|class| tag.value == class.text())
}

fn tag_sign(declared: &UserClassification, user: &User, class: UserClass) -> Vec<String> {
    let says_so = tagged(declared, user) == Some(class);
    says_so.then(|| format!("the tag {}={}", declared.tag, class.text())).into_iter().collect()
}

fn declared_human(declared: &UserClassification, user: &User) -> Vec<String> {
    named(&declared.human_groups, &declared.human_names, user)
}

/// The groups and the name of a user that are declared to tell.
fn named(groups: &[String], names: &[String], user: &User) -> Vec<String> {
    let member =
        user.groups.iter().filter(|group| fits(groups, group)).map(|group| format!("the group {group}"));
    member.chain(fits(names, &user.name).then(|| format!("the name {}", user.name))).collect()
}

fn has_password(context: &Context, record: &User) -> Known<bool> {
    user::console(context.row(record))
}

/// Programs can't use MFA.
fn has_device(context: &Context, record: &User) -> Known<bool> {
    user::mfa(context, record, context.row(record))
}
