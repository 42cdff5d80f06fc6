//! `Principal` and `NotPrincipal` ("AWS JSON policy elements: Principal").

use crate::arn::{Arn, is_account_id};
use crate::context::{Context, Lookup};
use crate::document::{PrincipalElement, PrincipalKind, Principals};
use crate::principal::{Principal, PrincipalType, last_segment};
use crate::truth::Truth;

/// How a statement names the principal of a request. Several may hold at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    /// By the account: the account's own policies must allow too.
    pub(crate) by_account: Truth,
    /// By the role of a session, or the user who federated: boundary and session policy limit the grant.
    pub(crate) by_role: Truth,
    /// Itself, or as one of all: in the same account nothing else is needed.
    pub(crate) directly: Truth,
}

impl Named {
    pub(crate) const NOT: Self =
        Self { by_account: Truth::False, by_role: Truth::False, directly: Truth::False };

    pub(crate) fn directly(matched: impl Into<Truth>) -> Self {
        Self { directly: matched.into(), ..Self::NOT }
    }

    fn by_role(matched: impl Into<Truth>) -> Self {
        Self { by_role: matched.into(), ..Self::NOT }
    }

    fn by_account(matched: bool) -> Self {
        Self { by_account: matched.into(), ..Self::NOT }
    }

    /// Whether it is named in any way.
    pub(crate) fn at_all(self) -> Truth {
        self.by_account.or(self.by_role).or(self.directly)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            by_account: self.by_account.or(other.by_account),
            by_role: self.by_role.or(other.by_role),
            directly: self.directly.or(other.directly),
        }
    }

    /// The same, where something else must hold too.
    pub(crate) fn and(self, condition: Truth) -> Self {
        Self {
            by_account: self.by_account.and(condition),
            by_role: self.by_role.and(condition),
            directly: self.directly.and(condition),
        }
    }
}

/// Decides whether a statement is about a principal.
#[derive(Debug, Clone)]
pub(crate) struct PrincipalMatcher {
    negated: bool,
    names: Box<[PrincipalName]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PrincipalName {
    /// `*`
    Everyone,
    /// An account id or root ARN.
    Account(Box<str>),
    /// A user, session or any other ARN, to be compared as written.
    Arn(Box<str>),
    /// A role: its ARN, and what the ARNs of its sessions start with.
    Role {
        arn: Box<str>,
        session_prefix: Box<str>,
    },
    /// A user: its ARN, and the ARN of a federated session that bears its name.
    User {
        arn: Box<str>,
        federated: Box<str>,
    },
    /// `AIDA…` or `AROA…`: what AWS shows for a principal that was deleted.
    UniqueId(Box<str>),
    Service(Box<str>),
    AnyService,
    Federated(Box<str>),
    AnyFederated,
    CanonicalUser(Box<str>),
}

impl PrincipalMatcher {
    pub(crate) fn compile(element: &PrincipalElement) -> Self {
        let names = match &element.principals {
            Principals::Everyone => vec![PrincipalName::Everyone],
            Principals::ByKind(by_kind) => by_kind
                .iter()
                .flat_map(|(kind, values)| {
                    values.items.iter().map(|value| PrincipalName::compile(*kind, value))
                })
                .collect(),
        };
        Self { negated: element.negated, names: names.into() }
    }

    /// Whether it is `NotPrincipal`.
    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    /// Whether it names everybody whom another names, and in a way that gives him as much; `false` also where that can't
    /// be told. Who is named by his account gets less than who is named himself.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        let names_everyone = self.names.contains(&PrincipalName::Everyone);
        match (self.negated, other.negated) {
            (false, false) => names_everyone || other.names.iter().all(|one| self.names.contains(one)),
            (false, true) => names_everyone,
            (true, true) => self.names == other.names,
            (true, false) => false,
        }
    }

    /// What together names the same, each as few as can be.
    pub(crate) fn parts(&self) -> Vec<Self> {
        if self.negated {
            return vec![self.clone()];
        }
        let one = |name: &PrincipalName| Self { negated: false, names: [name.clone()].into() };
        self.names.iter().map(one).collect()
    }

    /// Whether the statement is about the principal, and how it names him.
    pub(crate) fn matches(&self, principal: &Principal, context: &Context) -> Named {
        let named =
            self.names.iter().fold(Named::NOT, |named, name| named.or(name.matches(principal, context)));
        if self.negated { Named::directly(named.at_all().negate()) } else { named }
    }
}

impl PrincipalName {
    fn compile(kind: PrincipalKind, value: &str) -> Self {
        match (kind, value) {
            (PrincipalKind::Aws, "*") => Self::Everyone,
            (PrincipalKind::Service, "*") => Self::AnyService,
            (PrincipalKind::Federated, "*") => Self::AnyFederated,
            (PrincipalKind::Aws, _) => Self::compile_aws(value),
            (PrincipalKind::Service, _) => Self::Service(value.to_ascii_lowercase().into()),
            (PrincipalKind::Federated, _) => Self::Federated(value.into()),
            (PrincipalKind::CanonicalUser, _) => Self::CanonicalUser(value.into()),
        }
    }

    fn compile_aws(value: &str) -> Self {
        if is_account_id(value) {
            return Self::Account(value.into());
        }
        let Some(arn) = Arn::parse(value) else { return Self::UniqueId(value.into()) };
        let (resource_type, name) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
        let session = |kind: &str, name: &str| {
            format!("arn:{}:sts::{}:{kind}/{name}", arn.partition, arn.account).into_boxed_str()
        };
        match (arn.service, resource_type) {
            ("iam", "root") => Self::Account(arn.account.into()),
            ("iam", "role") => Self::Role {
                arn: value.into(),
                session_prefix: session("assumed-role", &format!("{}/", last_segment(name))),
            },
            ("iam", "user") => {
                Self::User { arn: value.into(), federated: session("federated-user", last_segment(name)) }
            }
            _ => Self::Arn(value.into()),
        }
    }

    fn matches(&self, principal: &Principal, context: &Context) -> Named {
        let text = principal.as_text();
        let direct = |matched: bool| Named::directly(matched);
        match self {
            Self::Everyone => direct(true),
            Self::Account(account) => Named::by_account(principal.account() == Some(account)),
            Self::Arn(arn) => direct(text == &**arn),
            Self::Role { arn, session_prefix } => {
                let matched = match principal.kind() {
                    PrincipalType::Role { .. } => text == &**arn,
                    PrincipalType::RoleSession { role_arn: Some(role_arn), .. } => role_arn == &**arn,
                    PrincipalType::RoleSession { .. } => text.starts_with(&**session_prefix),
                    _ => false,
                };
                Named::by_role(matched)
            }
            Self::User { arn, federated } => match principal.kind() {
                PrincipalType::FederatedUser { .. } => Named::by_role(text == &**federated),
                _ => direct(text == &**arn),
            },
            Self::UniqueId(id) => matches_unique_id(id, principal, context),
            Self::Service(service) => {
                direct(*principal.kind() == PrincipalType::Service && text.eq_ignore_ascii_case(service))
            }
            Self::AnyService => direct(*principal.kind() == PrincipalType::Service),
            Self::Federated(provider) => {
                direct(*principal.kind() == PrincipalType::Federated && text == &**provider)
            }
            Self::AnyFederated => direct(*principal.kind() == PrincipalType::Federated),
            Self::CanonicalUser(id) => {
                direct(*principal.kind() == PrincipalType::CanonicalUser && text == &**id)
            }
        }
    }
}

/// A unique id names a user or role only while `aws:userid` shows that it is theirs: `AIDA…`, or `AROA…:session`.
fn matches_unique_id(id: &str, principal: &Principal, context: &Context) -> Named {
    let matched = match context.lookup("aws:userid") {
        Lookup::Single(user_id) => {
            (user_id.split_once(':').map_or(user_id, |(principal_id, _)| principal_id) == id).into()
        }
        Lookup::Unknown => Truth::Unknown,
        Lookup::Absent | Lookup::Many(_) => Truth::False,
    };
    match principal.kind() {
        PrincipalType::User { .. } => Named::directly(matched),
        PrincipalType::Role { .. } | PrincipalType::RoleSession { .. } => Named::by_role(matched),
        _ => Named::NOT,
    }
}
