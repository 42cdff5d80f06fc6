//! Who holds policies of consequence.

use palisade_policy::document::PolicyDocument;
use palisade_snapshot::RecordKind;

use super::{Administrator, BillingViewer};
use crate::context::Context;
use crate::iam::role::is_service_linked;
use crate::iam::{IdentityKind, full_administrator, grants};
use crate::identities::{Identity, IdentityRecord};
use crate::{Access, Known, Listed, Missing};

/// The action without which the Billing console shows no bills ("Identity-based policy examples for AWS
/// Billing"). The older `aws-portal:ViewBilling` grants nothing any more.
const VIEW_BILLS: &str = "billing:GetBillingData";

/// The users, groups and roles to whom a policy gives full administration.
pub(super) fn administrators(context: &Context) -> Listed<Administrator> {
    let mut hidden = context.identities_incomplete(&[RecordKind::User, RecordKind::Group, RecordKind::Role]);
    let mut items = Vec::new();
    for (identity, record) in context.identity_records() {
        let (found, missing) = administrator(context, identity);
        hidden = Missing::either(hidden, missing);
        items.extend(found.map(|(access, policy)| Administrator {
            arn: record.arn.to_owned(),
            name: record.name.to_owned(),
            kind: identity.kind.text().to_owned(),
            access,
            policy,
        }));
    }
    Listed { items, incomplete: hidden }
}

/// The policy that most of all makes an identity an administrator, and what hides others if none does fully.
fn administrator(context: &Context, identity: Identity) -> (Option<(Access, String)>, Option<Missing>) {
    let mut best: Option<(Access, String)> = None;
    let mut hidden = None;
    for (name, document) in context.documents_of(identity) {
        match full_administrator::of_document(document) {
            Known::Known(Access::No) => {}
            Known::Known(access) => {
                if best.as_ref().is_none_or(|(known, _)| access > *known) {
                    best = Some((access, name));
                }
            }
            Known::Unknown(missing) => hidden = Missing::either(hidden, Some(missing)),
        }
    }
    if matches!(best, Some((Access::Yes, _))) {
        hidden = None;
    }
    (best, hidden)
}

/// The groups and roles that see bills.
pub(super) fn billing_viewers(context: &Context) -> Listed<BillingViewer> {
    let mut hidden = context.identities_incomplete(&[RecordKind::Group, RecordKind::Role]);
    let mut items = Vec::new();
    for (identity, record) in
        context.identity_records().filter(|(identity, record)| may_view(*identity, record))
    {
        match readable(context.documents_of(identity)) {
            Known::Known(documents) => {
                let access = grants::allows(&documents, VIEW_BILLS);
                if access != Access::No {
                    items.push(viewer(context, identity, record, access, &documents));
                }
            }
            Known::Unknown(missing) => hidden = Missing::either(hidden, Some(missing)),
        }
    }
    Listed { items, incomplete: hidden }
}

/// Groups and roles, but not roles that only an AWS service can use.
fn may_view(identity: Identity, record: &IdentityRecord<'_>) -> bool {
    match identity.kind {
        IdentityKind::User => false,
        IdentityKind::Group => true,
        IdentityKind::Role => !is_service_linked(record.path),
    }
}

fn viewer(
    context: &Context,
    identity: Identity,
    record: IdentityRecord<'_>,
    access: Access,
    documents: &[&PolicyDocument],
) -> BillingViewer {
    let has_members = || {
        let known = !context.members(record.name).is_empty();
        Known::any([Known::Known(known)], context.incomplete(RecordKind::User))
    };
    let administrator = documents.iter().map(|document| full_administrator::access(document)).max();
    BillingViewer {
        arn: record.arn.to_owned(),
        name: record.name.to_owned(),
        kind: identity.kind.text().to_owned(),
        access,
        in_use: if identity.kind == IdentityKind::Group { has_members() } else { Known::Known(true) },
        administrator: administrator.unwrap_or(Access::No),
    }
}

/// The documents, if all of them could be read: one that could not might deny.
fn readable(documents: Vec<(String, Known<&PolicyDocument>)>) -> Known<Vec<&PolicyDocument>> {
    let mut read = Vec::new();
    let mut hidden = None;
    for (_, document) in documents {
        match document {
            Known::Known(document) => read.push(document),
            Known::Unknown(missing) => hidden = Missing::either(hidden, Some(missing)),
        }
    }
    hidden.map_or(Known::Known(read), Known::Unknown)
}
