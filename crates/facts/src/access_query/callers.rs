//! Who asks: the users and roles of the account, its root user, and those outside.

use palisade_policy::arn::is_account_id;
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context;
use palisade_policy::document::Effect;
use palisade_policy::policies::{PolicySet, PrincipalPolicies};
use palisade_policy::principal::{Principal, PrincipalType};
use palisade_policy::request::Action;
use palisade_snapshot::{RecordKind, Role, Shared, Tag};

use super::policies::{Held, SharedPolicies};
use super::{AccessQueryError, CallerKind, Situation, unread};
use crate::context::incomplete;

/// Somebody with all that counts on his side.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// The name in answers.
    pub(super) name: String,
    pub(super) kind: CallerKind,
    pub(super) principal: Principal,
    pub(super) held: Held,
    /// Whether its identity policies are another account's.
    pub(super) is_uncollected: bool,
    pub(super) context: Context,
}

/// The callers of one snapshot.
pub(super) struct Callers<'a> {
    shared: &'a Shared,
    policies: SharedPolicies<'a>,
    situation: &'a Situation,
    all: Context,
    /// What the requests of all users, of roles whose tags are known, and of other roles have in common.
    of_users: Context,
    of_roles: Context,
    of_tagging_roles: Context,
}

impl<'a> Callers<'a> {
    pub(super) fn new(shared: &'a Shared, situation: &'a Situation) -> Self {
        let all = situation.of_all(shared.header.taken_at, &shared.header.account_id);
        let user = PrincipalType::User { name: String::new() };
        let role = PrincipalType::Role { name: String::new() };
        Self {
            shared,
            policies: SharedPolicies::new(shared),
            situation,
            of_users: situation.of_kind(&all, &user, true),
            of_roles: situation.of_kind(&all, &role, true),
            of_tagging_roles: situation.of_kind(&all, &role, false),
            all,
        }
    }

    /// The users, in the order of the snapshot.
    pub(super) fn users(&self) -> Vec<Caller> {
        (0..self.shared.users.len()).filter_map(|index| self.user(index)).collect()
    }

    /// The roles, in the order of the snapshot.
    pub(super) fn roles(&self) -> Vec<Caller> {
        self.shared.roles.iter().map(|role| self.role(role)).collect()
    }

    /// The users and then the roles.
    pub(super) fn identities(&self) -> Vec<Caller> {
        let mut all = self.users();
        all.extend(self.roles());
        all
    }

    fn user(&self, index: usize) -> Option<Caller> {
        let user = self.shared.users.get(index)?;
        let principal = tagged(Principal::parse(&user.arn).with_unique_id(&user.id), &user.tags);
        let context = self.situation.of_principal(&self.of_users, &principal);
        Some(Caller {
            name: user.arn.clone(),
            kind: CallerKind::User,
            principal,
            held: self.bound(self.policies.of_user(user)),
            is_uncollected: false,
            context,
        })
    }

    fn role(&self, role: &Role) -> Caller {
        self.as_role(role, Principal::parse(&role.arn), CallerKind::Role)
    }

    fn as_role(&self, role: &Role, principal: Principal, kind: CallerKind) -> Caller {
        let principal = principal.with_unique_id(&role.id);
        let known_tags = self.situation.complete || !takes_session_tags(role);
        let principal = if known_tags { tagged(principal, &role.tags) } else { principal };
        let of_kind = if known_tags { &self.of_roles } else { &self.of_tagging_roles };
        let context = self.situation.of_principal(of_kind, &principal);
        Caller {
            name: principal.as_text().to_owned(),
            kind,
            principal,
            held: self.bound(self.policies.of_role(role)),
            is_uncollected: false,
            context,
        }
    }

    /// The root user of the account.
    pub(super) fn root(&self) -> Caller {
        let header = &self.shared.header;
        let arn = format!("arn:{}:iam::{}:root", header.partition, header.account_id);
        let mut caller = self.without_policies(&arn, Principal::parse(&arn), CallerKind::Root);
        caller.held = self.bound(caller.held);
        caller
    }

    /// What an identity of the account holds, under the SCPs that bind it: those given, else those of the snapshot.
    fn bound(&self, held: Held) -> Held {
        let given = self.situation.scps.as_ref().map(|scps| scps.levels.clone());
        let scps = given.unwrap_or_else(|| self.policies.scps());
        Held { policies: PrincipalPolicies { scps, ..held.policies }, ..held }
    }

    /// Somebody without identity policies in this account: a service, an identity provider's user, anonymous.
    pub(super) fn without_policies(&self, name: &str, principal: Principal, kind: CallerKind) -> Caller {
        let context = self.context_of(&principal, kind != CallerKind::Federated);
        let held = Held { policies: PrincipalPolicies::default(), missing: None };
        Caller { name: name.to_owned(), kind, principal, held, is_uncollected: false, context }
    }

    fn context_of(&self, principal: &Principal, known_tags: bool) -> Context {
        let kind = self.situation.of_kind(&self.all, principal.kind(), known_tags);
        self.situation.of_principal(&kind, principal)
    }

    /// Whoever another account lets: somebody in it, or, without one, in any.
    pub(super) fn somebody(&self, account: Option<&str>) -> Caller {
        let partition = &self.shared.header.partition;
        let principal = Principal::parse(&format!("arn:{partition}:iam::{}:user/*", account.unwrap_or("*")));
        Caller {
            name: account.unwrap_or("*").to_owned(),
            kind: if account.is_some() { CallerKind::ForeignAccount } else { CallerKind::AnyAccount },
            principal,
            held: Held { policies: allowing_everything(), missing: None },
            is_uncollected: false,
            context: self.situation.of_somebody(&self.all, account),
        }
    }

    /// An identity whose policies this snapshot does not hold.
    pub(super) fn uncollected(&self, principal: Principal) -> Caller {
        let context = self.context_of(&principal, false);
        let held = Held { policies: allowing_everything(), missing: None };
        let is_own = principal.account() == Some(self.shared.header.account_id.as_str());
        Caller {
            name: principal.as_text().to_owned(),
            kind: CallerKind::ForeignAccount,
            is_uncollected: *principal.kind() != PrincipalType::Root,
            principal,
            held: if is_own { self.bound(held) } else { held },
            context,
        }
    }

    /// Finds whom a text means: an ARN, an account id, a service, `anonymous`, an identity provider, or the
    /// name of a user or role.
    pub(super) fn find(&self, text: &str) -> Result<Caller, AccessQueryError> {
        let own = self.shared.header.account_id.as_str();
        let principal = Principal::parse(text);
        if is_account_id(text) {
            return Ok(if text == own { self.root() } else { self.somebody(Some(text)) });
        }
        if principal.is_identity() && principal.account() != Some(own) {
            return Ok(self.uncollected(principal));
        }
        match principal.kind() {
            PrincipalType::Root => Ok(self.root()),
            PrincipalType::User { .. } => self.listed(text, |caller| caller == text, RecordKind::User),
            PrincipalType::Role { .. } => self.listed(text, |caller| caller == text, RecordKind::Role),
            PrincipalType::RoleSession { role: name, session, .. } => {
                let Some(role) = self.shared.roles.iter().find(|role| role.name == *name) else {
                    return self.unlisted(text, RecordKind::Role);
                };
                let session = Principal::role_session(&role.arn, session);
                Ok(self.as_role(role, session, CallerKind::RoleSession))
            }
            PrincipalType::FederatedUser { .. } => Ok(self.uncollected(principal)),
            PrincipalType::Service => Ok(self.without_policies(text, principal, CallerKind::Service)),
            PrincipalType::Anonymous => {
                Ok(self.without_policies("anonymous", principal, CallerKind::Anonymous))
            }
            PrincipalType::CanonicalUser => {
                Ok(self.without_policies(text, principal, CallerKind::CanonicalUser))
            }
            PrincipalType::Federated => self.by_name(text, principal),
        }
    }

    /// A user or role by its name; else an identity provider, if it looks like one.
    fn by_name(&self, text: &str, principal: Principal) -> Result<Caller, AccessQueryError> {
        let users = self.shared.users.iter().filter(|user| user.name == text).map(|user| &user.arn);
        let roles = self.shared.roles.iter().filter(|role| role.name == text).map(|role| &role.arn);
        let found: Vec<&String> = users.chain(roles).collect();
        match found.as_slice() {
            [arn] => self.find(arn),
            [] if text.contains(['.', '/', ':']) && !text.contains(":group/") => {
                Ok(self.without_policies(text, principal, CallerKind::Federated))
            }
            [] => Err(self.nobody(text)),
            several => Err(AccessQueryError::AmbiguousPrincipal {
                name: text.to_owned(),
                arns: several.iter().map(|arn| arn.as_str()).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    fn listed(
        &self,
        text: &str,
        is_it: impl Fn(&str) -> bool,
        kind: RecordKind,
    ) -> Result<Caller, AccessQueryError> {
        let user = self.shared.users.iter().position(|user| is_it(&user.arn));
        if let Some(caller) = user.and_then(|index| self.user(index)) {
            return Ok(caller);
        }
        match self.shared.roles.iter().find(|role| is_it(&role.arn)) {
            Some(role) => Ok(self.role(role)),
            None => self.unlisted(text, kind),
        }
    }

    /// Somebody of this account who was not listed: unknown if the listing may go on, else nobody.
    fn unlisted(&self, text: &str, kind: RecordKind) -> Result<Caller, AccessQueryError> {
        let Some(missing) = incomplete(self.shared, kind) else { return Err(self.nobody(text)) };
        let mut caller = self.uncollected(Principal::parse(text));
        caller.kind = if kind == RecordKind::User { CallerKind::User } else { CallerKind::Role };
        caller.is_uncollected = false;
        caller.held.missing = Some(missing);
        caller.held = self.bound(caller.held);
        Ok(caller)
    }

    fn nobody(&self, text: &str) -> AccessQueryError {
        let users = self.shared.users.iter().map(|user| (&user.arn, &user.name));
        let roles = self.shared.roles.iter().map(|role| (&role.arn, &role.name));
        let distance = |candidate: &str| strsim::damerau_levenshtein(candidate, text);
        let all = users.chain(roles);
        let near = all.map(|(arn, name)| (distance(arn).min(distance(name)), arn)).min();
        AccessQueryError::NoSuchPrincipal {
            name: text.to_owned(),
            account: self.shared.header.account_id.clone(),
            nearest: near.filter(|(distance, _)| *distance <= 3).map(|(_, arn)| arn.clone()),
        }
    }
}

fn tagged(principal: Principal, tags: &[Tag]) -> Principal {
    tags.iter().fold(principal, |principal, tag| principal.with_tag(&tag.key, &tag.value))
}

fn allowing_everything() -> PrincipalPolicies {
    PrincipalPolicies { identity: PolicySet::new(vec![unread::allowing()]), ..Default::default() }
}

/// Whether sessions of a role may carry tags of their own, which win over the role's: "To pass session tags
/// … the role's trust policy must allow sts:TagSession" ("Pass session tags in AWS STS").
fn takes_session_tags(role: &Role) -> bool {
    if cannot_be_about_tags(&role.trust_policy) {
        return false;
    }
    let Some(tag_session) = Action::parse("sts:TagSession") else { return true };
    CompiledPolicy::from_text("", &role.trust_policy).map_or(true, |policy| {
        let mut allows = policy.statements().iter().filter(|one| one.effect() == Effect::Allow);
        allows.any(|statement| statement.is_about(&tag_session))
    })
}

/// Whether a policy's text has nothing that could stand for `sts:TagSession`: no pattern, no escape, no
/// `NotAction` and not the name.
fn cannot_be_about_tags(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name));
    !bytes.iter().any(|byte| matches!(byte, b'*' | b'?' | b'\\')) && !has(b"tagsession") && !has(b"notaction")
}
