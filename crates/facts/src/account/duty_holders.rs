//! The groups and roles that duties are done with.

use std::sync::Arc;

use palisade_snapshot::RecordKind;

use crate::context::Context;
use crate::iam::effective::{Held, mentions_duties};
use crate::iam::role::is_service_linked;
use crate::iam::{IdentityKind, trust_summary};
use crate::identities::{Identity, IdentityRecord};
use crate::{Known, Listed, Missing, facts};

facts! {
    /// A group or role that some duty is done with.
    pub struct DutyHolder as "duty_holder" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// `iam.group` or `iam.role`.
        kind: String, reads [];
        /// The actions that it grants of those by which duties are told.
        actions: Vec<String>, reads [];
    }
}

/// The groups and roles whose policies let people do what duties are told by.
pub(super) fn all(context: &Arc<Context>) -> Listed<DutyHolder> {
    let mut hidden = context.identities_incomplete(&[RecordKind::Group, RecordKind::Role]);
    let mut items = Vec::new();
    for (identity, record) in context.identity_records().filter(|(one, _)| one.kind != IdentityKind::User) {
        match actions(context, identity, &record) {
            Known::Known(actions) if actions.is_empty() => {}
            Known::Known(actions) => items.push(DutyHolder {
                arn: record.arn.to_owned(),
                name: record.name.to_owned(),
                kind: identity.kind.text().to_owned(),
                actions,
            }),
            Known::Unknown(missing) => hidden = Missing::either(hidden, Some(missing)),
        }
    }
    Listed { items, incomplete: hidden }
}

fn actions(context: &Arc<Context>, identity: Identity, record: &IdentityRecord<'_>) -> Known<Vec<String>> {
    if identity.kind == IdentityKind::Role && is_service_linked(record.path) {
        return Known::Known(Vec::new());
    }
    let policies = context.policies_of(identity);
    if policies.iter().all(|policy| policy.known().is_some_and(|policy| !mentions_duties(&policy.compiled))) {
        return Known::Known(Vec::new());
    }
    let administers = context.administration(identity).map(|found| found.is_some());
    let is_left_out = match identity.kind {
        IdentityKind::Role => administers.or(trust_summary::lets_in_people(context, identity.index).negate()),
        IdentityKind::User | IdentityKind::Group => administers,
    };
    is_left_out.and_then(|left_out| {
        if left_out {
            return Known::Known(Vec::new());
        }
        Held::of(context, identity)
            .map(|held| held.duty_actions().into_iter().map(|permission| permission.action).collect())
    })
}
