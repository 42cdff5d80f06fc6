//! Reads Object Lambda access points where the account has buckets.

use aws_sdk_s3control::Client;
use aws_sdk_s3control::types;
use palisade_snapshot::{
    BlockPublicAccess, Evidence, Listing, ObjectLambdaAccessPoint, Observed, RecordKind,
};

use crate::access_points::block;
use crate::bucket_regions::BucketRegions;
use crate::clients::Clients;
use crate::details;
use crate::failure::Failure;
use crate::operation::{
    GET_OBJECT_LAMBDA_ACCESS_POINT, GET_OBJECT_LAMBDA_ACCESS_POINT_POLICY, LIST_OBJECT_LAMBDA_ACCESS_POINTS,
};
use crate::reader::{Gone, Reader, listing, required};

/// The Object Lambda access points of one account.
pub(crate) struct ObjectLambda<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) clients: &'a Clients,
    pub(crate) account_id: &'a str,
    pub(crate) partition: &'a str,
    pub(crate) max_in_flight: usize,
}

impl ObjectLambda<'_> {
    /// Those of the regions that the buckets are in: each reads through an access point of its own region.
    pub(crate) async fn of_regions(
        &self,
        regions: &BucketRegions<'_>,
    ) -> (Vec<ObjectLambdaAccessPoint>, Vec<Listing>) {
        self.reader.progress.planned(regions.count());
        let kind = RecordKind::ObjectLambdaAccessPoint;
        regions.read(kind, self.max_in_flight, |region| self.of_region(region)).await
    }

    async fn of_region(&self, region: &str) -> (Vec<ObjectLambdaAccessPoint>, Listing) {
        let client = self.clients.s3control(self.account_id, region);
        let operation = &LIST_OBJECT_LAMBDA_ACCESS_POINTS;
        let pages = self.reader.pages(operation, |token| {
            let call = client.list_access_points_for_object_lambda().account_id(self.account_id);
            let call = call.max_results(1000).set_next_token(token).send();
            self.reader.read(operation, region, call, |page| {
                let points = page.object_lambda_access_point_list.unwrap_or_default().into_iter();
                let points: Vec<_> = points.map(|one| self.listed(one, region)).collect();
                Ok((points, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        let pages = pages.await;
        let listed: Vec<_> = pages.pages.into_iter().flatten().collect();
        let kind = RecordKind::ObjectLambdaAccessPoint;
        let mut record = listing(kind, Some(region), operation, pages.failure);
        let calls =
            [Evidence::ObjectLambdaAccessPointPublicAccessBlock, Evidence::ObjectLambdaAccessPointPolicy];
        let calls = calls.into_iter().filter(|one| self.reader.asks(*one)).count() * listed.len();
        self.reader.progress.planned(calls as u64);
        let read = details::each(listed, self.max_in_flight, |mut point| async {
            match self.details(&client, &mut point).await {
                Ok(()) => Ok(point),
                Err(Gone) => Err(point.arn),
            }
        });
        let (points, deleted) = read.await;
        record.deleted = deleted;
        (points, record)
    }

    fn listed(&self, point: types::ObjectLambdaAccessPoint, region: &str) -> ObjectLambdaAccessPoint {
        let name = point.name;
        let arn = || {
            let (partition, account) = (self.partition, self.account_id);
            format!("arn:{partition}:s3-object-lambda:{region}:{account}:accesspoint/{name}")
        };
        ObjectLambdaAccessPoint {
            arn: point.object_lambda_access_point_arn.unwrap_or_else(arn),
            region: region.to_owned(),
            public_access_block: Observed::default(),
            policy: Observed::default(),
            name,
        }
    }

    async fn details(&self, client: &Client, point: &mut ObjectLambdaAccessPoint) -> Result<(), Gone> {
        let (name, region) = (point.name.as_str(), point.region.as_str());
        let (public_access_block, policy) = tokio::join!(
            self.reader.observe(
                Evidence::ObjectLambdaAccessPointPublicAccessBlock,
                self.public_access_block(client, name, region)
            ),
            self.reader.observe(Evidence::ObjectLambdaAccessPointPolicy, self.policy(client, name, region)),
        );
        point.public_access_block = public_access_block?;
        point.policy = policy?;
        Ok(())
    }

    async fn public_access_block(
        &self,
        client: &Client,
        name: &str,
        region: &str,
    ) -> Result<BlockPublicAccess, Failure> {
        let call = client.get_access_point_for_object_lambda().account_id(self.account_id).name(name).send();
        let operation = &GET_OBJECT_LAMBDA_ACCESS_POINT;
        let answer = self.reader.read(operation, region, call, |answer| {
            Ok(answer.public_access_block_configuration.map(|settings| block(&settings)))
        });
        answer.await?.ok_or(Failure::Absent)
    }

    async fn policy(&self, client: &Client, name: &str, region: &str) -> Result<String, Failure> {
        let call = client.get_access_point_policy_for_object_lambda().account_id(self.account_id);
        let operation = &GET_OBJECT_LAMBDA_ACCESS_POINT_POLICY;
        let call = call.name(name).send();
        self.reader.read(operation, region, call, |answer| required(answer.policy, "Policy")).await
    }
}
