//! Where the account has buckets: there are the regional things that belong to buckets.

use std::collections::BTreeSet;
use std::future::Future;

use futures_util::StreamExt;
use palisade_snapshot::{Bucket, Listing, Observed, RecordKind, Unreadable};

/// The regions that the buckets are in.
pub(crate) struct BucketRegions<'a> {
    names: BTreeSet<&'a str>,
    /// Why there may be others: not every bucket, or not every bucket's region, is known.
    incomplete: Option<Unreadable>,
}

impl<'a> BucketRegions<'a> {
    /// Those of these buckets, which were listed like this.
    pub(crate) fn of(buckets: &'a [Bucket], listed: &Listing) -> Self {
        let regions = buckets.iter().filter_map(|bucket| bucket.region.present());
        let nowhere = buckets.iter().find_map(|bucket| match &bucket.region {
            Observed::Unreadable(why) => Some(why.as_ref().clone()),
            _ => None,
        });
        Self {
            names: regions.map(String::as_str).collect(),
            incomplete: listed.incomplete.clone().or(nowhere),
        }
    }

    /// How many are known.
    pub(crate) fn count(&self) -> u64 {
        self.names.len() as u64
    }

    /// What each of them holds. Each region is a listing; one more stands for the regions that nobody could tell.
    pub(crate) async fn read<T, R>(
        &self,
        kind: RecordKind,
        max_in_flight: usize,
        of_region: impl Fn(&'a str) -> R,
    ) -> (Vec<T>, Vec<Listing>)
    where
        R: Future<Output = (Vec<T>, Listing)>,
    {
        let read = futures_util::stream::iter(self.names.iter().copied()).map(of_region);
        let read: Vec<_> = Box::pin(read.buffer_unordered(max_in_flight).collect()).await;
        let (mut all, mut listings) = (Vec::new(), Vec::new());
        for (found, listing) in read {
            all.extend(found);
            listings.push(listing);
        }
        if self.incomplete.is_some() || listings.is_empty() {
            listings.push(Listing { incomplete: self.incomplete.clone(), ..Listing::complete(kind, None) });
        }
        (all, listings)
    }
}
