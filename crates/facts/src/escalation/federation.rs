//! Roles that trust identity providers, and which claims let in.

use std::collections::BTreeSet;

use palisade_policy::document::{PrincipalKind as Names, Principals};
use palisade_policy::policies::PrincipalPolicies;
use palisade_policy::principal::Principal as EnginePrincipal;
use palisade_policy::request::{Action, Request, Resource};

use super::permission::Question;
use super::technique::Provider;
use super::world::{PrincipalIndex, PrincipalKind, ProviderIndex, World};

/// The identity pools of Amazon Cognito, as trust policies name them ("Role trust and permissions" in the Amazon Cognito
/// Developer Guide).
const COGNITO: &str = "cognito-identity.amazonaws.com";
/// An audience that the attacker adds to a provider: it is a client of his, and no trust policy names it.
const NEW_AUDIENCE: &str = "an audience of the attacker";
/// The id of an identity pool that does not exist yet: AWS chooses it, and no trust policy names it.
const NEW_POOL: &str = "us-east-1:00000000-0000-4000-8000-000000000000";

impl Provider {
    /// Whether a name in a trust policy is of this kind.
    fn is(self, name: &str) -> bool {
        match self {
            Self::Saml => name.contains(":saml-provider/"),
            Self::Oidc | Self::OidcAudience => name.contains(":oidc-provider/"),
            Self::Cognito => name == COGNITO,
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Saml => "sts:AssumeRoleWithSAML",
            Self::Oidc | Self::OidcAudience | Self::Cognito => "sts:AssumeRoleWithWebIdentity",
        }
    }
}

impl World {
    /// The identity providers of a kind that a role trusts, with claims of the attacker's choice; each with whether
    /// that hangs on context that nobody can know. Where `any_that_exists`, the identity pool is of his choice too.
    pub(super) fn trusted_providers(
        &self,
        role: PrincipalIndex,
        kind: Provider,
        any_that_exists: bool,
    ) -> Vec<(ProviderIndex, bool)> {
        let named = self.named_providers(role).filter(|(_, name)| kind.is(name));
        named
            .filter_map(|(index, name)| {
                Some((index, self.lets_provider_in(role, kind, name, any_that_exists)?))
            })
            .collect()
    }

    /// The identity providers that the trust policy of a role names.
    fn named_providers(&self, role: PrincipalIndex) -> impl Iterator<Item = (ProviderIndex, &str)> {
        let trust = self.principals.get(role).and_then(|role| role.trust);
        let statements =
            trust.and_then(|index| self.policies.get(index)).map(|one| &one.read.document.statements);
        let elements = statements.into_iter().flatten().filter_map(|one| one.principals.as_ref());
        let kinds = elements.filter(|one| !one.negated).filter_map(|one| match &one.principals {
            Principals::ByKind(kinds) => Some(kinds),
            Principals::Everyone => None,
        });
        let federated = kinds.flatten().filter(|(kind, _)| *kind == Names::Federated);
        let names = federated.flat_map(|(_, values)| values.items.iter().map(String::as_str));
        let mut found: Vec<(ProviderIndex, &str)> = names
            .filter_map(|name| {
                Some((self.providers.binary_search_by(|one| one.as_str().cmp(name)).ok()?, name))
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter()
    }

    fn lets_provider_in(
        &self,
        role: PrincipalIndex,
        kind: Provider,
        name: &str,
        any_that_exists: bool,
    ) -> Option<bool> {
        let role = self.principals.get(role)?;
        let trust = role.trust?;
        let resource_side = self.role_side(role.account, self.compiled(&[trust]).pop()?);
        let principal = EnginePrincipal::federated(name);
        let resource = Resource::new(&role.arn);
        let mut context = self.unknown(PrincipalKind::User);
        context.extend(&Request::implied_context(&principal, &resource));
        if kind == Provider::Cognito && !any_that_exists {
            context.set(&format!("{COGNITO}:aud"), NEW_POOL);
        }
        if kind == Provider::OidcAudience {
            let (_, issuer) = name.split_once(":oidc-provider/")?;
            context.mark_unknown(&format!("{issuer}:*"));
            context.set(&format!("{issuer}:aud"), NEW_AUDIENCE);
        }
        let question = Question {
            principal: &principal,
            side: &PrincipalPolicies::default(),
            policies: [&[trust], self.rcp_policies(role.account)].concat(),
            action: &Action::parse(kind.action())?,
            resource: &resource,
            resource_side: &resource_side,
            context,
            takes_tags: false,
            any_that_exists,
        };
        if kind == Provider::OidcAudience {
            // What else the tokens say is not the attacker's to choose.
            return question.as_it_is();
        }
        question.permitted(self).map(|permitted| permitted.conditional)
    }

    /// The identity providers that trust policies name, in order.
    pub(super) fn providers_named(&self) -> Vec<String> {
        let trusts = self.principals.iter().filter_map(|one| self.policies.get(one.trust?));
        let elements = trusts.flat_map(|policy| &policy.read.document.statements);
        let elements = elements.filter_map(|statement| statement.principals.as_ref());
        let mut found = BTreeSet::new();
        for element in elements {
            let Principals::ByKind(kinds) = &element.principals else { continue };
            let federated = kinds.iter().filter(|(kind, _)| *kind == Names::Federated);
            found.extend(federated.flat_map(|(_, values)| values.items.iter().cloned()));
        }
        found.into_iter().collect()
    }
}
