//! Access points of buckets: a request through one passes when both the access point and the bucket behind it let it
//! pass ("Configuring IAM policies for using access points" in the S3 User Guide).

use palisade_policy::actions::table;
use palisade_policy::arn::Arn;
use palisade_policy::document::PolicyDocument;
use palisade_policy::public::PolicyKind;
use palisade_policy::request::Action;
use palisade_snapshot::{AccessPoint, Evidence, MultiRegionAccessPoint, Shared};

use super::target::{OwnPolicy, is_public, observed, restricts};
use crate::Known;

/// An access point of the snapshot.
#[derive(Clone, Copy)]
pub(super) enum Point<'a> {
    OneRegion(&'a AccessPoint),
    ManyRegions(&'a MultiRegionAccessPoint),
}

impl<'a> Point<'a> {
    /// The access point that an ARN names, or one of whose objects.
    pub(super) fn find(shared: &'a Shared, arn: &str) -> Option<Self> {
        let is_it = |own: &str| {
            let after = arn.strip_prefix(own);
            after.is_some_and(|after| after.is_empty() || after.starts_with('/'))
        };
        let one = shared.access_points.iter().find(|point| is_it(&point.arn)).map(Self::OneRegion);
        one.or_else(|| {
            let mut points = shared.multi_region_access_points.iter();
            points.find(|point| is_it(&point.arn)).map(Self::ManyRegions)
        })
    }

    /// The same if requests for the action go through it to a bucket, and are not about the access point itself.
    pub(super) fn through(shared: &'a Shared, action: &Action, arn: &str) -> Option<Self> {
        Self::find(shared, arn).filter(|_| is_about_buckets(action))
    }

    pub(super) fn arn(self) -> &'a str {
        match self {
            Self::OneRegion(point) => &point.arn,
            Self::ManyRegions(point) => &point.arn,
        }
    }

    pub(super) fn policy(self) -> OwnPolicy {
        match self {
            Self::OneRegion(point) => observed(&point.policy, Evidence::AccessPointPolicy),
            Self::ManyRegions(point) => observed(&point.policy, Evidence::MultiRegionAccessPointPolicy),
        }
    }

    /// The VPC that it takes requests from; none where it takes them from the internet.
    pub(super) fn vpc(self) -> Option<&'a str> {
        match self {
            Self::OneRegion(point) => point.vpc.as_deref(),
            Self::ManyRegions(_) => None,
        }
    }

    /// The buckets behind it: name, and account if AWS says.
    pub(super) fn buckets(self) -> Vec<(&'a str, Option<&'a str>)> {
        match self {
            Self::OneRegion(point) => vec![(&point.bucket, point.bucket_account.as_deref())],
            Self::ManyRegions(point) => {
                let buckets = point.buckets.iter();
                buckets.map(|one| (one.name.as_str(), one.account.as_deref())).collect()
            }
        }
    }

    /// Whether its own `RestrictPublicBuckets` or the account's counts for its policy.
    pub(super) fn restricted(self, shared: &Shared, policy: Option<&PolicyDocument>) -> Known<bool> {
        if !is_public(policy, PolicyKind::S3AccessPoint) {
            return Known::Known(false);
        }
        let own = match self {
            Self::OneRegion(point) => {
                restricts(&point.public_access_block, Evidence::AccessPointPublicAccessBlock)
            }
            Self::ManyRegions(point) => Known::Known(point.public_access_block.restrict_public_buckets),
        };
        own.or(restricts(&shared.account.public_access_block, Evidence::AccountBlockPublicAccess))
    }

    /// The keys that every request through it has ("Condition keys for using access points").
    pub(super) fn implied(self) -> Vec<(&'static str, String)> {
        let origin = if self.vpc().is_some() { "VPC" } else { "Internet" };
        let account = Arn::parse(self.arn()).map(|arn| arn.account.to_owned());
        let mut keys = vec![
            ("s3:DataAccessPointArn", self.arn().to_owned()),
            ("s3:AccessPointNetworkOrigin", origin.to_owned()),
        ];
        keys.extend(account.map(|account| ("s3:DataAccessPointAccount", account)));
        keys
    }

    /// The ARN of what a request for `arn` reaches in one of the buckets.
    pub(super) fn behind(self, arn: &str, bucket: &str) -> String {
        let partition = Arn::parse(arn).map_or("aws", |arn| arn.partition);
        let key = arn.strip_prefix(self.arn()).and_then(|rest| rest.strip_prefix("/object/"));
        match key {
            Some(key) => format!("arn:{partition}:s3:::{bucket}/{key}"),
            None => format!("arn:{partition}:s3:::{bucket}"),
        }
    }
}

fn is_about_buckets(action: &Action) -> bool {
    let known = table().service(action.service()).and_then(|service| service.action(action.name()));
    known.is_some_and(|action| {
        action
            .resource_types()
            .any(|(kind, _)| matches!(kind.name, "bucket" | "object" | "accesspointobject"))
    })
}

/// What a VPC's access point adds to its policy: it refuses requests from elsewhere ("Creating access points restricted
/// to a virtual private cloud").
pub(super) fn only_from(vpc: &str) -> Option<PolicyDocument> {
    let document = serde_json::json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:SourceVpc": vpc}}}]});
    PolicyDocument::from_text(&document.to_string()).ok()
}
