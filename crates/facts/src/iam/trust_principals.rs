//! The principals that a trust policy names: those that are gone, and those that are written wrong ("AWS JSON policy
//! elements: Principal").

use std::collections::BTreeSet;

use palisade_policy::arn::Arn;
use palisade_policy::document::{PolicyDocument, PrincipalKind, Principals};
use palisade_policy::lint::{Code, PolicyType, lint_text};
use palisade_snapshot::{Evidence, Reason, RecordKind};

use crate::context::Context;
use crate::resource_policy::is_unique_id;
use crate::{Known, Listed, Missing, facts, identities};

facts! {
    /// A principal that is written wrong.
    pub struct MalformedPrincipal as "malformed_principal" {
        /// Where it stands: a JSON pointer into the trust policy.
        pointer: String, reads [];
        /// What is wrong, as a sentence with the principal in it.
        message: String, reads [];
    }
}

/// How the names of AWS services end as principals, in all partitions.
const SERVICE_ENDINGS: [&str; 7] = [
    ".amazon.com",
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".aws.internal",
    ".ic.gov",
    ".sgov.gov",
];

/// A principal with its kind and its place.
type Named<'a> = (PrincipalKind, &'a str, String);

fn principals(document: &PolicyDocument) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    for statement in &document.statements {
        let element = statement.principals.as_ref().zip(statement.principals_pointer());
        let Some((Principals::ByKind(kinds), whole)) =
            element.map(|(element, whole)| (&element.principals, whole))
        else {
            continue;
        };
        for (kind, values) in kinds {
            let list = format!("{whole}/{}", kind.name());
            let named = values.items.iter().enumerate();
            found.extend(named.map(|(index, value)| (*kind, value.as_str(), values.pointer(&list, index))));
        }
    }
    found
}

/// The principals that the trust policy of the role of that place names in a form that AWS does not know.
pub(super) fn malformed(context: &Context, index: usize) -> Known<Vec<MalformedPrincipal>> {
    let Some(role) = context.shared.roles.get(index) else { return unread() };
    identities::read(&role.trust_policy, Evidence::Roles).map(|document| {
        let linted = lint_text(&role.trust_policy, PolicyType::Trust).into_iter();
        let linted = linted.filter(|finding| finding.code == Code::InvalidPrincipal);
        let mut found: Vec<MalformedPrincipal> = linted
            .map(|finding| MalformedPrincipal { pointer: finding.path, message: finding.message })
            .collect();
        let known: BTreeSet<String> = found.iter().map(|one| one.pointer.clone()).collect();
        let partition = &context.shared.header.partition;
        let others = principals(&document).into_iter().filter(|(_, _, pointer)| !known.contains(pointer));
        found.extend(others.filter_map(|(kind, value, pointer)| {
            let message = format!("{value:?}: {}", fault(kind, value, partition)?);
            Some(MalformedPrincipal { pointer, message })
        }));
        found.sort_by(|one, other| one.pointer.cmp(&other.pointer));
        found
    })
}

/// What is wrong with a principal that has the form of one.
fn fault(kind: PrincipalKind, value: &str, partition: &str) -> Option<String> {
    if kind == PrincipalKind::Service {
        let is_known = value == "*" || SERVICE_ENDINGS.iter().any(|ending| value.ends_with(ending));
        return (!is_known).then(|| "AWS has no services of that domain".to_owned());
    }
    let arn = Arn::parse(value)?;
    if arn.partition != partition {
        return Some(format!("the role is in the partition {partition}, and nobody comes in from another"));
    }
    let is_identity = matches!(arn.service, "iam" | "sts");
    (!is_identity)
        .then(|| "principals are users, roles, accounts and providers of IAM and their sessions".to_owned())
}

/// The users and roles that the trust policy of the role of that place names and that are gone: unique ids, which IAM
/// shows in their place, and ARNs of this account that nobody has.
pub(super) fn deleted(context: &Context, index: usize) -> Known<Listed<String>> {
    let Some(role) = context.shared.roles.get(index) else { return unread() };
    identities::read(&role.trust_policy, Evidence::Roles).map(|document| {
        let mut found = BTreeSet::new();
        let mut hidden = None;
        for (_, value, _) in
            principals(&document).into_iter().filter(|(kind, _, _)| *kind == PrincipalKind::Aws)
        {
            if is_unique_id(value) {
                found.insert(value.to_owned());
                continue;
            }
            let Some(kind) = own_kind(context, value) else { continue };
            if context.has_principal(value) {
                continue;
            }
            match context.incomplete(kind) {
                Some(missing) => hidden = Missing::either(hidden, Some(missing)),
                None => {
                    found.insert(value.to_owned());
                }
            }
        }
        Listed { items: found.into_iter().collect(), incomplete: hidden }
    })
}

/// Whether an ARN names a user or a role of the account.
fn own_kind(context: &Context, value: &str) -> Option<RecordKind> {
    let arn = Arn::parse(value).filter(|arn| arn.service == "iam")?;
    if arn.account != context.shared.header.account_id || value.contains(['*', '?']) {
        return None;
    }
    match arn.resource.split('/').next() {
        Some("user") => Some(RecordKind::User),
        Some("role") => Some(RecordKind::Role),
        _ => None,
    }
}

fn unread<T>() -> Known<T> {
    Known::Unknown(Missing::because(Evidence::Roles, Reason::Malformed))
}
