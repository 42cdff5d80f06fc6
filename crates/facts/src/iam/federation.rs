//! Whose tokens open a role, as the policy engine decides it.

use std::sync::Arc;

use palisade_policy::document::PolicyDocument;
use palisade_policy::public::{self as engine, IssuerKind, federated_trusts};
use palisade_snapshot::{Evidence, OidcProviderDetails};

use super::RoleTrusts;
use super::trust::TrustAccess;
use crate::context::Context;
use crate::{Known, Listed, Missing, fact_enum, facts, listed};

fact_enum! {
    /// What kind of identity provider vouches for somebody.
    pub enum FederationKind {
        /// A SAML provider.
        Saml = "saml",
        /// GitHub Actions.
        GitHub = "github",
        /// Another builder or deployer of code that serves many customers under one address.
        SharedCi = "shared_ci",
        /// A cluster of Amazon EKS.
        Eks = "eks",
        /// Identity pools of Amazon Cognito.
        Cognito = "cognito",
        /// Logins of Google, Facebook, Amazon or Apple.
        ConsumerLogin = "consumer_login",
        /// Any other OpenID Connect provider.
        Other = "other",
    }
}

facts! {
    /// An identity provider whose users can assume a role, and what is asked of them.
    pub struct FederatedTrust as "federated_trust" {
        /// The provider, as the trust policy names it.
        provider: String, reads [];
        /// Its address without `https://`; of a SAML provider its ARN.
        issuer: String, reads [];
        /// What kind of provider it is: `saml`; `github` for GitHub Actions; `shared_ci` for other builders that serve
        /// many customers under one address; `eks` for clusters of Amazon EKS; `cognito` for identity pools;
        /// `consumer_login` for Google, Facebook, Amazon and Apple; `other`.
        kind: FederationKind, reads [];
        /// Whether nobody gets in whose token was made for another application than the trust policy writes out; of
        /// SAML, whose assertion was not made for AWS's sign-in page.
        audience_required: bool, reads [];
        /// Whether nobody gets in whose subject (`…:sub`) the trust policy does not write out.
        subject_required: bool, reads [];
        /// Whether other customers of the issuer get in, such as a stranger's repository on GitHub or another app that
        /// uses the same login; of a cluster, other namespaces. An issuer of kind `other` has one customer.
        strangers: TrustAccess, reads [];
        /// Whether every repository or project of the customer gets in; of a cluster, every service account of a
        /// namespace.
        other_projects: TrustAccess, reads [];
        /// Whether every branch and pull request of a repository on GitHub gets in.
        any_revision: TrustAccess, reads [];
        /// Whether guests of an identity pool of Amazon Cognito get in, who have not signed in.
        guests: TrustAccess, reads [];
        /// Whether users of an identity pool of Amazon Cognito get in who have signed in.
        signed_in: TrustAccess, reads [];
    }
}

/// The identity providers whose users a trust policy lets in.
pub(super) fn of_document(
    context: &Arc<Context>,
    role: &str,
    document: &PolicyDocument,
) -> Vec<FederatedTrust> {
    let header = &context.shared.header;
    let found = federated_trusts(document, role, &header.account_id, &header.partition);
    found.into_iter().map(|one| fact(document, one)).collect()
}

fn fact(document: &PolicyDocument, found: engine::FederatedTrust) -> FederatedTrust {
    let access = |access: &engine::TrustAccess| TrustAccess::of(document, access);
    FederatedTrust {
        kind: kind(found.kind),
        audience_required: found.audience_required,
        subject_required: found.subject_required,
        strangers: access(&found.strangers),
        other_projects: access(&found.other_projects),
        any_revision: access(&found.any_revision),
        guests: access(&found.guests),
        signed_in: access(&found.signed_in),
        issuer: found.issuer,
        provider: found.provider,
    }
}

fn kind(kind: IssuerKind) -> FederationKind {
    match kind {
        IssuerKind::Saml => FederationKind::Saml,
        IssuerKind::GitHub => FederationKind::GitHub,
        IssuerKind::SharedCi => FederationKind::SharedCi,
        IssuerKind::Eks => FederationKind::Eks,
        IssuerKind::Cognito => FederationKind::Cognito,
        IssuerKind::ConsumerLogin => FederationKind::ConsumerLogin,
        IssuerKind::Other => FederationKind::Other,
    }
}

/// The OpenID Connect providers whose users get in whatever their token was made for: the trust policy does not ask, and
/// the provider accepts more than one audience, or is not there to ask.
pub(super) fn unasked_audiences(context: &Context, trusts: &Known<RoleTrusts>) -> Known<Listed<String>> {
    trusts.as_ref().map(|trusts| {
        let mut found = Listed::complete(Vec::new());
        for one in
            trusts.federated.get().iter().filter(|one| !one.audience_required && is_of_account(one.kind))
        {
            match accepts_one(context, &one.provider) {
                Known::Known(true) => {}
                Known::Known(false) => found.items.push(one.provider.clone()),
                Known::Unknown(missing) => {
                    found.incomplete = Missing::either(found.incomplete.take(), Some(missing));
                }
            }
        }
        found
    })
}

/// Whether providers of a kind are set up in the account with the audiences that they accept.
fn is_of_account(kind: FederationKind) -> bool {
    !matches!(kind, FederationKind::Saml | FederationKind::Cognito | FederationKind::ConsumerLogin)
}

/// Whether a provider accepts one audience and no other ("Create an OpenID Connect identity provider").
fn accepts_one(context: &Context, arn: &str) -> Known<bool> {
    let providers = &context.shared.account.oidc_providers;
    let found = listed::items(providers).iter().find(|one| one.arn == arn);
    let hidden = listed::hidden(providers, Evidence::OidcProviders);
    match (found, hidden) {
        (Some(provider), _) => {
            let count = |details: &OidcProviderDetails| details.client_ids.len() == 1;
            Known::observed(&provider.details, Evidence::OidcProviderDetails, || false, count)
        }
        (None, Some(missing)) if arn.split(':').nth(4) == Some(context.shared.header.account_id.as_str()) => {
            Known::Unknown(missing)
        }
        (None, _) => Known::Known(false),
    }
}
