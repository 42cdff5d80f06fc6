//! What an organization limits its accounts by: service and resource control policies.

use std::sync::Arc;

use palisade_policy::policies::PolicySet;

use super::input::ControlLevels;
use super::world::{Builder, PolicyIndex};

/// The SCPs or RCPs of every level, compiled.
#[derive(Debug, Default)]
pub(super) struct Control {
    pub(super) levels: Vec<PolicySet>,
    /// Whether anything told which there are.
    pub(super) known: bool,
    pub(super) policies: Vec<PolicyIndex>,
}

impl Builder<'_> {
    pub(super) fn control(&mut self, input: &ControlLevels) -> Control {
        let mut control = Control { known: input.known, ..Control::default() };
        for level in &input.levels {
            let mut policies = Vec::new();
            for (name, document) in &level.policies {
                let index = self.add(name.clone(), document.clone());
                control.policies.push(index);
                policies
                    .extend(self.world.policies.get(index).map(|policy| Arc::clone(&policy.read.compiled)));
            }
            control.levels.push(PolicySet::new(policies).named(level.name.clone()));
        }
        control
    }
}
