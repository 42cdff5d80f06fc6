//! What a resource's own policy says: its statements one by one, and whom outside the account it lets in.

use std::collections::{BTreeMap, BTreeSet};

use palisade_policy::actions::{Service, table};
use palisade_policy::arn::Arn;
use palisade_policy::document::{
    Comparison, Condition, Effect, PolicyDocument, PrincipalKind, Principals, SetQuantifier, Statement,
};
use palisade_policy::public::{
    Access as EngineAccess, Answer, Capability, Outsider, PolicyKind, PolicyResource, Sharing,
    is_public_statement, limits_callers, resource_sharing, source_ranges,
};

use crate::context::Context;
use crate::{Access, conditions, facts};

facts! {
    /// A statement of a resource's policy that allows something.
    pub struct PolicyStatement as "policy_statement" {
        /// Its `Sid`; null if it has none.
        sid: Option<String>, reads [];
        /// Where it stands: a JSON pointer into the policy.
        pointer: String, reads [];
        /// Whether it allows every action of the service, or all but those it names (`NotAction`).
        every_action: bool, reads [];
        /// Whether it allows everybody whom it does not name (`NotPrincipal`).
        not_principal: bool, reads [];
        /// Whether every principal that it names belongs to the resource's own account.
        own_account_only: bool, reads [];
        /// The users, roles and accounts that it names, as they stand in the policy.
        principals: Vec<String>, reads [];
        /// The identity providers that it names without a condition that fixes their audience (`…:aud`) or subject
        /// (`…:sub`); those of the resource's own account are left out.
        open_federations: Vec<String>, reads [];
        /// The AWS services that it names.
        services: Vec<String>, reads [];
        /// Whether a condition on fixed values of `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or
        /// `aws:SourceOrgPaths` limits on whose behalf services act.
        source_limited: bool, reads [];
        /// The accounts on whose behalf services may act, as these conditions name them.
        source_accounts: Vec<String>, reads [];
        /// The unique ids of users and roles that stand where deleted ones were named.
        deleted_principals: Vec<String>, reads [];
        /// Conditions on who or where the caller is that keep nobody out, such as patterns that anybody fits;
        /// empty if the statement names its principals, or another condition does limit it.
        bypassed_conditions: Vec<String>, reads [];
        /// Those of the bypassed conditions that would limit callers if their values were fixed.
        pattern_conditions: Vec<String>, reads [];
        /// The addresses from which everybody is let in, if nothing else limits callers: the ranges of `aws:SourceIp`, merged,
        /// without private ones.
        source_ranges: Vec<AddressRange>, reads [];
        /// The accounts to whose access points a bucket's policy leaves the decision: who is let in without being
        /// named has to come through one of theirs. What names no single account stands as it is written.
        access_point_accounts: Vec<String>, reads [];
    }
}

facts! {
    /// A range of addresses.
    pub struct AddressRange as "address_range" {
        /// In CIDR notation.
        range: String, reads [];
        /// How many bits are fixed.
        prefix: i64, reads [];
        /// Whether these are IPv6 addresses.
        ipv6: bool, reads [];
    }
}

facts! {
    /// Somebody outside the account whom a resource's policy lets in by name.
    pub struct SharedAccess as "shared_access" {
        /// The twelve digits of the account, or the id of the organization.
        with: String, reads [];
        /// Whether it is an organization.
        organization: bool, reads [];
        /// Whether `palisade.toml` declares the account as trusted.
        declared: bool, reads [];
        /// Read or list what is in it, or its settings.
        read: Access, reads [];
        /// Create, overwrite or delete what is in it.
        write: Access, reads [];
        /// Change its settings, its policy included, or delete it.
        administer: Access, reads [];
        /// What is asked besides, as text.
        conditions: Vec<String>, reads [];
        /// Where the policy says so, as JSON pointers.
        pointers: Vec<String>, reads [];
    }
}

/// The statements of a resource's policy that allow something, in order.
pub(crate) fn statements(document: &PolicyDocument, kind: PolicyKind<'_>, own: &str) -> Vec<PolicyStatement> {
    let allowing = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allowing.map(|statement| facts_of(statement, kind, own)).collect()
}

fn facts_of(statement: &Statement, kind: PolicyKind<'_>, own: &str) -> PolicyStatement {
    let named = |wanted: PrincipalKind| -> Vec<String> {
        match statement.principals.as_ref().map(|element| &element.principals) {
            Some(Principals::ByKind(kinds)) => kinds
                .iter()
                .filter(|(kind, _)| *kind == wanted)
                .flat_map(|(_, values)| values.items.iter().cloned())
                .collect(),
            Some(Principals::Everyone) | None => Vec::new(),
        }
    };
    let not_principal = statement.principals.as_ref().is_some_and(|element| element.negated);
    let aws = named(PrincipalKind::Aws);
    let is_own = |value: &String| account_of(value) == Some(own);
    let others = [PrincipalKind::Service, PrincipalKind::Federated, PrincipalKind::CanonicalUser];
    let own_account_only = !not_principal
        && !aws.is_empty()
        && aws.iter().all(is_own)
        && others.into_iter().all(|kind| named(kind).is_empty());
    let sources: Vec<&Condition> = statement.conditions.iter().filter(|one| limits_source(one)).collect();
    let source_accounts = sources.iter().flat_map(|condition| &condition.values.items);
    let source_accounts: BTreeSet<String> =
        source_accounts.filter_map(|value| account_of(value)).map(str::to_owned).collect();
    PolicyStatement {
        sid: statement.sid.clone(),
        pointer: statement.pointer(),
        every_action: allows_every_action(statement, kind.service()),
        not_principal,
        own_account_only,
        services: if not_principal { Vec::new() } else { named(PrincipalKind::Service) },
        source_limited: !sources.is_empty(),
        source_accounts: source_accounts.into_iter().collect(),
        deleted_principals: aws.iter().filter(|value| is_unique_id(value)).cloned().collect(),
        principals: if not_principal { Vec::new() } else { aws },
        open_federations: open_federations(statement, named(PrincipalKind::Federated), own),
        bypassed_conditions: bypassed(statement, kind, |_| true),
        pattern_conditions: bypassed(statement, kind, compares_positively),
        source_ranges: ranges(statement, kind),
        access_point_accounts: access_point_accounts(statement, kind),
    }
}

/// Whether a statement is about every action of a service. What `NotAction` leaves is nearly always everything.
fn allows_every_action(statement: &Statement, service: &str) -> bool {
    let actions = table().service(service).into_iter().flat_map(Service::actions).count();
    statement.actions.negated
        || statement.actions.values.items.iter().any(|pattern| {
            let matched = table().expand(pattern).filter(|action| action.service().prefix() == service);
            pattern.contains('*') && matched.count() == actions
        })
}

/// The account that a value names: twelve digits, or the account of an ARN.
pub(crate) fn account_of(value: &str) -> Option<&str> {
    let account = if value.starts_with("arn:") { Arn::parse(value)?.account } else { value };
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

/// What IAM shows in place of a user or role that was deleted ("IAM JSON policy elements: Principal").
pub(crate) fn is_unique_id(value: &str) -> bool {
    const SHORTEST: usize = 20;
    (value.starts_with("AIDA") || value.starts_with("AROA"))
        && value.len() >= SHORTEST
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether a condition fixes on whose behalf a service acts ("The confused deputy problem" in the IAM User Guide).
/// Below a fixed account the rest of an ARN may be a pattern.
fn limits_source(condition: &Condition) -> bool {
    if !compares_positively(condition) {
        return false;
    }
    let key = condition.key.to_ascii_lowercase();
    let limits = |value: &String| match key.as_str() {
        "aws:sourceaccount" | "aws:sourceorgid" => is_fixed(value),
        "aws:sourceorgpaths" => is_fixed(value.split('/').next().unwrap_or_default()),
        "aws:sourcearn" => is_fixed(value) || account_of(value).is_some(),
        _ => false,
    };
    !condition.values.items.is_empty() && condition.values.items.iter().all(limits)
}

fn bypassed(statement: &Statement, kind: PolicyKind<'_>, wanted: impl Fn(&Condition) -> bool) -> Vec<String> {
    if !is_public_statement(statement, kind) {
        return Vec::new();
    }
    let about_callers = statement.conditions.iter().filter(|one| limits_callers(one, kind).is_some());
    about_callers.filter(|one| wanted(one)).map(conditions::text).collect()
}

/// Whether a condition holds only if its key is there and fits: neither `IfExists`, `ForAllValues` nor a negation.
fn compares_positively(condition: &Condition) -> bool {
    condition.operator.is_some_and(|operator| {
        !operator.if_exists
            && !operator.comparison.is_negated()
            && operator.comparison != Comparison::Null
            && operator.quantifier != Some(SetQuantifier::ForAllValues)
    })
}

/// Whether a value is one value, and no pattern or variable.
fn is_fixed(value: &str) -> bool {
    !value.is_empty() && !value.contains(['*', '?']) && !value.contains("${")
}

fn ranges(statement: &Statement, kind: PolicyKind<'_>) -> Vec<AddressRange> {
    let ranges = source_ranges(statement, kind).unwrap_or_default();
    let ranges = ranges.into_iter().map(|range| AddressRange {
        range: range.to_string(),
        prefix: i64::from(range.prefix_len()),
        ipv6: range.addr().is_ipv6(),
    });
    ranges.collect()
}

/// The identity providers of others that let in whomever they vouch for.
fn open_federations(statement: &Statement, named: Vec<String>, own: &str) -> Vec<String> {
    let is_fixed_claim = |condition: &Condition| {
        let key = condition.key.to_ascii_lowercase();
        (key.ends_with(":aud") || key.ends_with(":sub"))
            && compares_positively(condition)
            && !condition.values.items.is_empty()
            && condition.values.items.iter().all(|value| is_fixed(value))
    };
    if statement.conditions.iter().any(is_fixed_claim) {
        return Vec::new();
    }
    named.into_iter().filter(|provider| account_of(provider) != Some(own)).collect()
}

/// The accounts whose access points a statement asks for ("Delegating access control to access points" in the S3 User
/// Guide). Every condition has to hold, so that one that names accounts is enough.
fn access_point_accounts(statement: &Statement, kind: PolicyKind<'_>) -> Vec<String> {
    let names_everyone = statement.principals.as_ref().is_some_and(|element| match &element.principals {
        _ if element.negated => true,
        Principals::Everyone => true,
        Principals::ByKind(kinds) => {
            kinds.iter().any(|(_, values)| values.items.iter().any(|one| one == "*"))
        }
    });
    if kind != PolicyKind::S3Bucket || !names_everyone {
        return Vec::new();
    }
    let asks = |condition: &&Condition| {
        let key = condition.key.to_ascii_lowercase();
        ["s3:dataaccesspointaccount", "s3:dataaccesspointarn"].contains(&key.as_str())
            && compares_positively(condition)
    };
    let mut left: Option<BTreeSet<String>> = None;
    let mut patterns = BTreeSet::new();
    for condition in statement.conditions.iter().filter(asks) {
        let values = &condition.values.items;
        let accounts: Option<BTreeSet<String>> =
            values.iter().map(|value| account_of(value).map(str::to_owned)).collect();
        match (accounts, &left) {
            (Some(accounts), Some(known)) => left = Some(known.intersection(&accounts).cloned().collect()),
            (Some(accounts), None) => left = Some(accounts),
            (None, _) => patterns.extend(values.iter().cloned()),
        }
    }
    left.unwrap_or(patterns).into_iter().collect()
}

/// Whom a policy lets in by name; the layers that could not be read if they may change that.
pub(crate) fn shared_with(context: &Context, resources: &[PolicyResource<'_>]) -> Answer<Vec<SharedAccess>> {
    gathered(context, resources.iter().map(resource_sharing))
}

/// What several analyses found, by outsider.
pub(crate) fn gathered(
    context: &Context,
    answers: impl IntoIterator<Item = Answer<Vec<Sharing>>>,
) -> Answer<Vec<SharedAccess>> {
    let mut found: BTreeMap<Outsider, SharedAccess> = BTreeMap::new();
    for answer in answers {
        match answer {
            Answer::Known(sharing) => {
                for one in sharing {
                    let with = one.with.clone();
                    let known = found.entry(with).or_insert_with(|| nothing(context, &one.with));
                    known.add(&one);
                }
            }
            Answer::Unknown(layers) => return Answer::Unknown(layers),
        }
    }
    Answer::Known(found.into_values().collect())
}

fn nothing(context: &Context, outsider: &Outsider) -> SharedAccess {
    let (with, organization) = match outsider {
        Outsider::Account(account) => (account, false),
        Outsider::Organization(organization) => (organization, true),
    };
    SharedAccess {
        declared: !organization && context.declarations.trusted_accounts.contains(with),
        with: with.clone(),
        organization,
        read: Access::No,
        write: Access::No,
        administer: Access::No,
        conditions: Vec::new(),
        pointers: Vec::new(),
    }
}

impl SharedAccess {
    fn add(&mut self, sharing: &Sharing) {
        for (capability, access) in &sharing.access {
            let known = match capability {
                Capability::Read | Capability::ReadConfiguration | Capability::List | Capability::ReadAcl => {
                    &mut self.read
                }
                Capability::Write => &mut self.write,
                Capability::WriteAcl | Capability::Administer => &mut self.administer,
            };
            let access = match access {
                EngineAccess::No => Access::No,
                EngineAccess::Conditional => Access::Conditional,
                EngineAccess::Yes => Access::Yes,
            };
            *known = access.max(*known);
        }
        let texts = sharing.residual.iter();
        self.conditions
            .extend(texts.map(|one| format!("{} {} {}", one.operator, one.key, one.values.join(" | "))));
        self.pointers.extend(sharing.statements.iter().map(|(_, pointer)| pointer.clone()));
        for list in [&mut self.conditions, &mut self.pointers] {
            list.sort();
            list.dedup();
        }
    }
}
