//! The facts of one account.

use std::fmt;
use std::sync::Arc;

use palisade_snapshot::{RecordKind, Resource, Shared};

use crate::context::Context;
use crate::{Declarations, Gap, Kind, Missing, Object, Subject, account, ecr, s3};

/// The facts of one account: what rests on the shared records, and on resources as they stream by.
///
/// It may be shared between threads. What costs something is worked out when a rule first asks for it.
pub struct Facts {
    pub(crate) context: Arc<Context>,
    account: account::Account,
    alike_buckets: s3::AlikeBuckets,
    alike_repositories: ecr::AlikeRepositories,
}

impl Facts {
    /// The facts of the account that these records are about, which are copied.
    #[must_use]
    pub fn new(shared: &Shared, declarations: &Declarations) -> Self {
        Self::of(Arc::new(shared.clone()), declarations)
    }

    /// The facts of the account that these records are about.
    #[must_use]
    pub fn of(shared: Arc<Shared>, declarations: &Declarations) -> Self {
        let context = Arc::new(Context::new(shared, declarations));
        let account = account::facts(&context);
        let alike_buckets = s3::AlikeBuckets::new(&context);
        let alike_repositories = ecr::AlikeRepositories::new(&context);
        Self { context, account, alike_buckets, alike_repositories }
    }

    /// The account itself, which every rule may name.
    #[must_use]
    pub fn account(&self) -> &dyn Object {
        &self.account
    }

    /// How many users, groups and roles there are.
    #[must_use]
    pub fn identities(&self) -> usize {
        self.context.identities().count()
    }

    /// Works out of one user, group or role, by its place among all, what facts of the account ask of each in turn.
    /// It need not be done; done beforehand by several threads, these facts are quick.
    pub fn prepare(&self, identity: usize) {
        if let Some(identity) = self.context.identity_at(identity) {
            let _ = self.context.administration(identity);
        }
    }

    /// The resources of every kind that is not streamed, kind by kind in the order of the vocabulary.
    #[must_use]
    pub fn account_subjects(&self) -> Vec<Subject> {
        crate::KINDS.iter().flat_map(|kind| self.subjects_of(kind)).collect()
    }

    /// The resources of one kind that come from no streamed record, each made when it is asked for.
    pub fn subjects_of(&self, kind: &Kind) -> impl Iterator<Item = Subject> + use<'_> {
        (kind.subjects)(&self.context)
    }

    /// The resources that a streamed record is.
    #[must_use]
    pub fn resource_subjects(&self, resource: &Resource) -> Vec<Subject> {
        match resource {
            Resource::Bucket(bucket) => {
                let own = s3::bucket::subject(&self.context, &self.alike_buckets, bucket);
                let exception = s3::public_bucket::of_bucket(&self.context, bucket);
                std::iter::once(own).chain(exception).collect()
            }
            Resource::Repository(repository) => {
                vec![ecr::repository::subject(&self.context, &self.alike_repositories, repository)]
            }
        }
    }

    /// What hides resources of a kind: listings that are unreadable, incomplete or were never asked for,
    /// sorted by region, at most one per region.
    #[must_use]
    pub fn gaps(&self, kind: &Kind) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        let mut add = |region: Option<&str>, missing: Missing| match gaps
            .iter_mut()
            .find(|gap| gap.region.as_deref() == region)
        {
            Some(gap) => gap.missing = gap.missing.and(&missing),
            None => gaps.push(Gap { region: region.map(str::to_owned), missing }),
        };
        for &listing in kind.listings {
            for (region, missing) in self.unlisted(listing) {
                add(region, missing);
            }
        }
        if let Some(missing) = (kind.hidden)(&self.context) {
            add(None, missing);
        }
        gaps.sort_by(|one, other| one.region.cmp(&other.region));
        gaps
    }

    fn unlisted(&self, kind: RecordKind) -> Vec<(Option<&str>, Missing)> {
        let mut listings = self.context.shared.listings_of(kind).peekable();
        if listings.peek().is_none() {
            return self.context.incomplete(kind).map(|missing| (None, missing)).into_iter().collect();
        }
        listings
            .filter_map(|listing| {
                let why = listing.incomplete.as_ref()?;
                Some((listing.region.as_deref(), Missing::evidence(kind.evidence(), why)))
            })
            .collect()
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Facts")
            .field("account", &self.context.shared.header.account_id)
            .finish_non_exhaustive()
    }
}
