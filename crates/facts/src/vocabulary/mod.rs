//! What a rule may name: the one list of kinds, and what is derived from it.

mod reference;

use std::collections::BTreeSet;

use palisade_snapshot::Evidence;

pub use reference::reference;

use crate::{Field, Kind, ObjectType, Type, access_analyzer, account, ecr, iam, s3};

/// Every kind of resource that rules can be about, in the order of the reference.
pub static KINDS: [&Kind; 27] = [
    &account::KIND,
    &iam::root::KIND,
    &iam::password_policy::KIND,
    &iam::user::KIND,
    &iam::access_key::KIND,
    &iam::group::KIND,
    &iam::role::KIND,
    &iam::principal::KIND,
    &iam::entity::KIND,
    &iam::policy::KIND,
    &iam::inline_policy::KIND,
    &iam::identity_policy::KIND,
    &iam::server_certificate::KIND,
    &iam::identity_provider::SAML,
    &iam::identity_provider::OIDC,
    &iam::service_specific_credential::KIND,
    &iam::ssh_public_key::KIND,
    &access_analyzer::KIND,
    &s3::access_point::KIND,
    &s3::multi_region_access_point::KIND,
    &s3::object_lambda_access_point::KIND,
    &s3::access_grants::KIND,
    &s3::bucket::KIND,
    &s3::public_bucket::KIND,
    &ecr::registry::KIND,
    &ecr::repository::KIND,
    &ecr::public_repository::KIND,
];

/// The kind of that name, such as `s3.bucket`.
#[must_use]
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// The evidence that decides which resources of a kind there are.
#[must_use]
pub fn evidence_of_kind(kind: &Kind) -> BTreeSet<Evidence> {
    kind.listings.iter().map(|listing| listing.evidence()).chain(kind.reads.iter().copied()).collect()
}

/// The evidence that an attribute rests on: that of every step on the way to it. `None` if there is no
/// such attribute. A step goes through lists and optional values, so `["exposure", "grants", "sid"]` is one.
#[must_use]
pub fn evidence_of_path(object: &'static ObjectType, path: &[&str]) -> Option<BTreeSet<Evidence>> {
    let mut evidence = BTreeSet::new();
    let mut object = Some(object);
    for name in path {
        let (_, field) = object?.field(name)?;
        evidence.extend(field.reads);
        object = object_of(&field.ty);
    }
    Some(evidence)
}

/// The object type behind lists and optional values, if there is one.
#[must_use]
pub fn object_of(ty: &Type) -> Option<&'static ObjectType> {
    match ty {
        Type::Object(object) => Some(object),
        Type::List(inner) | Type::Optional(inner) => object_of(inner),
        _ => None,
    }
}

/// Every attribute of an object and of the objects behind it, by its dotted path; those behind lists too.
#[must_use]
pub fn attributes(object: &'static ObjectType) -> Vec<(String, &'static Field)> {
    fn below(object: &'static ObjectType, above: &str, found: &mut Vec<(String, &'static Field)>) {
        for field in object.fields {
            let path =
                if above.is_empty() { field.name.to_owned() } else { format!("{above}.{}", field.name) };
            found.push((path.clone(), field));
            if let Some(inner) = object_of(&field.ty) {
                below(inner, &path, found);
            }
        }
    }
    let mut found = Vec::new();
    below(object, "", &mut found);
    found
}
