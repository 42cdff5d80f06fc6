//! Accounts of any size, always the same for the same sizes.

use super::documents::{expire_untagged, full_admin, read_bucket, service_trust, tls_only};
use super::{
    AccessKey, Account, BlockPublicAccess, Bucket, Console, ManagedPolicy, PasswordPolicy, Policies,
    Repository, Role, User,
};

/// How many of each kind a generated account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// IAM users.
    pub users: usize,
    /// IAM roles.
    pub roles: usize,
    /// Customer managed policies.
    pub policies: usize,
    /// S3 buckets.
    pub buckets: usize,
    /// ECR repositories.
    pub repositories: usize,
}

impl Sizes {
    /// The account by which numbers of requests are judged.
    pub const MEDIUM: Self = Self { users: 50, roles: 25, policies: 5, buckets: 20, repositories: 10 };
    /// The account by which speed is compared.
    pub const LARGE: Self = Self { users: 300, roles: 150, policies: 30, buckets: 150, repositories: 60 };
}

impl Account {
    /// An account of the given sizes, in `us-east-1` and `eu-west-1`, with something wrong in
    /// about every third resource.
    #[must_use]
    pub fn generate(sizes: Sizes) -> Self {
        Self {
            alias: Some("generated".to_owned()),
            password_policy: Some(PasswordPolicy::default()),
            policies: (0..sizes.policies).map(policy).collect(),
            users: (0..sizes.users).map(|place| user(place, sizes.policies)).collect(),
            roles: (0..sizes.roles).map(|place| role(place, sizes.policies)).collect(),
            buckets: (0..sizes.buckets).map(bucket).collect(),
            repositories: (0..sizes.repositories).map(repository).collect(),
            ..Self::default()
        }
    }
}

/// Every third resource has a fault.
fn faulty(place: usize) -> bool {
    place % 3 == 2
}

fn region(place: usize) -> String {
    if place.is_multiple_of(4) { "eu-west-1" } else { "us-east-1" }.to_owned()
}

fn policy(place: usize) -> ManagedPolicy {
    let document = if faulty(place) { full_admin() } else { read_bucket(&format!("bucket-{place:03}")) };
    ManagedPolicy { name: format!("policy-{place:03}"), document, earlier_documents: Vec::new() }
}

fn attached(place: usize, policies: usize) -> Policies {
    let attached = (policies > 0).then(|| format!("policy-{:03}", place % policies.max(1)));
    Policies { attached: attached.into_iter().collect(), ..Policies::default() }
}

fn user(place: usize, policies: usize) -> User {
    let wrong = faulty(place);
    let age_days = if wrong { 400 } else { 30 };
    let key = AccessKey { active: true, age_days, last_used_days: Some(1) };
    User {
        name: format!("user-{place:03}"),
        age_days: 500,
        console: place
            .is_multiple_of(2)
            .then_some(Console { last_used_days: Some(age_days), changed_days: None }),
        mfa: !wrong,
        access_keys: if place % 2 == 1 { vec![key] } else { Vec::new() },
        policies: if wrong { attached(place, policies) } else { Policies::default() },
        ..User::default()
    }
}

fn role(place: usize, policies: usize) -> Role {
    let mut policies = attached(place, policies);
    if faulty(place) {
        policies.inline.insert("inline".to_owned(), read_bucket("bucket-000"));
    }
    Role {
        name: format!("role-{place:03}"),
        path: None,
        trust: service_trust("lambda.amazonaws.com"),
        policies,
        age_days: 200,
        last_used_days: Some(2),
        boundary: None,
        tags: std::collections::BTreeMap::new(),
        instance_profile: false,
    }
}

fn bucket(place: usize) -> Bucket {
    let name = format!("generated-bucket-{place:03}");
    let wrong = faulty(place);
    Bucket {
        region: region(place),
        policy: (!wrong).then(|| tls_only(&name)),
        public_access_block: if wrong { BlockPublicAccess::None } else { BlockPublicAccess::All },
        versioning: (!wrong).then(|| "Enabled".to_owned()),
        name,
        ..Bucket::default()
    }
}

fn repository(place: usize) -> Repository {
    let wrong = faulty(place);
    Repository {
        name: format!("generated/repository-{place:03}"),
        region: region(place),
        scan_on_push: !wrong,
        immutable_tags: !wrong,
        lifecycle: (!wrong).then(expire_untagged),
        ..Repository::default()
    }
}
