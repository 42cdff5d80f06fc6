//! Reads ECR: the private repositories of each region, and their registry's scanning rules.

use aws_sdk_ecr::Client;
use aws_sdk_ecr::types;
use futures_util::StreamExt;
use palisade_snapshot::{
    Evidence, Listing, RecordKind, Registry, RegistryScanningRule, Repository, RepositoryFilter,
    ScanningConfiguration,
};

use crate::document::optional_timestamp;
use crate::failure::Failure;
use crate::operation::{
    DESCRIBE_REPOSITORIES, GET_LIFECYCLE_POLICY, GET_REGISTRY_SCANNING_CONFIGURATION, GET_REPOSITORY_POLICY,
};
use crate::reader::{Gone, Missing, Reader, listing, required};

/// ECR, as one region of the account has it.
pub(crate) struct RegionalRegistry<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) client: Client,
    pub(crate) region: &'a str,
    pub(crate) max_in_flight: usize,
}

/// What one region's registry holds.
#[derive(Debug)]
pub(crate) struct RegistryContent {
    /// None where nothing is stored: rules for no repository are not asked for.
    pub(crate) registry: Option<Registry>,
    pub(crate) repositories: Vec<Repository>,
    pub(crate) listing: Listing,
}

impl RegionalRegistry<'_> {
    /// The repositories with what was asked of them, and the record of the listing.
    pub(crate) async fn content(&self) -> RegistryContent {
        let (listed, failure) = self.list().await;
        let mut record = listing(RecordKind::Repository, Some(self.region), &DESCRIBE_REPOSITORIES, failure);
        if listed.is_empty() {
            return RegistryContent { registry: None, repositories: Vec::new(), listing: record };
        }
        let per_repository = [Evidence::RepositoryPolicy, Evidence::RepositoryLifecyclePolicy];
        let calls = per_repository.into_iter().filter(|one| self.reader.asks(*one)).count() * listed.len();
        self.reader.progress.planned(calls as u64 + u64::from(self.reader.asks(Evidence::RegistryScanning)));
        let (scanning, (repositories, deleted)) = tokio::join!(
            self.reader.observe_account(Evidence::RegistryScanning, self.scanning()),
            self.each(listed)
        );
        record.deleted = deleted;
        let registry = Some(Registry { region: self.region.to_owned(), scanning });
        RegistryContent { registry, repositories, listing: record }
    }

    /// The repositories that are still there, and the ARNs of those that are not.
    async fn each(&self, listed: Vec<Repository>) -> (Vec<Repository>, Vec<String>) {
        let read = futures_util::stream::iter(listed).map(|repository| async {
            let arn = repository.arn.clone();
            (arn, self.repository(repository).await)
        });
        let mut read = std::pin::pin!(read.buffer_unordered(self.max_in_flight));
        let (mut repositories, mut deleted) = (Vec::new(), Vec::new());
        while let Some((arn, outcome)) = read.next().await {
            match outcome {
                Ok(repository) => repositories.push(repository),
                Err(Gone) => deleted.push(arn),
            }
        }
        deleted.sort();
        (repositories, deleted)
    }

    async fn list(&self) -> (Vec<Repository>, Option<Failure>) {
        let pages = self.reader.pages(&DESCRIBE_REPOSITORIES, |token| {
            let call = self.client.describe_repositories().max_results(1000).set_next_token(token).send();
            self.reader.read(&DESCRIBE_REPOSITORIES, self.region, call, |page| {
                let listed = required(page.repositories, "repositories")?;
                let listed: Result<Vec<_>, Missing> =
                    listed.into_iter().map(|one| repository(one, self.region)).collect();
                Ok((listed?, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        let pages = pages.await;
        (pages.pages.into_iter().flatten().collect(), pages.failure)
    }

    async fn repository(&self, mut repository: Repository) -> Result<Repository, Gone> {
        let name = &repository.name;
        let (policy, lifecycle_policy) = tokio::join!(
            self.reader.observe(Evidence::RepositoryPolicy, self.policy(name)),
            self.reader.observe(Evidence::RepositoryLifecyclePolicy, self.lifecycle_policy(name)),
        );
        repository.policy = policy?;
        repository.lifecycle_policy = lifecycle_policy?;
        Ok(repository)
    }

    async fn policy(&self, name: &str) -> Result<String, Failure> {
        let call = self.client.get_repository_policy().repository_name(name).send();
        let take = |answer: aws_sdk_ecr::operation::get_repository_policy::GetRepositoryPolicyOutput| {
            required(answer.policy_text, "policyText")
        };
        self.reader.read(&GET_REPOSITORY_POLICY, self.region, call, take).await
    }

    async fn lifecycle_policy(&self, name: &str) -> Result<String, Failure> {
        let call = self.client.get_lifecycle_policy().repository_name(name).send();
        let take = |answer: aws_sdk_ecr::operation::get_lifecycle_policy::GetLifecyclePolicyOutput| {
            required(answer.lifecycle_policy_text, "lifecyclePolicyText")
        };
        self.reader.read(&GET_LIFECYCLE_POLICY, self.region, call, take).await
    }

    async fn scanning(&self) -> Result<ScanningConfiguration, Failure> {
        let call = self.client.get_registry_scanning_configuration().send();
        self.reader
            .read(&GET_REGISTRY_SCANNING_CONFIGURATION, self.region, call, |answer| {
                let configuration = required(answer.scanning_configuration, "scanningConfiguration")?;
                Ok(ScanningConfiguration {
                    scan_type: required(configuration.scan_type, "scanType")?.as_str().to_owned(),
                    rules: configuration.rules.unwrap_or_default().into_iter().map(scanning_rule).collect(),
                })
            })
            .await
    }
}

fn repository(repository: types::Repository, region: &str) -> Result<Repository, Missing> {
    let encryption = repository.encryption_configuration;
    let exclusions = repository.image_tag_mutability_exclusion_filters.unwrap_or_default();
    Ok(Repository {
        arn: required(repository.repository_arn, "repositoryArn")?,
        name: required(repository.repository_name, "repositoryName")?,
        region: region.to_owned(),
        created_at: optional_timestamp(repository.created_at.as_ref())?,
        scan_on_push: repository.image_scanning_configuration.is_some_and(|scanning| scanning.scan_on_push),
        tag_mutability: required(repository.image_tag_mutability, "imageTagMutability")?.as_str().to_owned(),
        tag_mutability_exclusions: exclusions.into_iter().map(|exclusion| exclusion.filter).collect(),
        encryption_type: encryption
            .as_ref()
            .map_or("AES256", |encryption| encryption.encryption_type.as_str())
            .to_owned(),
        kms_key: encryption.and_then(|encryption| encryption.kms_key),
        policy: palisade_snapshot::Observed::default(),
        lifecycle_policy: palisade_snapshot::Observed::default(),
    })
}

fn scanning_rule(rule: types::RegistryScanningRule) -> RegistryScanningRule {
    let filter = |filter: types::ScanningRepositoryFilter| RepositoryFilter {
        filter: filter.filter,
        filter_type: filter.filter_type.as_str().to_owned(),
    };
    RegistryScanningRule {
        scan_frequency: rule.scan_frequency.as_str().to_owned(),
        repository_filters: rule.repository_filters.into_iter().map(filter).collect(),
    }
}
