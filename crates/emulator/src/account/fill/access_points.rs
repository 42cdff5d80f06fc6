//! S3 access points.

use aws_sdk_s3control::Client;
use aws_sdk_s3control::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3control::types::{
    CreateMultiRegionAccessPointInput, PublicAccessBlockConfiguration, PutMultiRegionAccessPointPolicyInput,
    Region, VpcConfiguration,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::SdkConfig;

use super::{failed, in_region, invalid};
use crate::PlainHost;
use crate::account::{AccessPoint, Account, BlockPublicAccess, MultiRegionAccessPoint};
use crate::error::EmulatorError;

pub(super) async fn fill(config: &SdkConfig, account: &Account) -> Result<(), EmulatorError> {
    let client = |region: &str| {
        let regional = in_region(config, region);
        let settings = aws_sdk_s3control::config::Builder::from(&regional).interceptor(PlainHost).build();
        Client::from_conf(settings)
    };
    let control = client("us-east-1");
    for point in &account.access_points {
        access_point(&control, account.id(), point).await?;
    }
    let control = client("us-west-2");
    for point in &account.multi_region_access_points {
        multi_region(&control, account.id(), point).await?;
    }
    Ok(())
}

async fn access_point(client: &Client, account: &str, point: &AccessPoint) -> Result<(), EmulatorError> {
    let name = &point.name;
    let operation = "s3control:CreateAccessPoint";
    let vpc = point.vpc.as_ref().map(|vpc| VpcConfiguration::builder().vpc_id(vpc).build());
    let vpc = vpc.transpose().map_err(invalid(operation, name))?;
    let create = client.create_access_point().account_id(account).name(name).bucket(&point.bucket);
    let create = create
        .set_vpc_configuration(vpc)
        .public_access_block_configuration(block(&point.public_access_block));
    done(create.send().await).map_err(failed(operation, name))?;
    if let Some(policy) = &point.policy {
        let put = client.put_access_point_policy().account_id(account).name(name).policy(policy.to_string());
        put.send().await.map_err(failed("s3control:PutAccessPointPolicy", name))?;
    }
    Ok(())
}

async fn multi_region(
    client: &Client,
    account: &str,
    point: &MultiRegionAccessPoint,
) -> Result<(), EmulatorError> {
    let name = &point.name;
    let operation = "s3control:CreateMultiRegionAccessPoint";
    let region = |bucket: &String| Region::builder().bucket(bucket).build().map_err(invalid(operation, name));
    let regions = point.buckets.iter().map(region).collect::<Result<Vec<_>, _>>()?;
    let details = CreateMultiRegionAccessPointInput::builder()
        .name(name)
        .public_access_block(block(&point.public_access_block))
        .set_regions(Some(regions))
        .build()
        .map_err(invalid(operation, name))?;
    let create = client.create_multi_region_access_point().account_id(account).details(details);
    done(create.send().await).map_err(failed(operation, name))?;
    if let Some(policy) = &point.policy {
        let operation = "s3control:PutMultiRegionAccessPointPolicy";
        let details =
            PutMultiRegionAccessPointPolicyInput::builder().name(name).policy(policy.to_string()).build();
        let details = details.map_err(invalid(operation, name))?;
        let put = client.put_multi_region_access_point_policy().account_id(account).details(details);
        done(put.send().await).map_err(failed(operation, name))?;
    }
    Ok(())
}

/// moto names the root of these answers otherwise than the model, so that the client can't read that it was
/// done.
#[expect(
    clippy::result_large_err,
    reason = "the error is the client's own and is returned once, while an account is filled"
)]
fn done<T, E: ProvideErrorMetadata>(
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<(), SdkError<E, HttpResponse>> {
    match answer {
        Err(error) if error.raw_response().is_some_and(|raw| raw.status().is_success()) => Ok(()),
        other => other.map(drop),
    }
}

fn block(block: &BlockPublicAccess) -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .block_public_acls(block.blocks())
        .block_public_policy(block.blocks())
        .ignore_public_acls(block.neutralises())
        .restrict_public_buckets(block.neutralises())
        .build()
}
