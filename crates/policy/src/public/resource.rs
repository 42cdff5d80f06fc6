//! Exposure of every other resource with a policy of its own: ECR repositories with their registry, keys, queues,
//! role trust policies, …

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::context::Context;
use crate::document::PolicyDocument;
use crate::request::Action;

use super::answer::{Answer, Input, Layer};
use super::bucket::ways_in;
use super::capability::{Capability, PULL};
use super::exposure::{Exposure, GrantSource, Path, PublicGrant, capability, public_statements};
use super::limit::PolicyKind;
use super::scene::{Counted, Layer as SceneLayer, Policy, Scene};
use super::sharing::{Sharing, sharing};
use super::target::{Attempt, Target, attempts_on_whole, resource_of};

/// Which actions an ECR registry policy is about ("Private registry permissions in Amazon ECR").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum RegistryPolicyScope {
    /// Replicating images, importing them from upstream, creating repositories.
    V1,
    /// Every action of ECR.
    #[default]
    V2,
}

impl RegistryPolicyScope {
    /// Whether the policy is about an action, `service:Name` in any case.
    #[must_use]
    pub fn covers(self, action: &str) -> bool {
        self == Self::V2 || V1_ACTIONS.iter().any(|covered| covered.eq_ignore_ascii_case(action))
    }
}

/// The actions that [`RegistryPolicyScope::V1`] covers.
const V1_ACTIONS: [&str; 3] = ["ecr:ReplicateImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];

/// What is known of a resource.
#[derive(Debug, Clone)]
pub struct PolicyResource<'a> {
    /// The prefix of its service: `ecr`, `kms`, `sts` for a role.
    pub service: &'a str,
    /// Its ARN; `None`: one that its policy names, or an example.
    pub arn: Option<&'a str>,
    /// The account that owns it.
    pub account: Option<&'a str>,
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// Its policy; `None` is none.
    pub policy: Input<Option<&'a PolicyDocument>>,
    /// The policy of the registry that a repository is in; `None` is none, as for every other resource.
    pub registry_policy: Input<Option<&'a PolicyDocument>>,
    /// What the registry policy is about.
    pub registry_scope: Input<RegistryPolicyScope>,
}

/// Works out who outside the account can use a resource.
///
/// There is no Block Public Access here, and (but for SQS and few others) nobody is served without credentials:
/// "public" means any AWS account.
#[must_use]
pub fn resource_exposure(resource: &PolicyResource<'_>) -> Exposure {
    let analysis = Analysis::new(resource);
    let (own, registry) = (analysis.own_grants(), analysis.registry_grants());
    let is_public = |grants: &Answer<Vec<PublicGrant>>| grants.clone().map(|grants| !grants.is_empty());
    let public = is_public(&own).or(is_public(&registry));
    let grants = match (own, registry) {
        (Answer::Known(mut own), Answer::Known(registry)) => {
            own.extend(registry);
            Answer::Known(own)
        }
        (own, registry) => Answer::Unknown(missing(&own).union(&missing(&registry)).copied().collect()),
    };
    if NEVER_PUBLIC.contains(&resource.service) {
        let no = |name| (name, capability(Vec::new()));
        let capabilities = Capability::ALL.into_iter().map(no).collect();
        let none = Answer::Known(Vec::new());
        let latent_by_source = BTreeMap::from([(GrantSource::Policy, grants.clone())]);
        let public = Answer::Known(false);
        return Exposure { public, capabilities, grants: none, latent: grants, latent_by_source };
    }
    let mut paths: BTreeMap<Capability, Vec<Path>> = BTreeMap::new();
    for (name, path) in analysis.paths() {
        paths.entry(name).or_default().push(path);
    }
    let of = |name| (name, capability(paths.remove(&name).unwrap_or_default()));
    let capabilities = Capability::ALL.into_iter().map(of).collect();
    let none = Answer::Known(Vec::new());
    let latent_by_source = BTreeMap::from([(GrantSource::Policy, none.clone())]);
    Exposure { public, capabilities, grants, latent: none, latent_by_source }
}

fn missing<T>(answer: &Answer<T>) -> BTreeSet<Layer> {
    match answer {
        Answer::Known(_) => BTreeSet::new(),
        Answer::Unknown(layers) => layers.clone(),
    }
}

fn compile<'a>(document: &Input<Option<&'a PolicyDocument>>, name: &str) -> Input<Option<Policy<'a>>> {
    match document {
        Input::Known(document) => Input::Known(document.map(|document| Policy::new(name, document))),
        Input::Unreadable => Input::Unreadable,
    }
}

/// What a resource's policy lets foreign accounts and organizations do whom it names.
///
/// The registry policy of a repository counts too, as far as its scope reaches.
#[must_use]
pub fn resource_sharing(resource: &PolicyResource<'_>) -> Answer<Vec<Sharing>> {
    let analysis = Analysis::new(resource);
    let unread = analysis.unread();
    if !unread.is_empty() {
        return Answer::Unknown(unread);
    }
    let documents = analysis.documents();
    let scope = resource.registry_scope.known().copied().unwrap_or_default();
    let is_covered = |attempt: &Attempt| scope.covers(&attempt.name);
    let (with_registry, without): (Vec<_>, Vec<_>) =
        attempts_on_whole(resource.service, &documents).into_iter().partition(is_covered);
    let mut found = sharing(analysis.scene(&documents, true), &with_registry, &[]);
    for other in sharing(analysis.scene(&documents, false), &without, &[]) {
        match found.iter_mut().find(|known| known.with == other.with) {
            Some(known) => known.add(other),
            None => found.push(other),
        }
    }
    found.sort_by(|left, right| left.with.cmp(&right.with));
    Answer::Known(found)
}

/// Directory buckets and table buckets: Block Public Access is always on ("Directory buckets", "Access management for
/// S3 Tables").
const NEVER_PUBLIC: [&str; 2] = ["s3express", "s3tables"];

struct Analysis<'a> {
    resource: &'a PolicyResource<'a>,
    kind: PolicyKind<'a>,
    policy: Input<Option<Policy<'a>>>,
    registry: Input<Option<Policy<'a>>>,
}

impl<'a> Analysis<'a> {
    fn new(resource: &'a PolicyResource<'a>) -> Self {
        Self {
            resource,
            kind: PolicyKind::Other(resource.service),
            policy: compile(&resource.policy, "policy"),
            registry: compile(&resource.registry_policy, "registry_policy"),
        }
    }

    fn own_grants(&self) -> Answer<Vec<PublicGrant>> {
        self.policy.answer(Layer::Policy).map(|policy| {
            policy.as_ref().map(|policy| public_statements(policy, self.kind)).unwrap_or_default()
        })
    }

    /// The public statements of the registry policy, as far as it is about what they allow.
    fn registry_grants(&self) -> Answer<Vec<PublicGrant>> {
        let policy = match self.registry.answer(Layer::RegistryPolicy) {
            Answer::Known(None) => return Answer::Known(Vec::new()),
            Answer::Known(Some(policy)) => policy,
            Answer::Unknown(layers) => return Answer::Unknown(layers),
        };
        let under = |scope: RegistryPolicyScope| {
            let mut grants = public_statements(policy, self.kind);
            grants.retain(|grant| scope == RegistryPolicyScope::V2 || allows_within_v1(policy, grant.index));
            grants
        };
        match self.resource.registry_scope.answer(Layer::RegistryPolicyScope) {
            Answer::Known(scope) => Answer::Known(under(*scope)),
            Answer::Unknown(layers) => {
                let (narrow, wide) = (under(RegistryPolicyScope::V1), under(RegistryPolicyScope::V2));
                if narrow == wide { Answer::Known(wide) } else { Answer::Unknown(layers) }
            }
        }
    }

    /// The layers without which not every capability is decided.
    fn unread(&self) -> BTreeSet<Layer> {
        let mut unread = missing(&self.policy.answer(Layer::Policy));
        unread.extend(missing(&self.registry.answer(Layer::RegistryPolicy)));
        if !matches!(self.registry, Input::Known(None)) {
            unread.extend(missing(&self.resource.registry_scope.answer(Layer::RegistryPolicyScope)));
        }
        unread
    }

    fn documents(&self) -> Vec<&PolicyDocument> {
        let both = [self.resource.policy.known(), self.resource.registry_policy.known()];
        both.into_iter().flatten().copied().flatten().collect()
    }

    fn paths(&self) -> Vec<(Capability, Path)> {
        let unread = self.unread();
        let documents = self.documents();
        let attempts = attempts_on_whole(self.resource.service, &documents);
        if unread.is_empty() {
            return self.known_paths(&documents, attempts);
        }
        let is_v1 = self.resource.registry_scope.known() == Some(&RegistryPolicyScope::V1);
        if self.policy.known().is_none() || !is_v1 {
            return Capability::ALL.into_iter().map(|name| (name, Path::unknown(unread.clone()))).collect();
        }
        // Most actions are none of a V1 registry policy's business: the repository's own policy decides them.
        let (covered, others): (Vec<_>, Vec<_>) =
            attempts.into_iter().partition(|attempt| RegistryPolicyScope::V1.covers(&attempt.name));
        let hanging: BTreeSet<Capability> = covered.iter().map(|attempt| attempt.capability).collect();
        let mut paths = self.known_paths(&documents, others);
        paths.extend(hanging.into_iter().map(|name| (name, Path::unknown(unread.clone()))));
        paths
    }

    /// What the policies that were read let do, by these attempts.
    fn known_paths(&self, documents: &[&PolicyDocument], attempts: Vec<Attempt>) -> Vec<(Capability, Path)> {
        let wide = self.scene(documents, true);
        if !wide.may_let_in() {
            return Vec::new();
        }
        let scope = self.resource.registry_scope.known().copied().unwrap_or_default();
        let (with_registry, without): (Vec<_>, Vec<_>) =
            attempts.into_iter().partition(|attempt| scope.covers(&attempt.name));
        let narrow = self.scene(documents, false);
        let mut paths: BTreeMap<Capability, Path> = BTreeMap::new();
        for (name, path) in
            ways_in(&wide, &with_registry, &[]).into_iter().chain(ways_in(&narrow, &without, &[]))
        {
            let is_better = |known: &Path| path.reach() < known.reach();
            if paths.get(&name).is_none_or(is_better) {
                paths.insert(name, path);
            }
        }
        if self.resource.service == "ecr" {
            let (scene, attempts) =
                if scope == RegistryPolicyScope::V2 { (&wide, &with_registry) } else { (&narrow, &without) };
            paths.insert(Capability::Read, pull(scene, attempts));
        }
        paths.into_iter().collect()
    }

    fn scene<'s>(&'s self, documents: &[&PolicyDocument], with_registry: bool) -> Scene<'s> {
        let own = self.policy.known().and_then(Option::as_ref);
        let registry = self.registry.known().and_then(Option::as_ref).filter(|_| with_registry);
        let arn = self.resource.arn.map_or_else(
            || resource_of(self.resource.service, documents, self.resource.account, self.resource.partition),
            ToOwned::to_owned,
        );
        Scene {
            kind: self.kind,
            owner: self.resource.account,
            partition: self.resource.partition,
            layers: vec![SceneLayer {
                policies: own.into_iter().chain(registry).collect(),
                target: Target::Whole(arn),
                is_granted: false,
            }],
            context: Context::new(),
            allows_anonymous: true,
            counted: Counted::Open,
        }
    }
}

/// Whether a statement of a registry policy allows an action that scope V1 covers.
fn allows_within_v1(policy: &Policy<'_>, index: usize) -> bool {
    let statement = policy.compiled.statements().get(index);
    statement.is_some_and(|statement| {
        V1_ACTIONS
            .iter()
            .filter_map(|name| Action::parse(name))
            .any(|action| statement.actions.matches(&action))
    })
}

/// Pulling an image takes several actions: the narrowest way in counts.
fn pull(scene: &Scene<'_>, attempts: &[Attempt]) -> Path {
    let callers = scene.callers();
    let mut narrowest: Option<Path> = None;
    for name in PULL {
        let own: Vec<_> = attempts.iter().filter(|attempt| attempt.name == name).collect();
        let path = Path::known(scene.way_in(&own, &[], &callers));
        if narrowest.as_ref().is_none_or(|known| known.reach() < path.reach()) {
            narrowest = Some(path);
        }
    }
    narrowest.unwrap_or_else(Path::closed)
}
