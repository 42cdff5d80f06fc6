//! Service control policies, as the asker gives them.

use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::policies::PolicySet;

use crate::escalation::ScpError;
use crate::escalation::scp_levels;

/// The SCPs that bind an account, compiled.
#[derive(Debug, Clone)]
pub struct ServiceControlPolicies {
    pub(super) levels: Vec<PolicySet>,
}

impl ServiceControlPolicies {
    /// Reads a JSON array, one entry per level, root first: `[{"org_id": "r-root", "policies": [{…}]}, …]`; `[]` for
    /// no organization.
    ///
    /// # Errors
    /// [`ScpError`] with the place.
    pub fn from_json(text: &str) -> Result<Self, ScpError> {
        let levels = scp_levels(text)?.into_iter().map(|level| {
            let policies = level.policies.iter();
            let compiled = policies.map(|(name, document)| Arc::new(CompiledPolicy::new(name, document)));
            PolicySet::new(compiled.collect()).named(level.name)
        });
        Ok(Self { levels: levels.collect() })
    }
}
