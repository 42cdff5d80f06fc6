//! The clients of each service and region, all over one transport.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{Region, SdkConfig};
use aws_types::service_config::ServiceConfigKey;
use palisade_snapshot::{Evidence, Service};

use crate::guard::{Guard, PlainHost};
use crate::json_client::JsonClient;
use crate::meter::Meter;
use crate::session::DEFAULT_REGION;
use crate::transport::{Lane, Pace, Transport};

/// What a limit of requests holds for: a service in a region, or everything behind one address.
type Counted = Option<(Service, String)>;

/// Makes clients that keep one pace per service and region, as services count requests.
#[derive(Debug)]
pub(crate) struct Clients {
    sdk: SdkConfig,
    transport: Transport,
    evidence: BTreeSet<Evidence>,
    meter: Arc<Meter>,
    home: String,
    paces: Mutex<BTreeMap<Counted, Arc<Pace>>>,
    buckets: Mutex<BTreeMap<String, aws_sdk_s3::Client>>,
}

/// Configures the client of one service in one region.
macro_rules! configure {
    ($clients:expr, $sdk:ident, $service:expr, $region:expr) => {{
        let clients: &Clients = $clients;
        let region: &str = $region;
        $sdk::config::Builder::from(&clients.sdk)
            .region(Region::new(region.to_owned()))
            .http_client(clients.lane($service, region))
            .interceptor(Guard::new($service, &clients.evidence))
            // Every attempt has its own deadline; a request that waits for its turn is not stalled.
            .stalled_stream_protection($sdk::config::StalledStreamProtectionConfig::disabled())
            .retry_partition(
                // The pace keeps retries in bounds; a quota besides would lose reads that heal.
                $sdk::config::retry::RetryPartition::custom(format!("{}-{region}", $service.name()))
                    .token_bucket($sdk::config::retry::TokenBucket::unlimited())
                    .build(),
            )
    }};
}

impl Clients {
    /// Clients with these credentials over this transport, for reads of this evidence.
    pub(crate) fn new(
        sdk: SdkConfig,
        transport: Transport,
        evidence: BTreeSet<Evidence>,
        meter: Arc<Meter>,
    ) -> Self {
        let home = sdk.region().map_or(DEFAULT_REGION, Region::as_ref).to_owned();
        Self { sdk, transport, evidence, meter, home, paces: Mutex::default(), buckets: Mutex::default() }
    }

    /// The region of the environment, the profile or the options, where the account is asked.
    pub(crate) fn home(&self) -> &str {
        &self.home
    }

    /// Security Token Service.
    pub(crate) fn sts(&self) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::from_conf(configure!(self, aws_sdk_sts, Service::Sts, &self.home).build())
    }

    /// Account Management.
    pub(crate) fn account(&self) -> aws_sdk_account::Client {
        let builder = configure!(self, aws_sdk_account, Service::Account, &self.home);
        aws_sdk_account::Client::from_conf(builder.build())
    }

    /// Identity and Access Management.
    pub(crate) fn iam(&self) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::from_conf(configure!(self, aws_sdk_iam, Service::Iam, &self.home).build())
    }

    /// S3 Control of one region; the account's own settings are the same in each.
    pub(crate) fn s3control(&self, account_id: &str, region: &str) -> aws_sdk_s3control::Client {
        let mut builder = configure!(self, aws_sdk_s3control, Service::S3Control, region);
        if self.has_plain_endpoint("S3 Control") {
            builder = builder.interceptor(PlainHost { account_id: account_id.to_owned() });
        }
        aws_sdk_s3control::Client::from_conf(builder.build())
    }

    /// S3, for buckets in one region. One client per region, so that they share its pace.
    pub(crate) fn s3(&self, region: &str) -> aws_sdk_s3::Client {
        let mut clients = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let builder = configure!(self, aws_sdk_s3, Service::S3, region);
            aws_sdk_s3::Client::from_conf(builder.force_path_style(self.has_plain_endpoint("S3")).build())
        };
        clients.entry(region.to_owned()).or_insert_with(make).clone()
    }

    /// Elastic Container Registry of one region.
    pub(crate) fn ecr(&self, region: &str) -> aws_sdk_ecr::Client {
        aws_sdk_ecr::Client::from_conf(configure!(self, aws_sdk_ecr, Service::Ecr, region).build())
    }

    /// AWS Organizations, which answers in one region of each partition.
    pub(crate) fn organizations(&self, partition: &str) -> JsonClient {
        let region = organizations_region(partition);
        self.json(Service::Organizations, "Organizations", region)
    }

    /// IAM Access Analyzer of one region.
    pub(crate) fn access_analyzer(&self, region: &str) -> JsonClient {
        self.json(Service::AccessAnalyzer, "AccessAnalyzer", region)
    }

    /// ECR Public, which answers in one region for the whole account.
    pub(crate) fn ecr_public(&self) -> JsonClient {
        self.json(Service::EcrPublic, "ECR PUBLIC", ECR_PUBLIC_REGION)
    }

    /// A service without a client of its own; `service_id` is what its settings are named by.
    fn json(&self, service: Service, service_id: &str, region: &str) -> JsonClient {
        JsonClient {
            sdk: self.sdk.clone(),
            transport: self.lane(service, region),
            guard: Guard::new(service, &self.evidence),
            service,
            region: region.to_owned(),
            endpoint: self.endpoint_url(service_id),
        }
    }

    fn lane(&self, service: Service, region: &str) -> Transport {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        // What is behind one address of its own has one limit.
        let counted = self.sdk.endpoint_url().is_none_or(is_of_aws);
        let pace = Arc::clone(paces.entry(counted.then(|| (service, region.to_owned()))).or_default());
        self.transport.in_lane(Lane { pace, meter: Arc::clone(&self.meter), region: Arc::from(region) })
    }

    /// Whether a service is at an address that knows nothing of names below it. AWS's own
    /// addresses, those of VPC endpoints included, do.
    fn has_plain_endpoint(&self, service_id: &str) -> bool {
        self.endpoint_url(service_id).is_some_and(|url| !is_of_aws(&url))
    }

    /// The address that the options, the environment or the profile name in place of AWS's own.
    fn endpoint_url(&self, service_id: &str) -> Option<String> {
        let for_service = || {
            let key = ServiceConfigKey::builder()
                .service_id(service_id)
                .env("AWS_ENDPOINT_URL")
                .profile("endpoint_url")
                .build()
                .ok()?;
            self.sdk.service_config()?.load_config(key)
        };
        self.sdk.endpoint_url().map(str::to_owned).or_else(for_service)
    }
}

/// Where ECR Public is ("Amazon ECR Public endpoints and quotas" in the AWS General Reference).
const ECR_PUBLIC_REGION: &str = "us-east-1";

/// Where Organizations is ("AWS Organizations endpoints and quotas" in the AWS General Reference).
fn organizations_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-northwest-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

/// Whether an address is one of AWS's, those of VPC endpoints included.
fn is_of_aws(url: &str) -> bool {
    url.contains(".amazonaws.")
}

#[cfg(test)]
mod tests;
