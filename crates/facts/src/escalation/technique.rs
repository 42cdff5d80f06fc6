//! Techniques: how somebody gets what somebody else may do, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::precondition::Example;

/// A technique, from a file of `rules/escalation/`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technique {
    /// Its id, which is the stem of the file: for those that pathfinding.cloud lists, the id there.
    #[serde(skip)]
    pub id: String,
    /// What happens, in one sentence.
    pub title: String,
    /// What it yields.
    pub gives: Gives,
    /// Who can use it.
    #[serde(default)]
    pub actor: Actor,
    /// On whom or what it works.
    pub target: TargetKind,
    /// The service that the target, a role, must trust; it is the one that runs the code.
    #[serde(default)]
    pub service: Option<String>,
    /// The service that a role must trust which is passed instead of the target, and which assumes the target.
    #[serde(default)]
    pub through: Option<String>,
    /// The kind of identity provider that the target, a role, must trust; the attacker speaks for it.
    #[serde(default)]
    pub provider: Option<Provider>,
    /// The two techniques that it consists of, where it is a combination.
    #[serde(default)]
    pub combines: Option<Combination>,
    /// Whether it counts only where policies in force today allow it, and not what the attacker gave himself.
    #[serde(default)]
    pub by_present_rights: bool,
    /// What must hold of the target.
    #[serde(default)]
    pub requires: Vec<Prerequisite>,
    /// The requests, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What is taken for granted, in a few words.
    #[serde(default)]
    pub assumes: Option<String>,
    /// What must exist outside IAM, in a few words.
    #[serde(default)]
    pub external_state: Option<String>,
    /// Where it is described.
    pub references: Vec<String>,
    /// Accounts in which it works and in which it does not.
    pub examples: Vec<Example>,
}

/// What a technique yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gives {
    /// Credentials of the target, or code that runs as it.
    Credentials,
    /// The right to everything, for the target, the members of the target, or the holders of the target.
    Rights,
    /// What one more managed policy grants.
    AttachedPolicy,
    /// What another version of a policy grants, for its holders.
    PolicyVersion,
    /// What a group grants.
    Membership,
    /// No permissions boundary any more, or one that allows everything.
    NoBoundary,
    /// One inline policy less, with what it denies.
    NoInlinePolicy,
    /// One attached policy less, with what it denies.
    NoAttachedPolicy,
    /// One group less, with what it denies.
    NoMembership,
    /// A tag with a value that conditions ask for, or no tag where a condition minds it.
    Tag,
    /// An administrator who did not exist.
    NewAdministrator,
    /// What two other techniques give, one after the other. The search puts any two together; this gives those two
    /// the name under which they are known.
    Combination,
}

/// Two techniques, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Combination {
    /// The id of the technique that changes what the target may do.
    pub change: String,
    /// The id of the technique that gives the credentials of the target.
    pub access: String,
}

/// A kind of identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// One that signs SAML assertions.
    Saml,
    /// One that signs tokens of OpenID Connect, in whose place the attacker signs.
    Oidc,
    /// The same, which signs by itself: the attacker gets tokens for an audience of his own, and nobody knows what else
    /// these say.
    OidcAudience,
    /// An identity pool of Amazon Cognito.
    Cognito,
}

/// Who can use a technique.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Users and roles.
    #[default]
    Anyone,
    /// Nobody but the target itself: a user or role.
    Target,
}

/// What a technique works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// A user.
    User,
    /// A role.
    Role,
    /// A group.
    Group,
    /// A customer-managed policy.
    Policy,
    /// The customer-managed policy that is somebody's permissions boundary.
    BoundaryPolicy,
    /// Nothing that exists.
    New,
}

/// What must hold of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prerequisite {
    /// The user has a console password.
    LoginProfile,
    /// The user has no console password.
    NoLoginProfile,
    /// The user has an MFA device.
    Mfa,
    /// The user has fewer than two access keys.
    AccessKeySlot,
    /// The user has two access keys.
    AccessKeysFull,
    /// The policy has fewer than five versions.
    VersionSlot,
    /// The policy has five versions.
    VersionsFull,
    /// The role is in an instance profile.
    InstanceProfile,
    /// The role is in no instance profile.
    NoInstanceProfile,
    /// The user or role has a permissions boundary.
    Boundary,
}

/// One request, or several of which one is enough.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The action.
    #[serde(default)]
    pub action: String,
    /// The ARNs it acts on, all of which must be allowed; none where the action takes none. `{target}` and the like
    /// are filled in; names that nothing fills in are the attacker's to choose.
    #[serde(default)]
    pub resources: Vec<String>,
    /// Condition keys that the request implies.
    #[serde(default)]
    pub context: BTreeMap<String, String>,
    /// It is needed only if this holds of the target.
    #[serde(default)]
    pub when: Option<Prerequisite>,
    /// The action that tags in the request need, where it takes any.
    #[serde(default)]
    pub tagging: Option<String>,
    /// The trust policy that decides, where the action is on a role that is assumed.
    #[serde(default)]
    pub trust: Option<TrustPolicy>,
    /// Instead of an action: steps of which one is enough.
    #[serde(default)]
    pub one_of: Vec<Step>,
}

/// Which trust policy decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustPolicy {
    /// The one that the role has.
    Existing,
    /// One that an earlier step wrote: it names the actor.
    Written,
}

impl Prerequisite {
    /// The name that files use.
    pub(super) fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

impl Technique {
    /// Whether it changes what somebody may do, instead of giving credentials.
    pub(super) fn is_change(&self) -> bool {
        !matches!(self.gives, Gives::Credentials | Gives::NewAdministrator | Gives::Combination)
    }

    /// Whether it only takes away what stands in the way of other techniques.
    pub(super) fn clears_the_way(&self) -> bool {
        matches!(
            self.gives,
            Gives::NoInlinePolicy | Gives::NoAttachedPolicy | Gives::NoMembership | Gives::Tag
        )
    }

    /// Whether it depends on the target if a step is allowed.
    pub(super) fn is_about_target(&self, step: &Step) -> bool {
        const OF_TARGET: [&str; 8] = [
            "{target}",
            "{target_name}",
            "{profile}",
            "{through}",
            "{group}",
            "{policy}",
            "{attached}",
            "{provider}",
        ];
        let mentions = |step: &Step| {
            let mut templates = step.resources.iter().chain(step.context.values());
            templates.any(|template| OF_TARGET.iter().any(|name| template.contains(name)))
        };
        self.target == TargetKind::New
            || step.when.is_some()
            || std::iter::once(step).chain(&step.one_of).any(|one| one.trust.is_some() || mentions(one))
    }

    /// How many requests it takes at least.
    pub(super) fn fewest_requests(&self) -> usize {
        let of = |step: &Step| step.resources.len().max(1);
        let needed = self.steps.iter().filter(|step| step.when.is_none());
        needed.map(|step| step.one_of.iter().map(of).min().unwrap_or_else(|| of(step))).sum::<usize>().max(1)
    }

    /// Every step, with those of which one is enough.
    pub(super) fn all_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().flat_map(|step| std::iter::once(step).chain(&step.one_of))
    }
}
