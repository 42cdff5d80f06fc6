//! Where a registry's images go to, and where they come from.

use palisade_snapshot::{
    Evidence, PullThroughCacheRule as CacheRecord, Registry, ReplicationDestination as DestinationRecord,
};

use crate::context::Context;
use crate::{Known, Listed, facts};

facts! {
    /// A rule by which images are replicated.
    pub struct ReplicationRule as "registry_replication_rule" {
        /// The registries that images are replicated to.
        destinations: Vec<ReplicationDestination>, reads [];
        /// The prefixes of the repositories that it is for; empty for all.
        prefixes: Vec<String>, reads [];
    }
}

facts! {
    /// A registry that images are replicated to.
    pub struct ReplicationDestination as "replication_destination" {
        /// Its region.
        region: String, reads [];
        /// The account it belongs to.
        account: String, reads [];
        /// Whether that is the registry's own account.
        own_account: bool, reads [];
        /// Whether `palisade.toml` declares the account as trusted.
        declared: bool, reads [];
    }
}

facts! {
    /// A rule that makes images of another registry available through this one.
    pub struct PullThroughCacheRule as "pull_through_cache_rule" {
        /// The prefix of the repositories that hold the images; `ROOT` is every name.
        prefix: String, reads [];
        /// The other registry's address.
        upstream_url: String, reads [];
        /// Which kind of registry it is, such as `docker-hub`, `ecr` or `ecr-public`; null for an unknown address.
        upstream: Option<String>, reads [];
        /// The account of the other registry; null if it is none of ECR.
        upstream_account: Option<String>, reads [];
        /// Whether the other registry belongs to this account, or to one that `palisade.toml` declares as trusted.
        upstream_trusted: bool, reads [];
    }
}

pub(super) fn replication_rules(context: &Context, registry: &Registry) -> Known<Vec<ReplicationRule>> {
    let evidence = Evidence::RegistryReplication;
    Known::observed(&registry.replication, evidence, Vec::new, |rules| {
        let rule = |rule: &palisade_snapshot::RegistryReplicationRule| ReplicationRule {
            destinations: rule.destinations.iter().map(|one| destination(context, one)).collect(),
            prefixes: rule.repository_filters.iter().map(|filter| filter.filter.clone()).collect(),
        };
        rules.iter().map(rule).collect()
    })
}

fn destination(context: &Context, destination: &DestinationRecord) -> ReplicationDestination {
    let account = &destination.registry_id;
    ReplicationDestination {
        region: destination.region.clone(),
        own_account: *account == context.shared.header.account_id,
        declared: context.declarations.trusted_accounts.contains(account),
        account: account.clone(),
    }
}

pub(super) fn pull_through_cache_rules(
    context: &Context,
    registry: &Registry,
) -> Listed<PullThroughCacheRule> {
    let evidence = Evidence::PullThroughCacheRules;
    Listed::observed(&registry.pull_through_cache_rules, evidence, |rule| cache_rule(context, rule))
}

fn cache_rule(context: &Context, rule: &CacheRecord) -> PullThroughCacheRule {
    let account = account_of(&rule.upstream_url);
    let own = context.shared.header.account_id.as_str();
    let is_trusted = |account: &str| {
        account == own || context.declarations.trusted_accounts.iter().any(|known| known == account)
    };
    PullThroughCacheRule {
        prefix: rule.prefix.clone(),
        upstream_url: rule.upstream_url.clone(),
        upstream: rule.upstream_registry.clone().or_else(|| kind_of(&rule.upstream_url)),
        upstream_trusted: account.is_some_and(is_trusted),
        upstream_account: account.map(str::to_owned),
    }
}

/// The kind of registry at an address: rules from before AWS said so have the address alone ("Supported upstream
/// registries" in the ECR User Guide).
fn kind_of(url: &str) -> Option<String> {
    const HOSTS: [(&str, &str); 7] = [
        ("public.ecr.aws", "ecr-public"),
        ("registry.k8s.io", "k8s"),
        ("quay.io", "quay"),
        ("registry-1.docker.io", "docker-hub"),
        ("ghcr.io", "github-container-registry"),
        ("registry.gitlab.com", "gitlab-container-registry"),
        ("cgr.dev", "chainguard"),
    ];
    let host = url.strip_prefix("https://").unwrap_or(url).trim_end_matches('/');
    let known = HOSTS.iter().find(|(known, _)| *known == host).map(|(_, kind)| *kind);
    let known = known.or_else(|| account_of(url).map(|_| "ecr"));
    known.or_else(|| host.ends_with(".azurecr.io").then_some("azure-container-registry")).map(str::to_owned)
}

/// The account in the address of a private registry, `111122223333.dkr.ecr.eu-west-1.amazonaws.com`.
fn account_of(url: &str) -> Option<&str> {
    let host = url.strip_prefix("https://").unwrap_or(url);
    let (account, rest) = host.split_once('.')?;
    (rest.starts_with("dkr.ecr.") || rest.starts_with("dkr-ecr.")).then_some(account)
}
