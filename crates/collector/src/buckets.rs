//! Reads S3: the buckets, and the configuration of each in its own region.

mod configuration;
mod lifecycle;
mod settings;

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use palisade_snapshot::{Bucket, CALLS, Evidence, Listing, Observed, RecordKind, Scope};

use crate::clients::Clients;
use crate::details;
use crate::document::optional_timestamp;
use crate::failure::Failure;
use crate::operation::{GET_BUCKET_LOCATION, LIST_BUCKETS};
use crate::reader::{Gone, Missing, Reader, listing, required};

/// Where the classic regions' names differ from what `GetBucketLocation` answers
/// ("GetBucketLocation" in the Amazon S3 API Reference).
const LOCATION_OF_EMPTY_CONSTRAINT: &str = "us-east-1";
const LOCATION_OF_EU: &str = "eu-west-1";

/// S3, as one account has it.
pub(crate) struct Buckets<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) clients: &'a Clients,
    pub(crate) partition: &'a str,
    /// Which regions count; nothing where all do.
    pub(crate) regions: RegionFilter,
    pub(crate) max_in_flight: usize,
}

/// The regions that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RegionFilter {
    pub(crate) only: BTreeSet<String>,
    pub(crate) not: BTreeSet<String>,
}

impl RegionFilter {
    pub(crate) fn admits(&self, region: &str) -> bool {
        (self.only.is_empty() || self.only.contains(region)) && !self.not.contains(region)
    }
}

/// A bucket as `ListBuckets` names it.
#[derive(Debug)]
struct Listed {
    bucket: Bucket,
    region: Option<String>,
}

impl Buckets<'_> {
    /// Every bucket in scope with what was asked of it, and the record of the listing.
    pub(crate) async fn all(&self) -> (Vec<Bucket>, Listing) {
        let pages = self.list().await;
        let listed: Vec<Listed> = pages.0.into_iter().flatten().collect();
        let mut record = listing(RecordKind::Bucket, None, &LIST_BUCKETS, pages.1);
        self.reader.progress.planned(self.calls_per_bucket() * listed.len() as u64);
        let (buckets, deleted) = details::each(listed, self.max_in_flight, |listed| async {
            let arn = listed.bucket.arn.clone();
            self.bucket(listed).await.map_err(|Gone| arn)
        })
        .await;
        record.deleted = deleted;
        (buckets.into_iter().flatten().collect(), record)
    }

    /// `ListBuckets`. Only a listing in pages names the regions.
    async fn list(&self) -> (Vec<Vec<Listed>>, Option<Failure>) {
        let home = self.clients.home();
        let client = self.clients.s3(home);
        let pages = self.reader.pages(&LIST_BUCKETS, |token| {
            let call = client.list_buckets().max_buckets(1000).set_continuation_token(token).send();
            self.reader.read(&LIST_BUCKETS, home, call, |page| {
                let buckets = page.buckets.unwrap_or_default();
                let buckets: Result<Vec<_>, Missing> =
                    buckets.into_iter().map(|one| self.listed(one)).collect();
                Ok((buckets?, page.continuation_token.filter(|token| !token.is_empty())))
            })
        });
        let pages = pages.await;
        (pages.pages, pages.failure)
    }

    fn listed(&self, bucket: aws_sdk_s3::types::Bucket) -> Result<Listed, Missing> {
        let name = required(bucket.name, "Name")?;
        let arn = format!("arn:{}:s3:::{name}", self.partition);
        let created_at = optional_timestamp(bucket.creation_date.as_ref())?;
        let region = bucket.bucket_region.filter(|region| !region.is_empty());
        Ok(Listed { bucket: Bucket::listed(arn, name, created_at), region })
    }

    /// One bucket; none where its region was not asked for.
    async fn bucket(&self, Listed { mut bucket, region }: Listed) -> Result<Option<Bucket>, Gone> {
        bucket.region = match region {
            Some(region) => Observed::Present(region),
            None => self.reader.observe(Evidence::BucketRegion, self.location(&bucket.name)).await?,
        };
        if bucket.region.present().is_some_and(|region| !self.regions.admits(region)) {
            return Ok(None);
        }
        let region = bucket.region.present().map_or(self.clients.home(), String::as_str).to_owned();
        settings::read(self.reader, &self.clients.s3(&region), &region, &mut bucket).await?;
        Ok(Some(bucket))
    }

    /// `GetBucketLocation`, which any region answers.
    async fn location(&self, name: &str) -> Result<String, Failure> {
        let home = self.clients.home();
        let client: Client = self.clients.s3(home);
        let call = client.get_bucket_location().bucket(name).send();
        self.reader
            .read(&GET_BUCKET_LOCATION, home, call, |answer| {
                let constraint = answer.location_constraint.map(|location| location.as_str().to_owned());
                Ok(match constraint.as_deref() {
                    None | Some("") => LOCATION_OF_EMPTY_CONSTRAINT.to_owned(),
                    Some("EU") => LOCATION_OF_EU.to_owned(),
                    Some(region) => region.to_owned(),
                })
            })
            .await
    }

    /// How many calls one bucket takes, its location aside.
    fn calls_per_bucket(&self) -> u64 {
        let calls = CALLS.iter().filter(|call| call.scope == Scope::Bucket);
        let asked = calls
            .flat_map(|call| call.evidence)
            .filter(|one| **one != Evidence::BucketRegion && self.reader.asks(**one));
        asked.count() as u64
    }
}
