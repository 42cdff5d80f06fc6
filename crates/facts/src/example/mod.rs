//! Examples in rule files: fragments of a snapshot, from which facts are worked out as from a real one.
//!
//! An example gives fields of the snapshot's record of the rule's kind. Everything else is neutral: nothing
//! is configured, every listing is complete, the root user has MFA and no keys, users have neither passwords
//! nor keys, and everything was made 400 days before the snapshot. The names are those of the snapshot
//! format; a name that is not known is an error that suggests the nearest one.
//!
//! ```yaml
//! # s3.bucket: bucket fields; `account` for those of the account
//! given: {policy: {Version: …, Statement: […]}, acl: public-read, public_access_block: all}
//! given: {policy: {unreadable: s3:GetBucketPolicy, reason: throttled}}    # reason is denied if not given
//! given: {object_ownership: BucketOwnerEnforced, account: {public_access_block: {ignore_public_acls: true}}}
//! given: {encryption: aws:kms, versioning: Suspended, logging: {target_bucket: logs}}
//! given: {cors: [{allowed_origins: ["*"], allowed_methods: [PUT]}]}
//! given: {lifecycle: [{filter: {prefix: tmp/}, expiration: {days: 3}, abort_multipart_days: 7}], tags: {owner: data}}
//! given: {website: {redirect_all: {host: www.example.com, protocol: https}}, object_lock: {default_retention: {days: 30}}}
//! given: {replication: {rules: [{destination_bucket: "arn:aws:s3:::copies"}]}, snapshot: {buckets: [{name: copies}]}}
//! # s3.object_lambda_access_point, s3.access_grants_instance: their fields
//! given: {grants: [{scope: "s3://*", permission: READWRITE}], policy: {Version: …, Statement: […]}}
//! # s3.public_bucket_exception: `reason`, `owner`, `expires`; `bucket` for the fields of the bucket, else there is none
//! given: {expires: "2026-07-31", bucket: {acl: public-read}}
//! # access_analyzer.region: nothing of its own
//! given: {snapshot: {analyzers: [{analyzer_type: ACCOUNT_UNUSED_ACCESS, unused_access_age: 90}]}}
//! # ecr.public_repository: its fields
//! given: {name: tool, policy: {Version: …, Statement: […]}, tags: {owner: tools}}
//! # s3.access_point, s3.multi_region_access_point: their fields; the bucket is `data`
//! given: {vpc: vpc-1, policy: {Version: …, Statement: […]}, public_access_block: all}
//! # ecr.repository: `registry` for its region's registry; ecr.registry: the fields of the registry itself
//! given: {scan_on_push: true, registry: {scanning: {rules: [{scan_frequency: SCAN_ON_PUSH, repository_filters: ["*"]}]}}}
//! given: {lifecycle_policy: {rules: […]}, tag_mutability: IMMUTABLE, tags: {owner: web}}
//! given: {images: {images: 3, newest: {pushed_days_ago: 2}}, latest_scan: {severity_counts: {HIGH: 1}, completed_days_ago: 2}}
//! given: {policy: {…}, policy_scope: V1, replication: [{destinations: [{region: eu-central-1}], repository_filters: [prod]}]}
//! given: {pull_through_cache_rules: [{prefix: hub}], creation_templates: [{prefix: hub, lifecycle_policy: {…}}]}
//! # account, iam.root, iam.password_policy: account fields; `report` for the root user's row
//! given: {summary: {AccountMFAEnabled: 0}, report: {mfa_active: false, password_last_used_days_ago: 3}}
//! given: {summary: {unreadable: iam:GetAccountSummary}, report: {unreadable: iam:GetCredentialReport}}
//! given: {aliases: [acme], security_contact: {email: sec@acme.example}, password_policy: {minimum_length: 14}}
//! given: {organization: {}, service_control_policies: [{deny-leave: {…}}, {}]}    # a map of policies for each level
//! given: {password_policy: null, snapshot: {users: [{name: bob, report: {password_enabled: true}}]}}
//! # iam.user: user fields; `report` for his row (`missing` if he is newer than the report)
//! given: {attached_policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], inline_policies: {emergency: {…}}}
//! given: {report: {password_enabled: true, mfa_active: false, password_last_used_days_ago: 100,
//!                  access_keys: [{active: true, rotated_days_ago: 200, last_used_days_ago: null}]}}
//! # iam.access_key: one slot of the report; `user` for the user's fields
//! given: {active: true, rotated_days_ago: 91, last_used_days_ago: 2}
//! given: {user: {report: {unreadable: iam:GetCredentialReport}}}          # no key is known: `subject` is none
//! # iam.ssh_public_key: its fields; `user` for the user's fields, who may use Git in CodeCommit if nothing is said
//! given: {uploaded_days_ago: 200, active: true, user: {name: alice}}
//! # iam.group, iam.role, iam.policy: their fields
//! given: {name: finance, attached_policies: […], snapshot: {users: [{groups: [finance]}]}}
//! given: {trust_policy: {…}, last_used_days_ago: 100, declarations: {trusted_accounts: ["444455556666"]}}
//! given: {attachment_count: 0, document: {Version: …, Statement: […]}}
//! # iam.principal: `user` or `role`, with their fields
//! given: {role: {inline_policies: {everything: {…}}}}
//! # iam.entity: `user`, `group`, `role` or `policy`, with their fields
//! given: {policy: {name: infra-deploy, document: {…}}}
//! # iam.server_certificate, iam.saml_provider, iam.oidc_provider, iam.service_specific_credential: their fields
//! given: {expires_days_ago: 3}
//! given: {url: gitlab.com, details: {client_ids: [sts.amazonaws.com]}}
//! given: {user: alice, service: bedrock.amazonaws.com, snapshot: {users: [{name: alice}]}}
//! # iam.inline_policy: name and document; `user`, `group` or `role` for whom it is embedded in
//! given: {name: fix, document: {…}, role: {name: app}, declarations: {emergency_inline_policies: [{
//!   principal: "arn:aws:iam::111122223333:role/app", policy: fix, reason: …, owner: …, expires: "2026-07-31"}]}}
//! # iam.identity_policy: as for iam.inline_policy if there is a `user`, `group` or `role`, else as for iam.policy
//! given: {document: {…}, role: {name: app}}
//! ```
//!
//! Everywhere: a policy may be an object or a text; `…_days_ago` stands for a time before the snapshot,
//! which was taken at 2026-07-01T00:00:00Z; `{not_offered: operation}` is what a region without the service
//! answers; `account`, `declarations` and `snapshot: {users, groups, roles, policies, analyzers, access_points,
//! multi_region_access_points, registries, buckets, listings}`
//! describe the rest, `listings: {iam.user: {unreadable: iam:GetAccountAuthorizationDetails}}` what could not
//! be listed to its end; an example that says nothing else about its own resource is then about one that
//! nobody saw. The account is 111122223333, the region eu-west-1.

mod error;
mod neutral;
mod record;
mod registry;
mod world;

pub use error::ExampleError;
use neutral::Shape;
use palisade_snapshot::{RecordKind, Resource};
use serde_json::{Map, Value, json};
use world::REST;
pub(crate) use world::World;

use crate::{Facts, Kind, Subject, access_analyzer, account, ecr, iam, s3};

/// An example's account and resource.
#[derive(Debug)]
pub struct Example {
    /// The facts of the account.
    pub facts: Facts,
    /// The resource; none if what is given hides it, so that only [`Facts::gaps`] tells of it.
    pub subject: Option<Subject>,
}

/// Works the facts of an example out; see the [module's documentation](self) for what may be given.
///
/// # Errors
/// When a name is not known, or a value may not stand where it stands.
pub fn example(kind: &'static Kind, given: &Value) -> Result<Example, ExampleError> {
    let (world, arn) = world(kind, given)?;
    let facts = Facts::new(&world.shared, &world.declarations);
    let subject = subject(&facts, kind, world.resource.as_ref(), arn.as_deref());
    Ok(Example { facts, subject })
}

/// The resource of an example, found by its ARN where there may be others of its kind.
pub(crate) fn subject(
    facts: &Facts,
    kind: &Kind,
    resource: Option<&Resource>,
    arn: Option<&str>,
) -> Option<Subject> {
    let is_it = |subject: &Subject| arn.is_none_or(|arn| subject.arn == arn);
    match resource {
        Some(resource) => facts.resource_subjects(resource).into_iter().find(is_it),
        None => facts.subjects_of(kind).find(is_it),
    }
}

/// The snapshot of an example, and the ARN by which its resource is found.
pub(crate) fn world(kind: &'static Kind, given: &Value) -> Result<(World, Option<String>), ExampleError> {
    let given = record::members(given, kind.name)?;
    let is_account = [&account::KIND, &iam::root::KIND, &iam::password_policy::KIND].contains(&kind);
    let mut world = if is_account {
        World::new(given, kind.name, &["snapshot", "declarations"])?
    } else {
        let empty = json!({});
        World::new(record::members(given.get("account").unwrap_or(&empty), "account")?, "account", &[])?
    };
    let arn = if is_unlisted(kind, given) {
        Some((kind.wildcard_arn)(&world.shared))
    } else {
        place(kind, given, &mut world)?
    };
    world.finish(given)?;
    Ok((world, arn))
}

/// Whether an example is about a resource that nobody saw: it says nothing about the resource, and that
/// those of its kind could not be listed.
fn is_unlisted(kind: &Kind, given: &Map<String, Value>) -> bool {
    let listings = given.get("snapshot").and_then(|snapshot| snapshot.get("listings"));
    let is_marked = |listing: &RecordKind| {
        listings.is_some_and(|listings| listings.get(listing.evidence().name()).is_some())
    };
    given.keys().all(|key| REST.contains(&key.as_str())) && kind.listings.iter().any(is_marked)
}

/// Puts the record that an example gives into its snapshot; gives the ARN by which its subject is found, if
/// there may be others of its kind.
fn place(kind: &Kind, given: &Map<String, Value>, world: &mut World) -> Result<Option<String>, ExampleError> {
    let name = kind.name;
    if *kind == iam::user::KIND {
        return world.user(given, name, &REST, Map::new()).map(Some);
    } else if *kind == iam::access_key::KIND {
        return access_key(given, world).map(Some);
    } else if *kind == iam::group::KIND {
        return world.group(given, name, &REST).map(Some);
    } else if *kind == iam::role::KIND {
        return world.role(given, name, &REST).map(Some);
    } else if *kind == iam::policy::KIND {
        return world.policy(given, name, &REST).map(Some);
    } else if *kind == iam::principal::KIND {
        return principal(given, world).map(Some);
    } else if *kind == iam::entity::KIND {
        return entity(given, world).map(Some);
    } else if *kind == iam::server_certificate::KIND {
        return world.listed(kind, Shape::ServerCertificate, given).map(Some);
    } else if *kind == iam::identity_provider::SAML {
        return world.listed(kind, Shape::SamlProvider, given).map(Some);
    } else if *kind == iam::identity_provider::OIDC {
        return world.listed(kind, Shape::OidcProvider, given).map(Some);
    } else if *kind == iam::service_specific_credential::KIND {
        return world.listed(kind, Shape::ServiceSpecificCredential, given).map(Some);
    } else if *kind == iam::ssh_public_key::KIND {
        return ssh_public_key(given, world).map(Some);
    } else if *kind == ecr::public_repository::KIND {
        return world.listed(kind, Shape::PublicRepository, given).map(Some);
    } else if *kind == iam::inline_policy::KIND {
        return inline_policy(given, world).map(Some);
    } else if *kind == iam::identity_policy::KIND {
        let is_inline = ["user", "group", "role"].iter().any(|holder| given.contains_key(*holder));
        let arn = if is_inline { inline_policy(given, world) } else { world.policy(given, name, &REST) };
        return arn.map(Some);
    } else if *kind == access_analyzer::KIND {
        if let Some(key) = given.keys().find(|key| !REST.contains(&key.as_str())) {
            return Err(ExampleError::unknown_key(name, key, REST));
        }
    } else if *kind == s3::access_point::KIND {
        return world.access_point(given, name, &REST).map(Some);
    } else if *kind == s3::multi_region_access_point::KIND {
        return world.multi_region_access_point(given, name, &REST).map(Some);
    } else if *kind == s3::object_lambda_access_point::KIND {
        return world.object_lambda_access_point(given).map(Some);
    } else if *kind == s3::access_grants::KIND {
        return world.access_grants_instance(given).map(Some);
    } else if *kind == s3::bucket::KIND {
        world.bucket(given, name, &REST)?;
    } else if *kind == s3::public_bucket::KIND {
        return world.public_bucket(given).map(Some);
    } else if *kind == ecr::registry::KIND {
        world.registry(given, name, &REST)?;
    } else if *kind == ecr::repository::KIND {
        let [account, snapshot, declarations] = REST;
        let region = world.repository(given, name, &[account, snapshot, declarations, "registry"])?;
        let mut registry = record::object(json!({"region": region}));
        if let Some(more) = given.get("registry") {
            registry.extend(record::members(more, "registry")?.clone());
        }
        world.registry(&registry, "registry", &[])?;
    }
    Ok(None)
}

/// The first access key of a user.
fn access_key(given: &Map<String, Value>, world: &mut World) -> Result<String, ExampleError> {
    let beside = |key: &str| key == "user" || REST.contains(&key);
    let key: Map<String, Value> = given
        .iter()
        .filter(|(key, _)| !beside(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let empty = json!({});
    let user = record::members(given.get("user").unwrap_or(&empty), "user")?;
    let arn = world.user(user, "user", &[], record::object(json!({"access_keys": [key]})))?;
    Ok(format!("{arn}/access-key/1"))
}

/// An SSH public key of a user, who may use Git in CodeCommit if nothing else is said.
fn ssh_public_key(given: &Map<String, Value>, world: &mut World) -> Result<String, ExampleError> {
    let beside = |key: &str| key == "user" || REST.contains(&key);
    let key: Map<String, Value> = given
        .iter()
        .filter(|(key, _)| !beside(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let git = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "codecommit:GitPull", "Resource": "*",
    }});
    let id = given.get("id").and_then(Value::as_str).unwrap_or("APKAEXAMPLE");
    let mut user = record::object(json!({"inline_policies": {"git": git}, "ssh_public_keys": [key]}));
    if let Some(more) = given.get("user") {
        user.extend(record::members(more, "user")?.clone());
    }
    let arn = world.user(&user, "user", &[], Map::new())?;
    Ok(format!("{arn}/ssh-public-key/{id}"))
}

/// A user or role; the user alice if nothing is said.
fn principal(given: &Map<String, Value>, world: &mut World) -> Result<String, ExampleError> {
    let known = ["user", "role"];
    if let Some(key) =
        given.keys().find(|key| !known.contains(&key.as_str()) && !REST.contains(&key.as_str()))
    {
        let all = known.into_iter().chain(REST);
        return Err(ExampleError::unknown_key(iam::principal::KIND.name, key, all));
    }
    let empty = json!({});
    match given.get("role") {
        Some(role) => world.role(record::members(role, "role")?, "role", &[]),
        None => {
            let user = record::members(given.get("user").unwrap_or(&empty), "user")?;
            world.user(user, "user", &[], Map::new())
        }
    }
}

/// A user, group, role or managed policy; the user alice if nothing is said.
fn entity(given: &Map<String, Value>, world: &mut World) -> Result<String, ExampleError> {
    let known = ["user", "group", "role", "policy"];
    let chosen = known.into_iter().find(|key| given.contains_key(*key)).unwrap_or("user");
    if let Some(key) = given.keys().find(|key| *key != chosen && !REST.contains(&key.as_str())) {
        let all = known.into_iter().chain(REST);
        return Err(ExampleError::unknown_key(iam::entity::KIND.name, key, all));
    }
    let empty = json!({});
    let record = record::members(given.get(chosen).unwrap_or(&empty), chosen)?;
    match chosen {
        "group" => world.group(record, chosen, &[]),
        "role" => world.role(record, chosen, &[]),
        "policy" => world.policy(record, chosen, &[]),
        _ => world.user(record, chosen, &[], Map::new()),
    }
}

/// A policy embedded in a user, group or role; in the user alice if nothing is said.
fn inline_policy(given: &Map<String, Value>, world: &mut World) -> Result<String, ExampleError> {
    let known = ["name", "document", "user", "group", "role"];
    if let Some(key) =
        given.keys().find(|key| !known.contains(&key.as_str()) && !REST.contains(&key.as_str()))
    {
        return Err(ExampleError::unknown_key(
            iam::inline_policy::KIND.name,
            key,
            known.into_iter().chain(REST),
        ));
    }
    let neutral = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"},
    ]});
    let name = given.get("name").cloned().unwrap_or_else(|| json!("inline"));
    let document = record::document(given.get("document").unwrap_or(&neutral));
    let holder = |key: &str| -> Result<Map<String, Value>, ExampleError> {
        let mut holder = match given.get(key) {
            Some(holder) => record::members(holder, key)?.clone(),
            None => Map::new(),
        };
        holder.insert("inline_policies".to_owned(), json!([{"name": name, "document": document}]));
        Ok(holder)
    };
    let arn = if given.contains_key("group") {
        world.group(&holder("group")?, "group", &[])?
    } else if given.contains_key("role") {
        world.role(&holder("role")?, "role", &[])?
    } else {
        world.user(&holder("user")?, "user", &[], Map::new())?
    };
    Ok(iam::inline_policy::arn(&arn, name.as_str().unwrap_or_default()))
}
