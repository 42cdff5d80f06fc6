//! What is acted on, with the policies on its side.

use std::sync::Arc;

use palisade_policy::actions::{table, wildcard_only};
use palisade_policy::arn::Arn;
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context;
use palisade_policy::document::PolicyDocument;
use palisade_policy::policies::{PolicySet, ResourcePolicies};
use palisade_policy::public::{PolicyKind, is_public_statement};
use palisade_policy::request::{Action, Resource};
use palisade_snapshot::{
    BlockPublicAccess, Bucket, Evidence, Observed, RecordKind, Resource as Stored, Role, Shared, Tag,
};

use super::access_point::{self, Point};
use super::{NotConsidered, Situation, acl, own_policy, registry, unread};
use crate::context::incomplete;
use crate::exposure::document;
use crate::organization::OrganizationPolicies;
use crate::{Known, Missing};

/// STS actions on a role: its trust policy decides them.
const ON_TRUST: [&str; 5] =
    ["assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "setsourceidentity", "tagsession"];

/// A resource and the policies on its side.
pub(super) struct Target<'a> {
    pub(super) resource: Resource,
    /// The name of the resource: its ARN, or `*`.
    pub(super) arn: String,
    /// Its policies; in place of one that could not be read stands one that lets everybody in.
    pub(super) side: ResourcePolicies,
    /// The same where such a policy only leaves the decision to its account; `None` if nothing is missing.
    pub(super) delegating: Option<ResourcePolicies>,
    /// The same for callers who do not sign, where that makes a difference.
    pub(super) unsigned: Option<ResourcePolicies>,
    /// What the bucket's access control list grants by itself, to signed and to unsigned requests.
    pub(super) lists: Option<[ResourcePolicies; 2]>,
    /// The documents of its own policy and of its list, if they were read.
    pub(super) documents: Vec<PolicyDocument>,
    /// What could not be read of it.
    pub(super) missing: Option<Missing>,
    /// Whether it may have a policy that no snapshot of this account holds.
    pub(super) is_uncollected: bool,
    /// Whether Block Public Access keeps out everybody from other accounts, whatever the policy says.
    pub(super) restricted: Known<bool>,
    /// Whether it belongs to the account of the snapshot, or to nobody in particular.
    pub(super) is_own: bool,
    /// The buckets to which requests go through it, if it is an access point. Where the caller is chooses one.
    pub(super) behind: Vec<Self>,
    /// Keys that a request has by the way it takes.
    pub(super) implied: Vec<(&'static str, String)>,
    /// The tags of a user or role.
    tags: Option<&'a [Tag]>,
    pub(super) not_considered: Vec<NotConsidered>,
}

/// A policy on the resource's side, as far as it is known.
pub(super) enum OwnPolicy {
    /// There is none, or this one.
    Read(Option<PolicyDocument>),
    /// Something is missing that could take away from what this one allows.
    AtMost(PolicyDocument, Missing),
    Missing(Missing),
    Uncollected,
}

impl<'a> Target<'a> {
    /// The resource of a question, with the records of the snapshot that [`records_of`] names.
    pub(super) fn new(shared: &'a Shared, action: &Action, arn: Option<&str>, records: &[Stored]) -> Self {
        let account = shared.header.account_id.as_str();
        let rcps = OrganizationPolicies::of(shared).rcps.sets();
        let Some(arn) = arn.filter(|_| !takes_no_resource(action)) else {
            let mut target = Self::with(Resource::none(), OwnPolicy::Read(None), "*", account);
            target.add_registry(shared, action);
            return target.limited(&rcps);
        };
        if let Some(point) = Point::find(shared, arn) {
            return Self::access_point(shared, action, arn, point, records).limited(&rcps);
        }
        let resource = Resource::new(arn);
        let record = record_of(arn).and_then(|wanted| records.iter().find(|one| arn_of(one) == wanted));
        Self::direct(shared, action, owned(resource, shared, action, record), arn, record).limited(&rcps)
    }

    fn direct(
        shared: &'a Shared,
        action: &Action,
        resource: Resource,
        arn: &str,
        record: Option<&Stored>,
    ) -> Self {
        let account = shared.header.account_id.as_str();
        let policy = own_policy(shared, action, arn, record);
        let mut target = Self::with(resource, policy, record.map_or(arn, arn_of), account);
        target.arn = arn.to_owned();
        target.tags = tags_of(shared, arn);
        match record {
            Some(Stored::Bucket(bucket)) => {
                target.restricted = restricted(shared, bucket, target.documents.first());
                match acl::of_bucket(shared, bucket) {
                    Known::Known(None) => {}
                    Known::Known(Some(grants)) => {
                        target.add_lists(grants);
                        if is_about_objects(action) {
                            target.not_considered.push(NotConsidered::ObjectAccessControlLists);
                        }
                    }
                    Known::Unknown(_) => target.not_considered.push(NotConsidered::AccessControlLists),
                }
            }
            _ => target.add_registry(shared, action),
        }
        target
    }

    /// An access point, with the buckets behind it if requests go through to them.
    fn access_point(
        shared: &'a Shared,
        action: &Action,
        arn: &str,
        point: Point<'_>,
        records: &[Stored],
    ) -> Self {
        let account = shared.header.account_id.as_str();
        let mut target = Self::with(Resource::new(arn), point.policy(), point.arn(), account);
        target.arn = arn.to_owned();
        target.restricted = point.restricted(shared, target.documents.first());
        let is_public = is_public(target.documents.first(), PolicyKind::S3AccessPoint);
        if let Some(document) = point.vpc().and_then(access_point::only_from) {
            let name = format!("{}/vpc", point.arn());
            target.add_policy(OwnPolicy::Read(Some(document)), &name, account);
        }
        if Point::through(shared, action, arn).is_none() {
            return target;
        }
        target.implied = point.implied();
        let rcps = OrganizationPolicies::of(shared).rcps.sets();
        for (name, owner) in point.buckets() {
            let behind = point.behind(arn, name);
            let record =
                record_of(&behind).and_then(|wanted| records.iter().find(|one| arn_of(one) == wanted));
            let resource = match owner {
                Some(owner) => Resource::new(&behind).owned_by(owner),
                None => owned(Resource::new(&behind), shared, action, record),
            };
            let mut bucket = Self::direct(shared, action, resource, &behind, record).limited(&rcps);
            if let Some(Stored::Bucket(record)) = record.filter(|_| is_public) {
                // The strictest of the settings counts for the access point's policy.
                let by_bucket = restricts(&record.public_access_block, Evidence::BucketPublicAccessBlock);
                bucket.restricted = bucket.restricted.or(by_bucket);
            }
            bucket.implied.clone_from(&target.implied);
            target.documents.extend(bucket.documents.iter().cloned());
            target.not_considered.append(&mut bucket.not_considered);
            target.behind.push(bucket);
        }
        target.not_considered.sort_unstable_by_key(|one| one.name());
        target.not_considered.dedup();
        target
    }

    /// Whether its policy, or that of a bucket behind it, is in no snapshot of this account.
    pub(super) fn depends_on_uncollected(&self) -> bool {
        self.is_uncollected || self.behind.iter().any(|bucket| bucket.is_uncollected)
    }

    /// What could not be read of it and of the buckets behind it.
    pub(super) fn all_missing(&self) -> Option<Missing> {
        let behind = self.behind.iter().map(|bucket| bucket.missing.clone());
        behind.fold(self.missing.clone(), Missing::either)
    }

    /// The same under the resource control policies of the account, if it is the account's.
    fn limited(mut self, rcps: &[PolicySet]) -> Self {
        if self.is_own {
            let sides = [Some(&mut self.side), self.delegating.as_mut(), self.unsigned.as_mut()];
            for side in sides.into_iter().flatten().chain(self.lists.iter_mut().flatten()) {
                side.rcps = rcps.to_vec();
            }
        }
        self
    }

    /// A role that is to be assumed.
    pub(super) fn trust(shared: &'a Shared, role: &'a Role, rcps: &[PolicySet]) -> Self {
        let policy = trust_policy(role);
        let mut target = Self::with(Resource::new(&role.arn), policy, &role.arn, &shared.header.account_id);
        target.tags = Some(&role.tags);
        target.limited(rcps)
    }

    fn with(resource: Resource, policy: OwnPolicy, arn: &str, account: &str) -> Self {
        let is_own = resource.account().is_none_or(|owner| owner == account);
        let mut target = Self {
            resource,
            is_own,
            arn: arn.to_owned(),
            side: ResourcePolicies::default(),
            delegating: None,
            unsigned: None,
            lists: None,
            documents: Vec::new(),
            missing: None,
            is_uncollected: false,
            restricted: Known::Known(false),
            behind: Vec::new(),
            implied: Vec::new(),
            tags: None,
            not_considered: Vec::new(),
        };
        target.add_policy(policy, arn, account);
        target
    }

    /// Adds a policy that counts beside those which are there.
    fn add_policy(&mut self, policy: OwnPolicy, name: &str, account: &str) {
        let (document, missing) = match policy {
            OwnPolicy::Read(document) => (document, None),
            OwnPolicy::AtMost(document, missing) => (Some(document), Some(missing)),
            OwnPolicy::Missing(missing) => {
                self.missing = Missing::either(self.missing.take(), Some(missing));
                return self.add_unread(account);
            }
            OwnPolicy::Uncollected => {
                self.is_uncollected = true;
                return self.add_unread(account);
            }
        };
        self.missing = Missing::either(self.missing.take(), missing);
        if let Some(document) = document {
            let compiled = Arc::new(CompiledPolicy::new(name, &document));
            self.side = joined(&self.side, [Arc::clone(&compiled)]);
            self.delegating = self.delegating.as_ref().map(|side| joined(side, [compiled]));
            self.documents.push(document);
        }
    }

    /// Lets in everybody in place of a policy that was not read.
    fn add_unread(&mut self, account: &str) {
        let delegating = unread::delegating(account);
        let known = self.delegating.as_ref().unwrap_or(&self.side);
        self.delegating = Some(joined(known, delegating.policies().iter().cloned()));
        self.side = joined(&self.side, unread::open_to_all().policies().iter().cloned());
    }

    /// Adds the policy of the private registry, if the action is one of ECR.
    fn add_registry(&mut self, shared: &Shared, action: &Action) {
        if action.service() != "ecr" {
            return;
        }
        let account = shared.header.account_id.as_str();
        match Arn::parse(&self.arn).filter(|arn| arn.account == account && !arn.region.is_empty()) {
            Some(arn) => {
                let region = arn.region.to_owned();
                let policy = registry::policy(shared, action, &region);
                self.add_policy(policy, &registry::arn(shared, &region), account);
            }
            None if self.is_own => self.not_considered.push(NotConsidered::RegistryPolicy),
            None => {}
        }
    }

    /// Adds what the bucket's list grants, which counts beside its policy.
    fn add_lists(&mut self, grants: acl::Grants) {
        let name = format!("{}/acl", record_of(&self.arn).unwrap_or_default());
        let compile = |document| Arc::new(CompiledPolicy::new(name.as_str(), document));
        let [signed, unsigned] = [compile(&grants.signed), compile(&grants.unsigned)];
        let join = |side: &ResourcePolicies, list: &Arc<CompiledPolicy>| joined(side, [Arc::clone(list)]);
        let none = ResourcePolicies::default();
        self.lists = Some([join(&none, &signed), join(&none, &unsigned)]);
        self.unsigned = Some(join(&self.side, &unsigned));
        self.side = join(&self.side, &signed);
        self.delegating = self.delegating.as_ref().map(|side| join(side, &signed));
        self.documents.push(grants.signed);
    }

    /// What the resource adds to the context of a caller's request, which has that of a resource of this account
    /// without known tags.
    pub(super) fn imply(&self, context: &mut Context, service: &str, asked: &Situation) {
        let said = |key: &str| asked.context.iter().any(|(known, _)| known.eq_ignore_ascii_case(key));
        if !said("aws:ResourceAccount") && !self.is_own {
            context.remove("aws:ResourceAccount");
            if let Some(account) = self.resource.account().filter(|account| !account.is_empty()) {
                context.set("aws:ResourceAccount", account);
            }
        }
        for (key, value) in self.implied.iter().filter(|(key, _)| !said(key)) {
            context.set(key, value.as_str());
        }
        for prefix in ["aws", service].into_iter().filter(|_| self.tags.is_some()) {
            context.mark_absent(&format!("{prefix}:ResourceTag/*"));
            for tag in self.tags.unwrap_or_default() {
                let key = format!("{prefix}:ResourceTag/{}", tag.key);
                if !said(&key) {
                    context.set(&key, &tag.value);
                }
            }
        }
    }
}

/// The resource's side with more policies that count beside those which are there.
fn joined(side: &ResourcePolicies, more: impl IntoIterator<Item = Arc<CompiledPolicy>>) -> ResourcePolicies {
    let own = side.policy.iter().flat_map(PolicySet::policies).cloned();
    ResourcePolicies { policy: Some(PolicySet::new(own.chain(more).collect())), ..Default::default() }
}

/// Whether an action is on objects, which have lists of their own.
fn is_about_objects(action: &Action) -> bool {
    let known = table().service(action.service()).and_then(|service| service.action(action.name()));
    known.is_some_and(|action| action.resource_types().any(|(kind, _)| kind.name == "object"))
}

/// Whether an action acts on nothing in particular.
pub(super) fn takes_no_resource(action: &Action) -> bool {
    wildcard_only(action.service(), action.name()).unwrap_or(false)
}

/// The ARNs of the buckets or repositories whose records a question about this resource needs.
pub(super) fn records_of(shared: &Shared, arn: &str) -> Vec<String> {
    match Point::find(shared, arn) {
        Some(point) => {
            let buckets = point.buckets().into_iter();
            buckets.filter_map(|(bucket, _)| record_of(&point.behind(arn, bucket))).collect()
        }
        None => record_of(arn).into_iter().collect(),
    }
}

/// The ARN of a record.
pub(super) fn arn_of(record: &Stored) -> &str {
    match record {
        Stored::Bucket(bucket) => &bucket.arn,
        Stored::Repository(repository) => &repository.arn,
    }
}

/// The ARN of the bucket or repository that a resource is, or is in.
fn record_of(arn: &str) -> Option<String> {
    let parsed = Arn::parse(arn)?;
    match parsed.service {
        "s3" if parsed.account.is_empty() => {
            let bucket = parsed.resource.split('/').next().unwrap_or(parsed.resource);
            Some(format!("arn:{}:s3:::{bucket}", parsed.partition))
        }
        "ecr" if parsed.resource.starts_with("repository/") => Some(arn.to_owned()),
        _ => None,
    }
}

/// Says who owns a resource whose ARN does not: a bucket of the snapshot is the account's own. One that was
/// not listed is somebody else's, unless the listing may go on.
fn owned(resource: Resource, shared: &Shared, action: &Action, record: Option<&Stored>) -> Resource {
    let is_bucket = action.service() == "s3" && resource.account().is_none() && !resource.is_none();
    if !is_bucket {
        return resource;
    }
    let may_be_own = record.is_some() || is_creation(action) || bucket_may_be_own(shared);
    resource.owned_by(if may_be_own { &shared.header.account_id } else { "" })
}

/// Whether a bucket that is not in the snapshot may be the account's own.
fn bucket_may_be_own(shared: &Shared) -> bool {
    incomplete(shared, RecordKind::Bucket).is_some() || shared.header.scope.limited_to_regions
}

fn is_creation(action: &Action) -> bool {
    matches!((action.service(), action.name()), ("s3", "createbucket") | ("ecr", "createrepository"))
}

fn own_policy(shared: &Shared, action: &Action, arn: &str, record: Option<&Stored>) -> OwnPolicy {
    if is_creation(action) {
        return OwnPolicy::Read(None);
    }
    match record {
        Some(Stored::Bucket(bucket)) => return observed(&bucket.policy, Evidence::BucketPolicy),
        Some(Stored::Repository(repository)) => {
            return observed(&repository.policy, Evidence::RepositoryPolicy);
        }
        None => {}
    }
    let Some(parsed) = Arn::parse(arn) else { return OwnPolicy::Read(None) };
    let is_own = parsed.account == shared.header.account_id;
    if action.service() == "sts" && ON_TRUST.contains(&action.name()) {
        let role = shared.roles.iter().find(|role| role.arn == arn);
        return match role {
            Some(role) => trust_policy(role),
            None if !is_own => OwnPolicy::Uncollected,
            None => not_listed(shared, RecordKind::Role),
        };
    }
    match record_of(arn) {
        Some(_) if parsed.service == "s3" => match incomplete(shared, RecordKind::Bucket) {
            Some(missing) if is_refused(shared, RecordKind::Bucket) => OwnPolicy::Missing(missing),
            _ => OwnPolicy::Uncollected,
        },
        Some(_) if is_own => repository_not_listed(shared, parsed.region),
        _ if own_policy::is_possible(action.service(), arn) => OwnPolicy::Uncollected,
        _ => OwnPolicy::Read(None),
    }
}

/// Whether somebody asked for a listing and did not get all of it.
fn is_refused(shared: &Shared, kind: RecordKind) -> bool {
    shared.listings_of(kind).any(|listing| listing.incomplete.is_some())
}

fn not_listed(shared: &Shared, kind: RecordKind) -> OwnPolicy {
    incomplete(shared, kind).map_or(OwnPolicy::Read(None), OwnPolicy::Missing)
}

/// A repository of the account that is not in the snapshot: there is none, unless its region was not listed.
fn repository_not_listed(shared: &Shared, region: &str) -> OwnPolicy {
    let mut listings = shared.listings_of(RecordKind::Repository);
    let Some(listing) = listings.find(|listing| listing.region.as_deref() == Some(region)) else {
        return OwnPolicy::Uncollected;
    };
    match &listing.incomplete {
        Some(why) => OwnPolicy::Missing(Missing::evidence(Evidence::Repositories, why)),
        None => OwnPolicy::Read(None),
    }
}

pub(super) fn observed(policy: &Observed<String>, evidence: Evidence) -> OwnPolicy {
    match document(policy, evidence) {
        Known::Known(document) => OwnPolicy::Read(document),
        Known::Unknown(missing) => OwnPolicy::Missing(missing),
    }
}

fn trust_policy(role: &Role) -> OwnPolicy {
    match crate::identities::read(&role.trust_policy, Evidence::Roles) {
        Known::Known(document) => OwnPolicy::Read(Some(document)),
        Known::Unknown(missing) => OwnPolicy::Missing(missing),
    }
}

fn tags_of<'a>(shared: &'a Shared, arn: &str) -> Option<&'a [Tag]> {
    let user = shared.users.iter().find(|user| user.arn == arn).map(|user| user.tags.as_slice());
    user.or_else(|| shared.roles.iter().find(|role| role.arn == arn).map(|role| role.tags.as_slice()))
}

/// Whether `RestrictPublicBuckets` counts: for a policy that AWS calls public, by the account's or the bucket's
/// own setting ("Blocking public access to your Amazon S3 storage").
fn restricted(shared: &Shared, bucket: &Bucket, policy: Option<&PolicyDocument>) -> Known<bool> {
    if !is_public(policy, PolicyKind::S3Bucket) {
        return Known::Known(false);
    }
    restricts(&shared.account.public_access_block, Evidence::AccountBlockPublicAccess)
        .or(restricts(&bucket.public_access_block, Evidence::BucketPublicAccessBlock))
}

/// Whether AWS calls a policy public.
pub(super) fn is_public(policy: Option<&PolicyDocument>, kind: PolicyKind<'_>) -> bool {
    policy
        .is_some_and(|policy| policy.statements.iter().any(|statement| is_public_statement(statement, kind)))
}

/// The `RestrictPublicBuckets` of a setting.
pub(super) fn restricts(block: &Observed<BlockPublicAccess>, evidence: Evidence) -> Known<bool> {
    Known::observed(block, evidence, || false, |block| block.restrict_public_buckets)
}
