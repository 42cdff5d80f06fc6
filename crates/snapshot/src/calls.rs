//! The table of calls: every operation that the collector may use, the IAM action that it needs,
//! and the evidence that it fills. The client's allow-list, `palisade permissions` and the
//! explanation of every unknown come from here.

use std::collections::BTreeSet;

use crate::Evidence;

/// The AWS services that are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// AWS Security Token Service.
    Sts,
    /// AWS Account Management.
    Account,
    /// AWS Identity and Access Management.
    Iam,
    /// Amazon S3.
    S3,
    /// Amazon S3 Control.
    S3Control,
    /// Amazon Elastic Container Registry.
    Ecr,
    /// AWS Organizations.
    Organizations,
    /// IAM Access Analyzer.
    AccessAnalyzer,
    /// Amazon ECR Public.
    EcrPublic,
}

impl Service {
    /// Every service, in the order of the table.
    pub const ALL: [Self; 9] = [
        Self::Sts,
        Self::Account,
        Self::Iam,
        Self::S3,
        Self::S3Control,
        Self::Ecr,
        Self::Organizations,
        Self::AccessAnalyzer,
        Self::EcrPublic,
    ];

    /// The name that stands before the colon of an operation.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Account => "account",
            Self::Iam => "iam",
            Self::S3 => "s3",
            Self::S3Control => "s3control",
            Self::Ecr => "ecr",
            Self::Organizations => "organizations",
            Self::AccessAnalyzer => "access-analyzer",
            Self::EcrPublic => "ecr-public",
        }
    }
}

/// How often an operation is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Once per account (and once per page).
    Account,
    /// Once per enabled region (and once per page).
    Region,
    /// Once per bucket.
    Bucket,
    /// Once per region in which the account has buckets (and once per page).
    BucketRegion,
    /// Once per access point.
    AccessPoint,
    /// Once per Multi-Region Access Point.
    MultiRegionAccessPoint,
    /// Once per Object Lambda access point.
    ObjectLambdaAccessPoint,
    /// Once per S3 Access Grants instance (and once per page).
    AccessGrantsInstance,
    /// Once per analyzer of external access (and once per page).
    ExternalAnalyzer,
    /// Once per repository.
    Repository,
    /// Once per public repository.
    PublicRepository,
    /// Once per identity provider.
    IdentityProvider,
    /// Once per user whose policies name Git in CodeCommit.
    GitUser,
}

/// One row of the table of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The service that is called.
    pub service: Service,
    /// The operation as the service names it, such as `GetBucketPolicy`.
    pub api_operation: &'static str,
    /// Service and operation, such as `s3:GetBucketPolicy`: the name used everywhere.
    pub operation: &'static str,
    /// The IAM actions that the caller needs; the first is the one named in explanations. Empty
    /// where AWS asks for none.
    pub iam_actions: &'static [&'static str],
    /// How often it is called.
    pub scope: Scope,
    /// What it fills.
    pub evidence: &'static [Evidence],
    /// What another call fills once this one has been made.
    pub prepares: &'static [Evidence],
}

impl Call {
    /// The IAM action named in explanations; empty where AWS asks for none.
    #[must_use]
    pub fn iam_action(&self) -> &'static str {
        self.iam_actions.first().copied().unwrap_or_default()
    }
}

macro_rules! calls {
    ($($service:ident $prefix:literal $operation:literal [$($action:literal),*] $scope:ident [$($evidence:ident),*] $(prepares [$($prepared:ident),+])?;)+) => {
        /// Every operation that Palisade may call. All of them only read, except
        /// `GenerateCredentialReport`, which makes AWS prepare the report that is then read.
        pub const CALLS: &[Call] = &[$(Call {
            service: Service::$service,
            api_operation: $operation,
            operation: concat!($prefix, ":", $operation),
            iam_actions: &[$($action),*],
            scope: Scope::$scope,
            evidence: &[$(Evidence::$evidence),*],
            prepares: &[$($(Evidence::$prepared),+)?],
        },)+];
    };
}

calls! {
    Sts "sts" "GetCallerIdentity" [] Account [Caller];
    Account "account" "GetAlternateContact" ["account:GetAlternateContact"] Account [SecurityContact, BillingContact, OperationsContact];
    Account "account" "GetContactInformation" ["account:GetContactInformation"] Account [ContactInformation];
    Account "account" "ListRegions" ["account:ListRegions"] Account [Regions];
    Iam "iam" "GetAccountSummary" ["iam:GetAccountSummary"] Account [AccountSummary];
    Iam "iam" "ListAccountAliases" ["iam:ListAccountAliases"] Account [AccountAliases];
    Iam "iam" "GetAccountAuthorizationDetails" ["iam:GetAccountAuthorizationDetails"] Account [Users, Groups, Roles, Policies];
    Iam "iam" "ListSSHPublicKeys" ["iam:ListSSHPublicKeys"] GitUser [SshPublicKeys];
    Iam "iam" "GetAccountPasswordPolicy" ["iam:GetAccountPasswordPolicy"] Account [PasswordPolicy];
    Iam "iam" "GetCredentialReport" ["iam:GetCredentialReport"] Account [CredentialReport];
    Iam "iam" "GenerateCredentialReport" ["iam:GenerateCredentialReport"] Account [] prepares [CredentialReport];
    Iam "iam" "ListVirtualMFADevices" ["iam:ListVirtualMFADevices"] Account [VirtualMfaDevices];
    Iam "iam" "ListRoles" ["iam:ListRoles"] Account [RoleSessionDurations];
    Iam "iam" "ListServerCertificates" ["iam:ListServerCertificates"] Account [ServerCertificates];
    Iam "iam" "ListSAMLProviders" ["iam:ListSAMLProviders"] Account [SamlProviders];
    Iam "iam" "GetSAMLProvider" ["iam:GetSAMLProvider"] IdentityProvider [SamlProviderDetails];
    Iam "iam" "ListOpenIDConnectProviders" ["iam:ListOpenIDConnectProviders"] Account [OidcProviders];
    Iam "iam" "GetOpenIDConnectProvider" ["iam:GetOpenIDConnectProvider"] IdentityProvider [OidcProviderDetails];
    Iam "iam" "ListServiceSpecificCredentials" ["iam:ListServiceSpecificCredentials"] Account [ServiceSpecificCredentials];
    Iam "iam" "ListOrganizationsFeatures" ["iam:ListOrganizationsFeatures"] Account [OrganizationsFeatures];
    Organizations "organizations" "DescribeOrganization" ["organizations:DescribeOrganization"] Account [Organization];
    Organizations "organizations" "ListRoots" ["organizations:ListRoots"] Account [] prepares [ServiceControlPolicies, ResourceControlPolicies, OrganizationAccounts, OrganizationRoot, DelegatedAdministrators, TrustedServices, DelegationPolicy];
    Organizations "organizations" "ListParents" ["organizations:ListParents"] Account [] prepares [ServiceControlPolicies, ResourceControlPolicies];
    Organizations "organizations" "ListPoliciesForTarget" ["organizations:ListPoliciesForTarget"] Account [ServiceControlPolicies, ResourceControlPolicies];
    Organizations "organizations" "DescribePolicy" ["organizations:DescribePolicy"] Account [] prepares [ServiceControlPolicies, ResourceControlPolicies];
    Organizations "organizations" "DescribeEffectivePolicy" ["organizations:DescribeEffectivePolicy"] Account [AiOptOutPolicy, TagPolicy, S3Policy];
    Organizations "organizations" "ListAccounts" ["organizations:ListAccounts"] Account [OrganizationAccounts];
    Organizations "organizations" "ListAccountsForParent" ["organizations:ListAccountsForParent"] Account [OrganizationRoot];
    Organizations "organizations" "ListOrganizationalUnitsForParent" ["organizations:ListOrganizationalUnitsForParent"] Account [] prepares [OrganizationRoot];
    Organizations "organizations" "ListDelegatedAdministrators" ["organizations:ListDelegatedAdministrators"] Account [DelegatedAdministrators];
    Organizations "organizations" "ListDelegatedServicesForAccount" ["organizations:ListDelegatedServicesForAccount"] Account [] prepares [DelegatedAdministrators];
    Organizations "organizations" "ListAWSServiceAccessForOrganization" ["organizations:ListAWSServiceAccessForOrganization"] Account [TrustedServices];
    Organizations "organizations" "DescribeResourcePolicy" ["organizations:DescribeResourcePolicy"] Account [DelegationPolicy];
    AccessAnalyzer "access-analyzer" "ListAnalyzers" ["access-analyzer:ListAnalyzers"] Region [Analyzers];
    AccessAnalyzer "access-analyzer" "ListFindings" ["access-analyzer:ListFindings"] ExternalAnalyzer [AnalyzerFindings];
    AccessAnalyzer "access-analyzer" "ListArchiveRules" ["access-analyzer:ListArchiveRules"] ExternalAnalyzer [AnalyzerArchiveRules];
    S3Control "s3control" "GetPublicAccessBlock" ["s3:GetAccountPublicAccessBlock"] Account [AccountBlockPublicAccess];
    S3 "s3" "ListBuckets" ["s3:ListAllMyBuckets"] Account [Buckets];
    S3 "s3" "GetBucketLocation" ["s3:GetBucketLocation"] Bucket [BucketRegion];
    S3 "s3" "GetBucketPolicy" ["s3:GetBucketPolicy"] Bucket [BucketPolicy];
    S3 "s3" "GetBucketAcl" ["s3:GetBucketAcl"] Bucket [BucketAcl];
    S3 "s3" "GetPublicAccessBlock" ["s3:GetBucketPublicAccessBlock"] Bucket [BucketPublicAccessBlock];
    S3 "s3" "GetBucketOwnershipControls" ["s3:GetBucketOwnershipControls"] Bucket [BucketOwnershipControls];
    S3 "s3" "GetBucketEncryption" ["s3:GetEncryptionConfiguration"] Bucket [BucketEncryption];
    S3 "s3" "GetBucketVersioning" ["s3:GetBucketVersioning"] Bucket [BucketVersioning];
    S3 "s3" "GetBucketLogging" ["s3:GetBucketLogging"] Bucket [BucketLogging];
    S3 "s3" "GetBucketCors" ["s3:GetBucketCORS"] Bucket [BucketCors];
    S3 "s3" "GetBucketPolicyStatus" ["s3:GetBucketPolicyStatus"] Bucket [BucketPolicyStatus];
    S3 "s3" "GetBucketLifecycleConfiguration" ["s3:GetLifecycleConfiguration"] Bucket [BucketLifecycle];
    S3 "s3" "GetBucketWebsite" ["s3:GetBucketWebsite"] Bucket [BucketWebsite];
    S3 "s3" "GetBucketReplication" ["s3:GetReplicationConfiguration"] Bucket [BucketReplication];
    S3 "s3" "GetObjectLockConfiguration" ["s3:GetBucketObjectLockConfiguration"] Bucket [BucketObjectLock];
    S3 "s3" "GetBucketTagging" ["s3:GetBucketTagging"] Bucket [BucketTags];
    S3 "s3" "GetBucketNotificationConfiguration" ["s3:GetBucketNotification"] Bucket [BucketNotification];
    S3 "s3" "GetBucketRequestPayment" ["s3:GetBucketRequestPayment"] Bucket [BucketRequestPayment];
    S3Control "s3control" "ListAccessPoints" ["s3:ListAccessPoints"] BucketRegion [AccessPoints];
    S3Control "s3control" "GetAccessPoint" ["s3:GetAccessPoint"] AccessPoint [AccessPointPublicAccessBlock];
    S3Control "s3control" "GetAccessPointPolicy" ["s3:GetAccessPointPolicy"] AccessPoint [AccessPointPolicy];
    S3Control "s3control" "GetAccessPointPolicyStatus" ["s3:GetAccessPointPolicyStatus"] AccessPoint [AccessPointPolicyStatus];
    S3Control "s3control" "ListMultiRegionAccessPoints" ["s3:ListMultiRegionAccessPoints"] Account [MultiRegionAccessPoints];
    S3Control "s3control" "GetMultiRegionAccessPointPolicy" ["s3:GetMultiRegionAccessPointPolicy"] MultiRegionAccessPoint [MultiRegionAccessPointPolicy];
    S3Control "s3control" "GetMultiRegionAccessPointPolicyStatus" ["s3:GetMultiRegionAccessPointPolicyStatus"] MultiRegionAccessPoint [MultiRegionAccessPointPolicyStatus];
    S3Control "s3control" "ListAccessPointsForObjectLambda" ["s3:ListAccessPointsForObjectLambda"] BucketRegion [ObjectLambdaAccessPoints];
    S3Control "s3control" "GetAccessPointForObjectLambda" ["s3:GetAccessPointForObjectLambda"] ObjectLambdaAccessPoint [ObjectLambdaAccessPointPublicAccessBlock];
    S3Control "s3control" "GetAccessPointPolicyForObjectLambda" ["s3:GetAccessPointPolicyForObjectLambda"] ObjectLambdaAccessPoint [ObjectLambdaAccessPointPolicy];
    S3Control "s3control" "ListAccessGrantsInstances" ["s3:ListAccessGrantsInstances"] BucketRegion [AccessGrantsInstances];
    S3Control "s3control" "ListAccessGrants" ["s3:ListAccessGrants"] AccessGrantsInstance [AccessGrants];
    S3Control "s3control" "GetAccessGrantsInstanceResourcePolicy" ["s3:GetAccessGrantsInstanceResourcePolicy"] AccessGrantsInstance [AccessGrantsInstancePolicy];
    Ecr "ecr" "DescribeRepositories" ["ecr:DescribeRepositories"] Region [Repositories];
    Ecr "ecr" "GetRegistryScanningConfiguration" ["ecr:GetRegistryScanningConfiguration"] Region [RegistryScanning];
    Ecr "ecr" "GetRegistryPolicy" ["ecr:GetRegistryPolicy"] Region [RegistryPolicy];
    Ecr "ecr" "GetAccountSetting" ["ecr:GetAccountSetting"] Region [RegistryPolicyScope];
    Ecr "ecr" "DescribeRegistry" ["ecr:DescribeRegistry"] Region [RegistryReplication];
    Ecr "ecr" "DescribePullThroughCacheRules" ["ecr:DescribePullThroughCacheRules"] Region [PullThroughCacheRules];
    Ecr "ecr" "DescribeRepositoryCreationTemplates" ["ecr:DescribeRepositoryCreationTemplates"] Region [RepositoryCreationTemplates];
    Ecr "ecr" "GetRepositoryPolicy" ["ecr:GetRepositoryPolicy"] Repository [RepositoryPolicy];
    Ecr "ecr" "GetLifecyclePolicy" ["ecr:GetLifecyclePolicy"] Repository [RepositoryLifecyclePolicy];
    Ecr "ecr" "ListTagsForResource" ["ecr:ListTagsForResource"] Repository [RepositoryTags];
    Ecr "ecr" "DescribeImages" ["ecr:DescribeImages"] Repository [RepositoryImages];
    Ecr "ecr" "DescribeImageScanFindings" ["ecr:DescribeImageScanFindings"] Repository [LatestImageScan];
    EcrPublic "ecr-public" "DescribeRepositories" ["ecr-public:DescribeRepositories"] Account [PublicRepositories];
    EcrPublic "ecr-public" "GetRepositoryPolicy" ["ecr-public:GetRepositoryPolicy"] PublicRepository [PublicRepositoryPolicy];
    EcrPublic "ecr-public" "ListTagsForResource" ["ecr-public:ListTagsForResource"] PublicRepository [PublicRepositoryTags];
}

/// The call that fills a piece of evidence.
#[must_use]
pub fn call_for(evidence: Evidence) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.evidence.contains(&evidence))
}

/// What is asked of registries: those are looked for where repositories are listed.
const OF_REGISTRIES: [Evidence; 6] = [
    Evidence::RegistryScanning,
    Evidence::RegistryPolicy,
    Evidence::RegistryPolicyScope,
    Evidence::RegistryReplication,
    Evidence::PullThroughCacheRules,
    Evidence::RepositoryCreationTemplates,
];

/// What is asked only where there is an organization.
const OF_ORGANIZATIONS: [Evidence; 10] = [
    Evidence::ServiceControlPolicies,
    Evidence::ResourceControlPolicies,
    Evidence::AiOptOutPolicy,
    Evidence::TagPolicy,
    Evidence::S3Policy,
    Evidence::OrganizationAccounts,
    Evidence::OrganizationRoot,
    Evidence::DelegatedAdministrators,
    Evidence::TrustedServices,
    Evidence::DelegationPolicy,
];

/// This evidence and what must be read to find it: the listing of a resource, where it is, and the
/// regions to look in.
#[must_use]
pub fn with_prerequisites(evidence: &BTreeSet<Evidence>) -> BTreeSet<Evidence> {
    let mut all = evidence.clone();
    for scope in evidence.iter().filter_map(|one| call_for(*one)).map(|call| call.scope) {
        match scope {
            Scope::Account => {}
            Scope::Region => all.extend([Evidence::Regions]),
            Scope::Bucket | Scope::BucketRegion => all.extend([Evidence::Buckets, Evidence::BucketRegion]),
            Scope::AccessPoint => {
                all.extend([Evidence::Buckets, Evidence::BucketRegion, Evidence::AccessPoints]);
            }
            Scope::MultiRegionAccessPoint => all.extend([Evidence::MultiRegionAccessPoints]),
            Scope::ObjectLambdaAccessPoint => {
                all.extend([Evidence::Buckets, Evidence::BucketRegion, Evidence::ObjectLambdaAccessPoints]);
            }
            Scope::AccessGrantsInstance => {
                all.extend([Evidence::Buckets, Evidence::BucketRegion, Evidence::AccessGrantsInstances]);
            }
            Scope::Repository => all.extend([Evidence::Regions, Evidence::Repositories]),
            Scope::ExternalAnalyzer => all.extend([Evidence::Regions, Evidence::Analyzers]),
            Scope::PublicRepository => all.extend([Evidence::PublicRepositories]),
            Scope::IdentityProvider => {}
            Scope::GitUser => all.extend([Evidence::Users, Evidence::Groups, Evidence::Policies]),
        }
    }
    if all.contains(&Evidence::Buckets) {
        all.insert(Evidence::BucketRegion);
    }
    if all.iter().any(|one| OF_ORGANIZATIONS.contains(one)) {
        all.insert(Evidence::Organization);
    }
    let of_providers = [
        (Evidence::SamlProviderDetails, Evidence::SamlProviders),
        (Evidence::OidcProviderDetails, Evidence::OidcProviders),
    ];
    all.extend(
        of_providers.iter().filter(|(details, _)| evidence.contains(details)).map(|(_, listing)| *listing),
    );
    if all.iter().any(|one| OF_REGISTRIES.contains(one)) {
        all.insert(Evidence::Repositories);
    }
    if all.contains(&Evidence::LatestImageScan) {
        all.insert(Evidence::RepositoryImages);
    }
    all
}

/// The IAM actions that collecting this evidence needs, those of its prerequisites and of preparing
/// calls included, sorted.
#[must_use]
pub fn permissions(evidence: &BTreeSet<Evidence>) -> BTreeSet<&'static str> {
    let evidence = with_prerequisites(evidence);
    CALLS
        .iter()
        .filter(|call| call.evidence.iter().chain(call.prepares).any(|one| evidence.contains(one)))
        .flat_map(|call| call.iam_actions.iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_evidence_has_exactly_one_call() {
        for &evidence in Evidence::ALL {
            let filled = CALLS.iter().filter(|call| call.evidence.contains(&evidence)).count();
            assert_eq!(filled, 1, "{evidence}");
        }
    }

    #[test]
    fn operations_are_unique() {
        let names: BTreeSet<_> = CALLS.iter().map(|call| call.operation).collect();
        assert_eq!(names.len(), CALLS.len());
    }

    #[test]
    fn the_credential_report_needs_its_preparing_call_too() {
        let wanted = BTreeSet::from([Evidence::CredentialReport]);
        assert_eq!(
            permissions(&wanted),
            BTreeSet::from(["iam:GenerateCredentialReport", "iam:GetCredentialReport"])
        );
    }
    #[test]
    fn a_setting_needs_the_listing_of_what_it_belongs_to() {
        let wanted = BTreeSet::from([Evidence::RepositoryPolicy]);
        let all = BTreeSet::from([Evidence::Regions, Evidence::Repositories, Evidence::RepositoryPolicy]);
        assert_eq!(with_prerequisites(&wanted), all);
        assert!(permissions(&BTreeSet::from([Evidence::BucketCors])).contains("s3:ListAllMyBuckets"));
        assert!(
            permissions(&BTreeSet::from([Evidence::RegistryScanning])).contains("ecr:DescribeRepositories")
        );
    }
}
