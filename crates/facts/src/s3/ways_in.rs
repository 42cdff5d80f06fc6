//! The access points through which a bucket is reached, as inputs of the analysis of exposure.

use palisade_policy::document::PolicyDocument;
use palisade_policy::public::{AccessPoint as Inputs, BlockPublicAccess, Input, Layer};
use palisade_snapshot::{
    AccessPoint, Bucket, Evidence, MultiRegionAccessPoint, Observed, Reason, RecordKind,
};

use super::exposure::block;
use crate::context::Context;
use crate::exposure::{Unread, document};
use crate::{Known, Missing};

/// The access points of one bucket with their policies, and what hides others.
pub(super) struct WaysIn<'a> {
    points: Vec<WayIn<'a>>,
    hidden: Option<Missing>,
}

struct WayIn<'a> {
    arn: &'a str,
    is_on_internet: bool,
    policy: Known<Option<PolicyDocument>>,
    block: Known<BlockPublicAccess>,
}

impl<'a> WaysIn<'a> {
    /// Those of this account. A bucket's access points are in its own region.
    pub(super) fn of(context: &'a Context, bucket: &Bucket) -> Self {
        let shared = &context.shared;
        let own = shared.access_points.iter().filter(|point| point.bucket == bucket.name).map(way_in);
        let multi = shared.multi_region_access_points.iter();
        let multi = multi
            .filter(|point| point.buckets.iter().any(|one| one.name == bucket.name))
            .map(multi_region_way_in);
        let multi_hidden = context.incomplete(RecordKind::MultiRegionAccessPoint);
        Self {
            points: own.chain(multi).collect(),
            hidden: Missing::either(hidden_in_region(context, &bucket.region), multi_hidden),
        }
    }

    /// The inputs. What could not be listed is one more access point of which nothing is known: what the
    /// others decide is decided.
    pub(super) fn inputs<'b>(&'b self, unread: &mut Unread) -> Vec<Inputs<'b>> {
        let mut inputs: Vec<_> = self
            .points
            .iter()
            .map(|point| Inputs {
                arn: point.arn,
                is_on_internet: point.is_on_internet,
                policy: unread.policy(Layer::AccessPoints, &point.policy),
                block: unread.known(Layer::AccessPoints, point.block.clone()),
            })
            .collect();
        if let Some(hidden) = &self.hidden {
            inputs.push(Inputs {
                arn: "",
                is_on_internet: true,
                policy: unread.known(Layer::AccessPoints, Known::Unknown(hidden.clone())),
                block: Input::Unreadable,
            });
        }
        inputs
    }

    /// The ARN of the access point with that place among the inputs.
    pub(super) fn arn(&self, index: usize) -> Option<&str> {
        self.points.get(index).map(|point| point.arn)
    }
}

fn way_in(point: &AccessPoint) -> WayIn<'_> {
    WayIn {
        arn: &point.arn,
        is_on_internet: point.vpc.is_none(),
        policy: document(&point.policy, Evidence::AccessPointPolicy),
        block: Known::observed(
            &point.public_access_block,
            Evidence::AccessPointPublicAccessBlock,
            BlockPublicAccess::default,
            block,
        ),
    }
}

fn multi_region_way_in(point: &MultiRegionAccessPoint) -> WayIn<'_> {
    WayIn {
        arn: &point.arn,
        is_on_internet: true,
        policy: document(&point.policy, Evidence::MultiRegionAccessPointPolicy),
        block: Known::Known(block(&point.public_access_block)),
    }
}

/// What hides access points of a bucket in this region.
fn hidden_in_region(context: &Context, region: &Observed<String>) -> Option<Missing> {
    let region = match region {
        Observed::Present(region) => region,
        Observed::Unreadable(why) => return Some(Missing::evidence(Evidence::BucketRegion, why)),
        Observed::Absent | Observed::NotOffered(_) => {
            return Some(Missing::because(Evidence::BucketRegion, Reason::Malformed));
        }
    };
    let here = |listing: &&palisade_snapshot::Listing| listing.region.as_ref() == Some(region);
    match context.shared.listings_of(RecordKind::AccessPoint).find(here) {
        Some(listing) => {
            listing.incomplete.as_ref().map(|why| Missing::evidence(Evidence::AccessPoints, why))
        }
        None => Some(Missing::because(Evidence::AccessPoints, Reason::NotCollected)),
    }
}
