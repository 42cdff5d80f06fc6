//! A whole snapshot in memory.

use std::collections::BTreeSet;

use crate::{
    AccessGrantsInstance, AccessPoint, Account, Analyzer, Bucket, BucketEntry, CallRecord, Group, Header,
    Listing, ManagedPolicy, MultiRegionAccessPoint, ObjectLambdaAccessPoint, Record, RecordKind, Registry,
    Repository, Role, User,
};

/// What every resource's facts may rest on; it stays in memory while the rest streams by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Who asked, when, and about what.
    pub header: Header,
    /// The account.
    pub account: Account,
    /// The users, by ARN.
    pub users: Vec<User>,
    /// The groups, by ARN.
    pub groups: Vec<Group>,
    /// The roles, by ARN.
    pub roles: Vec<Role>,
    /// The managed policies, by ARN.
    pub policies: Vec<ManagedPolicy>,
    /// The private registries, by region.
    pub registries: Vec<Registry>,
    /// The analyzers of IAM Access Analyzer, by region and ARN.
    pub analyzers: Vec<Analyzer>,
    /// The access points, by region and ARN.
    pub access_points: Vec<AccessPoint>,
    /// The Multi-Region Access Points, by ARN.
    pub multi_region_access_points: Vec<MultiRegionAccessPoint>,
    /// The Object Lambda access points, by region and ARN.
    pub object_lambda_access_points: Vec<ObjectLambdaAccessPoint>,
    /// The S3 Access Grants instances, by region.
    pub access_grants_instances: Vec<AccessGrantsInstance>,
    /// What other resources' facts rest on about each bucket, by name. It is no record of its own: the buckets
    /// have it.
    pub bucket_directory: Vec<BucketEntry>,
    /// The buckets of the account that others send their access logs to, by name; these have records of their own too.
    pub log_targets: Vec<Bucket>,
    /// What is known about each listing, those of streamed resources included.
    pub listings: Vec<Listing>,
    /// How often each operation was called.
    pub calls: Vec<CallRecord>,
}

impl Shared {
    /// The shared records of an account about which nothing else is known yet.
    #[must_use]
    pub fn new(header: Header) -> Self {
        let account = Account {
            id: header.account_id.clone(),
            partition: header.partition.clone(),
            ..Account::default()
        };
        Self {
            header,
            account,
            users: Vec::new(),
            groups: Vec::new(),
            roles: Vec::new(),
            policies: Vec::new(),
            registries: Vec::new(),
            analyzers: Vec::new(),
            access_points: Vec::new(),
            multi_region_access_points: Vec::new(),
            object_lambda_access_points: Vec::new(),
            access_grants_instances: Vec::new(),
            bucket_directory: Vec::new(),
            log_targets: Vec::new(),
            listings: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// The names of the buckets that access logs are sent to, the account's own and others.
    #[must_use]
    pub fn log_target_names(&self) -> BTreeSet<&str> {
        let logging = self.bucket_directory.iter().filter_map(|bucket| bucket.logging.present());
        logging.map(|logging| logging.target_bucket.as_str()).collect()
    }

    /// The listings of one kind; none means that nobody asked.
    pub fn listings_of(&self, kind: RecordKind) -> impl Iterator<Item = &Listing> {
        self.listings.iter().filter(move |listing| listing.kind == kind)
    }
}

/// A resource that is judged one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// A bucket.
    Bucket(Box<Bucket>),
    /// A repository.
    Repository(Box<Repository>),
}

/// Everything that was observed of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// What stays in memory.
    pub shared: Shared,
    /// The buckets, by ARN.
    pub buckets: Vec<Bucket>,
    /// The repositories, by region and ARN.
    pub repositories: Vec<Repository>,
}

impl Snapshot {
    /// Puts every list into the order of the document, and the buckets into the directory.
    pub fn sort(&mut self) {
        let shared = &mut self.shared;
        shared.users.sort_by(|a, b| a.arn.cmp(&b.arn));
        shared.groups.sort_by(|a, b| a.arn.cmp(&b.arn));
        shared.roles.sort_by(|a, b| a.arn.cmp(&b.arn));
        shared.policies.sort_by(|a, b| a.arn.cmp(&b.arn));
        shared.registries.sort_by(|a, b| a.region.cmp(&b.region));
        shared.analyzers.sort_by(|a, b| (&a.region, &a.arn).cmp(&(&b.region, &b.arn)));
        shared.access_points.sort_by(|a, b| (&a.region, &a.arn).cmp(&(&b.region, &b.arn)));
        shared.multi_region_access_points.sort_by(|a, b| a.arn.cmp(&b.arn));
        shared.object_lambda_access_points.sort_by(|a, b| (&a.region, &a.arn).cmp(&(&b.region, &b.arn)));
        shared.access_grants_instances.sort_by(|a, b| (&a.region, &a.arn).cmp(&(&b.region, &b.arn)));
        shared.listings.sort_by(|a, b| (a.kind, &a.region).cmp(&(b.kind, &b.region)));
        shared.calls.sort_by(|a, b| (&a.operation, &a.region).cmp(&(&b.operation, &b.region)));
        self.buckets.sort_by(|a, b| a.arn.cmp(&b.arn));
        shared.bucket_directory = self.buckets.iter().map(BucketEntry::of).collect();
        let names = shared.log_target_names();
        let targets = self.buckets.iter().filter(|bucket| names.contains(bucket.name.as_str()));
        shared.log_targets = targets.cloned().collect();
        self.repositories.sort_by(|a, b| (&a.region, &a.arn).cmp(&(&b.region, &b.arn)));
    }

    /// The resources that are judged one at a time, in the order of the document.
    pub fn resources(&self) -> impl Iterator<Item = Resource> + '_ {
        let buckets = self.buckets.iter().map(|bucket| Resource::Bucket(Box::new(bucket.clone())));
        let repositories = self.repositories.iter().map(|one| Resource::Repository(Box::new(one.clone())));
        buckets.chain(repositories)
    }

    /// The records of the document in order, without the trailer.
    pub(crate) fn records(&self) -> Vec<Record> {
        let shared = &self.shared;
        let mut records = vec![
            Record::Header(Box::new(shared.header.clone())),
            Record::Account(Box::new(shared.account.clone())),
        ];
        for kind in RecordKind::ALL {
            if kind == RecordKind::Bucket {
                records.extend(shared.registries.iter().cloned().map(|one| Record::Registry(Box::new(one))));
            }
            for listing in shared.listings_of(kind) {
                records.push(Record::Listing(listing.clone()));
                self.push_listed(kind, listing.region.as_deref(), &mut records);
            }
        }
        records.extend(shared.calls.iter().cloned().map(Record::Calls));
        records
    }

    fn push_listed(&self, kind: RecordKind, region: Option<&str>, records: &mut Vec<Record>) {
        fn boxed<T: Clone>(items: &[T], record: fn(Box<T>) -> Record) -> impl Iterator<Item = Record> {
            items.iter().map(move |item| record(Box::new(item.clone())))
        }
        let shared = &self.shared;
        match kind {
            RecordKind::User => records.extend(boxed(&shared.users, Record::User)),
            RecordKind::Group => records.extend(boxed(&shared.groups, Record::Group)),
            RecordKind::Role => records.extend(boxed(&shared.roles, Record::Role)),
            RecordKind::Policy => records.extend(boxed(&shared.policies, Record::Policy)),
            RecordKind::Analyzer => {
                let here = shared.analyzers.iter().filter(|one| Some(one.region.as_str()) == region);
                records.extend(here.map(|one| Record::Analyzer(Box::new(one.clone()))));
            }
            RecordKind::AccessPoint => {
                let here = shared.access_points.iter().filter(|one| Some(one.region.as_str()) == region);
                records.extend(here.map(|one| Record::AccessPoint(Box::new(one.clone()))));
            }
            RecordKind::MultiRegionAccessPoint => {
                records.extend(boxed(&shared.multi_region_access_points, Record::MultiRegionAccessPoint));
            }
            RecordKind::ObjectLambdaAccessPoint => {
                let points = shared.object_lambda_access_points.iter();
                let here = points.filter(|one| Some(one.region.as_str()) == region);
                records.extend(here.map(|one| Record::ObjectLambdaAccessPoint(Box::new(one.clone()))));
            }
            RecordKind::AccessGrantsInstance => {
                let instances = shared.access_grants_instances.iter();
                let here = instances.filter(|one| Some(one.region.as_str()) == region);
                records.extend(here.map(|one| Record::AccessGrantsInstance(Box::new(one.clone()))));
            }
            RecordKind::Bucket => records.extend(boxed(&self.buckets, Record::Bucket)),
            RecordKind::Repository => {
                let here = self.repositories.iter().filter(|one| Some(one.region.as_str()) == region);
                records.extend(here.map(|one| Record::Repository(Box::new(one.clone()))));
            }
        }
    }
}
