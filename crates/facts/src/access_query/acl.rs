//! A bucket's access control list as a policy: what it grants, in the words of statements ("Access control list (ACL)
//! overview", Mapping of ACL permissions and access policy permissions).

use palisade_policy::document::{
    Effect, PatternElement, PolicyDocument, PolicyVersion, PrincipalElement, PrincipalKind, Principals,
    Statement, ValueList,
};
use palisade_snapshot::{
    AccessControlList, BlockPublicAccess, Bucket, Evidence, Grant, Grantee, ObjectOwnership, Observed, Shared,
};

use crate::Known;

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// What a list grants.
#[derive(Debug, Clone)]
pub(super) struct Grants {
    /// To callers who sign their requests.
    pub(super) signed: PolicyDocument,
    /// To those who do not.
    pub(super) unsigned: PolicyDocument,
}

/// What a bucket's own list grants; unknown if the list, the ownership of objects or Block Public Access is. `None`
/// where lists do not count.
pub(super) fn of_bucket(shared: &Shared, bucket: &Bucket) -> Known<Option<Grants>> {
    let enforced = Known::observed(
        &bucket.object_ownership,
        Evidence::BucketOwnershipControls,
        || false,
        |ownership| *ownership == ObjectOwnership::BucketOwnerEnforced,
    );
    let ignored = |block: &Observed<BlockPublicAccess>, evidence| {
        Known::observed(block, evidence, || false, |block| block.ignore_public_acls)
    };
    let ignores_public = ignored(&shared.account.public_access_block, Evidence::AccountBlockPublicAccess)
        .or(ignored(&bucket.public_access_block, Evidence::BucketPublicAccessBlock));
    match (enforced, &bucket.acl, ignores_public) {
        (Known::Known(true), ..) => Known::Known(None),
        (Known::Known(false), Observed::Present(list), Known::Known(ignores_public)) => {
            let of = |is_signed| document(list, &bucket.arn, ignores_public, is_signed);
            Known::Known(Some(Grants { signed: of(true), unsigned: of(false) }))
        }
        (Known::Known(false), Observed::Absent | Observed::NotOffered(_), _) => Known::Known(None),
        (Known::Unknown(missing), ..) | (_, _, Known::Unknown(missing)) => Known::Unknown(missing),
        (_, Observed::Unreadable(why), _) => {
            Known::Unknown(crate::Missing::evidence(Evidence::BucketAcl, why))
        }
    }
}

fn document(list: &AccessControlList, bucket: &str, ignores_public: bool, is_signed: bool) -> PolicyDocument {
    let owner = list.owner_id.as_deref();
    let grants = list.grants.iter().enumerate();
    let statements = grants.filter_map(|(index, grant)| {
        let principals = grantee(grant, owner, ignores_public, is_signed)?;
        Some(Statement {
            index,
            is_listed: true,
            sid: None,
            effect: Effect::Allow,
            principals: Some(PrincipalElement { negated: false, principals }),
            actions: PatternElement { negated: false, values: list_of(actions(&grant.permission)) },
            resources: Some(PatternElement {
                negated: false,
                values: list_of(&[bucket, &format!("{bucket}/*")]),
            }),
            conditions: Vec::new(),
        })
    });
    PolicyDocument {
        version: PolicyVersion::V2012,
        version_is_written: true,
        id: None,
        statements: statements.collect(),
    }
}

/// Who gets a grant, as a statement names him. The owner's account needs none: its own policies decide.
fn grantee(grant: &Grant, owner: Option<&str>, ignores_public: bool, is_signed: bool) -> Option<Principals> {
    match &grant.grantee {
        Grantee::CanonicalUser(id) if Some(id.as_str()) != owner => {
            Some(Principals::ByKind(vec![(PrincipalKind::CanonicalUser, list_of(&[id]))]))
        }
        Grantee::Group(uri) if !ignores_public => {
            let is_for_him = uri == ALL_USERS || uri == AUTHENTICATED_USERS && is_signed;
            is_for_him.then_some(Principals::Everyone)
        }
        Grantee::CanonicalUser(_) | Grantee::Group(_) | Grantee::Email(_) => None,
    }
}

fn list_of(items: &[&str]) -> ValueList {
    ValueList { items: items.iter().map(|item| (*item).to_owned()).collect(), is_list: true }
}

fn actions(permission: &str) -> &'static [&'static str] {
    const READ: [&str; 3] = ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"];
    const FULL_CONTROL: [&str; 6] = [
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
        "s3:PutObject",
        "s3:GetBucketAcl",
        "s3:PutBucketAcl",
    ];
    match permission {
        "READ" => &READ,
        "WRITE" => &["s3:PutObject"],
        "READ_ACP" => &["s3:GetBucketAcl"],
        "WRITE_ACP" => &["s3:PutBucketAcl"],
        "FULL_CONTROL" => &FULL_CONTROL,
        _ => &[],
    }
}
