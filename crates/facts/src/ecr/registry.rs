//! The private registry of a region.

mod sources;
mod templates;

use std::sync::Arc;

use palisade_policy::public::RegistryPolicyScope;
use palisade_snapshot::{
    Evidence, Observed, Reason, RecordKind, Registry as Record, RegistryScanningRule, ScanningConfiguration,
};

use super::pattern::fits;
use super::{RepositoryExposure, policies};
use crate::context::Context;
use crate::exposure::document;
use crate::{Kind, Known, Lazy, Listed, Missing, PolicyStatement, SharedAccess, Subject, fact_enum, facts};

pub use sources::{PullThroughCacheRule, ReplicationDestination, ReplicationRule};
pub use templates::CreationTemplate;

fact_enum! {
    /// How images are scanned.
    pub enum ScanType {
        /// Operating system packages, by ECR itself. AWS's default.
        Basic = "BASIC",
        /// Operating system and language packages, by Amazon Inspector.
        Enhanced = "ENHANCED",
    }
}

fact_enum! {
    /// When images are scanned.
    pub enum ScanFrequency {
        /// When they are pushed.
        ScanOnPush = "SCAN_ON_PUSH",
        /// When they are pushed, and again whenever new vulnerabilities become known.
        ContinuousScan = "CONTINUOUS_SCAN",
        /// Only when somebody asks.
        Manual = "MANUAL",
    }
}

facts! {
    /// A region's private registry.
    pub struct Registry as "ecr.registry" {
        /// The region.
        region: String, reads [];
        /// How images are scanned.
        scan_type: Known<ScanType>, reads [RegistryScanning];
        /// The scanning rules.
        scanning_rules: Known<Vec<ScanningRule>>, reads [RegistryScanning];
        /// Whether a rule other than a manual one is for every repository, later ones included.
        scans_everything: Known<bool>, reads [RegistryScanning];
        /// Whether there are repositories in the region.
        has_repositories: Known<bool>, reads [];
        /// Whether it has a policy.
        has_policy: Known<bool>, reads [RegistryPolicy];
        /// Which actions its policy is about.
        policy_scope: Known<PolicyScope>, reads [RegistryPolicyScope];
        /// What its policy lets every AWS account do with the repositories it is about.
        exposure: Lazy<RepositoryExposure>, reads [RegistryPolicy, RegistryPolicyScope, ResourceControlPolicies];
        /// The statements of its policy that allow something.
        policy_statements: Known<Vec<PolicyStatement>>, reads [RegistryPolicy];
        /// Whom outside the account its policy lets in by name.
        shared_with: Lazy<Known<Vec<SharedAccess>>>, reads [RegistryPolicy, RegistryPolicyScope, ResourceControlPolicies];
        /// Where it replicates images to.
        replication_rules: Known<Vec<ReplicationRule>>, reads [RegistryReplication];
        /// From which registries it pulls images through.
        pull_through_cache_rules: Listed<PullThroughCacheRule>, reads [PullThroughCacheRules];
        /// The settings of repositories that ECR creates by itself.
        creation_templates: Listed<CreationTemplate>, reads [RepositoryCreationTemplates];
        /// The prefixes of pull-through cache rules for whose repositories there is no creation template.
        untemplated_prefixes: Known<Vec<String>>, reads [PullThroughCacheRules, RepositoryCreationTemplates];
    }
}

fact_enum! {
    /// Which actions a registry's policy is about.
    pub enum PolicyScope {
        /// Replicating images, importing them from upstream and creating repositories.
        V1 = "V1",
        /// Every action of ECR.
        V2 = "V2",
    }
}

facts! {
    /// A scanning rule of a registry.
    pub struct ScanningRule as "scanning_rule" {
        /// When images are scanned.
        frequency: ScanFrequency, reads [];
        /// The name patterns of the repositories it is for; without `*`, any name that contains the text.
        filters: Vec<String>, reads [];
    }
}

/// Private registries.
pub static KIND: Kind = Kind {
    name: "ecr.registry",
    variable: "registry",
    object: &Registry::OBJECT,
    listings: &[RecordKind::Repository],
    reads: &[Evidence::RegistryPolicy],
    wildcard_arn: |shared| {
        format!("arn:{}:ecr:*:{}:registry", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| Box::new(subjects(context).into_iter()),
    hidden: |context| Missing::either(super::in_other_regions(context), unread(context)),
};

/// One subject per region in which something is stored, or a policy may let somebody store something. Everywhere else
/// the settings have no effect.
pub(crate) fn subjects(context: &Arc<Context>) -> Vec<Subject> {
    let in_use = context.shared.registries.iter().filter(|registry| is_in_use(registry));
    in_use.map(|registry| subject(context, registry)).collect()
}

fn is_in_use(registry: &Record) -> bool {
    registry.has_repositories || matches!(registry.policy, Observed::Present(_))
}

/// What hides whether registries without a repository that was seen are in use.
fn unread(context: &Context) -> Option<Missing> {
    let open = context.shared.registries.iter().filter(|registry| !is_in_use(registry));
    let policies = open.filter_map(|registry| {
        match Known::observed(&registry.policy, Evidence::RegistryPolicy, || (), |_| ()) {
            Known::Known(()) => None,
            Known::Unknown(missing) => Some(missing),
        }
    });
    policies.reduce(|one, other| one.and(&other))
}

fn subject(context: &Arc<Context>, registry: &Record) -> Subject {
    let scanning = Scanning::of(registry);
    let header = &context.shared.header;
    let (sharing, shared) = (Arc::clone(context), registry.clone());
    let facts = Registry {
        region: registry.region.clone(),
        scan_type: scanning.as_ref().map(|scanning| scanning.scan_type),
        scans_everything: scanning.as_ref().map(Scanning::covers_everything),
        scanning_rules: scanning.map(|scanning| scanning.rules),
        has_repositories: has_repositories(context, registry),
        has_policy: Known::observed(&registry.policy, Evidence::RegistryPolicy, || false, |_| true),
        policy_scope: policies::scope(&registry.policy_scope).map(|scope| match scope {
            RegistryPolicyScope::V1 => PolicyScope::V1,
            RegistryPolicyScope::V2 => PolicyScope::V2,
        }),
        exposure: RepositoryExposure::by_registry(context, registry),
        policy_statements: policies::statements(
            context,
            &document(&registry.policy, Evidence::RegistryPolicy),
        ),
        shared_with: Lazy::new(move || policies::registry_shared_with(&sharing, &shared)),
        replication_rules: sources::replication_rules(context, registry),
        pull_through_cache_rules: sources::pull_through_cache_rules(context, registry),
        creation_templates: templates::creation_templates(context, registry),
        untemplated_prefixes: templates::untemplated_prefixes(registry),
    };
    Subject {
        kind: &KIND,
        arn: format!("arn:{}:ecr:{}:{}:registry", header.partition, registry.region, header.account_id),
        name: format!("private registry in {}", registry.region),
        region: Some(registry.region.clone()),
        facts: Box::new(facts),
    }
}

/// Whether the region has repositories; unknown if none was seen and not all could be listed.
fn has_repositories(context: &Context, registry: &Record) -> Known<bool> {
    if registry.has_repositories {
        return Known::Known(true);
    }
    let mut listings = context.shared.listings_of(RecordKind::Repository);
    let here = listings.find(|listing| listing.region.as_deref() == Some(registry.region.as_str()));
    match here.and_then(|listing| listing.incomplete.as_ref()) {
        Some(why) => Known::Unknown(Missing::evidence(Evidence::Repositories, why)),
        None => Known::Known(false),
    }
}

/// How a registry scans.
pub(super) struct Scanning {
    scan_type: ScanType,
    rules: Vec<ScanningRule>,
}

impl Scanning {
    /// The scanning of the region's registry; unknown if the region's registry was not read.
    pub(super) fn in_region(context: &Context, region: &str) -> Known<Self> {
        match context.shared.registries.iter().find(|registry| registry.region == region) {
            Some(registry) => Self::of(registry),
            None => Known::Unknown(Missing::because(Evidence::RegistryScanning, Reason::NotCollected)),
        }
    }

    fn of(registry: &Record) -> Known<Self> {
        let basic = || Some(Self { scan_type: ScanType::Basic, rules: Vec::new() });
        let scanning =
            Known::observed(&registry.scanning, Evidence::RegistryScanning, basic, Self::of_configuration);
        scanning.and_then(|scanning| match scanning {
            Some(scanning) => Known::Known(scanning),
            None => Known::Unknown(Missing::because(Evidence::RegistryScanning, Reason::Malformed)),
        })
    }

    /// None if AWS used a word that it does not document.
    fn of_configuration(configuration: &ScanningConfiguration) -> Option<Self> {
        let scan_type = match configuration.scan_type.as_str() {
            "BASIC" => ScanType::Basic,
            "ENHANCED" => ScanType::Enhanced,
            _ => return None,
        };
        let rules = configuration.rules.iter().map(rule).collect::<Option<Vec<_>>>()?;
        Some(Self { scan_type, rules })
    }

    /// Whether a rule other than a manual one has a filter that every name fits.
    fn covers_everything(&self) -> bool {
        let is_any = |filter: &String| !filter.is_empty() && filter.bytes().all(|byte| byte == b'*');
        self.rules
            .iter()
            .any(|rule| rule.frequency != ScanFrequency::Manual && rule.filters.iter().any(is_any))
    }

    /// When images of a repository are scanned ("Image scanning configuration" in the ECR User Guide): the
    /// rules decide, continuous before on push. Under basic scanning without rules the repository's own
    /// setting does. A repository that no rule is for is not scanned automatically.
    pub(super) fn frequency(&self, repository: &str, scan_on_push: bool) -> ScanFrequency {
        if self.rules.is_empty() && self.scan_type == ScanType::Basic {
            return if scan_on_push { ScanFrequency::ScanOnPush } else { ScanFrequency::Manual };
        }
        let matching = |rule: &&ScanningRule| rule.filters.iter().any(|filter| matches(filter, repository));
        let order = |frequency: &ScanFrequency| match frequency {
            ScanFrequency::Manual => 0,
            ScanFrequency::ScanOnPush => 1,
            ScanFrequency::ContinuousScan => 2,
        };
        let frequencies = self.rules.iter().filter(matching).map(|rule| rule.frequency);
        frequencies.max_by_key(order).unwrap_or(ScanFrequency::Manual)
    }
}

fn rule(rule: &RegistryScanningRule) -> Option<ScanningRule> {
    let frequency = match rule.scan_frequency.as_str() {
        "SCAN_ON_PUSH" => ScanFrequency::ScanOnPush,
        "CONTINUOUS_SCAN" => ScanFrequency::ContinuousScan,
        "MANUAL" => ScanFrequency::Manual,
        _ => return None,
    };
    let filters = rule.repository_filters.iter().map(|filter| filter.filter.clone()).collect();
    Some(ScanningRule { frequency, filters })
}

/// Whether a filter is for a repository: `*` is any run of characters; without one, any name that contains
/// the text ("Using filters" for image scanning in the ECR User Guide).
fn matches(filter: &str, name: &str) -> bool {
    if filter.contains('*') { fits(filter, name) } else { name.contains(filter) }
}
