//! Reads S3 Control: access points where the account has buckets, and Multi-Region Access Points.

use aws_sdk_s3control::Client;
use aws_sdk_s3control::types;
use palisade_snapshot::{
    AccessPoint, BlockPublicAccess, Evidence, Listing, MultiRegionAccessPoint, MultiRegionBucket, NotOffered,
    Observed, RecordKind,
};

use crate::bucket_regions::BucketRegions;
use crate::clients::Clients;
use crate::details;
use crate::failure::Failure;
use crate::operation::{
    GET_ACCESS_POINT, GET_ACCESS_POINT_POLICY, GET_ACCESS_POINT_POLICY_STATUS,
    GET_MULTI_REGION_ACCESS_POINT_POLICY, GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS, LIST_ACCESS_POINTS,
    LIST_MULTI_REGION_ACCESS_POINTS,
};
use crate::reader::{Gone, Missing, Reader, listing, required};

/// The one region that answers for Multi-Region Access Points, and the one partition that has them
/// ("Multi-Region Access Point restrictions and limitations" in the S3 User Guide).
const MULTI_REGION_CONTROL: &str = "us-west-2";
const MULTI_REGION_PARTITION: &str = "aws";

/// The access points of one account.
pub(crate) struct AccessPoints<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) clients: &'a Clients,
    pub(crate) account_id: &'a str,
    pub(crate) partition: &'a str,
    pub(crate) max_in_flight: usize,
}

impl AccessPoints<'_> {
    /// Those of the regions that the buckets are in, as an access point is where its bucket is.
    pub(crate) async fn of_regions(&self, regions: &BucketRegions<'_>) -> (Vec<AccessPoint>, Vec<Listing>) {
        self.reader.progress.planned(regions.count());
        regions.read(RecordKind::AccessPoint, self.max_in_flight, |region| self.of_region(region)).await
    }

    async fn of_region(&self, region: &str) -> (Vec<AccessPoint>, Listing) {
        let client = self.clients.s3control(self.account_id, region);
        let pages = self.reader.pages(&LIST_ACCESS_POINTS, |token| {
            let call = client.list_access_points().account_id(self.account_id).max_results(1000);
            let call = call.set_next_token(token).send();
            self.reader.read(&LIST_ACCESS_POINTS, region, call, |page| {
                let points = page.access_point_list.unwrap_or_default().into_iter();
                let points: Result<Vec<_>, Missing> = points.map(|one| self.listed(one, region)).collect();
                Ok((points?, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        let pages = pages.await;
        let listed: Vec<AccessPoint> = pages.pages.into_iter().flatten().collect();
        let mut record = listing(RecordKind::AccessPoint, Some(region), &LIST_ACCESS_POINTS, pages.failure);
        let calls = [
            Evidence::AccessPointPublicAccessBlock,
            Evidence::AccessPointPolicy,
            Evidence::AccessPointPolicyStatus,
        ];
        let calls = calls.into_iter().filter(|one| self.reader.asks(*one)).count() * listed.len();
        self.reader.progress.planned(calls as u64);
        let read = details::each(listed, self.max_in_flight, |mut point| async {
            match self.access_point(&client, &mut point).await {
                Ok(()) => Ok(point),
                Err(Gone) => Err(point.arn),
            }
        });
        let (points, deleted) = read.await;
        record.deleted = deleted;
        (points, record)
    }

    fn listed(&self, point: types::AccessPoint, region: &str) -> Result<AccessPoint, Missing> {
        let name = point.name;
        let (partition, account) = (self.partition, self.account_id);
        let arn = || format!("arn:{partition}:s3:{region}:{account}:accesspoint/{name}");
        let vpc = match point.network_origin {
            types::NetworkOrigin::Internet => None,
            types::NetworkOrigin::Vpc => Some(required(point.vpc_configuration, "VpcConfiguration")?.vpc_id),
            other => return Err(format!("`NetworkOrigin` has the unknown value `{}`", other.as_str())),
        };
        Ok(AccessPoint {
            arn: point.access_point_arn.unwrap_or_else(arn),
            region: region.to_owned(),
            bucket: point.bucket,
            bucket_account: point.bucket_account_id,
            vpc,
            public_access_block: Observed::default(),
            policy: Observed::default(),
            policy_is_public: Observed::default(),
            name,
        })
    }

    async fn access_point(&self, client: &Client, point: &mut AccessPoint) -> Result<(), Gone> {
        let one = OneAccessPoint { points: self, client, name: &point.name, region: &point.region };
        let (public_access_block, policy, policy_is_public) = tokio::join!(
            self.reader.observe(Evidence::AccessPointPublicAccessBlock, one.public_access_block()),
            self.reader.observe(Evidence::AccessPointPolicy, one.policy()),
            self.reader.observe(Evidence::AccessPointPolicyStatus, one.policy_is_public()),
        );
        point.public_access_block = public_access_block?;
        point.policy = policy?;
        point.policy_is_public = policy_is_public?;
        Ok(())
    }

    /// The Multi-Region Access Points, and the record of their listing.
    pub(crate) async fn multi_region(&self) -> (Vec<MultiRegionAccessPoint>, Listing) {
        let kind = RecordKind::MultiRegionAccessPoint;
        if self.partition != MULTI_REGION_PARTITION {
            let message = format!("the partition {} has no Multi-Region Access Points", self.partition);
            let operation = LIST_MULTI_REGION_ACCESS_POINTS.name.to_owned();
            let not_offered = Some(NotOffered { operation, message });
            return (Vec::new(), Listing { not_offered, ..Listing::complete(kind, None) });
        }
        let client = self.clients.s3control(self.account_id, MULTI_REGION_CONTROL);
        let pages = self.reader.pages(&LIST_MULTI_REGION_ACCESS_POINTS, |token| {
            let call = client.list_multi_region_access_points().account_id(self.account_id).max_results(100);
            let call = call.set_next_token(token).send();
            self.reader.read(&LIST_MULTI_REGION_ACCESS_POINTS, MULTI_REGION_CONTROL, call, |page| {
                let points = page.access_points.unwrap_or_default().into_iter();
                let points: Result<Vec<_>, Missing> = points.map(|one| self.listed_multi(one)).collect();
                Ok((points?, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        let pages = pages.await;
        let mut record = listing(kind, None, &LIST_MULTI_REGION_ACCESS_POINTS, pages.failure);
        let mut points = Vec::new();
        for mut point in pages.pages.into_iter().flatten() {
            let one = OneMultiRegion { points: self, client: &client, name: &point.name };
            let (policy, policy_is_public) = tokio::join!(
                self.reader.observe(Evidence::MultiRegionAccessPointPolicy, one.policy()),
                self.reader.observe(Evidence::MultiRegionAccessPointPolicyStatus, one.policy_is_public()),
            );
            match (policy, policy_is_public) {
                (Ok(policy), Ok(policy_is_public)) => {
                    point.policy = policy;
                    point.policy_is_public = policy_is_public;
                    points.push(point);
                }
                _ => record.deleted.push(point.arn),
            }
        }
        record.deleted.sort();
        (points, record)
    }

    fn listed_multi(
        &self,
        point: types::MultiRegionAccessPointReport,
    ) -> Result<MultiRegionAccessPoint, Missing> {
        let alias = required(point.alias, "Alias")?;
        let bucket = |region: types::RegionReport| {
            let name = required(region.bucket, "Bucket")?;
            Ok(MultiRegionBucket { name, account: region.bucket_account_id })
        };
        let buckets: Result<Vec<_>, Missing> =
            point.regions.unwrap_or_default().into_iter().map(bucket).collect();
        Ok(MultiRegionAccessPoint {
            arn: format!("arn:{}:s3::{}:accesspoint/{alias}", self.partition, self.account_id),
            name: required(point.name, "Name")?,
            status: required(point.status, "Status")?.as_str().to_owned(),
            public_access_block: block(&required(point.public_access_block, "PublicAccessBlock")?),
            buckets: buckets?,
            policy: Observed::default(),
            policy_is_public: Observed::default(),
        })
    }
}

struct OneAccessPoint<'a> {
    points: &'a AccessPoints<'a>,
    client: &'a Client,
    name: &'a str,
    region: &'a str,
}

impl OneAccessPoint<'_> {
    async fn public_access_block(&self) -> Result<BlockPublicAccess, Failure> {
        let call = self.client.get_access_point().account_id(self.points.account_id).name(self.name).send();
        let reader = self.points.reader;
        reader
            .read(&GET_ACCESS_POINT, self.region, call, |answer| {
                let name = "PublicAccessBlockConfiguration";
                required(answer.public_access_block_configuration, name).map(|settings| block(&settings))
            })
            .await
    }

    async fn policy(&self) -> Result<String, Failure> {
        let call = self.client.get_access_point_policy().account_id(self.points.account_id);
        let call = call.name(self.name).send();
        let reader = self.points.reader;
        reader
            .read(&GET_ACCESS_POINT_POLICY, self.region, call, |answer| required(answer.policy, "Policy"))
            .await
    }

    async fn policy_is_public(&self) -> Result<bool, Failure> {
        let call = self.client.get_access_point_policy_status().account_id(self.points.account_id);
        let call = call.name(self.name).send();
        let reader = self.points.reader;
        reader
            .read(&GET_ACCESS_POINT_POLICY_STATUS, self.region, call, |answer| {
                Ok(required(answer.policy_status, "PolicyStatus")?.is_public)
            })
            .await
    }
}

struct OneMultiRegion<'a> {
    points: &'a AccessPoints<'a>,
    client: &'a Client,
    name: &'a str,
}

impl OneMultiRegion<'_> {
    /// The policy in force, not one that is still on its way.
    async fn policy(&self) -> Result<String, Failure> {
        let call = self.client.get_multi_region_access_point_policy().account_id(self.points.account_id);
        let call = call.name(self.name).send();
        let (reader, operation) = (self.points.reader, &GET_MULTI_REGION_ACCESS_POINT_POLICY);
        let answer = reader.read(operation, MULTI_REGION_CONTROL, call, |answer| {
            let established = answer.policy.and_then(|policy| policy.established);
            Ok(established.and_then(|established| established.policy).filter(|text| !text.is_empty()))
        });
        answer.await?.ok_or(Failure::Absent)
    }

    async fn policy_is_public(&self) -> Result<bool, Failure> {
        let call = self.client.get_multi_region_access_point_policy_status();
        let call = call.account_id(self.points.account_id).name(self.name).send();
        let (reader, operation) = (self.points.reader, &GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS);
        let answer = reader.read(operation, MULTI_REGION_CONTROL, call, |answer| {
            Ok(answer.established.map(|status| status.is_public))
        });
        answer.await?.ok_or(Failure::Absent)
    }
}

/// A setting that AWS leaves out is not set.
pub(crate) fn block(settings: &types::PublicAccessBlockConfiguration) -> BlockPublicAccess {
    BlockPublicAccess {
        block_public_acls: settings.block_public_acls.unwrap_or_default(),
        ignore_public_acls: settings.ignore_public_acls.unwrap_or_default(),
        block_public_policy: settings.block_public_policy.unwrap_or_default(),
        restrict_public_buckets: settings.restrict_public_buckets.unwrap_or_default(),
    }
}
