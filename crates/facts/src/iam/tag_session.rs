//! Who sets tags on sessions of a role, and whether tags of sessions count for anything ("Passing session tags in AWS STS"
//! in the IAM User Guide).

use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Condition, Effect, PolicyDocument, PrincipalKind, Principals, Statement};
use palisade_policy::request::Action;
use palisade_snapshot::{ManagedPolicy, RecordKind};

use crate::Known;
use crate::context::Context;
use crate::resource_policy::{account_of, is_unique_id};

const TAG_SESSION: &str = "sts:TagSession";
/// How the condition key begins by which policies ask for tags of whoever makes a request.
const PRINCIPAL_TAG: &[u8] = b"aws:PrincipalTag/";

/// The principals outside the account whom a trust policy lets set any tags on their sessions; `*` is everybody.
pub(super) fn open_to(context: &Arc<Context>, _: &str, document: &PolicyDocument) -> Vec<String> {
    let Some(asked) = Action::parse(TAG_SESSION) else { return Vec::new() };
    let compiled = CompiledPolicy::new("trust policy", document);
    let about = document.statements.iter().zip(compiled.statements());
    let about = about.filter(|(statement, compiled)| {
        statement.effect == Effect::Allow
            && compiled.is_about(&asked)
            && !statement.conditions.iter().any(limits_tags)
    });
    let own = &context.shared.header.account_id;
    let mut found: Vec<String> = about.flat_map(|(statement, _)| outsiders(statement, own)).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a condition is about the tags that a request sets.
fn limits_tags(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    key.starts_with("aws:requesttag/") || key == "aws:tagkeys"
}

fn outsiders(statement: &Statement, own: &str) -> Vec<String> {
    let Some(element) = &statement.principals else { return Vec::new() };
    match &element.principals {
        _ if element.negated => vec!["*".to_owned()],
        Principals::Everyone => vec!["*".to_owned()],
        Principals::ByKind(kinds) => {
            let is_outside = |kind: PrincipalKind, value: &str| match kind {
                PrincipalKind::Aws => account_of(value) != Some(own) && !is_unique_id(value),
                PrincipalKind::Federated => true,
                PrincipalKind::Service | PrincipalKind::CanonicalUser => false,
            };
            let values =
                kinds.iter().flat_map(|(kind, values)| values.items.iter().map(move |one| (*kind, one)));
            values.filter(|(kind, value)| is_outside(*kind, value)).map(|(_, value)| value.clone()).collect()
        }
    }
}

/// Whether a policy of a user, group or role, or a managed one, asks for tags of whoever makes a request.
pub(crate) fn counts_tags(context: &Context) -> Known<bool> {
    let names = |text: &str| {
        text.as_bytes().windows(PRINCIPAL_TAG.len()).any(|part| part.eq_ignore_ascii_case(PRINCIPAL_TAG))
    };
    let inline =
        context.identity_records().flat_map(|(_, record)| record.inline).map(|one| one.document.as_str());
    let managed = context.shared.policies.iter().filter_map(ManagedPolicy::document);
    let found = inline.chain(managed).any(names);
    let kinds = [RecordKind::User, RecordKind::Group, RecordKind::Role, RecordKind::Policy];
    Known::any([Known::Known(found)], context.identities_incomplete(&kinds))
}
