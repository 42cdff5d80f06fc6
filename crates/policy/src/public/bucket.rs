//! Exposure of S3 buckets: policy, ACL, ownership, access points and Block Public Access together.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::context::Context;
use crate::document::PolicyDocument;
use crate::truth::Truth;

use super::acl::{Grant, PublicGroup};
use super::answer::{Answer, Input, Layer};
use super::block::BlockPublicAccess;
use super::capability::Capability;
use super::exposure::{
    CapabilityExposure, Exposure, GrantSource, Path, PublicGrant, capability, public_statements,
};
use super::limit::PolicyKind;
use super::scene::{Counted, Layer as SceneLayer, Policy, Scene, is_open_allow};
use super::sharing::{Sharing, outsiders, sharing};
use super::target::{Attempt, Target, attempts_on_buckets, bucket_of, object_keys};

/// A bucket's object ownership ("Controlling ownership of objects and disabling ACLs").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum ObjectOwnership {
    /// ACLs are off.
    BucketOwnerEnforced,
    /// ACLs count.
    BucketOwnerPreferred,
    /// ACLs count; also meant when nothing is configured.
    #[default]
    ObjectWriter,
}

/// What is known of a bucket.
#[derive(Debug, Clone)]
pub struct Bucket<'a> {
    /// The bucket's ARN; `None`: the one that its policy names.
    pub arn: Option<&'a str>,
    /// The account that owns it.
    pub account: Option<&'a str>,
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// Its policy; `None` is none.
    pub policy: Input<Option<&'a PolicyDocument>>,
    /// The grants of its ACL, the owner's own included or not.
    pub acl: Input<&'a [Grant]>,
    /// Its object ownership.
    pub ownership: Input<ObjectOwnership>,
    /// Block Public Access of the account.
    pub account_block: Input<BlockPublicAccess>,
    /// Block Public Access of the bucket.
    pub bucket_block: Input<BlockPublicAccess>,
    /// Its access points, Multi-Region Access Points included.
    pub access_points: Input<&'a [AccessPoint<'a>]>,
}

/// An access point of a bucket.
#[derive(Debug, Clone)]
pub struct AccessPoint<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// Whether it takes requests from the internet, and not from one VPC only.
    pub is_on_internet: bool,
    /// Its policy; `None` is none.
    pub policy: Input<Option<&'a PolicyDocument>>,
    /// Its own Block Public Access.
    pub block: Input<BlockPublicAccess>,
}

/// A bucket with its policies compiled and its settings combined.
struct Analysis<'a> {
    bucket: &'a Bucket<'a>,
    arn: String,
    policy: Input<Option<Policy<'a>>>,
    is_public: Answer<bool>,
    /// ACLs do not count, or not for the public.
    acl_is_off: Answer<bool>,
    /// A public policy does not count for outsiders.
    is_restricted: Answer<bool>,
}

/// Works out who outside the account can use a bucket.
#[must_use]
pub fn bucket_exposure(bucket: &Bucket<'_>) -> Exposure {
    let analysis = Analysis::new(bucket);
    let points = analysis.access_points();
    let mut exposure = Exposure {
        public: analysis.public_by_acl().or(analysis.public_by_policy()),
        capabilities: BTreeMap::new(),
        grants: Answer::Known(Vec::new()),
        latent: Answer::Known(Vec::new()),
        latent_by_source: BTreeMap::new(),
    };
    let mut paths: BTreeMap<Capability, Vec<Path>> = BTreeMap::new();
    for (name, path) in analysis.policy_paths().into_iter().chain(analysis.acl_paths()) {
        paths.entry(name).or_default().push(path);
    }
    let (mut grants, [by_policy, by_acl]) = analysis.grants();
    let mut by_points = Vec::new();
    for point in points {
        exposure.public = exposure.public.or(point.public);
        grants.extend(point.grants);
        by_points.extend(point.latent);
        for (name, path) in point.paths {
            paths.entry(name).or_default().push(path);
        }
    }
    let all = Capability::ALL.into_iter();
    exposure.capabilities = all
        .map(|name| (name, capability(paths.remove(&name).unwrap_or_default())))
        .collect::<BTreeMap<_, CapabilityExposure>>();
    exposure.grants = flatten(grants);
    let by_points = flatten(by_points);
    exposure.latent = flatten(vec![by_policy.clone(), by_acl.clone(), by_points.clone()]);
    exposure.latent_by_source = BTreeMap::from([
        (GrantSource::Policy, by_policy),
        (GrantSource::Acl, by_acl),
        (GrantSource::AccessPoints, by_points),
    ]);
    exposure
}

/// What a bucket's policy lets foreign accounts and organizations do whom it names.
///
/// Under `RestrictPublicBuckets` a public policy lets nobody outside in, not even those it names.
#[must_use]
pub fn bucket_sharing(bucket: &Bucket<'_>) -> Answer<Vec<Sharing>> {
    let analysis = Analysis::new(bucket);
    if let Answer::Unknown(layers) = analysis.policy.answer(Layer::Policy) {
        return Answer::Unknown(layers);
    }
    let documents = analysis.documents();
    let scene = analysis.scene(vec![analysis.bucket_layer(false)], Context::new(), false);
    let found = sharing_of(scene, &documents);
    match analysis.is_public.clone().and(analysis.is_restricted.clone()) {
        _ if found.is_empty() => Answer::Known(found),
        Answer::Known(true) => Answer::Known(Vec::new()),
        Answer::Known(false) => Answer::Known(found),
        Answer::Unknown(layers) => Answer::Unknown(layers),
    }
}

/// What an access point's own policy lets foreign accounts and organizations do whom it names, as far as the bucket
/// behind it leaves the decision to it.
#[must_use]
pub fn access_point_sharing(
    point: &AccessPoint<'_>,
    account: Option<&str>,
    partition: &str,
) -> Answer<Vec<Sharing>> {
    let document = match point.policy.answer(Layer::AccessPoints) {
        Answer::Known(Some(document)) => *document,
        Answer::Known(None) => return Answer::Known(Vec::new()),
        Answer::Unknown(layers) => return Answer::Unknown(layers),
    };
    let policy = Policy::new("policy", document);
    let is_public = !public_statements(&policy, PolicyKind::S3AccessPoint).is_empty();
    let target = Target::AccessPoint(point.arn.to_owned());
    let scene = Scene {
        kind: PolicyKind::S3AccessPoint,
        owner: account,
        partition,
        layers: vec![SceneLayer { policies: vec![&policy], target, is_granted: false }],
        context: point_context(point.arn),
        allows_anonymous: false,
        counted: Counted::Open,
    };
    let found = sharing_of(scene, &[document]);
    let block = point.block.answer(Layer::AccessPoints);
    match Answer::Known(is_public).and(block.map(|block| block.restrict_public_buckets)) {
        _ if found.is_empty() => Answer::Known(found),
        Answer::Known(true) => Answer::Known(Vec::new()),
        Answer::Known(false) => Answer::Known(found),
        Answer::Unknown(layers) => Answer::Unknown(layers),
    }
}

/// The same of any scene. Most policies name nobody outside: then there is nothing to try.
fn sharing_of(scene: Scene<'_>, documents: &[&PolicyDocument]) -> Vec<Sharing> {
    if outsiders(&scene).is_empty() {
        return Vec::new();
    }
    sharing(scene, &attempts_on_buckets(documents), &object_keys(documents))
}

/// Grants as far as each is known to be one.
type MaybeGrants = Vec<Answer<Vec<PublicGrant>>>;

fn flatten(answers: MaybeGrants) -> Answer<Vec<PublicGrant>> {
    let mut found = Vec::new();
    let mut missing = BTreeSet::new();
    for answer in answers {
        match answer {
            Answer::Known(grants) => found.extend(grants),
            Answer::Unknown(layers) => missing.extend(layers),
        }
    }
    if missing.is_empty() { Answer::Known(found) } else { Answer::Unknown(missing) }
}

/// Those of `grants` that count (or, for latent ones, do not).
fn those_if(grants: Answer<Vec<PublicGrant>>, condition: &Answer<bool>) -> Answer<Vec<PublicGrant>> {
    match (grants, condition) {
        (Answer::Known(grants), _) if grants.is_empty() => Answer::Known(grants),
        (_, Answer::Known(false)) => Answer::Known(Vec::new()),
        (grants, Answer::Known(true)) => grants,
        (Answer::Known(_), Answer::Unknown(layers)) => Answer::Unknown(layers.clone()),
        (Answer::Unknown(left), Answer::Unknown(right)) => {
            Answer::Unknown(left.union(right).copied().collect())
        }
    }
}

/// What comes in through one access point.
struct ThroughPoint {
    public: Answer<bool>,
    paths: Vec<(Capability, Path)>,
    grants: MaybeGrants,
    latent: MaybeGrants,
}

impl<'a> Analysis<'a> {
    fn new(bucket: &'a Bucket<'a>) -> Self {
        let account = bucket.account_block.answer(Layer::AccountBlockPublicAccess);
        let own = bucket.bucket_block.answer(Layer::BucketBlockPublicAccess);
        let flag = |read: fn(&BlockPublicAccess) -> bool| account.clone().map(read).or(own.clone().map(read));
        let is_enforced = bucket
            .ownership
            .answer(Layer::ObjectOwnership)
            .map(|ownership| *ownership == ObjectOwnership::BucketOwnerEnforced);
        let policy = match bucket.policy {
            Input::Known(document) => Input::Known(document.map(|document| Policy::new("policy", document))),
            Input::Unreadable => Input::Unreadable,
        };
        let is_public = policy.answer(Layer::Policy).map(|policy| {
            policy.as_ref().is_some_and(|policy| !public_statements(policy, PolicyKind::S3Bucket).is_empty())
        });
        let arn = bucket.arn.map_or_else(
            || bucket_of(bucket.policy.known().copied().flatten(), bucket.partition),
            ToOwned::to_owned,
        );
        Self {
            acl_is_off: is_enforced.or(flag(|block| block.ignore_public_acls)),
            is_restricted: flag(|block| block.restrict_public_buckets),
            bucket,
            arn,
            policy,
            is_public,
        }
    }

    fn public_by_policy(&self) -> Answer<bool> {
        self.is_public.clone().and(self.is_restricted.clone().not())
    }

    fn public_by_acl(&self) -> Answer<bool> {
        let grants = self.bucket.acl.answer(Layer::Acl);
        grants.map(|grants| grants.iter().any(Grant::is_public)).and(self.acl_is_off.clone().not())
    }

    fn documents(&self) -> Vec<&'a PolicyDocument> {
        self.bucket.policy.known().copied().flatten().into_iter().collect()
    }

    fn policies(&self) -> Vec<&Policy<'a>> {
        self.policy.known().and_then(Option::as_ref).into_iter().collect()
    }

    fn scene<'s>(
        &'s self,
        layers: Vec<SceneLayer<'s>>,
        context: Context,
        allows_anonymous: bool,
    ) -> Scene<'s> {
        Scene {
            kind: PolicyKind::S3Bucket,
            owner: self.bucket.account,
            partition: self.bucket.partition,
            layers,
            context,
            allows_anonymous,
            counted: Counted::Open,
        }
    }

    fn bucket_layer<'s>(&'s self, is_granted: bool) -> SceneLayer<'s> {
        SceneLayer { policies: self.policies(), target: Target::Bucket(self.arn.clone()), is_granted }
    }

    fn policy_paths(&self) -> Vec<(Capability, Path)> {
        let missing = match self.policy.answer(Layer::Policy) {
            Answer::Known(None) => return Vec::new(),
            Answer::Known(Some(_)) => None,
            Answer::Unknown(layers) => Some(layers),
        };
        let Some(missing) = missing else { return self.known_policy_paths() };
        let path = || {
            let mut path = Path::unknown(missing.clone());
            // A policy that is not public lets nobody in of whom nothing is asked.
            path.anybody = path.anybody.and(self.is_restricted.clone().not());
            path
        };
        Capability::ALL.into_iter().map(|name| (name, path())).collect()
    }

    fn known_policy_paths(&self) -> Vec<(Capability, Path)> {
        let scene = self.scene(vec![self.bucket_layer(false)], Context::new(), true);
        if !scene.may_let_in() {
            return Vec::new();
        }
        let is_shut = self.is_public.clone().and(self.is_restricted.clone());
        let documents = self.documents();
        ways_in(&scene, &attempts_on_buckets(&documents), &object_keys(&documents))
            .into_iter()
            .map(|(name, path)| (name, path.behind(&is_shut)))
            .collect()
    }

    fn acl_paths(&self) -> Vec<(Capability, Path)> {
        if self.acl_is_off == Answer::Known(true) {
            return Vec::new();
        }
        let grants = match self.bucket.acl.answer(Layer::Acl) {
            Answer::Known(grants) => *grants,
            Answer::Unknown(layers) => {
                let granted =
                    [Capability::List, Capability::Write, Capability::ReadAcl, Capability::WriteAcl];
                let path = || Path::unknown(layers.clone()).behind(&self.acl_is_off);
                return granted.into_iter().map(|name| (name, path())).collect();
            }
        };
        let public = grants.iter().filter_map(|grant| Some((grant.public_group()?, grant)));
        public
            .flat_map(|(group, grant)| grant.actions().iter().map(move |granted| (group, granted)))
            .map(|(group, (name, action))| {
                (*name, self.acl_path(group, *name, action).behind(&self.acl_is_off))
            })
            .collect()
    }

    /// What a grant allows, unless the bucket policy denies it.
    fn acl_path(&self, group: PublicGroup, name: Capability, action: &str) -> Path {
        if let Answer::Unknown(layers) = self.policy.answer(Layer::Policy) {
            return Path::unknown(layers);
        }
        let on_parts = name == Capability::Write;
        let attempt = Attempt { name: action.to_owned(), capability: name, on_whole: !on_parts, on_parts };
        let scene = self.scene(vec![self.bucket_layer(true)], Context::new(), group == PublicGroup::AllUsers);
        let keys = object_keys(&self.documents());
        Path::known(scene.way_in(&[&attempt], &keys, &scene.callers()))
    }

    /// The grants that make the bucket public, and those that a setting keeps from it.
    fn grants(&self) -> (MaybeGrants, [Answer<Vec<PublicGrant>>; 2]) {
        let by_policy = self.policy.answer(Layer::Policy).map(|policy| {
            policy.as_ref().map(|policy| public_statements(policy, PolicyKind::S3Bucket)).unwrap_or_default()
        });
        let by_acl = self.bucket.acl.answer(Layer::Acl).map(|grants| {
            let public = grants.iter().enumerate().filter(|(_, grant)| grant.is_public());
            let named = |index: usize| PublicGrant {
                source: "acl".to_owned(),
                index,
                sid: None,
                path: format!("/{index}"),
            };
            public.map(|(index, _)| named(index)).collect::<Vec<_>>()
        });
        let grants = vec![
            those_if(by_policy.clone(), &self.is_restricted.clone().not()),
            those_if(by_acl.clone(), &self.acl_is_off.clone().not()),
        ];
        let latent = [those_if(by_policy, &self.is_restricted), those_if(by_acl, &self.acl_is_off)];
        (grants, latent)
    }

    fn access_points(&self) -> Vec<ThroughPoint> {
        match self.bucket.access_points.answer(Layer::AccessPoints) {
            Answer::Known(points) => {
                points.iter().enumerate().map(|(index, point)| self.through(index, point)).collect()
            }
            Answer::Unknown(layers) => vec![self.unknown_point(&layers)],
        }
    }

    /// Access points that could not be read: nothing if the bucket's policy leaves them nothing.
    fn unknown_point(&self, layers: &BTreeSet<Layer>) -> ThroughPoint {
        let unknown = Answer::Unknown(layers.clone());
        let delegates = self.delegates(None);
        let public = unknown.and(delegates.clone()).and(self.is_restricted.clone().not());
        let path = || Path::unknown(layers.clone()).behind(&delegates.clone().not());
        let paths = Capability::ALL.into_iter().map(|name| (name, path())).collect();
        let grants = match &public {
            Answer::Known(_) => Vec::new(),
            Answer::Unknown(layers) => vec![Answer::Unknown(layers.clone())],
        };
        ThroughPoint { public, paths, latent: grants.clone(), grants }
    }

    /// Whether the bucket's policy could allow requests through an access point.
    fn delegates(&self, point: Option<&Context>) -> Answer<bool> {
        let mut context = point.cloned().unwrap_or_default();
        context.mark_unknown("*");
        self.policy.answer(Layer::Policy).map(|policy| {
            policy.as_ref().is_some_and(|policy| {
                let pairs = policy.document.statements.iter().zip(policy.compiled.statements());
                pairs.filter(|(written, _)| is_open_allow(written)).any(|(_, compiled)| {
                    let truths =
                        compiled.conditions.iter().map(|condition| condition.evaluate(&context).truth());
                    truths.fold(Truth::True, Truth::and).is_possible()
                })
            })
        })
    }

    fn through(&self, index: usize, point: &AccessPoint<'_>) -> ThroughPoint {
        let nothing = ThroughPoint {
            public: Answer::Known(false),
            paths: Vec::new(),
            grants: Vec::new(),
            latent: Vec::new(),
        };
        if !point.is_on_internet || matches!(point.policy, Input::Known(None)) {
            return nothing;
        }
        let context = point_context(point.arn);
        let delegates = self.delegates(Some(&context));
        let block = point.block.answer(Layer::AccessPoints);
        let is_restricted = self.is_restricted.clone().or(block.map(|block| block.restrict_public_buckets));
        let Input::Known(Some(document)) = &point.policy else {
            return self.unknown_point(&BTreeSet::from([Layer::AccessPoints]));
        };
        let policy = Policy::new(&format!("access_points/{index}"), document);
        let statements = public_statements(&policy, PolicyKind::S3AccessPoint);
        let is_public = Answer::Known(!statements.is_empty());
        let counts = delegates.clone().and(is_restricted.clone().not());
        let is_shut = delegates.clone().not().or(is_public.clone().and(is_restricted.clone()));
        ThroughPoint {
            public: is_public.and(counts.clone()),
            paths: self.point_paths(point, &policy, context, &is_shut),
            grants: vec![those_if(Answer::Known(statements.clone()), &counts)],
            latent: vec![those_if(Answer::Known(statements), &delegates.and(is_restricted))],
        }
    }

    fn point_paths(
        &self,
        point: &AccessPoint<'_>,
        policy: &Policy<'_>,
        context: Context,
        is_shut: &Answer<bool>,
    ) -> Vec<(Capability, Path)> {
        if let Answer::Unknown(layers) = self.policy.answer(Layer::Policy) {
            let path = || Path::unknown(layers.clone()).behind(is_shut);
            return Capability::ALL.into_iter().map(|name| (name, path())).collect();
        }
        let target = Target::AccessPoint(point.arn.to_owned());
        let own = SceneLayer { policies: vec![policy], target, is_granted: false };
        let scene = self.scene(vec![own, self.bucket_layer(false)], context, true);
        if !scene.may_let_in() {
            return Vec::new();
        }
        let mut documents = self.documents();
        documents.push(policy.document);
        let ways = ways_in(&scene, &attempts_on_buckets(&documents), &object_keys(&documents));
        ways.into_iter().map(|(name, path)| (name, path.behind(is_shut))).collect()
    }
}

/// The keys of requests through an access point.
fn point_context(arn: &str) -> Context {
    let mut context = Context::new();
    context.set("s3:DataAccessPointArn", arn);
    context.set("s3:AccessPointNetworkOrigin", "Internet");
    if let Some(arn) = crate::arn::Arn::parse(arn) {
        context.set("s3:DataAccessPointAccount", arn.account);
    }
    context
}

/// The best way in for each capability that has one.
pub(super) fn ways_in(scene: &Scene<'_>, attempts: &[Attempt], keys: &[String]) -> Vec<(Capability, Path)> {
    let callers = scene.callers();
    let way = |name: Capability| {
        let own: Vec<_> = attempts.iter().filter(|attempt| attempt.capability == name).collect();
        (name, Path::known(scene.way_in(&own, keys, &callers)))
    };
    Capability::ALL.into_iter().map(way).collect()
}
