//! What is known of the whole account, for every resource's facts.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use palisade_policy::document::PolicyDocument;
use palisade_policy::policies::ResourcePolicies;
use palisade_snapshot::{
    CredentialReport, CredentialReportRow, Evidence, Observed, Reason, RecordKind, Shared, User,
    VirtualMfaDevice,
};

use crate::directory::BucketDirectory;
use crate::ecr::RegistryPolicies;
use crate::iam::effective::{CredentialsWithoutMfa, WithoutSecondFactor, delegating};
use crate::iam::escalation::Escalations;
use crate::iam::external_id::ExternalIds;
use crate::iam::people_assuming::PeopleAssumptions;
use crate::iam::role_circle::RoleCircles;
use crate::iam::trust_summary::TrustSummaries;
use crate::identities::Policies;
use crate::organization::OrganizationPolicies;
use crate::{Declarations, Known, Missing, PublicBucket};

/// The name of the root user's row in the credential report.
const ROOT_ROW: &str = "<root_account>";

/// The shared records with what makes them quick to look things up in.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) shared: Arc<Shared>,
    pub(crate) declarations: Declarations,
    pub(crate) policies: Policies,
    /// What the organization forbids.
    pub(crate) organization: OrganizationPolicies,
    /// The rows of the credential report by user.
    rows: BTreeMap<String, usize>,
    /// The places of the users of each group, by its name.
    members: BTreeMap<String, Vec<usize>>,
    pub(crate) escalations: Escalations,
    pub(crate) role_circles: RoleCircles,
    pub(crate) people_assumptions: PeopleAssumptions,
    /// What each user may do without a second factor.
    pub(crate) without_mfa: WithoutSecondFactor,
    /// Which of their own credentials users change without one.
    pub(crate) credentials_without_mfa: CredentialsWithoutMfa,
    pub(crate) external_ids: ExternalIds,
    /// Whom each role lets in, in short.
    pub(crate) trust_summaries: TrustSummaries,
    /// The ARNs of users and roles, once asked for.
    principals: OnceLock<HashSet<String>>,
    pub(crate) buckets: BucketDirectory,
    /// What no bucket's policy may grant anything beyond, if it is declared.
    pub(crate) bucket_policy_baseline: Option<PolicyDocument>,
    /// What is declared of the account's buckets that are public on purpose, by their names.
    pub(crate) public_buckets: BTreeMap<String, PublicBucket>,
    pub(crate) registry_policies: RegistryPolicies,
    /// A resource policy that leaves everything to the account.
    pub(crate) delegating: ResourcePolicies,
    /// The places of the virtual MFA devices of each user and of the root user, by his ARN.
    virtual_devices: BTreeMap<String, Vec<usize>>,
    /// The places of groups, by name.
    groups: BTreeMap<String, usize>,
}

impl Context {
    pub(crate) fn new(shared: Arc<Shared>, declarations: &Declarations) -> Self {
        let report = shared.account.credential_report.present();
        let rows = report.map(|report| report.rows.as_slice()).unwrap_or_default();
        let rows = rows.iter().enumerate().map(|(index, row)| (row.user.clone(), index)).collect();
        let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, user) in shared.users.iter().enumerate() {
            for group in &user.groups {
                members.entry(group.clone()).or_default().push(index);
            }
        }
        let groups = shared.groups.iter().enumerate().rev();
        let mut virtual_devices: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, device) in crate::listed::items(&shared.account.virtual_mfa_devices).iter().enumerate() {
            if let Some(arn) = &device.user_arn {
                virtual_devices.entry(arn.clone()).or_default().push(place);
            }
        }
        Self {
            delegating: delegating(&shared.header.partition, &shared.header.account_id),
            virtual_devices,
            groups: groups.map(|(index, group)| (group.name.clone(), index)).collect(),
            declarations: declarations.clone(),
            policies: Policies::new(&shared),
            organization: OrganizationPolicies::of(&shared),
            rows,
            members,
            escalations: Escalations::default(),
            role_circles: RoleCircles::default(),
            people_assumptions: PeopleAssumptions::default(),
            without_mfa: WithoutSecondFactor::new(shared.users.len()),
            credentials_without_mfa: CredentialsWithoutMfa::default(),
            external_ids: ExternalIds::default(),
            trust_summaries: TrustSummaries::new(shared.roles.len()),
            principals: OnceLock::new(),
            buckets: BucketDirectory::new(&shared),
            bucket_policy_baseline: declarations.baseline_of_bucket_policies(),
            public_buckets: declarations.public_buckets_of(&shared.header.account_id),
            registry_policies: RegistryPolicies::default(),
            shared,
        }
    }

    /// The clock of every fact.
    pub(crate) fn now(&self) -> Timestamp {
        self.shared.header.taken_at
    }

    /// What hides resources of a kind, if there may be more than were read.
    pub(crate) fn incomplete(&self, kind: RecordKind) -> Option<Missing> {
        incomplete(&self.shared, kind)
    }

    /// The credential report.
    pub(crate) fn report(&self) -> Known<&CredentialReport> {
        let missing = match &self.shared.account.credential_report {
            Observed::Present(report) => return Known::Known(report),
            Observed::Absent | Observed::NotOffered(_) => {
                Missing::because(Evidence::CredentialReport, Reason::NotCollected)
            }
            Observed::Unreadable(why) => Missing::evidence(Evidence::CredentialReport, why),
        };
        Known::Unknown(missing)
    }

    /// The report's row of a user. A report from before the user was created is about somebody else of
    /// that name, and a user without a row is newer than the report: both are stale.
    pub(crate) fn row(&self, user: &User) -> Known<&CredentialReportRow> {
        self.row_of(&user.name, |report| user.created_at <= report.generated_at)
    }

    /// The report's row of the root user.
    pub(crate) fn root_row(&self) -> Known<&CredentialReportRow> {
        self.row_of(ROOT_ROW, |_| true)
    }

    fn row_of(
        &self,
        name: &str,
        holds: impl FnOnce(&CredentialReport) -> bool,
    ) -> Known<&CredentialReportRow> {
        let report = match self.report() {
            Known::Known(report) => report,
            Known::Unknown(missing) => return Known::Unknown(missing),
        };
        let row = self.rows.get(name).and_then(|&index| report.rows.get(index));
        match row.filter(|_| holds(report)) {
            Some(row) => Known::Known(row),
            None => Known::Unknown(Missing::because(Evidence::CredentialReport, Reason::Stale)),
        }
    }

    /// The known users of a group, by their places.
    pub(crate) fn members(&self, group: &str) -> impl Iterator<Item = (usize, &User)> {
        let places = self.members.get(group).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|&index| Some((index, self.shared.users.get(index)?)))
    }

    /// The place of a group of that name.
    pub(crate) fn group(&self, name: &str) -> Option<usize> {
        self.groups.get(name).copied()
    }

    /// Whether a user or role of that ARN was listed.
    pub(crate) fn has_principal(&self, arn: &str) -> bool {
        let principals = self.principals.get_or_init(|| {
            let users = self.shared.users.iter().map(|user| user.arn.clone());
            users.chain(self.shared.roles.iter().map(|role| role.arn.clone())).collect()
        });
        principals.contains(arn)
    }

    /// The virtual MFA devices that were listed and are assigned to somebody.
    pub(crate) fn listed_devices(&self, arn: &str) -> impl Iterator<Item = &VirtualMfaDevice> {
        let listed = crate::listed::items(&self.shared.account.virtual_mfa_devices);
        let places = self.virtual_devices.get(arn).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|&place| listed.get(place))
    }

    /// Whether any IAM user has a console password.
    pub(crate) fn has_console_users(&self) -> Known<bool> {
        let users = self.shared.users.iter().map(|user| crate::iam::user::console(self.row(user)));
        Known::any(users, self.incomplete(RecordKind::User))
    }
}

/// What hides resources of a kind, if there may be more than were read.
pub(crate) fn incomplete(shared: &Shared, kind: RecordKind) -> Option<Missing> {
    let mut listings = shared.listings_of(kind).peekable();
    if listings.peek().is_none() {
        return Some(Missing::because(kind.evidence(), Reason::NotCollected));
    }
    listings
        .filter_map(|listing| listing.incomplete.as_ref())
        .map(|why| Missing::evidence(kind.evidence(), why))
        .reduce(|one, other| one.and(&other))
}
