//! What an account is there for among the others, and who gets into it.

use std::sync::Arc;

use palisade_snapshot::{RecordKind, Role};

use crate::context::Context;
use crate::declarations::AccountType as Declared;
use crate::iam::effective::Held;
use crate::iam::openers::{only_builders, openers};
use crate::iam::role::{is_identity_center, is_service_linked};
use crate::iam::{
    FederationKind, IdentityKind, Permission, RoleTrusts, UserClass, classification, trust, user,
};
use crate::identities::Identity;
use crate::{Known, Lazy, Listed, Missing, fact_enum, facts};

fact_enum! {
    /// What an account is there for.
    pub enum AccountType {
        /// It holds the users of people, who assume roles in other accounts.
        Users = "users",
        /// What is being developed runs there.
        Dev = "dev",
        /// The same, and it stands in for an account for users.
        DevAndUsers = "dev+users",
        /// What customers use runs there.
        Prod = "prod",
        /// It manages the organization.
        Management = "management",
        /// It holds logs and tools of those who look after security.
        Security = "security",
        /// Other accounts share what runs there.
        Shared = "shared",
        /// Nobody has said.
        Undeclared = "undeclared",
    }
}

fact_enum! {
    /// How people get into a role from outside its account.
    pub enum WorkforceWay {
        /// By a permission set of IAM Identity Center.
        IdentityCenter = "identity_center",
        /// By an identity provider: SAML, or OpenID Connect that is neither a builder of code nor a login of customers.
        Federated = "federated",
        /// From another account, without an external ID.
        Account = "account",
    }
}

facts! {
    /// A role that people get into from outside its account.
    pub struct WorkforceRole as "workforce_role" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// How they get in: `identity_center`, `federated` or, if in no other way, `account`.
        way: WorkforceWay, reads [];
        /// How many days ago it was last used; null if not within the 400 days that AWS tracks.
        last_used_days: Option<i64>, reads [];
    }
}

facts! {
    /// A user or role by which code is built and deployed.
    pub struct CicdPrincipal as "cicd_principal" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Whether it is a user or a role.
        kind: IdentityKind, reads [];
        /// Whether it can be used: a role, or a user with an active access key.
        active: Known<bool>, reads [];
        /// How many days ago it was last used, or made if it never was; null for a user without active access keys.
        idle_days: Known<Option<i64>>, reads [];
    }
}

facts! {
    /// A user or role by which somebody gets into an account from outside.
    pub struct Entrance as "entrance" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Whether it is a user or a role.
        kind: IdentityKind, reads [];
        /// What opens it: a password, an access key, an account, an organization, an identity provider, certificates.
        opened_by: Vec<String>, reads [];
        /// Whether code is built and deployed by it: `palisade.toml` declares so, or only builders of code, such as
        /// GitHub Actions, get in.
        cicd: bool, reads [];
        /// Whether `palisade.toml` declares it to be for emergencies.
        for_emergencies: bool, reads [];
        /// Something that it may do besides listing and reading; null if there is nothing.
        beyond_reading: Lazy<Known<Option<Permission>>>, reads [];
    }
}

/// What `palisade.toml` says that the account is there for.
pub(super) fn account_type(context: &Context) -> AccountType {
    match context.declarations.account_types.get(&context.shared.header.account_id) {
        None => AccountType::Undeclared,
        Some(Declared::Users) => AccountType::Users,
        Some(Declared::Dev) => AccountType::Dev,
        Some(Declared::DevAndUsers) => AccountType::DevAndUsers,
        Some(Declared::Prod) => AccountType::Prod,
        Some(Declared::Management) => AccountType::Management,
        Some(Declared::Security) => AccountType::Security,
        Some(Declared::Shared) => AccountType::Shared,
    }
}

/// The names of the users with a password that are not known to be programs'.
pub(super) fn people_with_passwords(context: &Context) -> Listed<String> {
    let mut incomplete = context.incomplete(RecordKind::User);
    let mut items = Vec::new();
    for (index, record) in context.shared.users.iter().enumerate() {
        let is_program = classification::class(context, index).map(|class| class == UserClass::Machine);
        match Known::all([user::console(context.row(record)), is_program.negate()]) {
            Known::Known(true) => items.push(record.name.clone()),
            Known::Known(false) => {}
            Known::Unknown(missing) => incomplete = Missing::either(incomplete, Some(missing)),
        }
    }
    Listed { items, incomplete }
}

/// The names of the users that are in no group.
pub(super) fn users_without_groups(context: &Context) -> Listed<String> {
    let outside = context.shared.users.iter().filter(|user| user.groups.is_empty());
    let items = outside.map(|user| user.name.clone()).collect();
    Listed { items, incomplete: context.incomplete(RecordKind::User) }
}

/// The roles that people get into from outside.
pub(super) fn workforce_roles(context: &Arc<Context>) -> Listed<WorkforceRole> {
    of_roles(context, |_, role, trusts| {
        Some(WorkforceRole {
            way: workforce_way(role, trusts)?,
            arn: role.arn.clone(),
            name: role.name.clone(),
            last_used_days: last_used_days(context, role),
        })
    })
}

/// The users and roles by which code is built and deployed.
pub(super) fn cicd_principals(context: &Arc<Context>) -> Listed<CicdPrincipal> {
    let roles = of_roles(context, |_, role, trusts| {
        is_cicd(context, role, trusts).then(|| CicdPrincipal {
            arn: role.arn.clone(),
            name: role.name.clone(),
            kind: IdentityKind::Role,
            active: Known::Known(true),
            idle_days: Known::Known(Some(
                last_used_days(context, role).unwrap_or_else(|| age_days(context, role.created_at)),
            )),
        })
    });
    let users = context.shared.users.iter().filter(|user| context.declarations.is_cicd_principal(&user.name));
    let users = users.map(|user| {
        let row = context.row(user);
        CicdPrincipal {
            arn: user.arn.clone(),
            name: user.name.clone(),
            kind: IdentityKind::User,
            active: row.as_ref().map(|row| row.access_keys.iter().any(|key| key.active)),
            idle_days: row.and_then(|row| user::idle_key_days(row, context.now())),
        }
    });
    Listed {
        items: users.chain(roles.items).collect(),
        incomplete: Missing::either(roles.incomplete, context.incomplete(RecordKind::User)),
    }
}

/// The users with credentials, and the roles that open to somebody outside: not to AWS services, and not to what runs
/// in a cluster or to customers who sign in.
pub(super) fn entrances(context: &Arc<Context>) -> Listed<Entrance> {
    let mut incomplete = context.incomplete(RecordKind::User);
    let mut items = Vec::new();
    for (index, record) in context.shared.users.iter().enumerate() {
        match context.row(record).and_then(user::credentials) {
            Known::Known(opened_by) if opened_by.is_empty() => {}
            Known::Known(opened_by) => items.push(Entrance {
                arn: record.arn.clone(),
                name: record.name.clone(),
                kind: IdentityKind::User,
                opened_by,
                cicd: context.declarations.is_cicd_principal(&record.name),
                for_emergencies: false,
                beyond_reading: beyond_reading(context, Identity { kind: IdentityKind::User, index }),
            }),
            Known::Unknown(missing) => incomplete = Missing::either(incomplete, Some(missing)),
        }
    }
    let roles = of_roles(context, |index, role, trusts| {
        let opened_by = openers(trusts);
        (!opened_by.is_empty()).then(|| Entrance {
            arn: role.arn.clone(),
            name: role.name.clone(),
            kind: IdentityKind::Role,
            opened_by,
            cicd: is_cicd(context, role, trusts),
            for_emergencies: context.declarations.is_emergency_role(&role.name),
            beyond_reading: beyond_reading(context, Identity { kind: IdentityKind::Role, index }),
        })
    });
    items.extend(roles.items);
    Listed { items, incomplete: Missing::either(incomplete, roles.incomplete) }
}

/// What the trust policies of roles tell that no AWS service owns; one that can't be read hides something.
fn of_roles<T>(context: &Arc<Context>, tell: impl Fn(usize, &Role, &RoleTrusts) -> Option<T>) -> Listed<T> {
    let mut incomplete = context.incomplete(RecordKind::Role);
    let mut items = Vec::new();
    let roles = context.shared.roles.iter().enumerate();
    for (index, role) in roles.filter(|(_, role)| !is_service_linked(&role.path)) {
        match trust::of_role(context, index) {
            Known::Known(trusts) => items.extend(tell(index, role, &trusts)),
            Known::Unknown(missing) => incomplete = Missing::either(incomplete, Some(missing)),
        }
    }
    Listed { items, incomplete }
}

fn workforce_way(role: &Role, trusts: &RoleTrusts) -> Option<WorkforceWay> {
    let is_workforce = |kind| matches!(kind, FederationKind::Saml | FederationKind::Other);
    if is_identity_center(&role.path) {
        Some(WorkforceWay::IdentityCenter)
    } else if trusts.federated.get().iter().any(|one| is_workforce(one.kind)) {
        Some(WorkforceWay::Federated)
    } else {
        // Who must give an external ID is a supplier's program.
        let people = trusts.external_accounts.iter().any(|one| !one.external_id_required);
        people.then_some(WorkforceWay::Account)
    }
}

/// Whether a role is declared to build and deploy code, or only builders of code get in.
fn is_cicd(context: &Context, role: &Role, trusts: &RoleTrusts) -> bool {
    context.declarations.is_cicd_principal(&role.name) || only_builders(trusts)
}

fn beyond_reading(context: &Arc<Context>, identity: Identity) -> Lazy<Known<Option<Permission>>> {
    let context = Arc::clone(context);
    Lazy::new(move || Held::of(&context, identity).map(|held| held.beyond_reading()))
}

pub(super) fn last_used_days(context: &Context, role: &Role) -> Option<i64> {
    role.last_used.as_ref().map(|used| age_days(context, used.at))
}

fn age_days(context: &Context, at: jiff::Timestamp) -> i64 {
    crate::clock::days_since(at, context.now())
}
