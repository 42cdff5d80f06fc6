//! What a user, group or role may really do: its identity policies, those of its groups included, after its
//! permissions boundary and the organization's service control policies, decided by the policy engine.

mod action_classes;
mod administration;
mod assumable;
mod candidates;
mod credentials;
mod duties;
mod guests;
mod held;
mod policy_grants;
mod questions;
mod second_factor;
mod self_management;

use std::sync::Arc;

use crate::access_query::Assumption;
use crate::context::Context;
use crate::iam::IdentityKind;
use crate::identities::Identity;
use crate::{Access, Known, Lazy, facts};

pub use assumable::AssumableRoles;
pub(crate) use credentials::CredentialsWithoutMfa;
pub(crate) use duties::mentions_duties;
pub(crate) use held::{Held, delegating, groups as policies_of_groups, principal};
pub use policy_grants::{EvadedDeny, PolicyGrants};
pub(crate) use second_factor::WithoutSecondFactor;
pub(crate) use self_management::is_of_own_credentials;

facts! {
    /// What the identity policies of a user, group or role come to, those of its groups included, after its
    /// permissions boundary and the service control policies above the account. Policies of resources, and resource
    /// control policies, are left out.
    pub struct Effective as "effective" {
        /// Whether it may do everything on every resource. Denies take that away only if they leave it no way to
        /// get back what they take.
        administrator: Access, reads [];
        /// The prefixes of the services of which it may do everything on every resource.
        service_wide: Lazy<Vec<String>>, reads [];
        /// The prefixes of the services of which it may do something on some resource.
        services: Lazy<Vec<String>>, reads [];
        /// Whether it may do nothing but list and read, by the access levels of AWS's Service Authorization
        /// Reference; what is called `List…` or `Describe…` does no more, whatever level it has there.
        read_only: Lazy<bool>, reads [];
        /// Something that it may do besides listing and reading; null if there is nothing.
        beyond_reading: Lazy<Option<Permission>>, reads [];
        /// Something that it may do besides listing and reading, and outside IAM and STS; null if there is nothing.
        changes_elsewhere: Lazy<Option<Permission>>, reads [];
        /// Whether it may do nothing but manage its own user, assume roles and look around in IAM as the console
        /// does.
        self_managing_only: Lazy<bool>, reads [];
        /// Something that it may do besides managing its own user and assuming roles; null if there is nothing.
        beyond_self_management: Lazy<Option<Permission>>, reads [];
        /// The changes of permissions that it may make on every user, group, role or policy.
        permission_edits: Lazy<Vec<Permission>>, reads [];
        /// Whether it may change the permissions of every user, group, role or policy in some way.
        can_edit_permissions: Lazy<Access>, reads [];
        /// Whether it may pass every role to a service (`iam:PassRole`).
        can_pass_any_role: Lazy<Access>, reads [];
        /// Whether it may assume every role that lets it (`sts:AssumeRole`).
        can_assume_any_role: Lazy<Access>, reads [];
        /// The changing actions of S3 that it may use on every bucket, or on every object of every bucket.
        bucket_writes: Lazy<Vec<Permission>>, reads [];
        /// The actions by which it may change access control lists of some bucket or object.
        acl_changes: Lazy<Vec<Permission>>, reads [];
        /// The actions by which it may push to, empty or open every ECR repository.
        repository_pushes: Lazy<Vec<Permission>>, reads [];
        /// The actions by which it may run commands on every EC2 instance, over Systems Manager.
        instance_commands: Lazy<Vec<Permission>>, reads [];
        /// The action by which it may act as the root user of some member of its organization (`sts:AssumeRoot`).
        root_sessions: Lazy<Vec<Permission>>, reads [];
        /// The action by which it gets sessions that outlive the access keys they were made with
        /// (`sts:GetFederationToken`).
        federation_tokens: Lazy<Vec<Permission>>, reads [];
        /// The changing actions by which bills, payments, taxes and the account itself are managed.
        billing_changes: Lazy<Vec<Permission>>, reads [];
        /// The changing actions of IAM and AWS Organizations, besides those on its own credentials, making and
        /// deleting the roles of AWS services and handing named roles to services.
        identity_changes: Lazy<Vec<Permission>>, reads [];
        /// The changes of permissions that it may make on every user, group, role or policy in a session without MFA.
        permission_edits_without_mfa: Lazy<Vec<Permission>>, reads [];
        /// Whether it may read the content of every bucket, DynamoDB table and log group.
        reads_all_data: Lazy<Access>, reads [];
        /// Something that it may do beyond what Amazon Cognito lets guests do by default: send usage data, and use
        /// their own identity and its synchronised data; null if there is nothing.
        beyond_guests: Lazy<Option<Permission>>, reads [];
        /// Something that it may do without a second factor besides setting one up for itself; null if there is nothing.
        without_mfa: Lazy<Option<Arc<Permission>>>, reads [];
        /// The changes of identities and their rights (all of IAM and AWS Organizations), and the assuming of roles, that
        /// it may use on something in requests that are signed by an access key, which know no second factor.
        rights_changes_by_key: Lazy<Vec<Permission>>, reads [];
        /// The roles that statements let it assume (`sts:AssumeRole`), as far as its policies decide.
        assumable_roles: Lazy<Vec<AssumableRoles>>, reads [];
        /// The actions on something by which bills and payments are managed, code is written and built, or what runs is
        /// deployed, watched and changed.
        duty_actions: Lazy<Vec<Permission>>, reads [];
        /// What is taken for granted because it could not be read: `scp_not_read`.
        assumes: Vec<String>, reads [];
    }
}

facts! {
    /// Something that an identity may do, as a request that the policy engine allows.
    pub struct Permission as "permission" {
        /// The action, such as `s3:PutObject`.
        action: String, reads [];
        /// A resource on which it is allowed, as an ARN; `*` if the action takes none.
        resource: String, reads [];
        /// Whether it is allowed without conditions on who or where the caller is.
        access: Access, reads [];
        /// These conditions, as text; those of a Deny begin with `unless`.
        conditions: Vec<String>, reads [];
        /// What names the policy that allows it: an ARN.
        policy: String, reads [];
        /// Where the statement stands in that policy: a JSON pointer.
        pointer: String, reads [];
    }
}

/// The actions that change what somebody may do ("Actions, resources, and condition keys for AWS Identity and
/// Access Management").
const PERMISSION_EDITS: [&str; 22] = [
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreatePolicyVersion",
    "iam:DeleteGroupPolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachGroupPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:RemoveUserFromGroup",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreatePolicy",
];
/// The actions of AWS Systems Manager that run commands on instances.
const INSTANCE_COMMANDS: [&str; 2] = ["ssm:SendCommand", "ssm:StartSession"];
/// Actions that read content, one of each of the services that most accounts keep data in.
const DATA_READS: [&str; 3] = ["dynamodb:GetItem", "logs:GetLogEvents", "s3:GetObject"];
const ACL_CHANGES: [&str; 3] = ["s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"];
const REPOSITORY_PUSHES: [&str; 3] = ["ecr:BatchDeleteImage", "ecr:PutImage", "ecr:SetRepositoryPolicy"];

/// What is taken for granted of what users and roles may do, because it could not be read.
pub(crate) fn assumptions(context: &Context) -> Vec<String> {
    let unread = context.organization.scps.assumption(Assumption::ScpNotRead);
    unread.into_iter().map(|one| one.name().to_owned()).collect()
}

/// What an identity may really do; unknown as soon as one of its policies is.
pub(crate) fn of(context: &Context, identity: Identity) -> Known<Effective> {
    Held::of(context, identity).map(|held| {
        let assumes = if held.principal.is_service_linked_role() { Vec::new() } else { assumptions(context) };
        let administration = context.administration(identity);
        let administrator =
            administration.known().and_then(|found| *found).map_or(Access::No, |one| one.access);
        let cells = context.without_mfa.clone();
        let without_mfa = move |held: &Held| match identity.kind {
            IdentityKind::User => cells.of(identity.index, held),
            IdentityKind::Group | IdentityKind::Role => held.beyond_setting_up_mfa().map(Arc::new),
        };
        effective(&Arc::new(held), administrator, assumes, without_mfa)
    })
}

fn effective(
    held: &Arc<Held>,
    administrator: Access,
    assumes: Vec<String>,
    without_mfa: impl FnOnce(&Held) -> Option<Arc<Permission>> + Send + 'static,
) -> Effective {
    fn lazy<T>(held: &Arc<Held>, ask: impl FnOnce(&Held) -> T + Send + 'static) -> Lazy<T> {
        let held = Arc::clone(held);
        Lazy::new(move || ask(&held))
    }
    let most =
        |permissions: Vec<Permission>| permissions.iter().map(|one| one.access).max().unwrap_or(Access::No);
    Effective {
        administrator,
        service_wide: lazy(held, Held::service_wide),
        services: lazy(held, Held::services),
        read_only: lazy(held, |held| held.beyond_reading().is_none()),
        beyond_reading: lazy(held, Held::beyond_reading),
        changes_elsewhere: lazy(held, Held::changes_elsewhere),
        self_managing_only: lazy(held, |held| held.beyond_self_management().is_none()),
        beyond_self_management: lazy(held, Held::beyond_self_management),
        permission_edits: lazy(held, |held| held.everywhere(&PERMISSION_EDITS)),
        can_edit_permissions: lazy(held, move |held| most(held.everywhere(&PERMISSION_EDITS))),
        can_pass_any_role: lazy(held, move |held| most(held.everywhere(&["iam:PassRole"]))),
        can_assume_any_role: lazy(held, move |held| most(held.everywhere(&["sts:AssumeRole"]))),
        bucket_writes: lazy(held, Held::bucket_writes),
        acl_changes: lazy(held, |held| held.somewhere(&ACL_CHANGES)),
        repository_pushes: lazy(held, |held| held.everywhere(&REPOSITORY_PUSHES)),
        instance_commands: lazy(held, |held| held.everywhere(&INSTANCE_COMMANDS)),
        root_sessions: lazy(held, |held| held.somewhere(&["sts:AssumeRoot"])),
        federation_tokens: lazy(held, |held| held.somewhere(&["sts:GetFederationToken"])),
        billing_changes: lazy(held, Held::billing_changes),
        identity_changes: lazy(held, Held::identity_changes),
        permission_edits_without_mfa: lazy(held, Held::edits_without_mfa),
        reads_all_data: lazy(held, |held| held.all_everywhere(&DATA_READS)),
        beyond_guests: lazy(held, Held::beyond_guests),
        without_mfa: lazy(held, without_mfa),
        rights_changes_by_key: lazy(held, Held::rights_changes_by_key),
        assumable_roles: lazy(held, Held::assumable_roles),
        duty_actions: lazy(held, Held::duty_actions),
        assumes,
    }
}
