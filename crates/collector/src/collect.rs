//! One account from its credentials to its snapshot.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_config::SdkConfig;
use futures_util::StreamExt;
use palisade_snapshot::{
    Account, Analyzer, ContactType, Evidence, FORMAT, Header, Listing, NotOffered, Observed, Paged, Reason,
    RecordKind, Region, Shared, Snapshot, SnapshotScope, with_prerequisites,
};

use crate::account::{self, Caller};
use crate::analyzers::Analyzers;
use crate::clients::Clients;
use crate::failure::Failure;
use crate::iam::{IDENTITY_KINDS, Iam, Identities};
use crate::journal::Begun;
use crate::meter::Meter;
use crate::operation::{DESCRIBE_REPOSITORIES, GET_ACCOUNT_AUTHORIZATION_DETAILS, LIST_ANALYZERS, Operation};
use crate::organization::Organizations;
use crate::public_repositories::PublicRepositories;
use crate::reader::{Gate, Reader, listing};
use crate::repositories::{RegionalRegistry, RegistryContent};
use crate::scope::RegionScope;
use crate::session::{Profile, Session};
use crate::storage;
use crate::transport::Transport;
use crate::{Cancel, CollectError, Options, Progress, network};

/// Reads one account. What can't be read is unreadable in the snapshot; only without a caller there
/// is none.
///
/// Ended through `cancel`, it returns at once with what was read until then.
///
/// # Errors
/// When there are no credentials, AWS does not say who is asking, a region is unknown, or the
/// certificates of `AWS_CA_BUNDLE` or a proxy of the environment are of no use.
pub async fn collect(
    options: &Options,
    progress: Arc<dyn Progress>,
    cancel: &Cancel,
) -> Result<Snapshot, CollectError> {
    let profile = Profile::load(options.profile.as_deref()).await?;
    let transport = Transport::new(network::client(profile.ca_bundle())?, options);
    let session = Session::load(options, profile, transport.clone()).await?;
    let collected = collect_with(session.sdk.clone(), transport, options, progress, cancel).await;
    collected.map_err(|error| session.explain(error))
}

/// Collects with credentials and transport that are already there.
async fn collect_with(
    sdk: SdkConfig,
    transport: Transport,
    options: &Options,
    progress: Arc<dyn Progress>,
    cancel: &Cancel,
) -> Result<Snapshot, CollectError> {
    let evidence = with_prerequisites(&options.evidence);
    let meter = Arc::new(Meter::default());
    let mut allowed = evidence.clone();
    allowed.insert(Evidence::Caller);
    let clients = Clients::new(sdk, transport, allowed, Arc::clone(&meter));
    let (journal, gate) = (options.journal.clone(), Gate::new(options));
    let reader = Reader { evidence, cancel: cancel.clone(), meter, progress, journal, gate };
    let deadline = async {
        tokio::time::sleep(options.deadlines.account).await;
        cancel.end(Reason::Timeout);
        std::future::pending().await
    };
    let collection = Collection { options, reader: &reader, clients: &clients };
    tokio::select! {
        snapshot = collection.run() => snapshot,
        never = deadline => never,
    }
}

/// The same for callers without a runtime of their own.
///
/// # Errors
/// As [`collect`], and when the runtime can't start.
pub fn collect_blocking(
    options: &Options,
    progress: Arc<dyn Progress>,
    cancel: &Cancel,
) -> Result<Snapshot, CollectError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(collect(options, progress, cancel))
}

struct Collection<'a> {
    options: &'a Options,
    reader: &'a Reader,
    clients: &'a Clients,
}

impl Collection<'_> {
    async fn run(&self) -> Result<Snapshot, CollectError> {
        let caller = account::caller(self.reader, self.clients).await?;
        let caller = self.begin(caller)?;
        self.reader.progress.caller(&caller.arn);
        self.reader.progress.planned(self.account_calls());
        let iam = Iam { reader: self.reader, client: self.clients.iam(), home: self.clients.home() };
        let (regional, identities, storage, account) = tokio::join!(
            Box::pin(self.regional(&caller)),
            Box::pin(self.identities(&iam)),
            Box::pin(storage::read(self.reader, self.clients, self.options, &caller)),
            Box::pin(self.account(&iam, &caller)),
        );
        let Regional { scope, regions, registries, analyzers } = regional?;
        let mut shared = Shared::new(self.header(&caller, &scope));
        shared.account = Account { regions, ..account };
        if let Some(identities) = identities {
            shared.listings.extend(self.identity_listings(&identities));
            shared.users = identities.users;
            shared.groups = identities.groups;
            shared.roles = identities.roles;
            shared.policies = identities.policies;
        }
        let mut snapshot = Snapshot { shared, buckets: Vec::new(), repositories: Vec::new() };
        storage.put_into(&mut snapshot);
        for content in registries {
            snapshot.repositories.extend(content.repositories);
            snapshot.shared.registries.extend(content.registry);
            snapshot.shared.listings.push(content.listing);
        }
        for (found, listing) in analyzers {
            snapshot.shared.analyzers.extend(found);
            snapshot.shared.listings.push(listing);
        }
        snapshot.shared.calls = self.reader.meter.records();
        snapshot.sort();
        forget_repetitions(&mut snapshot);
        Ok(snapshot)
    }

    /// Begins the journal, if one is kept. A collection that is completed keeps its first caller.
    fn begin(&self, caller: Caller) -> Result<Caller, CollectError> {
        let Some(journal) = &self.options.journal else { return Ok(caller) };
        let begun = journal.begin(Begun {
            account_id: caller.account_id.clone(),
            caller_arn: caller.arn.clone(),
            taken_at: self.options.taken_at,
            evidence: self.names_of_evidence(),
            regions: self.options.regions.iter().cloned().collect(),
            excluded_regions: self.options.excluded_regions.iter().cloned().collect(),
        })?;
        Ok(Caller { arn: begun.caller_arn, ..caller })
    }

    fn header(&self, caller: &Caller, scope: &RegionScope) -> Header {
        Header {
            format: FORMAT.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            account_id: caller.account_id.clone(),
            partition: caller.partition.clone(),
            caller_arn: caller.arn.clone(),
            taken_at: self.options.taken_at,
            scope: SnapshotScope {
                evidence: self.names_of_evidence(),
                regions: scope.asked.iter().cloned().collect(),
                excluded_regions: scope.excluded.iter().cloned().collect(),
                regions_listed: scope.listed,
                limited_to_regions: !self.options.regions.is_empty(),
            },
        }
    }

    fn names_of_evidence(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.reader.evidence.iter().map(|one| one.name()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// How many calls the account itself takes, as far as is known before the first.
    fn account_calls(&self) -> u64 {
        let listings = [Evidence::Users, Evidence::Groups, Evidence::Roles, Evidence::Policies];
        let of_resources = |one: &Evidence| {
            let call = palisade_snapshot::call_for(*one);
            call.is_none_or(|call| call.scope != palisade_snapshot::Scope::Account)
        };
        let others = self.reader.evidence.iter().filter(|one| !of_resources(one) && !listings.contains(one));
        others.count() as u64 + u64::from(listings.iter().any(|one| self.reader.asks(*one)))
    }

    async fn identities(&self, iam: &Iam<'_>) -> Option<Identities> {
        if !IDENTITY_KINDS.iter().any(|kind| self.reader.asks(kind.evidence())) {
            return None;
        }
        let identities = iam.identities().await;
        let with_keys = self.reader.asks(Evidence::SshPublicKeys);
        Some(if with_keys { iam.with_ssh_public_keys(identities).await } else { identities })
    }

    /// One call lists four kinds, so they are complete together or not at all.
    fn identity_listings<'a>(&'a self, identities: &'a Identities) -> impl Iterator<Item = Listing> + 'a {
        let asked = IDENTITY_KINDS.into_iter().filter(|kind| self.reader.asks(kind.evidence()));
        asked.map(move |kind| {
            let failure = identities.failure.clone();
            let record = listing(kind, None, &GET_ACCOUNT_AUTHORIZATION_DETAILS, failure);
            let deleted =
                if kind == RecordKind::User { identities.deleted_users.clone() } else { Vec::new() };
            Listing { deleted, ..record }
        })
    }

    async fn account(&self, iam: &Iam<'_>, caller: &Caller) -> Account {
        let public = PublicRepositories {
            reader: self.reader,
            client: self.clients.ecr_public(),
            partition: &caller.partition,
            max_in_flight: self.options.max_in_flight.get(),
        };
        let (settings, organization, credentials, public_repositories) = tokio::join!(
            Box::pin(self.settings(iam, caller)),
            Box::pin(self.organization(iam, caller)),
            Box::pin(self.credentials(iam)),
            Box::pin(self.reader.observe_account(Evidence::PublicRepositories, public.all())),
        );
        Account {
            id: caller.account_id.clone(),
            partition: caller.partition.clone(),
            summary: settings.summary,
            aliases: settings.aliases,
            security_contact: settings.security_contact,
            billing_contact: settings.billing_contact,
            operations_contact: settings.operations_contact,
            password_policy: settings.password_policy,
            public_access_block: settings.public_access_block,
            credential_report: settings.credential_report,
            virtual_mfa_devices: settings.virtual_mfa_devices,
            role_session_durations: credentials.role_session_durations,
            server_certificates: credentials.server_certificates,
            saml_providers: credentials.saml_providers,
            oidc_providers: credentials.oidc_providers,
            service_specific_credentials: credentials.service_specific_credentials,
            public_repositories,
            ..organization
        }
    }

    /// What belongs to the account alone.
    async fn settings(&self, iam: &Iam<'_>, caller: &Caller) -> Account {
        let (reader, clients) = (self.reader, self.clients);
        let contact = |kind| account::alternate_contact(reader, clients, kind);
        let block = account::public_access_block(reader, clients, &caller.account_id);
        let (summary, aliases, security, billing, operations, passwords, block, report, devices) = tokio::join!(
            reader.observe_account(Evidence::AccountSummary, iam.summary()),
            reader.observe_account(Evidence::AccountAliases, iam.aliases()),
            reader.observe_account(Evidence::SecurityContact, contact(ContactType::Security)),
            reader.observe_account(Evidence::BillingContact, contact(ContactType::Billing)),
            reader.observe_account(Evidence::OperationsContact, contact(ContactType::Operations)),
            reader.observe_account(Evidence::PasswordPolicy, iam.password_policy()),
            reader.observe_account(Evidence::AccountBlockPublicAccess, block),
            reader.observe_account(Evidence::CredentialReport, iam.credential_report()),
            reader.observe_account(Evidence::VirtualMfaDevices, iam.virtual_mfa_devices()),
        );
        Account {
            summary,
            aliases,
            security_contact: security,
            billing_contact: billing,
            operations_contact: operations,
            password_policy: passwords,
            public_access_block: block,
            credential_report: report,
            virtual_mfa_devices: devices,
            ..Account::default()
        }
    }

    /// Whose the account is.
    async fn organization(&self, iam: &Iam<'_>, caller: &Caller) -> Account {
        let (reader, clients) = (self.reader, self.clients);
        let organizations = Organizations {
            reader,
            client: clients.organizations(&caller.partition),
            account_id: &caller.account_id,
        };
        let contact = account::contact_information(reader, clients);
        let (contact_information, organizations_features, membership) = tokio::join!(
            reader.observe_account(Evidence::ContactInformation, contact),
            reader.observe_account(Evidence::OrganizationsFeatures, iam.organizations_features()),
            organizations.membership(),
        );
        Account { contact_information, organizations_features, ..membership }
    }

    /// What IAM keeps besides identities and policies.
    async fn credentials(&self, iam: &Iam<'_>) -> Account {
        let reader = self.reader;
        let credentials = iam.service_specific_credentials();
        let (durations, certificates, saml, oidc, credentials) = tokio::join!(
            reader.observe_account(Evidence::RoleSessionDurations, iam.role_session_durations()),
            reader.observe_account(Evidence::ServerCertificates, iam.server_certificates()),
            reader.observe_account(Evidence::SamlProviders, iam.saml_providers()),
            reader.observe_account(Evidence::OidcProviders, iam.oidc_providers()),
            reader.observe_account(Evidence::ServiceSpecificCredentials, credentials),
        );
        Account {
            role_session_durations: durations,
            server_certificates: certificates,
            saml_providers: saml,
            oidc_providers: oidc,
            service_specific_credentials: credentials,
            ..Account::default()
        }
    }

    /// The regions, and what each of them holds.
    async fn regional(&self, caller: &Caller) -> Result<Regional, CollectError> {
        let regions =
            self.reader.observe_account(Evidence::Regions, account::regions(self.reader, self.clients)).await;
        let scope = RegionScope::new(self.options, &regions, self.clients.home())?;
        let nowhere = BTreeSet::new();
        let asked = |evidence| if self.reader.asks(evidence) { &scope.asked } else { &nowhere };
        let (with_registries, with_analyzers) = (asked(Evidence::Repositories), asked(Evidence::Analyzers));
        self.reader.progress.planned((with_registries.len() + with_analyzers.len()) as u64);
        let max_in_flight = self.options.max_in_flight.get();
        let registries = futures_util::stream::iter(with_registries)
            .map(|region| self.registry(region, scope.disabled.contains(region)))
            .buffer_unordered(max_in_flight);
        let analyzers = futures_util::stream::iter(with_analyzers)
            .map(|region| self.analyzers(caller, region, scope.disabled.contains(region)))
            .buffer_unordered(max_in_flight);
        let (registries, analyzers) =
            tokio::join!(Box::pin(registries.collect()), Box::pin(analyzers.collect()));
        Ok(Regional { regions, scope, registries, analyzers })
    }

    async fn analyzers(&self, caller: &Caller, region: &str, disabled: bool) -> (Vec<Analyzer>, Listing) {
        if disabled {
            return (Vec::new(), not_enabled(RecordKind::Analyzer, region, &LIST_ANALYZERS));
        }
        let client = self.clients.access_analyzer(region);
        Box::pin(Analyzers { reader: self.reader, client, account_id: &caller.account_id }.all()).await
    }

    async fn registry(&self, region: &str, disabled: bool) -> RegistryContent {
        if disabled {
            let listing = not_enabled(RecordKind::Repository, region, &DESCRIBE_REPOSITORIES);
            return RegistryContent { registry: None, repositories: Vec::new(), listing };
        }
        let client = self.clients.ecr(region);
        let max_in_flight = self.options.max_in_flight.get();
        RegionalRegistry { reader: self.reader, client, region, max_in_flight }.content().await
    }
}

/// The record of a listing in a region that the account may not use.
fn not_enabled(kind: RecordKind, region: &str, operation: &Operation) -> Listing {
    let message = format!("the region {region} is not enabled for the account");
    let why = NotOffered { operation: operation.name.to_owned(), message };
    listing(kind, Some(region), operation, Some(Failure::NotOffered(why)))
}

/// What is created or deleted while a listing is read moves others to the next page, so that they
/// come twice.
fn forget_repetitions(snapshot: &mut Snapshot) {
    let shared = &mut snapshot.shared;
    shared.users.dedup_by(|a, b| a.arn == b.arn);
    shared.groups.dedup_by(|a, b| a.arn == b.arn);
    shared.roles.dedup_by(|a, b| a.arn == b.arn);
    shared.policies.dedup_by(|a, b| a.arn == b.arn);
    shared.analyzers.dedup_by(|a, b| a.arn == b.arn);
    shared.access_points.dedup_by(|a, b| a.arn == b.arn);
    shared.multi_region_access_points.dedup_by(|a, b| a.arn == b.arn);
    shared.object_lambda_access_points.dedup_by(|a, b| a.arn == b.arn);
    shared.access_grants_instances.dedup_by(|a, b| a.arn == b.arn);
    snapshot.buckets.dedup_by(|a, b| a.arn == b.arn);
    snapshot.repositories.dedup_by(|a, b| a.arn == b.arn);
}

struct Regional {
    scope: RegionScope,
    regions: Observed<Paged<Region>>,
    registries: Vec<RegistryContent>,
    analyzers: Vec<(Vec<Analyzer>, Listing)>,
}

#[cfg(test)]
mod tests;
