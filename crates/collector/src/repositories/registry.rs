//! What is asked of a registry itself.

use aws_sdk_ecr::types;
use palisade_snapshot::{
    CreationTemplate, Evidence, Observed, Paged, PullThroughCacheRule, Registry, RegistryReplicationRule,
    RegistryScanningRule, ReplicationDestination, RepositoryFilter, ScanningConfiguration,
};

use super::RegionalRegistry;
use crate::failure::Failure;
use crate::operation::{
    DESCRIBE_PULL_THROUGH_CACHE_RULES, DESCRIBE_REGISTRY, DESCRIBE_REPOSITORY_CREATION_TEMPLATES,
    GET_ACCOUNT_SETTING, GET_REGISTRY_POLICY, GET_REGISTRY_SCANNING_CONFIGURATION,
};
use crate::reader::{Missing, required};

/// The setting that says which actions a registry policy is about.
const POLICY_SCOPE: &str = "REGISTRY_POLICY_SCOPE";

/// What is asked of a registry besides its policy.
const BESIDE_POLICY: [Evidence; 5] = [
    Evidence::RegistryScanning,
    Evidence::RegistryPolicyScope,
    Evidence::RegistryReplication,
    Evidence::PullThroughCacheRules,
    Evidence::RepositoryCreationTemplates,
];

impl RegionalRegistry<'_> {
    /// The registry. In a region that is known to be empty everything but a policy is without effect, and so
    /// without one nothing else is asked.
    pub(super) async fn registry(&self, nothing_listed: bool, is_empty: bool) -> Option<Registry> {
        let reader = self.reader;
        reader.progress.planned(u64::from(reader.asks(Evidence::RegistryPolicy)));
        let policy = reader.observe_account(Evidence::RegistryPolicy, self.registry_policy()).await;
        let has_policy = match &policy {
            Observed::Present(_) => true,
            Observed::Absent | Observed::NotOffered(_) => false,
            Observed::Unreadable(_) => reader.asks(Evidence::RegistryPolicy),
        };
        if is_empty && !has_policy {
            return None;
        }
        let asked = BESIDE_POLICY.into_iter().filter(|one| reader.asks(*one)).count();
        reader.progress.planned(asked as u64);
        let (scanning, policy_scope, replication, pull_through_cache_rules, creation_templates) = tokio::join!(
            reader.observe_account(Evidence::RegistryScanning, self.scanning()),
            reader.observe_account(Evidence::RegistryPolicyScope, self.policy_scope()),
            reader.observe_account(Evidence::RegistryReplication, self.replication()),
            reader.observe_account(Evidence::PullThroughCacheRules, self.pull_through_cache_rules()),
            reader.observe_account(Evidence::RepositoryCreationTemplates, self.creation_templates()),
        );
        Some(Registry {
            region: self.region.to_owned(),
            has_repositories: !nothing_listed,
            scanning,
            policy,
            policy_scope,
            replication,
            pull_through_cache_rules,
            creation_templates,
        })
    }

    async fn registry_policy(&self) -> Result<String, Failure> {
        let call = self.client.get_registry_policy().send();
        let take = |answer: aws_sdk_ecr::operation::get_registry_policy::GetRegistryPolicyOutput| {
            required(answer.policy_text, "policyText")
        };
        self.reader.read(&GET_REGISTRY_POLICY, self.region, call, take).await
    }

    async fn policy_scope(&self) -> Result<String, Failure> {
        let call = self.client.get_account_setting().name(POLICY_SCOPE).send();
        let take = |answer: aws_sdk_ecr::operation::get_account_setting::GetAccountSettingOutput| {
            required(answer.value, "value")
        };
        self.reader.read(&GET_ACCOUNT_SETTING, self.region, call, take).await
    }

    async fn replication(&self) -> Result<Vec<RegistryReplicationRule>, Failure> {
        let call = self.client.describe_registry().send();
        self.reader
            .read(&DESCRIBE_REGISTRY, self.region, call, |answer| {
                let rules = answer.replication_configuration.map(|one| one.rules).unwrap_or_default();
                Ok(rules.into_iter().map(replication_rule).collect())
            })
            .await
    }

    async fn pull_through_cache_rules(&self) -> Result<Paged<PullThroughCacheRule>, Failure> {
        let pages = self.reader.pages(&DESCRIBE_PULL_THROUGH_CACHE_RULES, |token| {
            let request = self.client.describe_pull_through_cache_rules().max_results(1000);
            let call = request.set_next_token(token).send();
            self.reader.read(&DESCRIBE_PULL_THROUGH_CACHE_RULES, self.region, call, |page| {
                let rules = required(page.pull_through_cache_rules, "pullThroughCacheRules")?;
                let rules: Result<Vec<_>, Missing> = rules.into_iter().map(pull_through_cache_rule).collect();
                Ok((rules?, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        pages.await.into_paged()
    }

    async fn creation_templates(&self) -> Result<Paged<CreationTemplate>, Failure> {
        let pages = self.reader.pages(&DESCRIBE_REPOSITORY_CREATION_TEMPLATES, |token| {
            let request = self.client.describe_repository_creation_templates().max_results(1000);
            let call = request.set_next_token(token).send();
            self.reader.read(&DESCRIBE_REPOSITORY_CREATION_TEMPLATES, self.region, call, |page| {
                let templates = required(page.repository_creation_templates, "repositoryCreationTemplates")?;
                let templates: Result<Vec<_>, Missing> =
                    templates.into_iter().map(creation_template).collect();
                Ok((templates?, page.next_token.filter(|token| !token.is_empty())))
            })
        });
        pages.await.into_paged()
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

fn replication_rule(rule: types::ReplicationRule) -> RegistryReplicationRule {
    let destination = |one: types::ReplicationDestination| ReplicationDestination {
        region: one.region,
        registry_id: one.registry_id,
    };
    let filter = |filter: types::RepositoryFilter| RepositoryFilter {
        filter: filter.filter,
        filter_type: filter.filter_type.as_str().to_owned(),
    };
    RegistryReplicationRule {
        destinations: rule.destinations.into_iter().map(destination).collect(),
        repository_filters: rule.repository_filters.unwrap_or_default().into_iter().map(filter).collect(),
    }
}

fn pull_through_cache_rule(rule: types::PullThroughCacheRule) -> Result<PullThroughCacheRule, Missing> {
    Ok(PullThroughCacheRule {
        prefix: required(rule.ecr_repository_prefix, "ecrRepositoryPrefix")?,
        upstream_url: required(rule.upstream_registry_url, "upstreamRegistryUrl")?,
        upstream_registry: rule.upstream_registry.map(|registry| registry.as_str().to_owned()),
        upstream_prefix: rule.upstream_repository_prefix,
        credential_arn: rule.credential_arn,
    })
}

/// What a template does not say is as in a repository that is created without one.
fn creation_template(template: types::RepositoryCreationTemplate) -> Result<CreationTemplate, Missing> {
    let applied_for = required(template.applied_for, "appliedFor")?;
    let mutability = template.image_tag_mutability;
    let encryption = template.encryption_configuration;
    Ok(CreationTemplate {
        prefix: required(template.prefix, "prefix")?,
        applied_for: applied_for.iter().map(|one| one.as_str().to_owned()).collect(),
        tag_mutability: mutability.as_ref().map_or("MUTABLE", types::ImageTagMutability::as_str).to_owned(),
        encryption_type: encryption.as_ref().map_or("AES256", |one| one.encryption_type.as_str()).to_owned(),
        kms_key: encryption.and_then(|encryption| encryption.kms_key),
        policy: template.repository_policy.filter(|text| !text.is_empty()),
        lifecycle_policy: template.lifecycle_policy.filter(|text| !text.is_empty()),
    })
}
