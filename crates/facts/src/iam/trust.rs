//! Whom a trust policy lets in ("IAM JSON policy elements: Principal").

use std::collections::{BTreeMap, BTreeSet};

use palisade_policy::actions::table;
use palisade_policy::document::{
    Comparison, Condition, Effect, PolicyDocument, PrincipalKind, Principals, Statement,
};
use palisade_policy::public::{PolicyKind, is_public_statement};
use palisade_snapshot::Evidence;

use super::{ExternalAccount, RoleTrusts};
use crate::context::Context;
use crate::{Access, Known, Missing, conditions, identities};

/// The actions that begin a session of a role.
const ASSUME: [&str; 3] = ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"];

/// Whom a role trusts, by its place in the snapshot.
pub(crate) fn of_role(context: &Context, index: usize) -> Known<RoleTrusts> {
    let Some(role) = context.shared.roles.get(index) else {
        return Known::Unknown(Missing::because(Evidence::Roles, palisade_snapshot::Reason::Malformed));
    };
    identities::read(&role.trust_policy, Evidence::Roles).map(|document| {
        let own = context.shared.header.account_id.as_str();
        of_document(&document, own, &context.declarations.trusted_accounts)
    })
}

/// Whom a trust policy of a role of the account `own` lets in.
fn of_document(document: &PolicyDocument, own: &str, declared: &[String]) -> RoleTrusts {
    let mut found = Found::default();
    let denied = Denied::of(document);
    for statement in &document.statements {
        let access = conditions::access(statement).min(denied.leaves);
        if statement.effect == Effect::Allow && access != Access::No && lets_assume(statement) {
            found.statement(statement, access, own, &denied.conditions);
        }
    }
    RoleTrusts {
        anyone: found.anyone,
        external_accounts: found
            .accounts
            .into_iter()
            .map(|(account, way)| ExternalAccount {
                declared: declared.contains(&account),
                account,
                access: way.access,
                external_id_required: way.external_id_required,
                conditions: way.conditions.into_iter().collect(),
                pointers: way.pointers.into_iter().collect(),
            })
            .collect(),
        services: found.services.into_iter().collect(),
        organizations: found.organizations.into_iter().collect(),
        identity_providers: found.identity_providers.into_iter().collect(),
        not_principal: found.not_principal,
    }
}

/// What the Deny statements that name everybody leave.
struct Denied {
    leaves: Access,
    conditions: Vec<String>,
}

impl Denied {
    fn of(document: &PolicyDocument) -> Self {
        let mut denied = Self { leaves: Access::Yes, conditions: Vec::new() };
        let denies = |statement: &&Statement| {
            statement.effect == Effect::Deny && names_everybody(statement) && lets_assume(statement)
        };
        for statement in document.statements.iter().filter(denies) {
            match conditions::access(statement) {
                _ if statement.conditions.is_empty() => denied.leaves = Access::No,
                Access::Conditional => {
                    denied.leaves = denied.leaves.min(Access::Conditional);
                    let texts = conditions::residual(statement).map(conditions::text);
                    denied.conditions.extend(texts.map(|text| format!("unless {text}")));
                }
                Access::No | Access::Yes => {}
            }
        }
        denied
    }
}

fn names_everybody(statement: &Statement) -> bool {
    statement.principals.as_ref().is_some_and(|element| {
        !element.negated
            && match &element.principals {
                Principals::Everyone => true,
                Principals::ByKind(kinds) => kinds.iter().any(|(kind, values)| {
                    *kind == PrincipalKind::Aws && values.items.iter().any(|one| one == "*")
                }),
            }
    })
}

/// Whether the statement is about an action that begins a session.
fn lets_assume(statement: &Statement) -> bool {
    let is_named = |wanted: &str| {
        statement.actions.values.items.iter().any(|pattern| {
            table().expand(pattern).any(|one| one.service().prefix() == "sts" && one.name() == wanted)
        })
    };
    ASSUME.iter().any(|wanted| is_named(wanted) != statement.actions.negated)
}

/// How an account gets in.
struct Way {
    access: Access,
    external_id_required: bool,
    conditions: BTreeSet<String>,
    pointers: BTreeSet<String>,
}

struct Found {
    anyone: Access,
    accounts: BTreeMap<String, Way>,
    services: BTreeSet<String>,
    organizations: BTreeSet<String>,
    identity_providers: BTreeSet<String>,
    not_principal: bool,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            anyone: Access::No,
            accounts: BTreeMap::new(),
            services: BTreeSet::new(),
            organizations: BTreeSet::new(),
            identity_providers: BTreeSet::new(),
            not_principal: false,
        }
    }
}

impl Found {
    fn statement(&mut self, statement: &Statement, access: Access, own: &str, denied: &[String]) {
        let Some(element) = &statement.principals else { return };
        self.not_principal |= element.negated;
        if is_public_statement(statement, PolicyKind::Other("sts")) {
            self.anyone = self.anyone.max(access);
        } else if element.negated || names_everybody(statement) {
            self.limited_by_condition(statement, own, denied);
        }
        let Principals::ByKind(kinds) = &element.principals else { return };
        if element.negated {
            return;
        }
        for (kind, value) in
            kinds.iter().flat_map(|(kind, values)| values.items.iter().map(move |one| (kind, one)))
        {
            match kind {
                PrincipalKind::Aws => self.account(account_of(value), statement, access, own, denied),
                PrincipalKind::CanonicalUser => {
                    self.account(Some(value.as_str()), statement, access, own, denied);
                }
                PrincipalKind::Service => drop(self.services.insert(value.clone())),
                PrincipalKind::Federated => drop(self.identity_providers.insert(value.clone())),
            }
        }
    }

    /// A statement for everybody who comes from certain accounts or organizations.
    fn limited_by_condition(&mut self, statement: &Statement, own: &str, denied: &[String]) {
        for condition in statement.conditions.iter().filter(|condition| is_positive(condition)) {
            for value in &condition.values.items {
                if condition.key.eq_ignore_ascii_case("aws:PrincipalOrgID") {
                    self.organizations.insert(value.clone());
                } else if condition.key.eq_ignore_ascii_case("aws:PrincipalAccount") {
                    self.account(Some(value.as_str()), statement, Access::Yes, own, denied);
                } else if condition.key.eq_ignore_ascii_case("aws:PrincipalArn") {
                    self.account(account_of(value), statement, Access::Yes, own, denied);
                }
            }
        }
    }

    fn account(
        &mut self,
        account: Option<&str>,
        statement: &Statement,
        access: Access,
        own: &str,
        denied: &[String],
    ) {
        let Some(account) = account.filter(|account| *account != own) else { return };
        let external_id_required = statement.conditions.iter().any(demands_external_id);
        let way = self.accounts.entry(account.to_owned()).or_insert(Way {
            access: Access::No,
            external_id_required: true,
            conditions: BTreeSet::new(),
            pointers: BTreeSet::new(),
        });
        way.access = way.access.max(access);
        way.external_id_required &= external_id_required;
        way.conditions.extend(conditions::residual(statement).map(conditions::text));
        way.conditions.extend(denied.iter().cloned());
        way.pointers.insert(statement.pointer());
    }
}

/// The account that a principal of kind `AWS` belongs to: twelve digits, the account of an ARN, or the unique
/// id of somebody who was deleted. Everybody is none.
fn account_of(principal: &str) -> Option<&str> {
    if principal.contains(['*', '?']) && !principal.starts_with("arn:") || principal == "*" {
        return None;
    }
    let account = if principal.starts_with("arn:") { principal.split(':').nth(4)? } else { principal };
    (!account.contains(['*', '?'])).then_some(account)
}

fn is_positive(condition: &Condition) -> bool {
    condition.operator.is_some_and(|operator| !operator.if_exists && !operator.comparison.is_negated())
}

/// Whether a condition asks for a fixed `sts:ExternalId` ("How to use an external ID when granting access to
/// your AWS resources to a third party").
fn demands_external_id(condition: &Condition) -> bool {
    let equals = condition.operator.is_some_and(|operator| {
        !operator.if_exists
            && operator.quantifier.is_none()
            && matches!(
                operator.comparison,
                Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike
            )
    });
    let is_fixed = |value: &String| !value.is_empty() && !value.contains(['*', '?']) && !value.contains("${");
    equals
        && condition.key.eq_ignore_ascii_case("sts:ExternalId")
        && condition.values.items.iter().all(is_fixed)
}
