//! The settings of repositories that ECR creates by itself.

use palisade_policy::public::{Answer, Input, PolicyResource, RegistryPolicyScope, resource_exposure};
use palisade_snapshot::{CreationTemplate as Record, Evidence, Observed, Paged, Registry};

use crate::context::Context;
use crate::resource_policy::{self, SharedAccess};
use crate::{Access, Known, Listed, Missing, facts, identities};

/// The prefix that stands for every name without a template or rule of its own.
const ROOT: &str = "ROOT";

facts! {
    /// The settings of repositories that ECR creates by itself ("Repository creation templates" in the ECR User
    /// Guide).
    pub struct CreationTemplate as "creation_template" {
        /// The prefix of their names; `ROOT` is every name without a template of its own.
        prefix: String, reads [];
        /// What creates them: `PULL_THROUGH_CACHE`, `REPLICATION`, `CREATE_ON_PUSH`.
        applied_for: Vec<String>, reads [];
        /// As of a repository.
        tag_mutability: String, reads [];
        /// `AES256`, `KMS` or `KMS_DSSE`.
        encryption_type: String, reads [];
        /// Whether their policy is open to every AWS account: `yes` or `no`.
        policy_public: Known<Access>, reads [];
        /// Whom outside the account their policy lets in by name.
        shared_with: Known<Vec<SharedAccess>>, reads [];
        /// Whether they get a lifecycle policy.
        has_lifecycle_policy: bool, reads [];
    }
}

pub(super) fn creation_templates(context: &Context, registry: &Registry) -> Listed<CreationTemplate> {
    let evidence = Evidence::RepositoryCreationTemplates;
    Listed::observed(&registry.creation_templates, evidence, |one| template(context, registry, one))
}

fn template(context: &Context, registry: &Registry, template: &Record) -> CreationTemplate {
    let header = &context.shared.header;
    let document = match &template.policy {
        Some(text) => identities::read(text, Evidence::RepositoryCreationTemplates).map(Some),
        None => Known::Known(None),
    };
    let name = if template.prefix == ROOT { "example" } else { template.prefix.as_str() };
    let arn = format!(
        "arn:{}:ecr:{}:{}:repository/{name}/example",
        header.partition, registry.region, header.account_id
    );
    let resource = document.as_ref().map(|policy| PolicyResource {
        service: "ecr",
        arn: Some(&arn),
        account: Some(&header.account_id),
        partition: &header.partition,
        policy: Input::Known(policy.as_ref()),
        registry_policy: Input::Known(None),
        registry_scope: Input::Known(RegistryPolicyScope::default()),
    });
    let policy_public = resource.as_ref().map(|resource| {
        let public = resource_exposure(resource).public == Answer::Known(true);
        if public { Access::Yes } else { Access::No }
    });
    let shared_with = resource.map(|resource| match resource_policy::shared_with(context, &[resource]) {
        Answer::Known(found) => found,
        Answer::Unknown(_) => Vec::new(),
    });
    CreationTemplate {
        prefix: template.prefix.clone(),
        applied_for: template.applied_for.clone(),
        tag_mutability: template.tag_mutability.clone(),
        encryption_type: template.encryption_type.clone(),
        policy_public,
        shared_with,
        has_lifecycle_policy: template.lifecycle_policy.is_some(),
    }
}

/// The prefixes of pull-through cache rules whose repositories no template is for.
pub(super) fn untemplated_prefixes(registry: &Registry) -> Known<Vec<String>> {
    let rules = whole(&registry.pull_through_cache_rules, Evidence::PullThroughCacheRules);
    rules.and_then(|rules| {
        // Without rules no template is missing, whatever templates there are.
        if rules.is_empty() {
            return Known::Known(Vec::new());
        }
        let templates = whole(&registry.creation_templates, Evidence::RepositoryCreationTemplates);
        templates.map(|templates| {
            let is_covered = |prefix: &str| templates.iter().any(|template| is_for(template, prefix));
            let prefixes = rules.iter().map(|rule| rule.prefix.as_str());
            prefixes.filter(|prefix| !is_covered(prefix)).map(str::to_owned).collect()
        })
    })
}

/// Whether a template is for the repositories that a rule with this prefix creates.
fn is_for(template: &Record, prefix: &str) -> bool {
    let is_below = prefix.strip_prefix(template.prefix.as_str()).is_some_and(|rest| rest.starts_with('/'));
    template.applied_for.iter().any(|one| one == "PULL_THROUGH_CACHE")
        && (template.prefix == ROOT || template.prefix == prefix || is_below)
}

/// A list that was read to its end.
fn whole<T: Clone>(observed: &Observed<Paged<T>>, evidence: Evidence) -> Known<Vec<T>> {
    match observed {
        Observed::Present(Paged { incomplete: Some(why), .. }) => {
            Known::Unknown(Missing::evidence(evidence, why))
        }
        observed => Known::observed(observed, evidence, Vec::new, |paged| paged.items.clone()),
    }
}
