//! The accounts as the search sees them: who holds which policies, each read and compiled once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::{Effect, PatternElement, PolicyDocument, Statement};
use palisade_policy::policies::{PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal as EnginePrincipal;
use palisade_policy::request::Action;
use palisade_snapshot::{
    AttachedPolicy, InlinePolicy, ManagedPolicy, PermissionsBoundary, RecordKind, Shared,
};

use super::action_set::ActionSet;
use super::answers::Answers;
use super::control::Control;
use super::credentials::Credentials;
use super::input::Account as InputAccount;
use super::unit::Unit;
use crate::iam::inline_policy;
use crate::identities::Policy as ReadPolicy;

/// AWS's own policy that allows everything ("AWS managed policies for job functions" in the IAM User Guide). It is
/// the only document that is known without being read.
pub(super) const ADMINISTRATOR_ACCESS: &str = "policy/AdministratorAccess";
const ALLOWS_EVERYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// The place of a policy that was read.
pub(super) type PolicyIndex = usize;
/// The place of a user or role.
pub(super) type PrincipalIndex = usize;
/// The place of a group.
pub(super) type GroupIndex = usize;
/// The place of a managed policy.
pub(super) type ManagedIndex = usize;
/// The place of an identity provider that a trust policy names.
pub(super) type ProviderIndex = usize;
/// The place of a tag that conditions ask for.
pub(super) type TagIndex = usize;

/// A policy that was read.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) read: Arc<ReadPolicy>,
    /// The interesting actions that an Allow statement is about.
    pub(super) potential: ActionSet,
    /// The interesting actions that it denies on everything, always.
    pub(super) forbidden: ActionSet,
    pub(super) denies: bool,
    /// Whether it denies an interesting action, on anything, under any conditions.
    pub(super) stands_in_the_way: bool,
}

impl Policy {
    /// What names it in answers: its ARN.
    pub(super) fn name(&self) -> &str {
        self.read.compiled.name()
    }
}

/// The policies of a user, group or role that count, and what could not be read.
#[derive(Debug, Clone, Default)]
pub(super) struct Grants {
    pub(super) policies: Vec<PolicyIndex>,
    /// The managed policies among them.
    pub(super) managed: Vec<ManagedIndex>,
    pub(super) unread: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PrincipalKind {
    User,
    Role,
}

#[derive(Debug, Clone)]
pub(super) enum Boundary {
    None,
    Managed { arn: String, policy: PolicyIndex, managed: Option<ManagedIndex> },
    Unread(String),
}

impl Boundary {
    pub(super) fn arn(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Managed { arn, .. } | Self::Unread(arn) => Some(arn),
        }
    }
}

/// A user or role.
#[derive(Debug)]
pub(super) struct Principal {
    pub(super) kind: PrincipalKind,
    pub(super) account: usize,
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) engine: EnginePrincipal,
    pub(super) own: Grants,
    pub(super) groups: Vec<GroupIndex>,
    pub(super) boundary: Boundary,
    pub(super) tags: Vec<(String, String)>,
    /// The trust policy of a role; `None` for users and where it could not be read.
    pub(super) trust: Option<PolicyIndex>,
    pub(super) instance_profiles: Vec<String>,
    /// Whether only AWS can change it: service-linked roles, roles under `aws-reserved`.
    pub(super) reserved: bool,
    pub(super) credentials: Credentials,
    /// Whether nobody tries a technique on it.
    pub(super) imagined: bool,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) account: usize,
    pub(super) arn: String,
    pub(super) grants: Grants,
}

/// A managed policy.
#[derive(Debug)]
pub(super) struct Managed {
    pub(super) account: usize,
    pub(super) arn: String,
    pub(super) current: Option<PolicyIndex>,
    /// Its other versions that could be read, by id.
    pub(super) others: Vec<(String, PolicyIndex)>,
    pub(super) versions: usize,
    pub(super) customer: bool,
}

#[derive(Debug)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) partition: String,
    pub(super) taken_at: jiff::Timestamp,
    pub(super) scps: Control,
    pub(super) rcps: Control,
    pub(super) administrator_access: PolicyIndex,
    /// A policy that an attacker writes: it allows everything.
    pub(super) written: PolicyIndex,
    /// Listings that are incomplete.
    pub(super) unlisted: Vec<String>,
}

/// Everything the search looks at.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) policies: Vec<Arc<Policy>>,
    pub(super) accounts: Vec<Account>,
    pub(super) principals: Vec<Principal>,
    pub(super) groups: Vec<Group>,
    pub(super) managed: Vec<Managed>,
    /// The identity providers that trust policies name, in order.
    pub(super) providers: Vec<String>,
    /// The tags of users and roles that conditions ask for, by key and value.
    pub(super) tags: Vec<(String, String)>,
    /// The users and roles in the order of their ARNs.
    pub(super) by_arn: Vec<PrincipalIndex>,
    /// The managed policies in the order of their ARNs.
    pub(super) managed_by_arn: Vec<ManagedIndex>,
    /// The members of each group.
    pub(super) members: Vec<Vec<PrincipalIndex>>,
    /// Who holds each managed policy, himself or through a group.
    pub(super) holders: Vec<Vec<PrincipalIndex>>,
    /// Whose permissions boundary each managed policy is.
    pub(super) bounded: Vec<Vec<PrincipalIndex>>,
    /// What was asked of it.
    pub(super) answers: Answers,
}

/// Builds a world.
pub(super) struct Builder<'a> {
    pub(super) world: World,
    actions: &'a [Action],
    removed: &'a BTreeSet<Unit>,
    /// The policies of which statements are removed.
    changed: HashSet<&'a str>,
    /// The same accounts with nothing removed: what is not changed is taken from there.
    whole: Option<&'a World>,
    /// Policies of the present account that were read before, by name.
    read_before: Arc<HashMap<String, Arc<ReadPolicy>>>,
}

/// The managed policies and groups of one account, by name.
#[derive(Default)]
pub(super) struct Names {
    pub(super) managed: BTreeMap<String, ManagedIndex>,
    groups: BTreeMap<String, GroupIndex>,
}

impl<'a> Builder<'a> {
    /// `actions` are those that techniques use; `removed` is taken away from the accounts.
    pub(super) fn new(actions: &'a [Action], removed: &'a BTreeSet<Unit>) -> Self {
        let changed = removed.iter().filter_map(|unit| match unit {
            Unit::Statement { policy, .. } => Some(policy.as_str()),
            Unit::Attachment { .. } => None,
        });
        Self {
            world: World::default(),
            actions,
            removed,
            changed: changed.collect(),
            whole: None,
            read_before: Arc::default(),
        }
    }

    /// The same, where the accounts were built before with nothing removed.
    pub(super) fn with_whole(self, whole: &'a World) -> Self {
        Self { whole: Some(whole), ..self }
    }

    pub(super) fn build(mut self, inputs: &[InputAccount]) -> World {
        for input in inputs {
            self.account(input);
        }
        self.world.index();
        self.world
    }

    fn account(&mut self, input: &InputAccount) {
        let shared = &input.shared;
        let account = self.world.accounts.len();
        self.read_before = Arc::clone(&input.read_before);
        let (scps, rcps) = (self.control(&input.scps), self.control(&input.rcps));
        let partition = shared.header.partition.clone();
        let name = format!("arn:{partition}:iam::aws:{ADMINISTRATOR_ACCESS}");
        let administrator_access = self.read(&name, ALLOWS_EVERYTHING).unwrap_or_default();
        let written = self.read("a policy that the attacker writes", ALLOWS_EVERYTHING).unwrap_or_default();
        let unlisted = shared.listings.iter().filter(|listing| {
            listing.incomplete.is_some()
                && matches!(
                    listing.kind,
                    RecordKind::User | RecordKind::Group | RecordKind::Role | RecordKind::Policy
                )
        });
        self.world.accounts.push(Account {
            id: shared.header.account_id.clone(),
            taken_at: shared.header.taken_at,
            scps,
            rcps,
            administrator_access,
            written,
            unlisted: unlisted.map(|listing| listing.kind.evidence().name().to_owned()).collect(),
            partition,
        });
        let principals = shared.users.len() + shared.roles.len() + input.imagined.len();
        self.world.principals.reserve_exact(principals);
        let mut names = Names::default();
        for policy in &shared.policies {
            self.managed(account, policy, &mut names);
        }
        for group in &shared.groups {
            let grants =
                self.grants(account, &group.arn, &group.inline_policies, &group.attached_policies, &names);
            names.groups.insert(group.name.clone(), self.world.groups.len());
            self.world.groups.push(Group { account, arn: group.arn.clone(), grants });
        }
        self.users(account, input, &names);
        self.roles(account, shared, &names);
        self.imagined(account, input, &names);
    }

    /// Reads a policy; `None` if its text is none.
    pub(super) fn read(&mut self, name: &str, text: &str) -> Option<PolicyIndex> {
        // Policies are read in the same order each time.
        let place = self.world.policies.len();
        let known = self.whole.and_then(|whole| whole.policies.get(place));
        if let Some(known) = known.filter(|known| known.name() == name && !self.changed.contains(name)) {
            self.world.policies.push(Arc::clone(known));
            return Some(place);
        }
        if let Some(known) = self.read_before.get(name).filter(|_| !self.changed.contains(name)) {
            let known = Arc::clone(known);
            return Some(self.push(known));
        }
        let document = PolicyDocument::from_text(text).ok()?;
        Some(self.add(name.to_owned(), document))
    }

    /// Adds a policy.
    pub(super) fn add(&mut self, name: String, mut document: PolicyDocument) -> PolicyIndex {
        if self.changed.contains(name.as_str()) {
            document
                .statements
                .retain(|statement| !self.removed.contains(&Unit::statement(&name, statement.index)));
        }
        self.push(Arc::new(ReadPolicy::new(name, document)))
    }

    fn push(&mut self, read: Arc<ReadPolicy>) -> PolicyIndex {
        let statements = &read.document.statements;
        let (mut potential, mut forbidden) = (ActionSet::default(), ActionSet::default());
        let mut stands_in_the_way = false;
        for (statement, compiled) in statements.iter().zip(read.compiled.statements()) {
            let mut about = self.actions.iter().enumerate().filter(|(_, action)| compiled.is_about(action));
            match statement.effect {
                Effect::Allow => about.for_each(|(index, _)| potential.add(index)),
                Effect::Deny if is_absolute(statement) => about.for_each(|(index, _)| {
                    stands_in_the_way = true;
                    forbidden.add(index);
                }),
                Effect::Deny => stands_in_the_way |= about.next().is_some(),
            }
        }
        let denies = statements.iter().any(|statement| statement.effect == Effect::Deny);
        let policy = Policy { read, potential, forbidden, denies, stands_in_the_way };
        self.world.policies.push(Arc::new(policy));
        self.world.policies.len() - 1
    }

    fn managed(&mut self, account: usize, policy: &ManagedPolicy, names: &mut Names) {
        let customer = !policy.arn.contains(":iam::aws:");
        let current = policy.document().and_then(|text| self.read(&policy.arn, text));
        let mut others = Vec::new();
        if customer {
            for version in policy.versions.iter().filter(|version| version.id != policy.default_version_id) {
                let name = format!("{} version {}", policy.arn, version.id);
                others.extend(self.read(&name, &version.document).map(|index| (version.id.clone(), index)));
            }
        }
        names.managed.insert(policy.arn.clone(), self.world.managed.len());
        self.world.managed.push(Managed {
            account,
            arn: policy.arn.clone(),
            current,
            others,
            versions: policy.versions.len(),
            customer,
        });
    }

    fn grants(
        &mut self,
        account: usize,
        holder: &str,
        inline: &[InlinePolicy],
        attached: &[AttachedPolicy],
        names: &Names,
    ) -> Grants {
        let mut grants = Grants::default();
        for policy in inline {
            let name = inline_policy::arn(holder, &policy.name);
            match self.read(&name, &policy.document) {
                Some(index) => grants.policies.push(index),
                None => grants.unread.push(name),
            }
        }
        for policy in attached {
            if self.removed.contains(&Unit::attachment(holder, &policy.arn)) {
                continue;
            }
            match self.managed_policy(account, &policy.arn, names) {
                Some(index) => grants.policies.push(index),
                None => grants.unread.push(policy.arn.clone()),
            }
            grants.managed.extend(names.managed.get(&policy.arn));
        }
        grants
    }

    /// The document in force of a managed policy.
    pub(super) fn managed_policy(&self, account: usize, arn: &str, names: &Names) -> Option<PolicyIndex> {
        let managed = names.managed.get(arn).and_then(|&index| self.world.managed.get(index));
        let listed = managed.and_then(|managed| managed.current);
        listed.or_else(|| {
            let account = self.world.accounts.get(account)?;
            let known = format!("arn:{}:iam::aws:{ADMINISTRATOR_ACCESS}", account.partition);
            (arn == known).then_some(account.administrator_access)
        })
    }

    fn boundary(&self, account: usize, boundary: Option<&PermissionsBoundary>, names: &Names) -> Boundary {
        let Some(boundary) = boundary else { return Boundary::None };
        match self.managed_policy(account, &boundary.arn, names) {
            Some(policy) => Boundary::Managed {
                arn: boundary.arn.clone(),
                policy,
                managed: names.managed.get(&boundary.arn).copied(),
            },
            None => Boundary::Unread(boundary.arn.clone()),
        }
    }

    fn users(&mut self, account: usize, input: &InputAccount, names: &Names) {
        for user in &input.shared.users {
            let own = self.grants(account, &user.arn, &user.inline_policies, &user.attached_policies, names);
            let tags = pairs(&user.tags);
            self.world.principals.push(Principal {
                kind: PrincipalKind::User,
                account,
                arn: user.arn.clone(),
                name: user.name.clone(),
                engine: engine(&user.arn, &user.id, &tags),
                own,
                groups: user.groups.iter().filter_map(|name| names.groups.get(name).copied()).collect(),
                boundary: self.boundary(account, user.permissions_boundary.as_ref(), names),
                tags,
                trust: None,
                instance_profiles: Vec::new(),
                reserved: false,
                credentials: input.credentials.of(user),
                imagined: false,
            });
        }
    }

    fn roles(&mut self, account: usize, shared: &Shared, names: &Names) {
        for role in &shared.roles {
            let own = self.grants(account, &role.arn, &role.inline_policies, &role.attached_policies, names);
            let trust = self.read(&Unit::trust_policy(&role.arn), &role.trust_policy);
            let tags = pairs(&role.tags);
            self.world.principals.push(Principal {
                kind: PrincipalKind::Role,
                account,
                arn: role.arn.clone(),
                name: role.name.clone(),
                engine: engine(&role.arn, &role.id, &tags),
                own,
                groups: Vec::new(),
                boundary: self.boundary(account, role.permissions_boundary.as_ref(), names),
                tags,
                trust,
                instance_profiles: role.instance_profiles.clone(),
                reserved: ["/aws-service-role/", "/aws-reserved/"]
                    .iter()
                    .any(|path| role.path.starts_with(path)),
                credentials: Credentials::default(),
                imagined: false,
            });
        }
    }
}

/// Whether a statement holds of every resource, without conditions.
fn is_absolute(statement: &Statement) -> bool {
    let everything = |resources: &PatternElement| {
        !resources.negated && resources.values.items.iter().any(|one| one == "*")
    };
    statement.conditions.is_empty() && statement.resources.as_ref().is_some_and(everything)
}

fn pairs(tags: &[palisade_snapshot::Tag]) -> Vec<(String, String)> {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

pub(super) fn engine(arn: &str, id: &str, tags: &[(String, String)]) -> EnginePrincipal {
    tags.iter().fold(EnginePrincipal::parse(arn).with_unique_id(id), |principal, (key, value)| {
        principal.with_tag(key, value)
    })
}

impl World {
    /// The policies at these places, compiled.
    pub(super) fn compiled(&self, policies: &[PolicyIndex]) -> Vec<Arc<CompiledPolicy>> {
        policies
            .iter()
            .filter_map(|&index| Some(Arc::clone(&self.policies.get(index)?.read.compiled)))
            .collect()
    }

    /// The policies on the principal's side of somebody who holds these.
    pub(super) fn side(
        &self,
        account: usize,
        identity: &[PolicyIndex],
        boundary: Option<PolicyIndex>,
    ) -> Rc<PrincipalPolicies> {
        let key = (account, identity.to_vec(), boundary);
        if let Some(known) = self.answers.sides.borrow().get(&key) {
            return Rc::clone(known);
        }
        let boundaries = boundary.map(|index| PolicySet::new(self.compiled(&[index]))).into_iter().collect();
        let side = Rc::new(PrincipalPolicies {
            identity: PolicySet::new(self.compiled(identity)),
            boundaries,
            session: None,
            scps: self.accounts.get(account).map(|account| account.scps.levels.clone()).unwrap_or_default(),
        });
        self.answers.sides.borrow_mut().insert(key, Rc::clone(&side));
        side
    }

    /// The policies on the side of a role that somebody assumes under this trust policy.
    pub(super) fn role_side(&self, account: usize, trust: Arc<CompiledPolicy>) -> ResourcePolicies {
        let rcps = self.accounts.get(account).map(|account| account.rcps.levels.clone()).unwrap_or_default();
        ResourcePolicies { policy: Some(PolicySet::new(vec![trust])), rcps, ..ResourcePolicies::default() }
    }

    /// The RCPs of an account.
    pub(super) fn rcp_policies(&self, account: usize) -> &[PolicyIndex] {
        self.accounts.get(account).map(|account| account.rcps.policies.as_slice()).unwrap_or_default()
    }
}
