//! What the search is given.

use std::collections::HashMap;
use std::sync::Arc;

use palisade_policy::document::{DocumentError, PolicyDocument};
use palisade_snapshot::{Observed, Shared};
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::credentials::KnownCredentials;
use super::imagined::Imagined;
use crate::identities::Policy;
use crate::organization::{ControlPolicies, OrganizationPolicies};

/// One account: who is in it, what limits it, and what is known of its users' credentials.
#[derive(Debug, Clone)]
pub struct Account {
    pub(super) shared: Arc<Shared>,
    pub(super) scps: ControlLevels,
    pub(super) rcps: ControlLevels,
    pub(super) credentials: KnownCredentials,
    /// Who else is imagined to be there.
    pub(super) imagined: Arc<[Imagined]>,
    /// Policies that were read before, by the names that they have in answers: nobody reads them again.
    pub(super) read_before: Arc<HashMap<String, Arc<Policy>>>,
}

/// The SCPs or RCPs of every level that takes something away, root first.
#[derive(Debug, Clone)]
pub(super) struct ControlLevels {
    pub(super) levels: Vec<ControlLevel>,
    /// Whether anything told which there are.
    pub(super) known: bool,
}

impl ControlLevels {
    fn of(read: &ControlPolicies) -> Self {
        let levels = read.levels().iter().filter(|level| level.restricts()).map(|level| ControlLevel {
            name: level.target.clone(),
            policies: level.policies.iter().map(|one| (one.name.clone(), one.document.clone())).collect(),
        });
        Self { levels: levels.collect(), known: read.is_read() }
    }
}

/// The SCPs or RCPs of one level of an organization.
#[derive(Debug, Clone)]
pub(crate) struct ControlLevel {
    pub(crate) name: String,
    pub(crate) policies: Vec<(String, PolicyDocument)>,
}

/// Why a text is not a list of SCPs.
#[derive(Debug, Error)]
pub enum ScpError {
    /// It is not a JSON array of levels.
    #[error("not a JSON array of levels, root first, each with `org_id` and `policies`: {0}")]
    Shape(#[from] serde_json::Error),
    /// A policy is none.
    #[error("policy {policy} of level {level} is no policy: {error}")]
    Policy {
        /// The level, from 0.
        level: usize,
        /// The policy, from 0.
        policy: usize,
        /// What is wrong.
        error: DocumentError,
    },
}

#[derive(Deserialize)]
struct RawLevel<'a> {
    #[serde(default)]
    org_id: String,
    #[serde(borrow, default)]
    policies: Vec<&'a RawValue>,
}

impl Account {
    /// An account as a snapshot has it, whose records are copied. Its credential report counts, for users that are
    /// not newer than it.
    #[must_use]
    pub fn new(shared: &Shared) -> Self {
        Self::of(Arc::new(shared.clone()))
    }

    /// The same, with records that are not copied.
    #[must_use]
    pub fn of(shared: Arc<Shared>) -> Self {
        let credentials = match &shared.account.credential_report {
            Observed::Present(report) => KnownCredentials::from_snapshot(report),
            _ => KnownCredentials::default(),
        };
        let read = OrganizationPolicies::of(&shared);
        let (scps, rcps) = (ControlLevels::of(&read.scps), ControlLevels::of(&read.rcps));
        Self { scps, rcps, shared, credentials, imagined: Arc::default(), read_before: Arc::default() }
    }

    /// The same, with somebody imagined.
    pub(crate) fn with_imagined(self, imagined: Vec<Imagined>) -> Self {
        Self { imagined: imagined.into(), ..self }
    }

    /// The same, where policies were read before.
    pub(crate) fn with_read(self, policies: impl Iterator<Item = Arc<Policy>>) -> Self {
        let named = policies.map(|policy| (policy.compiled.name().to_owned(), policy));
        Self { read_before: Arc::new(named.collect()), ..self }
    }

    /// The same, with what AWS's credential report says of its users' credentials.
    #[must_use]
    pub fn with_credentials(mut self, credentials: KnownCredentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// The twelve digits of the account.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.shared.header.account_id
    }

    /// The same, in an organization: a JSON array, one entry per level, root first:
    /// `[{"org_id": "r-root", "policies": [{…}]}, …]`; `[]` for no organization. They don't limit the account that
    /// manages the organization ("Service control policies", AWS Organizations User Guide).
    ///
    /// # Errors
    /// [`ScpError`] with the place.
    pub fn with_scps(mut self, text: &str) -> Result<Self, ScpError> {
        let levels = scp_levels(text)?;
        let levels = if self.manages_organization() { Vec::new() } else { levels };
        self.scps = ControlLevels { levels, known: true };
        Ok(self)
    }

    fn manages_organization(&self) -> bool {
        let organization = &self.shared.account.organization;
        matches!(organization, Observed::Present(found) if found.management_account_id == self.id())
    }
}

/// The SCPs of every level in a text as [`Account::with_scps`] takes it.
pub(crate) fn scp_levels(text: &str) -> Result<Vec<ControlLevel>, ScpError> {
    let levels: Vec<RawLevel<'_>> = serde_json::from_str(text)?;
    levels.into_iter().enumerate().map(|(level, raw)| scp_level(level, raw)).collect()
}

fn scp_level(level: usize, raw: RawLevel<'_>) -> Result<ControlLevel, ScpError> {
    let name = if raw.org_id.is_empty() { format!("level {level}") } else { raw.org_id };
    let read = |(policy, text): (usize, &RawValue)| {
        let document = PolicyDocument::from_text(text.get()).map_err(|error| ScpError::Policy {
            level,
            policy,
            error,
        })?;
        Ok::<_, ScpError>((format!("scp {policy} of {name}"), document))
    };
    let policies = raw.policies.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    Ok(ControlLevel { name, policies })
}
