//! Walks the evidence of a record: for coverage, and to take evidence away in tests.

use crate::{
    AccessGrantsInstance, AccessPoint, Account, Analyzer, Bucket, BucketEntry, Evidence, Listing,
    MultiRegionAccessPoint, NotOffered, ObjectLambdaAccessPoint, Observed, OidcProvider, Paged,
    PublicRepository, Registry, Repository, SamlProvider, Unreadable, User,
};

/// How a piece of evidence was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State<'a> {
    /// AWS gave a value or said that nothing is configured.
    Answered,
    /// It could not be read, or not to its end.
    Unreadable(&'a Unreadable),
    /// It can't be asked here.
    NotOffered(&'a NotOffered),
}

/// A record that holds evidence.
pub trait Observations {
    /// Calls `visit` for each piece of evidence that the record holds, in a fixed order.
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Evidence, State<'a>));

    /// Makes one piece of evidence unreadable, as if the read had failed like this.
    fn withhold(&mut self, evidence: Evidence, why: &Unreadable);
}

trait Field {
    fn state(&self) -> State<'_>;
    fn take_away(&mut self, why: &Unreadable);
}

/// What a present value may still lack.
trait Partial {
    fn missing(&self) -> Option<&Unreadable> {
        None
    }
}

impl<T> Partial for Paged<T> {
    fn missing(&self) -> Option<&Unreadable> {
        self.incomplete.as_ref()
    }
}

impl Partial for String {}
impl<T> Partial for Vec<T> {}
impl<K, V> Partial for std::collections::BTreeMap<K, V> {}
impl Partial for crate::AlternateContact {}
impl Partial for crate::ContactInformation {}
impl Partial for crate::Organization {}
impl Partial for crate::OrganizationRoot {}
impl Partial for crate::OidcProviderDetails {}
impl Partial for crate::PasswordPolicy {}
impl Partial for crate::SamlProviderDetails {}
impl Partial for crate::BlockPublicAccess {}
impl Partial for crate::CredentialReport {}
impl Partial for crate::AccessControlList {}
impl Partial for crate::ObjectOwnership {}
impl Partial for crate::Encryption {}
impl Partial for crate::Versioning {}
impl Partial for crate::Logging {}
impl Partial for bool {}
impl Partial for crate::Website {}
impl Partial for crate::Replication {}
impl Partial for crate::ObjectLock {}
impl Partial for crate::Notification {}
impl Partial for crate::Payer {}
impl Partial for crate::ScanningConfiguration {}
impl Partial for crate::ImageScan {}

impl Partial for crate::ImageSummary {
    fn missing(&self) -> Option<&Unreadable> {
        self.incomplete.as_ref()
    }
}

impl<T: Partial> Field for Observed<T> {
    fn state(&self) -> State<'_> {
        match self {
            Self::Present(value) => value.missing().map_or(State::Answered, State::Unreadable),
            Self::Absent => State::Answered,
            Self::Unreadable(why) => State::Unreadable(why),
            Self::NotOffered(why) => State::NotOffered(why),
        }
    }

    fn take_away(&mut self, why: &Unreadable) {
        *self = why.clone().into();
    }
}

macro_rules! observations {
    ($record:ident { $($field:ident: $evidence:ident),+ $(,)? } $(items of $($list:ident),+)?) => {
        impl Observations for $record {
            fn each<'a>(&'a self, visit: &mut dyn FnMut(Evidence, State<'a>)) {
                $(visit(Evidence::$evidence, self.$field.state());)+
                $($(for item in self.$list.present().into_iter().flat_map(|list| &list.items) {
                    item.each(visit);
                })+)?
            }

            fn withhold(&mut self, evidence: Evidence, why: &Unreadable) {
                match evidence {
                    $(Evidence::$evidence => self.$field.take_away(why),)+
                    _ => {}
                }
                $($(if let Observed::Present(list) = &mut self.$list {
                    list.items.iter_mut().for_each(|item| item.withhold(evidence, why));
                })+)?
            }
        }
    };
}

observations!(Account {
    summary: AccountSummary,
    aliases: AccountAliases,
    security_contact: SecurityContact,
    billing_contact: BillingContact,
    operations_contact: OperationsContact,
    regions: Regions,
    password_policy: PasswordPolicy,
    public_access_block: AccountBlockPublicAccess,
    credential_report: CredentialReport,
    virtual_mfa_devices: VirtualMfaDevices,
    contact_information: ContactInformation,
    organization: Organization,
    organizations_features: OrganizationsFeatures,
    service_control_policies: ServiceControlPolicies,
    resource_control_policies: ResourceControlPolicies,
    ai_opt_out_policy: AiOptOutPolicy,
    tag_policy: TagPolicy,
    s3_policy: S3Policy,
    organization_accounts: OrganizationAccounts,
    organization_root: OrganizationRoot,
    delegated_administrators: DelegatedAdministrators,
    trusted_services: TrustedServices,
    delegation_policy: DelegationPolicy,
    role_session_durations: RoleSessionDurations,
    server_certificates: ServerCertificates,
    saml_providers: SamlProviders,
    oidc_providers: OidcProviders,
    service_specific_credentials: ServiceSpecificCredentials,
    public_repositories: PublicRepositories,
} items of saml_providers, oidc_providers, public_repositories);

observations!(User { ssh_public_keys: SshPublicKeys });

observations!(SamlProvider { details: SamlProviderDetails });

observations!(OidcProvider { details: OidcProviderDetails });

observations!(PublicRepository { policy: PublicRepositoryPolicy, tags: PublicRepositoryTags });

observations!(Bucket {
    region: BucketRegion,
    policy: BucketPolicy,
    acl: BucketAcl,
    public_access_block: BucketPublicAccessBlock,
    object_ownership: BucketOwnershipControls,
    encryption: BucketEncryption,
    versioning: BucketVersioning,
    logging: BucketLogging,
    cors: BucketCors,
    policy_is_public: BucketPolicyStatus,
    lifecycle: BucketLifecycle,
    website: BucketWebsite,
    replication: BucketReplication,
    object_lock: BucketObjectLock,
    tags: BucketTags,
    notification: BucketNotification,
    payer: BucketRequestPayment,
});

observations!(BucketEntry {
    region: BucketRegion,
    public_access_block: BucketPublicAccessBlock,
    logging: BucketLogging,
});

observations!(Analyzer { findings: AnalyzerFindings, archive_rules: AnalyzerArchiveRules });

observations!(AccessPoint {
    public_access_block: AccessPointPublicAccessBlock,
    policy: AccessPointPolicy,
    policy_is_public: AccessPointPolicyStatus,
});

observations!(MultiRegionAccessPoint {
    policy: MultiRegionAccessPointPolicy,
    policy_is_public: MultiRegionAccessPointPolicyStatus,
});

observations!(ObjectLambdaAccessPoint {
    public_access_block: ObjectLambdaAccessPointPublicAccessBlock,
    policy: ObjectLambdaAccessPointPolicy,
});

observations!(AccessGrantsInstance { grants: AccessGrants, policy: AccessGrantsInstancePolicy });

observations!(Registry {
    scanning: RegistryScanning,
    policy: RegistryPolicy,
    policy_scope: RegistryPolicyScope,
    replication: RegistryReplication,
    pull_through_cache_rules: PullThroughCacheRules,
    creation_templates: RepositoryCreationTemplates,
});

observations!(Repository {
    policy: RepositoryPolicy,
    lifecycle_policy: RepositoryLifecyclePolicy,
    tags: RepositoryTags,
    images: RepositoryImages,
    latest_scan: LatestImageScan,
});

impl Observations for Listing {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Evidence, State<'a>)) {
        let state = match (&self.incomplete, &self.not_offered) {
            (Some(why), _) => State::Unreadable(why),
            (None, Some(why)) => State::NotOffered(why),
            (None, None) => State::Answered,
        };
        visit(self.kind.evidence(), state);
    }

    fn withhold(&mut self, evidence: Evidence, why: &Unreadable) {
        if self.kind.evidence() == evidence {
            self.incomplete = Some(why.clone());
        }
    }
}
