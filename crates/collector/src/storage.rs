//! S3 as the account has it: buckets, and what belongs to them.

use palisade_snapshot::{
    AccessGrantsInstance, AccessPoint, Bucket, Evidence, Listing, MultiRegionAccessPoint,
    ObjectLambdaAccessPoint, Snapshot,
};

use crate::Options;
use crate::access_grants::AccessGrants;
use crate::access_points::AccessPoints;
use crate::account::Caller;
use crate::bucket_regions::BucketRegions;
use crate::buckets::{Buckets, RegionFilter};
use crate::clients::Clients;
use crate::object_lambda::ObjectLambda;
use crate::reader::Reader;

/// What was read; nothing where nobody asked.
#[derive(Default)]
pub(crate) struct Storage {
    buckets: Option<(Vec<Bucket>, Listing)>,
    of_regions: OfRegions,
    multi_region: Option<(Vec<MultiRegionAccessPoint>, Listing)>,
}

/// What there is in each region with buckets.
#[derive(Default)]
struct OfRegions {
    access_points: Option<(Vec<AccessPoint>, Vec<Listing>)>,
    object_lambda: Option<(Vec<ObjectLambdaAccessPoint>, Vec<Listing>)>,
    access_grants: Option<(Vec<AccessGrantsInstance>, Vec<Listing>)>,
}

/// Reads the buckets, then what there is in their regions; Multi-Region Access Points meanwhile.
pub(crate) async fn read(reader: &Reader, clients: &Clients, options: &Options, caller: &Caller) -> Storage {
    let max_in_flight = options.max_in_flight.get();
    let (account_id, partition) = (caller.account_id.as_str(), caller.partition.as_str());
    let points = AccessPoints { reader, clients, account_id, partition, max_in_flight };
    let object_lambda = ObjectLambda { reader, clients, account_id, partition, max_in_flight };
    let grants = AccessGrants { reader, clients, account_id, max_in_flight };
    let regional = async {
        if !reader.asks(Evidence::Buckets) {
            return (None, OfRegions::default());
        }
        let filter = RegionFilter { only: options.regions.clone(), not: options.excluded_regions.clone() };
        let buckets = Buckets { reader, clients, partition, regions: filter, max_in_flight };
        let (buckets, listing) = buckets.all().await;
        let regions = BucketRegions::of(&buckets, &listing);
        let (access_points, object_lambda, access_grants) = tokio::join!(
            asked(reader, Evidence::AccessPoints, points.of_regions(&regions)),
            asked(reader, Evidence::ObjectLambdaAccessPoints, object_lambda.of_regions(&regions)),
            asked(reader, Evidence::AccessGrantsInstances, grants.of_regions(&regions)),
        );
        (Some((buckets, listing)), OfRegions { access_points, object_lambda, access_grants })
    };
    let multi_region = asked(reader, Evidence::MultiRegionAccessPoints, points.multi_region());
    let ((buckets, of_regions), multi_region) = tokio::join!(regional, multi_region);
    Storage { buckets, of_regions, multi_region }
}

async fn asked<T>(reader: &Reader, evidence: Evidence, read: impl Future<Output = T>) -> Option<T> {
    if reader.asks(evidence) { Some(Box::pin(read).await) } else { None }
}

impl Storage {
    pub(crate) fn put_into(self, snapshot: &mut Snapshot) {
        let shared = &mut snapshot.shared;
        let OfRegions { access_points, object_lambda, access_grants } = self.of_regions;
        if let Some((buckets, listing)) = self.buckets {
            snapshot.buckets = buckets;
            shared.listings.push(listing);
        }
        if let Some((points, listings)) = access_points {
            shared.access_points = points;
            shared.listings.extend(listings);
        }
        if let Some((points, listings)) = object_lambda {
            shared.object_lambda_access_points = points;
            shared.listings.extend(listings);
        }
        if let Some((instances, listings)) = access_grants {
            shared.access_grants_instances = instances;
            shared.listings.extend(listings);
        }
        if let Some((points, listing)) = self.multi_region {
            shared.multi_region_access_points = points;
            shared.listings.push(listing);
        }
    }
}
