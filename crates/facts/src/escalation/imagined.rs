//! Somebody for each policy who holds it and nothing else: what he can do, the policy alone lets him do.

use std::collections::HashMap;

use super::credentials::Credentials;
use super::input::Account;
use super::world::{Boundary, Builder, Grants, Names, PolicyIndex, Principal, PrincipalKind, engine};

/// Where the imagined are: no user or role of an account has this path.
const PATH: &str = "/palisade-imagines/";
/// Nobody gets into an imagined role.
const TRUSTS_NOBODY: &str = r#"{"Version": "2012-10-17", "Statement":
    [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]}"#;

/// Somebody who is only imagined: he tries techniques, and nobody tries any on him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Imagined {
    name: String,
    is_role: bool,
    policy: ImaginedGrant,
}

/// The policy that somebody imagined holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ImaginedGrant {
    /// A managed policy, by its ARN.
    Attached(String),
    /// What is an inline policy of somebody else, by the name that it has in answers.
    Inline(String),
}

impl Imagined {
    /// The user or role of a number that no other has.
    pub(crate) fn new(number: usize, is_role: bool, policy: ImaginedGrant) -> Self {
        Self { name: format!("holder-{number}"), is_role, policy }
    }

    /// His ARN in an account.
    pub(crate) fn arn(&self, partition: &str, account: &str) -> String {
        let kind = if self.is_role { "role" } else { "user" };
        format!("arn:{partition}:iam::{account}:{kind}{PATH}{}", self.name)
    }
}

impl Builder<'_> {
    /// Adds those who are imagined in an account, after all others.
    pub(super) fn imagined(&mut self, account: usize, input: &Account, names: &Names) {
        if input.imagined.is_empty() {
            return;
        }
        let trust = self.read("the trust policy of an imagined role", TRUSTS_NOBODY);
        let policies = self.world.policies.iter().enumerate();
        let inline: HashMap<String, PolicyIndex> =
            policies.map(|(index, policy)| (policy.name().to_owned(), index)).collect();
        let header = &input.shared.header;
        for one in input.imagined.iter() {
            let arn = one.arn(&header.partition, &header.account_id);
            self.world.principals.push(Principal {
                kind: if one.is_role { PrincipalKind::Role } else { PrincipalKind::User },
                account,
                engine: engine(&arn, &one.name, &[]),
                arn,
                name: one.name.clone(),
                own: self.held_by(one, account, &inline, names),
                groups: Vec::new(),
                boundary: Boundary::None,
                tags: Vec::new(),
                trust: trust.filter(|_| one.is_role),
                instance_profiles: Vec::new(),
                reserved: false,
                credentials: Credentials::default(),
                imagined: true,
            });
        }
    }

    fn held_by(
        &self,
        imagined: &Imagined,
        account: usize,
        inline: &HashMap<String, PolicyIndex>,
        names: &Names,
    ) -> Grants {
        let (name, policy, managed) = match &imagined.policy {
            ImaginedGrant::Attached(arn) => {
                (arn, self.managed_policy(account, arn, names), names.managed.get(arn))
            }
            ImaginedGrant::Inline(name) => (name, inline.get(name).copied(), None),
        };
        Grants {
            policies: policy.into_iter().collect(),
            managed: managed.into_iter().copied().collect(),
            unread: if policy.is_none() { vec![name.clone()] } else { Vec::new() },
        }
    }
}
