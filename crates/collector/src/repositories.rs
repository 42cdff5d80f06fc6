//! Reads ECR: the private repositories of each region, and the registry that holds them.

mod images;
mod registry;

use aws_sdk_ecr::Client;
use aws_sdk_ecr::types;
use palisade_snapshot::{
    Evidence, ImageScan, ImageSummary, Listing, Observed, RecordKind, Registry, Repository, Tag,
};

use crate::details;
use crate::document::optional_timestamp;
use crate::failure::Failure;
use crate::operation::{
    DESCRIBE_REPOSITORIES, GET_LIFECYCLE_POLICY, GET_REPOSITORY_POLICY, LIST_TAGS_FOR_RESOURCE,
};
use crate::reader::{Gone, Missing, Reader, listing, required};

/// What is asked of each repository.
const PER_REPOSITORY: [Evidence; 5] = [
    Evidence::RepositoryPolicy,
    Evidence::RepositoryLifecyclePolicy,
    Evidence::RepositoryTags,
    Evidence::RepositoryImages,
    Evidence::LatestImageScan,
];

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
    /// None where nothing is stored and no policy lets anybody store something.
    pub(crate) registry: Option<Registry>,
    pub(crate) repositories: Vec<Repository>,
    pub(crate) listing: Listing,
}

impl RegionalRegistry<'_> {
    /// The registry and its repositories with what was asked of them, and the record of the listing.
    pub(crate) async fn content(&self) -> RegistryContent {
        let (listed, failure) = self.list().await;
        let is_not_offered = matches!(failure, Some(Failure::NotOffered(_)));
        let mut record = listing(RecordKind::Repository, Some(self.region), &DESCRIBE_REPOSITORIES, failure);
        if is_not_offered {
            return RegistryContent { registry: None, repositories: Vec::new(), listing: record };
        }
        let calls = PER_REPOSITORY.into_iter().filter(|one| self.reader.asks(*one)).count() * listed.len();
        self.reader.progress.planned(calls as u64);
        let is_empty = listed.is_empty() && record.incomplete.is_none();
        let (registry, (repositories, deleted)) =
            tokio::join!(Box::pin(self.registry(listed.is_empty(), is_empty)), Box::pin(self.each(listed)));
        record.deleted = deleted;
        RegistryContent { registry, repositories, listing: record }
    }

    /// The repositories that are still there, and the ARNs of those that are not.
    async fn each(&self, listed: Vec<Repository>) -> (Vec<Repository>, Vec<String>) {
        details::each(listed, self.max_in_flight, |repository| async {
            let arn = repository.arn.clone();
            self.repository(repository).await.map_err(|Gone| arn)
        })
        .await
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
        let (policy, lifecycle_policy, tags, images) = tokio::join!(
            self.reader.observe(Evidence::RepositoryPolicy, self.policy(name)),
            self.reader.observe(Evidence::RepositoryLifecyclePolicy, self.lifecycle_policy(name)),
            self.reader.observe(Evidence::RepositoryTags, self.tags(&repository.arn)),
            Box::pin(self.reader.observe(Evidence::RepositoryImages, self.images(name))),
        );
        let images = images?;
        repository.latest_scan = self.latest_scan(name, &images).await?;
        repository.policy = policy?;
        repository.lifecycle_policy = lifecycle_policy?;
        repository.tags = tags?;
        repository.images = images;
        Ok(repository)
    }

    /// The scan of the newest image; none is absent, and one that nobody could find is as unreadable.
    async fn latest_scan(
        &self,
        name: &str,
        images: &Observed<ImageSummary>,
    ) -> Result<Observed<ImageScan>, Gone> {
        if !self.reader.asks(Evidence::LatestImageScan) {
            return Ok(Observed::default());
        }
        let why = match images {
            Observed::Present(ImageSummary { incomplete: Some(why), .. }) => why,
            Observed::Unreadable(why) => why.as_ref(),
            Observed::Present(ImageSummary { newest: Some(newest), .. }) => {
                let scan = Box::pin(self.scan(name, &newest.digest));
                return self.reader.observe(Evidence::LatestImageScan, scan).await;
            }
            Observed::Present(_) | Observed::Absent => return Ok(Observed::Absent),
            Observed::NotOffered(why) => return Ok(Observed::NotOffered(why.clone())),
        };
        Ok(why.clone().into())
    }

    async fn tags(&self, arn: &str) -> Result<Vec<Tag>, Failure> {
        let call = self.client.list_tags_for_resource().resource_arn(arn).send();
        let take = |answer: aws_sdk_ecr::operation::list_tags_for_resource::ListTagsForResourceOutput| {
            let tags = required(answer.tags, "tags")?;
            Ok(tags.into_iter().map(|tag| Tag { key: tag.key, value: tag.value }).collect())
        };
        self.reader.read(&LIST_TAGS_FOR_RESOURCE, self.region, call, take).await
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
        policy: Observed::default(),
        lifecycle_policy: Observed::default(),
        tags: Observed::default(),
        images: Observed::default(),
        latest_scan: Observed::default(),
    })
}
