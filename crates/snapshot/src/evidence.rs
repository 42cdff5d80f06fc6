//! The names of everything that a scan can read, each one field or listing of the snapshot.

use std::fmt;

macro_rules! evidence {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// One thing that a scan reads: a field of a record, or the listing of a kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Evidence {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Evidence {
            /// Every piece of evidence, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name as it stands in documents, such as `s3.bucket.policy`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it is, in one line.
            #[must_use]
            pub fn doc(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)+).trim_ascii(),)+ }
            }
        }
    };
}

evidence! {
    /// Who is asking.
    Caller = "account.caller",
    /// The counters of `GetAccountSummary`, root user included.
    AccountSummary = "account.summary",
    /// The account's sign-in aliases.
    AccountAliases = "account.aliases",
    /// The alternate contact for security.
    SecurityContact = "account.security_contact",
    /// The alternate contact for billing.
    BillingContact = "account.billing_contact",
    /// The alternate contact for operations.
    OperationsContact = "account.operations_contact",
    /// The regions of the account and whether each is enabled.
    Regions = "account.regions",
    /// The account's password policy for IAM users.
    PasswordPolicy = "account.password_policy",
    /// The account's Block Public Access settings for S3.
    AccountBlockPublicAccess = "account.public_access_block",
    /// The credential report.
    CredentialReport = "account.credential_report",
    /// The virtual MFA devices that are assigned.
    VirtualMfaDevices = "account.virtual_mfa_devices",
    /// The account's primary contact.
    ContactInformation = "account.contact_information",
    /// The organization that the account is in.
    Organization = "account.organization",
    /// The features of central root access that the organization has switched on.
    OrganizationsFeatures = "account.organizations_features",
    /// The service control policies from the organization's root down to the account.
    ServiceControlPolicies = "account.service_control_policies",
    /// The resource control policies from the organization's root down to the account.
    ResourceControlPolicies = "account.resource_control_policies",
    /// What the organization's AI services opt-out policies come to for the account.
    AiOptOutPolicy = "account.ai_opt_out_policy",
    /// What the organization's tag policies come to for the account.
    TagPolicy = "account.tag_policy",
    /// What the organization's S3 policies come to for the account.
    S3Policy = "account.s3_policy",
    /// The accounts of the organization.
    OrganizationAccounts = "account.organization_accounts",
    /// What stands directly under the root of the organization.
    OrganizationRoot = "account.organization_root",
    /// The accounts that administer services for the organization.
    DelegatedAdministrators = "account.delegated_administrators",
    /// The services that may work in every account of the organization.
    TrustedServices = "account.trusted_services",
    /// The policy by which the organization delegates the management of policies.
    DelegationPolicy = "account.delegation_policy",
    /// The IAM users with their policies and groups.
    Users = "iam.user",
    /// The SSH public keys of users whose policies name Git in CodeCommit, which nothing else takes them for.
    SshPublicKeys = "iam.user.ssh_public_keys",
    /// The IAM groups with their policies.
    Groups = "iam.group",
    /// The IAM roles with their policies and trust policies.
    Roles = "iam.role",
    /// How long sessions of each role may be.
    RoleSessionDurations = "iam.role.max_session_duration",
    /// The TLS certificates that are kept in IAM.
    ServerCertificates = "iam.server_certificate",
    /// The SAML identity providers.
    SamlProviders = "iam.saml_provider",
    /// What a SAML identity provider is set up with.
    SamlProviderDetails = "iam.saml_provider.details",
    /// The OpenID Connect identity providers.
    OidcProviders = "iam.oidc_provider",
    /// What an OpenID Connect identity provider is set up with.
    OidcProviderDetails = "iam.oidc_provider.details",
    /// The credentials of users for single services.
    ServiceSpecificCredentials = "iam.service_specific_credential",
    /// The managed policies: the account's own, and AWS's where they are attached.
    Policies = "iam.policy",
    /// The analyzers of IAM Access Analyzer in a region.
    Analyzers = "access_analyzer.analyzer",
    /// What an analyzer of external access found open to strangers.
    AnalyzerFindings = "access_analyzer.analyzer.findings",
    /// Which findings an analyzer of external access archives by itself.
    AnalyzerArchiveRules = "access_analyzer.analyzer.archive_rules",
    /// The S3 access points of a region.
    AccessPoints = "s3.access_point",
    /// An access point's own Block Public Access settings.
    AccessPointPublicAccessBlock = "s3.access_point.public_access_block",
    /// An access point's policy.
    AccessPointPolicy = "s3.access_point.policy",
    /// Whether AWS calls an access point's policy public.
    AccessPointPolicyStatus = "s3.access_point.policy_is_public",
    /// The S3 Multi-Region Access Points.
    MultiRegionAccessPoints = "s3.multi_region_access_point",
    /// A Multi-Region Access Point's policy.
    MultiRegionAccessPointPolicy = "s3.multi_region_access_point.policy",
    /// Whether AWS calls a Multi-Region Access Point's policy public.
    MultiRegionAccessPointPolicyStatus = "s3.multi_region_access_point.policy_is_public",
    /// The S3 Object Lambda access points of a region.
    ObjectLambdaAccessPoints = "s3.object_lambda_access_point",
    /// An Object Lambda access point's own Block Public Access settings.
    ObjectLambdaAccessPointPublicAccessBlock = "s3.object_lambda_access_point.public_access_block",
    /// An Object Lambda access point's policy.
    ObjectLambdaAccessPointPolicy = "s3.object_lambda_access_point.policy",
    /// The S3 Access Grants instance of a region, of which there is one at most.
    AccessGrantsInstances = "s3.access_grants_instance",
    /// What an S3 Access Grants instance grants.
    AccessGrants = "s3.access_grants_instance.grants",
    /// The resource policy of an S3 Access Grants instance.
    AccessGrantsInstancePolicy = "s3.access_grants_instance.policy",
    /// The S3 general purpose buckets.
    Buckets = "s3.bucket",
    /// The region a bucket is in.
    BucketRegion = "s3.bucket.region",
    /// A bucket's policy.
    BucketPolicy = "s3.bucket.policy",
    /// A bucket's access control list.
    BucketAcl = "s3.bucket.acl",
    /// A bucket's own Block Public Access settings.
    BucketPublicAccessBlock = "s3.bucket.public_access_block",
    /// A bucket's object ownership.
    BucketOwnershipControls = "s3.bucket.object_ownership",
    /// A bucket's default encryption.
    BucketEncryption = "s3.bucket.encryption",
    /// A bucket's versioning state.
    BucketVersioning = "s3.bucket.versioning",
    /// A bucket's server access logging.
    BucketLogging = "s3.bucket.logging",
    /// A bucket's cross-origin resource sharing rules.
    BucketCors = "s3.bucket.cors",
    /// Whether AWS calls a bucket's policy public.
    BucketPolicyStatus = "s3.bucket.policy_is_public",
    /// A bucket's lifecycle rules.
    BucketLifecycle = "s3.bucket.lifecycle",
    /// A bucket's static website hosting.
    BucketWebsite = "s3.bucket.website",
    /// A bucket's replication to other buckets.
    BucketReplication = "s3.bucket.replication",
    /// A bucket's Object Lock.
    BucketObjectLock = "s3.bucket.object_lock",
    /// A bucket's tags.
    BucketTags = "s3.bucket.tags",
    /// A bucket's event notifications.
    BucketNotification = "s3.bucket.notification",
    /// Who pays for a bucket's requests and downloads.
    BucketRequestPayment = "s3.bucket.payer",
    /// The private ECR repositories of a region.
    Repositories = "ecr.repository",
    /// A repository's policy.
    RepositoryPolicy = "ecr.repository.policy",
    /// A repository's lifecycle policy.
    RepositoryLifecyclePolicy = "ecr.repository.lifecycle_policy",
    /// A repository's tags.
    RepositoryTags = "ecr.repository.tags",
    /// How many images a repository has, and which of them is the newest.
    RepositoryImages = "ecr.repository.images",
    /// The result of the newest image's scan.
    LatestImageScan = "ecr.repository.latest_scan",
    /// The image scanning rules of a region's private registry.
    RegistryScanning = "ecr.registry.scanning",
    /// The policy of a region's private registry.
    RegistryPolicy = "ecr.registry.policy",
    /// Which actions a registry's policy is about.
    RegistryPolicyScope = "ecr.registry.policy_scope",
    /// Where a registry replicates images to.
    RegistryReplication = "ecr.registry.replication",
    /// From which registries images are pulled through.
    PullThroughCacheRules = "ecr.registry.pull_through_cache_rules",
    /// The settings of repositories that a registry creates by itself.
    RepositoryCreationTemplates = "ecr.registry.creation_templates",
    /// The repositories of ECR Public.
    PublicRepositories = "ecr.public_repository",
    /// A public repository's policy.
    PublicRepositoryPolicy = "ecr.public_repository.policy",
    /// A public repository's tags.
    PublicRepositoryTags = "ecr.public_repository.tags",
}

impl fmt::Display for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
