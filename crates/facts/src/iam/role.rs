//! IAM roles and whom they trust.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::{Evidence, RecordKind, Role as Record};

use super::{
    AttachedPolicy, Effective, IdentityKind, MalformedPrincipal, RoleCircle, RoleTrusts, Tag, attached,
    effective, escalation, federation, identity_provider, role_circle, trust, trust_principals,
    trust_summary,
};
use crate::clock::days_since;
use crate::context::Context;
use crate::identities::Identity;
use crate::listed;
use crate::organization;
use crate::subject::Subjects;
use crate::{Access, Kind, Known, Lazy, Listed, Subject, facts};

facts! {
    /// An IAM role.
    pub struct Role as "iam.role" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Its path, `/` at the least.
        path: String, reads [];
        /// When it was created.
        created_at: Timestamp, reads [];
        /// Its age in days.
        age_days: i64, reads [];
        /// Whether an AWS service owns it, so that nobody in the account can change it (`/aws-service-role/`).
        service_linked: bool, reads [];
        /// Whether IAM Identity Center made it from a permission set (`/aws-reserved/`).
        identity_center: bool, reads [];
        /// When it was last used within the 400 days that AWS tracks; null if not.
        last_used_at: Option<Timestamp>, reads [];
        /// How many days ago it was last used; null if not within the 400 days that AWS tracks.
        last_used_days: Option<i64>, reads [];
        /// Whom its trust policy lets in.
        trusts: Arc<Lazy<Known<RoleTrusts>>>, reads [];
        /// The principals that its trust policy names in a form that AWS does not know.
        malformed_principals: Lazy<Known<Vec<MalformedPrincipal>>>, reads [];
        /// The users and roles that its trust policy names and that are gone: unique ids, which IAM shows in their place,
        /// and ARNs of this account that nobody has.
        deleted_principals: Lazy<Known<Listed<String>>>, reads [Users];
        /// The identity providers that its trust policy names and that do not exist.
        dangling_providers: Lazy<Known<Listed<String>>>, reads [SamlProviders, OidcProviders];
        /// The OpenID Connect providers whose users get in whatever their token was made for: the trust policy does not
        /// ask for an audience, and the provider does not accept exactly one.
        unasked_audiences: Lazy<Known<Listed<String>>>, reads [OidcProviders, OidcProviderDetails];
        /// The longest session that may be asked for, in seconds; null if AWS does not list the role.
        max_session_seconds: Known<Option<i64>>, reads [RoleSessionDurations];
        /// The names of its inline policies.
        inline_policies: Vec<String>, reads [];
        /// The managed policies attached to it.
        attached_policies: Vec<AttachedPolicy>, reads [];
        /// The ARN of its permissions boundary; null if there is none.
        permissions_boundary: Option<String>, reads [];
        /// The ARNs of the instance profiles that carry it.
        instance_profiles: Vec<String>, reads [];
        /// Its tags.
        tags: Vec<Tag>, reads [];
        /// What it may really do.
        effective: Lazy<Known<Effective>>, reads [Policies, ServiceControlPolicies];
        /// Whether `palisade.toml` declares it to be for emergencies.
        for_emergencies: bool, reads [];
        /// Whether code is built and deployed by it (CI/CD): `palisade.toml` declares so, or only builders of code, such
        /// as GitHub Actions, get in from outside the account.
        cicd: Lazy<Known<bool>>, reads [];
        /// The changes to whom it lets in and what it may do that service control policies leave to whom they don't
        /// exempt by name; null if none can limit the account, or it may not read them.
        changes_left: Lazy<Known<Option<Vec<String>>>>, reads [ServiceControlPolicies, Organization];
        /// The ARNs of the users and roles that get its credentials, alone or over others, beside administrators.
        reached_by: Lazy<Known<Vec<String>>>, reads [Users, Groups, Policies, CredentialReport, ServiceControlPolicies];
        /// The circle of roles that are no administrators which it is in: each can assume the next.
        circle: Lazy<Known<RoleCircle>>, reads [Policies, ServiceControlPolicies, ResourceControlPolicies];
        /// Whether it can assume itself, and is no administrator.
        assumes_itself: Lazy<Known<Access>>, reads [Policies, ServiceControlPolicies, ResourceControlPolicies];
    }
}

/// IAM roles.
pub static KIND: Kind = Kind {
    name: "iam.role",
    variable: "role",
    object: &Role::OBJECT,
    listings: &[RecordKind::Role],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:role/*", shared.header.partition, shared.header.account_id)
    },
    subjects,
    hidden: |_| None,
};

/// One subject per role.
pub(crate) fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let roles = context.shared.roles.iter().enumerate();
    Box::new(roles.map(|(index, role)| subject(context, index, role)))
}

fn subject(context: &Arc<Context>, index: usize, role: &Record) -> Subject {
    let now = context.now();
    let last_used_at = role.last_used.as_ref().map(|used| used.at);
    let (reading, asking) = (Arc::clone(context), Arc::clone(context));
    let trusts = Arc::new(Lazy::new(move || trust::of_role(&reading, index)));
    let trusted = Arc::clone(&trusts);
    let (providers, audiences) = (Arc::clone(context), Arc::clone(context));
    let (searching, arn) = (Arc::clone(context), role.arn.clone());
    let facts = Role {
        arn: role.arn.clone(),
        name: role.name.clone(),
        path: role.path.clone(),
        created_at: role.created_at,
        age_days: days_since(role.created_at, now),
        service_linked: is_service_linked(&role.path),
        identity_center: is_identity_center(&role.path),
        last_used_days: last_used_at.map(|time| days_since(time, now)),
        last_used_at,
        trusts,
        malformed_principals: {
            let reading = Arc::clone(context);
            Lazy::new(move || trust_principals::malformed(&reading, index))
        },
        deleted_principals: {
            let looking = Arc::clone(context);
            Lazy::new(move || trust_principals::deleted(&looking, index))
        },
        dangling_providers: Lazy::new(move || identity_provider::dangling(&providers, index)),
        unasked_audiences: Lazy::new(move || federation::unasked_audiences(&audiences, trusted.get())),
        max_session_seconds: max_session_seconds(context, &role.arn),
        inline_policies: attached::names(&role.inline_policies),
        attached_policies: AttachedPolicy::list(&role.attached_policies),
        permissions_boundary: role.permissions_boundary.as_ref().map(|boundary| boundary.arn.clone()),
        instance_profiles: role.instance_profiles.clone(),
        tags: Tag::list(&role.tags),
        effective: Lazy::new(move || effective::of(&asking, Identity { kind: IdentityKind::Role, index })),
        for_emergencies: context.declarations.is_emergency_role(&role.name),
        cicd: {
            let asking = Arc::clone(context);
            Lazy::new(move || is_cicd(&asking, index))
        },
        changes_left: {
            let (asking, arn) = (Arc::clone(context), role.arn.clone());
            Lazy::new(move || organization::role_changes_left(&asking, &arn))
        },
        reached_by: Lazy::new(move || escalation::reached_by(&searching, &arn)),
        circle: {
            let asking = Arc::clone(context);
            Lazy::new(move || role_circle::of(&asking, index))
        },
        assumes_itself: {
            let asking = Arc::clone(context);
            Lazy::new(move || role_circle::assumes_itself(&asking, index))
        },
    };
    Subject {
        kind: &KIND,
        arn: role.arn.clone(),
        name: role.name.clone(),
        region: None,
        facts: Box::new(facts),
    }
}

/// Whether code is built and deployed by the role of that place.
fn is_cicd(context: &Arc<Context>, index: usize) -> Known<bool> {
    let name = context.shared.roles.get(index).map(|role| role.name.as_str());
    if name.is_some_and(|name| context.declarations.is_cicd_principal(name)) {
        return Known::Known(true);
    }
    trust_summary::ask(context, index, |trusts| trusts.only_builders)
}

/// A role that was made between the two listings is in one of them only.
fn max_session_seconds(context: &Context, arn: &str) -> Known<Option<i64>> {
    let durations = &context.shared.account.role_session_durations;
    let items = listed::items(durations);
    let found = items.binary_search_by(|one| one.role_arn.as_str().cmp(arn)).ok();
    let found = found.and_then(|place| items.get(place)).map(|one| i64::from(one.max_seconds));
    match (found, listed::hidden(durations, Evidence::RoleSessionDurations)) {
        (None, Some(missing)) => Known::Unknown(missing),
        (found, _) => Known::Known(found),
    }
}

pub(crate) fn is_service_linked(path: &str) -> bool {
    path.starts_with("/aws-service-role/")
}

pub(crate) fn is_identity_center(path: &str) -> bool {
    path.starts_with("/aws-reserved/")
}

/// Whether a role of that path belongs to AWS, so that nobody in the account can change it.
pub(crate) fn is_aws_owned(path: &str) -> bool {
    is_service_linked(path) || is_identity_center(path)
}
