//! The account itself: what belongs to no single resource.

mod contact;
mod duty_holders;
mod holders;
mod layout;
mod quotas;
mod regions;
mod roles;
mod workloads;

use std::iter;
use std::sync::Arc;

pub use contact::{Contact, ContactInformation};
pub use duty_holders::DutyHolder;
pub use layout::{AccountType, CicdPrincipal, Entrance, WorkforceRole, WorkforceWay};
use palisade_snapshot::{Evidence, Observed, Paged};
pub use quotas::Quota;
pub use roles::RoleSummary;
pub use workloads::ServiceRole;

use crate::access_analyzer::{self, Analyzer, ExternalAccess};
use crate::context::Context;
use crate::iam::tag_session;
use crate::organization::{
    self, AiOptOut, DelegatedAdministrator, Delegation, MemberAccount, Organization, OrganizationRoot,
    ResourceGuardrails, S3Policy, ServiceGuardrails, TagPolicy,
};
use crate::s3::PublicAccessBlock;
use crate::{Access, Kind, Known, Lazy, Listed, Missing, Subject, facts};

facts! {
    /// An AWS account. Every rule may name it.
    pub struct Account as "account" {
        /// The twelve digits.
        id: String, reads [];
        /// The partition, such as `aws`, `aws-cn` or `aws-us-gov`.
        partition: String, reads [];
        /// What `palisade.toml` says that it is there for: `users`, `dev`, `dev+users` where it stands in for an account for
        /// users, `prod`, `management`, `security`, `shared`; `undeclared` if it does not say.
        account_type: AccountType, reads [];
        /// The accounts that `palisade.toml` declares to hold the users of people.
        users_accounts: Vec<String>, reads [];
        /// The accounts that `palisade.toml` declares to be for development.
        dev_accounts: Vec<String>, reads [];
        /// The accounts that `palisade.toml` declares to be for production.
        prod_accounts: Vec<String>, reads [];
        /// The regions that somebody has opted in to: AWS switches them on for nobody by itself.
        opted_in_regions: Listed<String>, reads [Regions];
        /// The version of the tokens that the global endpoint of AWS STS gives: those of version 1 are refused by regions
        /// that must be opted in to, those of version 2 are valid everywhere.
        global_token_version: Known<i64>, reads [AccountSummary];
        /// How much of the account's quotas for users, groups, roles and the like is used up.
        iam_quotas: Known<Vec<Quota>>, reads [AccountSummary];
        /// The sign-in alias; null if there is none.
        alias: Known<Option<String>>, reads [AccountAliases];
        /// Whether AWS keeps alternate contacts for accounts here at all.
        alternate_contacts_offered: Known<bool>, reads [SecurityContact, BillingContact, OperationsContact];
        /// The alternate contact for security; null if none is registered.
        security_contact: Known<Option<Contact>>, reads [SecurityContact];
        /// The alternate contact for billing; null if none is registered.
        billing_contact: Known<Option<Contact>>, reads [BillingContact];
        /// The alternate contact for operations; null if none is registered.
        operations_contact: Known<Option<Contact>>, reads [OperationsContact];
        /// The account's Block Public Access for S3; four times false if it was never set.
        public_access_block: PublicAccessBlock, reads [AccountBlockPublicAccess];
        /// Whether AWS keeps a primary contact for accounts here at all.
        contact_information_offered: Known<bool>, reads [ContactInformation];
        /// The primary contact; null if there is none.
        contact_information: Known<Option<ContactInformation>>, reads [ContactInformation];
        /// The organization that the account is in; null if it is in none.
        organization: Known<Option<Organization>>, reads [Organization];
        /// Whether the organization manages the credentials of its members' root users centrally; null where only
        /// its management account or a delegated administrator can tell.
        root_credentials_management: Known<Option<bool>>, reads [OrganizationsFeatures];
        /// Whether the organization can use privileged sessions in place of its members' root users; null where only
        /// its management account or a delegated administrator can tell.
        root_sessions: Known<Option<bool>>, reads [OrganizationsFeatures];
        /// What service control policies keep the account from; null if none can limit it, as in the management
        /// account, or if it may not read them.
        scps: Lazy<Known<Option<ServiceGuardrails>>>, reads [ServiceControlPolicies, Organization];
        /// What resource control policies keep strangers from; null if none can limit the account, as in the
        /// management account, or if it may not read them.
        rcps: Lazy<Known<Option<ResourceGuardrails>>>, reads [ResourceControlPolicies, Organization];
        /// What AI services may do with the account's content; null if no policy can keep them from anything, as without
        /// an organization that has all features, or if AWS does not offer such policies here.
        ai_opt_out: Known<Option<AiOptOut>>, reads [AiOptOutPolicy, Organization];
        /// How the organization wants resources tagged; null in the same cases.
        tag_policy: Known<Option<TagPolicy>>, reads [TagPolicy, Organization];
        /// What the organization holds buckets to; null in the same cases.
        s3_policy: Known<Option<S3Policy>>, reads [S3Policy, Organization];
        /// The accounts of the organization; null if there is none that has all features, or if only its management
        /// account or a delegated administrator can tell.
        organization_accounts: Known<Option<Vec<MemberAccount>>>, reads [OrganizationAccounts, Organization];
        /// The e-mail address of this account's root user, in lower case; null in the same cases.
        root_email: Known<Option<String>>, reads [OrganizationAccounts, Organization];
        /// What stands directly under the organization's root; null in the same cases.
        organization_root: Known<Option<OrganizationRoot>>, reads [OrganizationRoot, Organization];
        /// The accounts that administer services for the organization; null in the same cases.
        delegated_administrators: Known<Option<Vec<DelegatedAdministrator>>>,
            reads [DelegatedAdministrators, Organization];
        /// The service principals that may work in every account of the organization (trusted access), such as
        /// `guardduty.amazonaws.com`; null in the same cases.
        trusted_services: Known<Option<Vec<String>>>, reads [TrustedServices, Organization];
        /// What the organization's resource policy lets other accounts change; null in the same cases.
        delegation: Lazy<Known<Option<Delegation>>>, reads [DelegationPolicy, Organization];
        /// Whether any IAM user has a console password, so that the password policy matters.
        has_console_users: Lazy<Known<bool>>, reads [Users, CredentialReport];
        /// Whether the account has its own password policy.
        password_policy_configured: Known<bool>, reads [PasswordPolicy];
        /// The names of the users with a console password that are not known to be programs'.
        people_with_passwords: Lazy<Listed<String>>, reads [Users, CredentialReport, VirtualMfaDevices];
        /// The names of the users that are in no group.
        users_without_groups: Lazy<Listed<String>>, reads [Users];
        /// The roles that people get into from outside the account.
        workforce_roles: Lazy<Listed<WorkforceRole>>, reads [Roles];
        /// The users and roles by which code is built and deployed (CI/CD): those that `palisade.toml` declares, and roles
        /// into which only builders of code get, such as GitHub Actions.
        cicd_principals: Lazy<Listed<CicdPrincipal>>, reads [Users, Roles, CredentialReport];
        /// The users and roles by which somebody gets into the account from outside: users with a password or an active
        /// access key, and roles that open to somebody who is no AWS service, no workload of a cluster and no customer
        /// who signs in.
        entrances: Lazy<Listed<Entrance>>, reads [Users, Groups, Roles, Policies, CredentialReport, ServiceControlPolicies];
        /// The groups and roles that see bills, after permissions boundaries and denies.
        billing_viewers: Lazy<Listed<PermissionHolder>>, reads [Groups, Roles, Policies, Users];
        /// The users, groups and roles that may do everything: users by their groups too, and all after permissions
        /// boundaries and denies.
        administrators: Lazy<Listed<Administrator>>, reads [Users, Groups, Roles, Policies];
        /// The groups and roles that can open cases with AWS Support and read them, after permissions boundaries and
        /// denies.
        support_handlers: Lazy<Listed<PermissionHolder>>, reads [Groups, Roles, Policies, Users];
        /// The groups and roles that bills are paid, code is written or what runs is changed with, but for administrators
        /// and roles that only AWS services use.
        duty_holders: Lazy<Listed<DutyHolder>>, reads [Groups, Roles, Policies, ServiceControlPolicies];
        /// The names of its roles.
        role_names: Listed<String>, reads [Roles];
        /// The names of its users.
        user_names: Listed<String>, reads [Users];
        /// The names of its buckets.
        bucket_names: Lazy<Listed<String>>, reads [Buckets];
        /// The roles that AWS services work with, but for those that the services own.
        service_roles: Lazy<Listed<ServiceRole>>, reads [Roles];
        /// The names of its groups.
        group_names: Listed<String>, reads [Groups];
        /// Its roles, but for those that AWS services own.
        roles: Lazy<Listed<RoleSummary>>, reads [Roles, Policies, ServiceControlPolicies];
        /// Whether somebody other than the root user can work in it: a user with a password or an active access key,
        /// or a role that people can assume, that may do more than list and read.
        has_working_principal: Lazy<Known<bool>>,
            reads [Users, Groups, Roles, Policies, CredentialReport, ServiceControlPolicies];
        /// Whether a policy of a user, group or role, or a managed one, asks for tags of whoever makes a request
        /// (`aws:PrincipalTag/…`).
        counts_principal_tags: Lazy<Known<bool>>, reads [Users, Groups, Roles, Policies];
        /// The account's analyzers of IAM Access Analyzer, of every region.
        analyzers: Listed<Analyzer>, reads [Analyzers];
        /// The resources of this account that they found open to strangers, and that nobody has archived or closed.
        external_findings: Listed<ExternalAccess>, reads [Analyzers, AnalyzerFindings];
    }
}

facts! {
    /// A group or role that may do something of consequence.
    pub struct PermissionHolder as "permission_holder" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// `iam.group` or `iam.role`.
        kind: String, reads [];
        /// Whether it may do so without conditions.
        access: Access, reads [];
        /// These conditions, as text.
        conditions: Vec<String>, reads [];
        /// The ARN of the policy that lets it.
        policy: String, reads [];
        /// Whether people can use it: false for a group without members, and for a role that only services can assume.
        in_use: Known<bool>, reads [];
        /// Whether it may do everything else as well.
        administrator: Known<Access>, reads [];
    }
}

facts! {
    /// A user, group or role that may do everything.
    pub struct Administrator as "administrator" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// `iam.user`, `iam.group` or `iam.role`.
        kind: String, reads [];
        /// Whether it is an administrator without conditions.
        access: Access, reads [];
        /// These conditions, as text.
        conditions: Vec<String>, reads [];
        /// The ARN of the policy that makes it so.
        policy: String, reads [];
        /// How many days ago it was created.
        age_days: i64, reads [];
        /// Whether it is one by its own policies, without those of its groups.
        directly: bool, reads [];
    }
}

/// The account.
pub static KIND: Kind = Kind {
    name: "account",
    variable: "account",
    object: &Account::OBJECT,
    listings: &[],
    reads: &[],
    wildcard_arn: |shared| format!("arn:{}:iam::{}:root", shared.header.partition, shared.header.account_id),
    subjects: |context| Box::new(iter::once(subject(context))),
    hidden: |_| None,
};

/// The account's facts.
pub(crate) fn facts(context: &Arc<Context>) -> Account {
    let record = &context.shared.account;
    let contact = |observed, evidence| {
        Known::observed(observed, evidence, || None, |contact| Some(Contact::of(contact)))
    };
    Account {
        id: context.shared.header.account_id.clone(),
        partition: context.shared.header.partition.clone(),
        account_type: layout::account_type(context),
        users_accounts: context.declarations.users_accounts(),
        dev_accounts: context.declarations.dev_accounts(),
        prod_accounts: context.declarations.prod_accounts(),
        opted_in_regions: regions::opted_in(context),
        global_token_version: regions::global_token_version(context),
        iam_quotas: quotas::of(context),
        alias: alias(&record.aliases),
        alternate_contacts_offered: contacts_offered(record),
        security_contact: contact(&record.security_contact, Evidence::SecurityContact),
        billing_contact: contact(&record.billing_contact, Evidence::BillingContact),
        operations_contact: contact(&record.operations_contact, Evidence::OperationsContact),
        public_access_block: PublicAccessBlock::observed(
            &record.public_access_block,
            Evidence::AccountBlockPublicAccess,
        ),
        contact_information_offered: contact_information_offered(record),
        contact_information: contact_information(record),
        organization: organization::organization(context),
        root_credentials_management: organization::feature(
            context,
            organization::ROOT_CREDENTIALS_MANAGEMENT,
        ),
        root_sessions: organization::feature(context, organization::ROOT_SESSIONS),
        scps: lazily(context, |context| organization::service_guardrails(context)),
        rcps: lazily(context, |context| organization::resource_guardrails(context)),
        ai_opt_out: organization::ai_opt_out(context),
        tag_policy: organization::tag_policy(context),
        s3_policy: organization::s3_policy(context),
        organization_accounts: organization::accounts(context),
        root_email: organization::root_email(context),
        organization_root: organization::root(context),
        delegated_administrators: organization::delegated_administrators(context),
        trusted_services: organization::trusted_services(context),
        delegation: lazily(context, |context| organization::delegation(context)),
        password_policy_configured: has_password_policy(record),
        people_with_passwords: lazily(context, |context| layout::people_with_passwords(context)),
        users_without_groups: lazily(context, |context| layout::users_without_groups(context)),
        workforce_roles: lazily(context, layout::workforce_roles),
        cicd_principals: lazily(context, layout::cicd_principals),
        entrances: lazily(context, layout::entrances),
        has_console_users: lazily(context, |context| context.has_console_users()),
        billing_viewers: lazily(context, holders::billing_viewers),
        duty_holders: lazily(context, duty_holders::all),
        support_handlers: lazily(context, holders::support_handlers),
        role_names: roles::names(context),
        user_names: workloads::user_names(context),
        bucket_names: lazily(context, |context| workloads::bucket_names(context)),
        service_roles: lazily(context, workloads::service_roles),
        group_names: roles::group_names(context),
        roles: lazily(context, roles::summaries),
        has_working_principal: lazily(context, roles::has_working_principal),
        counts_principal_tags: lazily(context, |context| tag_session::counts_tags(context)),
        analyzers: access_analyzer::everywhere(context),
        external_findings: access_analyzer::external_findings(context),
        administrators: lazily(context, |context| holders::administrators(context)),
    }
}

/// A fact about the account, worked out when a rule first asks.
fn lazily<T: 'static>(context: &Arc<Context>, ask: fn(&Arc<Context>) -> T) -> Lazy<T> {
    let context = Arc::clone(context);
    Lazy::new(move || ask(&context))
}

/// The account as a subject of rules.
pub(crate) fn subject(context: &Arc<Context>) -> Subject {
    Subject {
        kind: &KIND,
        arn: (KIND.wildcard_arn)(&context.shared),
        name: context.shared.header.account_id.clone(),
        region: None,
        facts: Box::new(facts(context)),
    }
}

/// AWS allows one alias; a list that breaks off before the first is no answer.
fn alias(observed: &Observed<Paged<String>>) -> Known<Option<String>> {
    let evidence = Evidence::AccountAliases;
    match observed {
        Observed::Present(aliases) => match (aliases.items.first(), &aliases.incomplete) {
            (Some(alias), _) => Known::Known(Some(alias.clone())),
            (None, None) => Known::Known(None),
            (None, Some(why)) => Known::Unknown(Missing::evidence(evidence, why)),
        },
        Observed::Absent | Observed::NotOffered(_) => Known::Known(None),
        Observed::Unreadable(why) => Known::Unknown(Missing::evidence(evidence, why)),
    }
}

fn contact_information(record: &palisade_snapshot::Account) -> Known<Option<ContactInformation>> {
    let (observed, evidence) = (&record.contact_information, Evidence::ContactInformation);
    Known::observed(observed, evidence, || None, |contact| Some(ContactInformation::of(contact)))
}

fn has_password_policy(record: &palisade_snapshot::Account) -> Known<bool> {
    Known::observed(&record.password_policy, Evidence::PasswordPolicy, || false, |_| true)
}

fn contact_information_offered(record: &palisade_snapshot::Account) -> Known<bool> {
    match &record.contact_information {
        Observed::Present(_) | Observed::Absent => Known::Known(true),
        Observed::NotOffered(_) => Known::Known(false),
        Observed::Unreadable(why) => Known::Unknown(Missing::evidence(Evidence::ContactInformation, why)),
    }
}

/// One answer of any kind of contact tells for all.
fn contacts_offered(record: &palisade_snapshot::Account) -> Known<bool> {
    let contacts = [
        (&record.security_contact, Evidence::SecurityContact),
        (&record.billing_contact, Evidence::BillingContact),
        (&record.operations_contact, Evidence::OperationsContact),
    ];
    let mut missing = None;
    for (contact, evidence) in contacts {
        match contact {
            Observed::Present(_) | Observed::Absent => return Known::Known(true),
            Observed::NotOffered(_) => return Known::Known(false),
            Observed::Unreadable(why) => {
                missing = Missing::either(missing, Some(Missing::evidence(evidence, why)));
            }
        }
    }
    missing.map_or(Known::Known(false), Known::Unknown)
}
