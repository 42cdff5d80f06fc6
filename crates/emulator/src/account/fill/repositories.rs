//! ECR repositories and the scanning rules of the registries.

use aws_sdk_ecr::Client;
use aws_sdk_ecr::types::{
    ImageScanningConfiguration, ImageTagMutability, ImageTagMutabilityExclusionFilter,
    ImageTagMutabilityExclusionFilterType, RegistryScanningRule, ReplicationConfiguration,
    ReplicationDestination, ReplicationRule, ScanFrequency, ScanType, ScanningRepositoryFilter,
    ScanningRepositoryFilterType, Tag,
};
use aws_types::SdkConfig;

use super::{failed, in_region, invalid};
use crate::account::{Account, Registry, Repository, ScanRule};
use crate::error::EmulatorError;

pub(super) async fn fill(config: &SdkConfig, account: &Account) -> Result<(), EmulatorError> {
    for repository in &account.repositories {
        let ecr = Client::new(&in_region(config, &repository.region));
        create(&ecr, repository).await?;
    }
    for (region, rules) in &account.registry_scanning {
        let ecr = Client::new(&in_region(config, region));
        set_scanning(&ecr, region, rules).await?;
    }
    for (region, registry) in account.registries.iter().filter(|(_, one)| !one.replication.is_empty()) {
        let ecr = Client::new(&in_region(config, region));
        replicate(&ecr, region, account.id(), registry).await?;
    }
    Ok(())
}

async fn create(ecr: &Client, repository: &Repository) -> Result<(), EmulatorError> {
    let name = &repository.name;
    let mutability = match (repository.immutable_tags, repository.mutable_tags.is_empty()) {
        (false, _) => ImageTagMutability::Mutable,
        (true, true) => ImageTagMutability::Immutable,
        (true, false) => ImageTagMutability::ImmutableWithExclusion,
    };
    let exclusions = repository.mutable_tags.iter().map(|pattern| {
        let kind = ImageTagMutabilityExclusionFilterType::Wildcard;
        let exclusion = ImageTagMutabilityExclusionFilter::builder().filter(pattern).filter_type(kind);
        exclusion.build().map_err(invalid("ecr:CreateRepository", name))
    });
    let exclusions = exclusions.collect::<Result<Vec<_>, _>>()?;
    let tags = repository.tags.iter().map(|(key, value)| {
        Tag::builder().key(key).value(value).build().map_err(invalid("ecr:CreateRepository", name))
    });
    let tags = tags.collect::<Result<Vec<_>, _>>()?;
    ecr.create_repository()
        .repository_name(name)
        .image_tag_mutability(mutability)
        .set_image_tag_mutability_exclusion_filters(
            Some(exclusions).filter(|exclusions| !exclusions.is_empty()),
        )
        .image_scanning_configuration(
            ImageScanningConfiguration::builder().scan_on_push(repository.scan_on_push).build(),
        )
        .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
        .send()
        .await
        .map_err(failed("ecr:CreateRepository", name))?;
    if let Some(policy) = &repository.policy {
        let sent =
            ecr.set_repository_policy().repository_name(name).policy_text(policy.to_string()).send().await;
        sent.map_err(failed("ecr:SetRepositoryPolicy", name))?;
    }
    if let Some(policy) = &repository.lifecycle {
        let put = ecr.put_lifecycle_policy().repository_name(name).lifecycle_policy_text(policy.to_string());
        put.send().await.map_err(failed("ecr:PutLifecyclePolicy", name))?;
    }
    Ok(())
}

async fn set_scanning(ecr: &Client, region: &str, rules: &[ScanRule]) -> Result<(), EmulatorError> {
    let operation = "ecr:PutRegistryScanningConfiguration";
    let mut built = Vec::new();
    for rule in rules {
        let filters = rule.filters.iter().map(|filter| {
            let kind = ScanningRepositoryFilterType::Wildcard;
            ScanningRepositoryFilter::builder().filter(filter).filter_type(kind).build()
        });
        let filters = filters.collect::<Result<Vec<_>, _>>().map_err(invalid(operation, region))?;
        let frequency = ScanFrequency::from(rule.frequency.as_str());
        let rule =
            RegistryScanningRule::builder().scan_frequency(frequency).set_repository_filters(Some(filters));
        built.push(rule.build().map_err(invalid(operation, region))?);
    }
    // Only enhanced scanning is continuous.
    let is_enhanced = rules.iter().any(|rule| rule.frequency == "CONTINUOUS_SCAN");
    let scan_type = if is_enhanced { ScanType::Enhanced } else { ScanType::Basic };
    let put = ecr.put_registry_scanning_configuration().scan_type(scan_type).set_rules(Some(built));
    put.send().await.map_err(failed(operation, region))?;
    Ok(())
}

async fn replicate(
    ecr: &Client,
    region: &str,
    account: &str,
    registry: &Registry,
) -> Result<(), EmulatorError> {
    let operation = "ecr:PutReplicationConfiguration";
    let destinations = registry.replication.iter().map(|one| {
        let owner = one.account.as_deref().unwrap_or(account);
        ReplicationDestination::builder().region(&one.region).registry_id(owner).build()
    });
    let destinations = destinations.collect::<Result<Vec<_>, _>>().map_err(invalid(operation, region))?;
    let rule = ReplicationRule::builder().set_destinations(Some(destinations)).build();
    let rule = rule.map_err(invalid(operation, region))?;
    let configuration = ReplicationConfiguration::builder().rules(rule).build();
    let configuration = configuration.map_err(invalid(operation, region))?;
    let put = ecr.put_replication_configuration().replication_configuration(configuration);
    put.send().await.map_err(failed(operation, region))?;
    Ok(())
}
