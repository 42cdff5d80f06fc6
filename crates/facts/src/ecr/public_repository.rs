//! Repositories of ECR Public.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_policy::public::{
    Answer, Capability, Input, Layer, PolicyKind, PolicyResource, RegistryPolicyScope, resource_exposure,
};
use palisade_snapshot::{Evidence, PublicRepository as Record};

use crate::context::Context;
use crate::exposure::{Analysis, Unread, document};
use crate::iam::Tag;
use crate::listed;
use crate::{
    Access, AccessGrant, Kind, Known, Lazy, Listed, PolicyStatement, SharedAccess, Subject, Witness, facts,
    resource_policy,
};

/// The prefix of the service's actions.
const SERVICE: &str = "ecr-public";

facts! {
    /// A repository of ECR Public. Everybody can pull from it without signing in, and no policy can change that.
    pub struct PublicRepository as "ecr.public_repository" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// When it was created; null if AWS did not say.
        created_at: Option<Timestamp>, reads [];
        /// What every AWS account can change in it.
        exposure: Lazy<PublicRepositoryExposure>, reads [PublicRepositoryPolicy];
        /// The statements of its policy that allow something.
        policy_statements: Lazy<Known<Vec<PolicyStatement>>>, reads [PublicRepositoryPolicy];
        /// Whom outside the account its policy lets in by name.
        shared_with: Lazy<Known<Vec<SharedAccess>>>, reads [PublicRepositoryPolicy];
        /// Its tags.
        tags: Known<Vec<Tag>>, reads [PublicRepositoryTags];
    }
}

facts! {
    /// What every AWS account can change in a public repository by its policy.
    pub struct PublicRepositoryExposure as "public_repository_exposure" {
        /// Push or delete images, change the description or delete the repository.
        push: Known<Access>, reads [];
        /// Change its policy.
        administer: Known<Access>, reads [];
        /// The statements that make it so; evidence.
        grants: Listed<AccessGrant>, reads [];
        /// A request by a stranger that is allowed; null if there is none.
        witness: Known<Option<Witness>>, reads [];
    }
}

/// Public repositories.
pub static KIND: Kind = Kind {
    name: "ecr.public_repository",
    variable: "public_repository",
    object: &PublicRepository::OBJECT,
    listings: &[],
    reads: &[Evidence::PublicRepositories],
    wildcard_arn: |shared| {
        format!("arn:{}:ecr-public::{}:repository/*", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| Box::new(subjects(context).into_iter()),
    hidden: |context| {
        listed::hidden(&context.shared.account.public_repositories, Evidence::PublicRepositories)
    },
};

/// One subject per repository.
fn subjects(context: &Arc<Context>) -> Vec<Subject> {
    let repositories = listed::items(&context.shared.account.public_repositories).iter();
    repositories.map(|repository| subject(context, repository)).collect()
}

fn subject(context: &Arc<Context>, repository: &Record) -> Subject {
    let (of_statements, of_sharing, of_exposure) =
        (Arc::clone(context), Arc::clone(context), Arc::clone(context));
    let (statements, sharing, exposure) = (repository.clone(), repository.clone(), repository.clone());
    let facts = PublicRepository {
        arn: repository.arn.clone(),
        name: repository.name.clone(),
        created_at: repository.created_at,
        exposure: Lazy::new(move || PublicRepositoryExposure::of(&of_exposure, &exposure)),
        policy_statements: Lazy::new(move || {
            let own = &of_statements.shared.header.account_id;
            document(&statements.policy, Evidence::PublicRepositoryPolicy).map(|policy| {
                let read = |policy| resource_policy::statements(&policy, PolicyKind::Other(SERVICE), own);
                policy.map(read).unwrap_or_default()
            })
        }),
        shared_with: Lazy::new(move || shared_with(&of_sharing, &sharing)),
        tags: Known::observed(&repository.tags, Evidence::PublicRepositoryTags, Vec::new, |tags| {
            Tag::list(tags)
        }),
    };
    Subject {
        kind: &KIND,
        arn: repository.arn.clone(),
        name: repository.name.clone(),
        region: None,
        facts: Box::new(facts),
    }
}

fn shared_with(context: &Context, repository: &Record) -> Known<Vec<SharedAccess>> {
    let policy = document(&repository.policy, Evidence::PublicRepositoryPolicy);
    let mut unread = Unread::new(Evidence::PublicRepositoryPolicy);
    let input = unread.policy(Layer::Policy, &policy);
    match resource_policy::shared_with(context, &[resource(context, repository, input)]) {
        Answer::Known(shared) => Known::Known(shared),
        Answer::Unknown(layers) => Known::Unknown(unread.missing(&layers)),
    }
}

impl PublicRepositoryExposure {
    fn of(context: &Context, repository: &Record) -> Self {
        let policy = document(&repository.policy, Evidence::PublicRepositoryPolicy);
        let mut unread = Unread::new(Evidence::PublicRepositoryPolicy);
        let input = unread.policy(Layer::Policy, &policy);
        let exposure = resource_exposure(&resource(context, repository, input));
        let analysis = Analysis { exposure, unread };
        Self {
            push: analysis.access(Capability::Write),
            administer: analysis.access(Capability::Administer),
            grants: analysis.grants(),
            witness: analysis.witness(),
        }
    }
}

/// Resource control policies don't count for ECR Public ("Resource control policies" in the AWS Organizations User
/// Guide lists the services).
fn resource<'a>(
    context: &'a Context,
    repository: &'a Record,
    policy: Input<Option<&'a palisade_policy::document::PolicyDocument>>,
) -> PolicyResource<'a> {
    PolicyResource {
        service: SERVICE,
        arn: Some(&repository.arn),
        account: Some(&context.shared.header.account_id),
        partition: &context.shared.header.partition,
        policy,
        registry_policy: Input::Known(None),
        registry_scope: Input::Known(RegistryPolicyScope::default()),
    }
}
