//! What the answers of each operation look like: the one place that says what counts as whole,
//! as "not configured", and as "no longer there".

use palisade_snapshot::{CALLS, Call, Evidence, Service};

/// The answers of one operation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// Its name in the table of calls.
    pub(crate) name: &'static str,
    /// What a good answer looks like.
    pub(crate) shape: Shape,
    /// The error codes that mean "not configured".
    pub(crate) absent: &'static [&'static str],
    /// The error codes that mean that the resource has been deleted since it was listed.
    pub(crate) gone: &'static [&'static str],
    /// The error codes that mean that this account or region can't be asked, besides those of every operation.
    pub(crate) not_offered: &'static [&'static str],
}

/// What a good answer looks like. The SDK takes an empty or cut document for one without optional
/// members, so this is checked before it parses anything.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An XML document with this root, which holds these elements.
    Xml { root: &'static str, holds: &'static [&'static str] },
    /// A JSON object with these members.
    Json { holds: &'static [&'static str] },
    /// A policy, as it stands, from a service that refuses in XML.
    Policy,
}

impl Operation {
    /// Its row in the table of calls.
    pub(crate) fn call(&self) -> Option<&'static Call> {
        CALLS.iter().find(|call| call.operation == self.name)
    }

    /// The IAM action that it needs, as explanations name it.
    pub(crate) fn iam_action(&self) -> &'static str {
        self.call().map_or("", Call::iam_action)
    }

    /// Whether an answer with this error code, if it is one, holds for as long as a collection takes:
    /// it then need not be asked for again after an interruption. Who asks is always asked again,
    /// and what another call prepares may come to be.
    pub(crate) fn is_settled(&self, error_code: Option<&str>) -> bool {
        let Some(call) = self.call() else { return false };
        let prepared =
            || CALLS.iter().flat_map(|other| other.prepares).any(|one| call.evidence.contains(one));
        let fills = !call.evidence.is_empty() && !call.evidence.contains(&Evidence::Caller);
        fills
            && error_code
                .is_none_or(|code| (self.absent.contains(&code) || self.gone.contains(&code)) && !prepared())
    }

    /// The operation that a client calls by this name.
    pub(crate) fn find(service: Service, api_operation: &str) -> Option<&'static Self> {
        let call =
            CALLS.iter().find(|call| call.service == service && call.api_operation == api_operation)?;
        OPERATIONS.iter().copied().find(|operation| operation.name == call.operation)
    }
}

macro_rules! operations {
    ($($constant:ident $name:literal $shape:expr, absent [$($absent:literal),*], gone [$($gone:literal),*] $(, not_offered [$($not_offered:literal),+])?;)+) => {
        $(pub(crate) static $constant: Operation = Operation {
            name: $name,
            shape: $shape,
            absent: &[$($absent),*],
            gone: &[$($gone),*],
            not_offered: &[$($($not_offered),+)?],
        };)+
        /// Every operation, in the order of the table of calls.
        pub(crate) static OPERATIONS: &[&Operation] = &[$(&$constant),+];
    };
}

const fn xml(root: &'static str, holds: &'static [&'static str]) -> Shape {
    Shape::Xml { root, holds }
}

const fn json(holds: &'static [&'static str]) -> Shape {
    Shape::Json { holds }
}

operations! {
    GET_CALLER_IDENTITY "sts:GetCallerIdentity" xml("GetCallerIdentityResponse", &["Arn", "Account"]), absent [], gone [];
    GET_ALTERNATE_CONTACT "account:GetAlternateContact" json(&["AlternateContact"]), absent ["ResourceNotFoundException"], gone [];
    GET_CONTACT_INFORMATION "account:GetContactInformation" json(&["ContactInformation"]), absent ["ResourceNotFoundException"], gone [];
    LIST_REGIONS "account:ListRegions" json(&["Regions"]), absent [], gone [];
    GET_ACCOUNT_SUMMARY "iam:GetAccountSummary" xml("GetAccountSummaryResponse", &["SummaryMap"]), absent [], gone [];
    LIST_ACCOUNT_ALIASES "iam:ListAccountAliases" xml("ListAccountAliasesResponse", &["AccountAliases"]), absent [], gone [];
    GET_ACCOUNT_AUTHORIZATION_DETAILS "iam:GetAccountAuthorizationDetails" xml("GetAccountAuthorizationDetailsResponse", &["IsTruncated"]), absent [], gone [];
    LIST_SSH_PUBLIC_KEYS "iam:ListSSHPublicKeys" xml("ListSSHPublicKeysResponse", &["SSHPublicKeys"]), absent [], gone ["NoSuchEntity"];
    GET_ACCOUNT_PASSWORD_POLICY "iam:GetAccountPasswordPolicy" xml("GetAccountPasswordPolicyResponse", &["PasswordPolicy"]), absent ["NoSuchEntity"], gone [];
    GET_CREDENTIAL_REPORT "iam:GetCredentialReport" xml("GetCredentialReportResponse", &["Content", "GeneratedTime"]), absent ["ReportNotPresent", "ReportExpired", "ReportInProgress"], gone [];
    GENERATE_CREDENTIAL_REPORT "iam:GenerateCredentialReport" xml("GenerateCredentialReportResponse", &["State"]), absent [], gone [];
    LIST_VIRTUAL_MFA_DEVICES "iam:ListVirtualMFADevices" xml("ListVirtualMFADevicesResponse", &["VirtualMFADevices"]), absent [], gone [];
    LIST_ROLES "iam:ListRoles" xml("ListRolesResponse", &["Roles"]), absent [], gone [];
    LIST_SERVER_CERTIFICATES "iam:ListServerCertificates" xml("ListServerCertificatesResponse", &["ServerCertificateMetadataList"]), absent [], gone [];
    LIST_SAML_PROVIDERS "iam:ListSAMLProviders" xml("ListSAMLProvidersResponse", &["SAMLProviderList"]), absent [], gone [];
    GET_SAML_PROVIDER "iam:GetSAMLProvider" xml("GetSAMLProviderResponse", &["SAMLMetadataDocument"]), absent [], gone ["NoSuchEntity"];
    LIST_OIDC_PROVIDERS "iam:ListOpenIDConnectProviders" xml("ListOpenIDConnectProvidersResponse", &["OpenIDConnectProviderList"]), absent [], gone [];
    GET_OIDC_PROVIDER "iam:GetOpenIDConnectProvider" xml("GetOpenIDConnectProviderResponse", &["Url"]), absent [], gone ["NoSuchEntity"];
    LIST_SERVICE_SPECIFIC_CREDENTIALS "iam:ListServiceSpecificCredentials" xml("ListServiceSpecificCredentialsResponse", &["ServiceSpecificCredentials"]), absent [], gone [];
    LIST_ORGANIZATIONS_FEATURES "iam:ListOrganizationsFeatures" xml("ListOrganizationsFeaturesResponse", &["EnabledFeatures"]), absent ["OrganizationNotFoundException", "OrganizationNotInAllFeaturesModeException", "ServiceAccessNotEnabledException"], gone [];
    DESCRIBE_ORGANIZATION "organizations:DescribeOrganization" json(&["Organization"]), absent ["AWSOrganizationsNotInUseException"], gone [];
    LIST_ROOTS "organizations:ListRoots" json(&["Roots"]), absent [], gone [];
    LIST_PARENTS "organizations:ListParents" json(&["Parents"]), absent [], gone [];
    LIST_POLICIES_FOR_TARGET "organizations:ListPoliciesForTarget" json(&["Policies"]), absent [], gone [];
    DESCRIBE_POLICY "organizations:DescribePolicy" json(&["Policy"]), absent [], gone [];
    DESCRIBE_EFFECTIVE_POLICY "organizations:DescribeEffectivePolicy" json(&["EffectivePolicy"]), absent ["EffectivePolicyNotFoundException"], gone [];
    LIST_ACCOUNTS "organizations:ListAccounts" json(&["Accounts"]), absent [], gone [];
    LIST_ACCOUNTS_FOR_PARENT "organizations:ListAccountsForParent" json(&["Accounts"]), absent [], gone [];
    LIST_ORGANIZATIONAL_UNITS_FOR_PARENT "organizations:ListOrganizationalUnitsForParent" json(&["OrganizationalUnits"]), absent [], gone [];
    LIST_DELEGATED_ADMINISTRATORS "organizations:ListDelegatedAdministrators" json(&["DelegatedAdministrators"]), absent [], gone [];
    LIST_DELEGATED_SERVICES_FOR_ACCOUNT "organizations:ListDelegatedServicesForAccount" json(&["DelegatedServices"]), absent [], gone [];
    LIST_AWS_SERVICE_ACCESS_FOR_ORGANIZATION "organizations:ListAWSServiceAccessForOrganization" json(&["EnabledServicePrincipals"]), absent [], gone [];
    DESCRIBE_RESOURCE_POLICY "organizations:DescribeResourcePolicy" json(&["ResourcePolicy"]), absent ["ResourcePolicyNotFoundException"], gone [];
    LIST_ANALYZERS "access-analyzer:ListAnalyzers" json(&["analyzers"]), absent [], gone [];
    LIST_FINDINGS "access-analyzer:ListFindings" json(&["findings"]), absent [], gone ["ResourceNotFoundException"];
    LIST_ARCHIVE_RULES "access-analyzer:ListArchiveRules" json(&["archiveRules"]), absent [], gone ["ResourceNotFoundException"];
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK "s3control:GetPublicAccessBlock" xml("PublicAccessBlockConfiguration", &[]), absent ["NoSuchPublicAccessBlockConfiguration"], gone [];
    LIST_BUCKETS "s3:ListBuckets" xml("ListAllMyBucketsResult", &["Buckets"]), absent [], gone [];
    GET_BUCKET_LOCATION "s3:GetBucketLocation" xml("LocationConstraint", &[]), absent [], gone ["NoSuchBucket"];
    GET_BUCKET_POLICY "s3:GetBucketPolicy" Shape::Policy, absent ["NoSuchBucketPolicy"], gone ["NoSuchBucket"];
    GET_BUCKET_ACL "s3:GetBucketAcl" xml("AccessControlPolicy", &["AccessControlList"]), absent [], gone ["NoSuchBucket"];
    GET_BUCKET_PUBLIC_ACCESS_BLOCK "s3:GetPublicAccessBlock" xml("PublicAccessBlockConfiguration", &[]), absent ["NoSuchPublicAccessBlockConfiguration"], gone ["NoSuchBucket"];
    GET_BUCKET_OWNERSHIP_CONTROLS "s3:GetBucketOwnershipControls" xml("OwnershipControls", &["ObjectOwnership"]), absent ["OwnershipControlsNotFoundError"], gone ["NoSuchBucket"];
    GET_BUCKET_ENCRYPTION "s3:GetBucketEncryption" xml("ServerSideEncryptionConfiguration", &["Rule"]), absent ["ServerSideEncryptionConfigurationNotFoundError"], gone ["NoSuchBucket"];
    GET_BUCKET_VERSIONING "s3:GetBucketVersioning" xml("VersioningConfiguration", &[]), absent [], gone ["NoSuchBucket"];
    GET_BUCKET_LOGGING "s3:GetBucketLogging" xml("BucketLoggingStatus", &[]), absent [], gone ["NoSuchBucket"];
    GET_BUCKET_CORS "s3:GetBucketCors" xml("CORSConfiguration", &["CORSRule"]), absent ["NoSuchCORSConfiguration"], gone ["NoSuchBucket"];
    GET_BUCKET_POLICY_STATUS "s3:GetBucketPolicyStatus" xml("PolicyStatus", &["IsPublic"]), absent ["NoSuchBucketPolicy"], gone ["NoSuchBucket"];
    GET_BUCKET_LIFECYCLE_CONFIGURATION "s3:GetBucketLifecycleConfiguration" xml("LifecycleConfiguration", &["Rule"]), absent ["NoSuchLifecycleConfiguration"], gone ["NoSuchBucket"];
    GET_BUCKET_WEBSITE "s3:GetBucketWebsite" xml("WebsiteConfiguration", &[]), absent ["NoSuchWebsiteConfiguration"], gone ["NoSuchBucket"];
    GET_BUCKET_REPLICATION "s3:GetBucketReplication" xml("ReplicationConfiguration", &["Rule"]), absent ["ReplicationConfigurationNotFoundError"], gone ["NoSuchBucket"];
    GET_OBJECT_LOCK_CONFIGURATION "s3:GetObjectLockConfiguration" xml("ObjectLockConfiguration", &[]), absent ["ObjectLockConfigurationNotFoundError"], gone ["NoSuchBucket"];
    GET_BUCKET_TAGGING "s3:GetBucketTagging" xml("Tagging", &["TagSet"]), absent ["NoSuchTagSet"], gone ["NoSuchBucket"];
    GET_BUCKET_NOTIFICATION_CONFIGURATION "s3:GetBucketNotificationConfiguration" xml("NotificationConfiguration", &[]), absent [], gone ["NoSuchBucket"];
    GET_BUCKET_REQUEST_PAYMENT "s3:GetBucketRequestPayment" xml("RequestPaymentConfiguration", &["Payer"]), absent [], gone ["NoSuchBucket"];
    LIST_ACCESS_POINTS "s3control:ListAccessPoints" xml("ListAccessPointsResult", &[]), absent [], gone [];
    GET_ACCESS_POINT "s3control:GetAccessPoint" xml("GetAccessPointResult", &["PublicAccessBlockConfiguration"]), absent [], gone ["NoSuchAccessPoint"];
    GET_ACCESS_POINT_POLICY "s3control:GetAccessPointPolicy" xml("GetAccessPointPolicyResult", &["Policy"]), absent ["NoSuchAccessPointPolicy"], gone ["NoSuchAccessPoint"];
    GET_ACCESS_POINT_POLICY_STATUS "s3control:GetAccessPointPolicyStatus" xml("GetAccessPointPolicyStatusResult", &["IsPublic"]), absent ["NoSuchAccessPointPolicy"], gone ["NoSuchAccessPoint"];
    LIST_MULTI_REGION_ACCESS_POINTS "s3control:ListMultiRegionAccessPoints" xml("ListMultiRegionAccessPointsResult", &[]), absent [], gone [];
    GET_MULTI_REGION_ACCESS_POINT_POLICY "s3control:GetMultiRegionAccessPointPolicy" xml("GetMultiRegionAccessPointPolicyResult", &[]), absent ["NoSuchMultiRegionAccessPointPolicy"], gone ["NoSuchMultiRegionAccessPoint"];
    GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS "s3control:GetMultiRegionAccessPointPolicyStatus" xml("GetMultiRegionAccessPointPolicyStatusResult", &[]), absent ["NoSuchMultiRegionAccessPointPolicy"], gone ["NoSuchMultiRegionAccessPoint"];
    LIST_OBJECT_LAMBDA_ACCESS_POINTS "s3control:ListAccessPointsForObjectLambda" xml("ListAccessPointsForObjectLambdaResult", &[]), absent [], gone [], not_offered ["MethodNotAllowed", "NotImplemented"];
    GET_OBJECT_LAMBDA_ACCESS_POINT "s3control:GetAccessPointForObjectLambda" xml("GetAccessPointForObjectLambdaResult", &["Name"]), absent [], gone ["NoSuchAccessPoint"];
    GET_OBJECT_LAMBDA_ACCESS_POINT_POLICY "s3control:GetAccessPointPolicyForObjectLambda" xml("GetAccessPointPolicyForObjectLambdaResult", &["Policy"]), absent ["NoSuchAccessPointPolicy"], gone ["NoSuchAccessPoint"];
    LIST_ACCESS_GRANTS_INSTANCES "s3control:ListAccessGrantsInstances" xml("ListAccessGrantsInstancesResult", &[]), absent [], gone [], not_offered ["MethodNotAllowed", "NotImplemented"];
    LIST_ACCESS_GRANTS "s3control:ListAccessGrants" xml("ListAccessGrantsResult", &[]), absent [], gone ["AccessGrantsInstanceNotExistsError"];
    GET_ACCESS_GRANTS_INSTANCE_POLICY "s3control:GetAccessGrantsInstanceResourcePolicy" xml("GetAccessGrantsInstanceResourcePolicyResult", &["Policy"]), absent ["AccessGrantsInstanceResourcePolicyNotExists"], gone ["AccessGrantsInstanceNotExistsError"];
    DESCRIBE_REPOSITORIES "ecr:DescribeRepositories" json(&["repositories"]), absent [], gone [];
    GET_REGISTRY_SCANNING_CONFIGURATION "ecr:GetRegistryScanningConfiguration" json(&["scanningConfiguration"]), absent [], gone [];
    GET_REGISTRY_POLICY "ecr:GetRegistryPolicy" json(&["policyText"]), absent ["RegistryPolicyNotFoundException"], gone [];
    GET_ACCOUNT_SETTING "ecr:GetAccountSetting" json(&["value"]), absent [], gone [];
    DESCRIBE_REGISTRY "ecr:DescribeRegistry" json(&["registryId"]), absent [], gone [];
    DESCRIBE_PULL_THROUGH_CACHE_RULES "ecr:DescribePullThroughCacheRules" json(&["pullThroughCacheRules"]), absent ["PullThroughCacheRuleNotFoundException"], gone [];
    DESCRIBE_REPOSITORY_CREATION_TEMPLATES "ecr:DescribeRepositoryCreationTemplates" json(&["repositoryCreationTemplates"]), absent [], gone [];
    GET_REPOSITORY_POLICY "ecr:GetRepositoryPolicy" json(&["policyText"]), absent ["RepositoryPolicyNotFoundException"], gone ["RepositoryNotFoundException"];
    GET_LIFECYCLE_POLICY "ecr:GetLifecyclePolicy" json(&["lifecyclePolicyText"]), absent ["LifecyclePolicyNotFoundException"], gone ["RepositoryNotFoundException"];
    LIST_TAGS_FOR_RESOURCE "ecr:ListTagsForResource" json(&["tags"]), absent [], gone ["RepositoryNotFoundException"];
    DESCRIBE_IMAGES "ecr:DescribeImages" json(&["imageDetails"]), absent [], gone ["RepositoryNotFoundException"];
    DESCRIBE_IMAGE_SCAN_FINDINGS "ecr:DescribeImageScanFindings" json(&["imageScanStatus"]), absent ["ScanNotFoundException", "ImageNotFoundException"], gone ["RepositoryNotFoundException"];
    DESCRIBE_PUBLIC_REPOSITORIES "ecr-public:DescribeRepositories" json(&["repositories"]), absent [], gone [];
    GET_PUBLIC_REPOSITORY_POLICY "ecr-public:GetRepositoryPolicy" json(&["policyText"]), absent ["RepositoryPolicyNotFoundException"], gone ["RepositoryNotFoundException"];
    LIST_TAGS_FOR_PUBLIC_RESOURCE "ecr-public:ListTagsForResource" json(&["tags"]), absent [], gone ["RepositoryNotFoundException"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operations_are_those_of_the_table_of_calls() {
        let here: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
        let there: Vec<_> = CALLS.iter().map(|call| call.operation).collect();
        assert_eq!(here, there);
    }

    #[test]
    fn bucket_and_account_settings_of_one_name_are_told_apart() {
        let bucket = Operation::find(Service::S3, "GetPublicAccessBlock");
        let account = Operation::find(Service::S3Control, "GetPublicAccessBlock");
        assert_eq!(bucket, Some(&GET_BUCKET_PUBLIC_ACCESS_BLOCK));
        assert_eq!(account, Some(&GET_ACCOUNT_PUBLIC_ACCESS_BLOCK));
        assert_eq!(Operation::find(Service::Iam, "CreateUser"), None);
    }
}
