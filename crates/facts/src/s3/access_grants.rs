//! S3 Access Grants.

use std::sync::Arc;

use palisade_policy::public::{Answer, Input, Layer, PolicyKind, PolicyResource, RegistryPolicyScope};
use palisade_snapshot::{AccessGrant as GrantRecord, AccessGrantsInstance as Record, Evidence, RecordKind};

use super::policy_status;
use crate::context::Context;
use crate::exposure::{ReadPolicy, Unread, limited, read_once};
use crate::{Kind, Known, Lazy, Listed, SharedAccess, Subject, facts, resource_policy};

/// The prefix of the service's actions.
const SERVICE: &str = "s3";

facts! {
    /// The S3 Access Grants instance of a region that the account has buckets in.
    pub struct AccessGrantsInstance as "s3.access_grants_instance" {
        /// Its ARN.
        arn: String, reads [];
        /// The region it is in.
        region: String, reads [];
        /// Its grants.
        grants: Listed<S3AccessGrant>, reads [AccessGrants];
        /// Whether it has a resource policy.
        has_policy: Known<bool>, reads [AccessGrantsInstancePolicy];
        /// Whether that policy is public by AWS's definition, as Palisade reads it.
        policy_is_public: Lazy<Known<bool>>, reads [AccessGrantsInstancePolicy];
        /// Whom outside the account that policy lets in by name.
        shared_with: Lazy<Known<Vec<SharedAccess>>>, reads [AccessGrantsInstancePolicy, ResourceControlPolicies];
    }
}

facts! {
    /// A grant of S3 Access Grants: whoever gets it can fetch credentials for what it is about, whatever his own
    /// policies and those of the buckets say of him.
    pub struct S3AccessGrant as "s3_access_grant" {
        /// Its id, unique within the instance.
        id: String, reads [];
        /// `IAM`, `DIRECTORY_USER` or `DIRECTORY_GROUP`.
        grantee_type: String, reads [];
        /// The ARN of a user or role, or the id that IAM Identity Center has for a user or group.
        grantee: String, reads [];
        /// What it is about, such as `s3://reports/2026/*`; `s3://*` is every bucket of the region.
        scope: String, reads [];
        /// Whether it is about every bucket of the region.
        every_bucket: bool, reads [];
        /// Whether its holder can write and delete.
        writes: bool, reads [];
    }
}

/// S3 Access Grants instances.
pub static KIND: Kind = Kind {
    name: "s3.access_grants_instance",
    variable: "access_grants_instance",
    object: &AccessGrantsInstance::OBJECT,
    listings: &[RecordKind::AccessGrantsInstance],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:s3:*:{}:access-grants/*", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| {
        let instances = &context.shared.access_grants_instances;
        Box::new(instances.iter().map(|instance| subject(context, instance)))
    },
    hidden: |_| None,
};

fn subject(context: &Arc<Context>, instance: &Record) -> Subject {
    let evidence = Evidence::AccessGrantsInstancePolicy;
    let policy = read_once(&instance.policy, evidence);
    let facts = AccessGrantsInstance {
        arn: instance.arn.clone(),
        region: instance.region.clone(),
        grants: Listed::observed(&instance.grants, Evidence::AccessGrants, grant),
        has_policy: Known::observed(&instance.policy, evidence, || false, |_| true),
        policy_is_public: policy_status::is_public(&policy, PolicyKind::Other(SERVICE)),
        shared_with: shared_with(context, instance.arn.clone(), policy),
    };
    Subject {
        kind: &KIND,
        arn: instance.arn.clone(),
        name: format!("access grants in {}", instance.region),
        region: Some(instance.region.clone()),
        facts: Box::new(facts),
    }
}

/// The scope of a grant on the default location, which is every bucket ("Register a location" in the S3 User Guide).
const EVERYTHING: [&str; 2] = ["s3://", "s3://*"];

fn grant(grant: &GrantRecord) -> S3AccessGrant {
    S3AccessGrant {
        id: grant.id.clone(),
        grantee_type: grant.grantee_type.clone(),
        grantee: grant.grantee.clone(),
        every_bucket: EVERYTHING.contains(&grant.scope.as_str()),
        scope: grant.scope.clone(),
        writes: grant.permission != "READ",
    }
}

fn shared_with(
    context: &Arc<Context>,
    arn: String,
    policy: Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<Vec<SharedAccess>>> {
    let context = Arc::clone(context);
    Lazy::new(move || {
        let policy = limited(policy.get(), &context.organization.rcps);
        let mut unread = Unread::new(Evidence::AccessGrantsInstancePolicy);
        let header = &context.shared.header;
        let resource = PolicyResource {
            service: SERVICE,
            arn: Some(&arn),
            account: Some(&header.account_id),
            partition: &header.partition,
            policy: unread.policy(Layer::Policy, &policy),
            registry_policy: Input::Known(None),
            registry_scope: Input::Known(RegistryPolicyScope::V2),
        };
        match resource_policy::shared_with(&context, &[resource]) {
            Answer::Known(shared) => Known::Known(shared),
            Answer::Unknown(layers) => Known::Unknown(unread.missing(&layers)),
        }
    })
}
