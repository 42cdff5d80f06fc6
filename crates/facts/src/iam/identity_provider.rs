//! The identity providers that roles can trust, and whether roles do.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::{Evidence, RecordKind};

use super::trust_summary;
use crate::clock::{days_since, days_until};
use crate::context::Context;
use crate::listed;
use crate::{Kind, Known, Lazy, Listed, Missing, Subject, facts};

facts! {
    /// A SAML identity provider.
    pub struct SamlProvider as "iam.saml_provider" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// How many days ago it was created; null if AWS does not say.
        age_days: Option<i64>, reads [];
        /// Until when its metadata is valid; null if the metadata does not say.
        valid_until: Option<Timestamp>, reads [];
        /// In how many days its metadata expires, negative if it has; null if the metadata does not say.
        days_left: Option<i64>, reads [];
        /// The entity id in its metadata; null if there is none.
        entity_id: Known<Option<String>>, reads [SamlProviderDetails];
        /// Whether assertions must be encrypted.
        assertions_encrypted: Known<bool>, reads [SamlProviderDetails];
        /// Whether IAM Identity Center made it (`AWSSSO_…_DO_NOT_DELETE`).
        identity_center: bool, reads [];
        /// Whether the trust policy of some role names it.
        in_use: Lazy<Known<bool>>, reads [Roles];
    }
}

facts! {
    /// An OpenID Connect identity provider.
    pub struct OidcProvider as "iam.oidc_provider" {
        /// Its ARN.
        arn: String, reads [];
        /// Its address without `https://`.
        url: String, reads [];
        /// How many days ago it was created; null if AWS does not say.
        age_days: Known<Option<i64>>, reads [OidcProviderDetails];
        /// The audiences that its tokens may be for.
        audiences: Known<Vec<String>>, reads [OidcProviderDetails];
        /// Whether the trust policy of some role names it.
        in_use: Lazy<Known<bool>>, reads [Roles];
    }
}

/// SAML identity providers.
pub static SAML: Kind = Kind {
    name: "iam.saml_provider",
    variable: "saml_provider",
    object: &SamlProvider::OBJECT,
    listings: &[],
    reads: &[Evidence::SamlProviders],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:saml-provider/*", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| Box::new(saml_subjects(context).into_iter()),
    hidden: |context| listed::hidden(&context.shared.account.saml_providers, Evidence::SamlProviders),
};

/// OpenID Connect identity providers.
pub static OIDC: Kind = Kind {
    name: "iam.oidc_provider",
    variable: "oidc_provider",
    object: &OidcProvider::OBJECT,
    listings: &[],
    reads: &[Evidence::OidcProviders],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:oidc-provider/*", shared.header.partition, shared.header.account_id)
    },
    subjects: |context| Box::new(oidc_subjects(context).into_iter()),
    hidden: |context| listed::hidden(&context.shared.account.oidc_providers, Evidence::OidcProviders),
};

/// The providers that everybody has ("AWS JSON policy elements: Principal", web identity sessions).
const BUILT_IN: [&str; 4] =
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

fn saml_subjects(context: &Arc<Context>) -> Vec<Subject> {
    let now = context.now();
    let providers = listed::items(&context.shared.account.saml_providers).iter();
    let subject = |one: &palisade_snapshot::SamlProvider| {
        let name = one.arn.rsplit('/').next().unwrap_or_default().to_owned();
        let details =
            |evidence| Known::observed(&one.details, evidence, || None, |details| Some(details.clone()));
        let details = details(Evidence::SamlProviderDetails);
        let facts = SamlProvider {
            arn: one.arn.clone(),
            age_days: one.created_at.map(|at| days_since(at, now)),
            valid_until: one.valid_until,
            days_left: one.valid_until.map(|at| days_until(at, now)),
            entity_id: details.clone().map(|found| found.and_then(|found| found.entity_id)),
            assertions_encrypted: details.map(|found| {
                found.and_then(|found| found.assertion_encryption).as_deref() == Some("Required")
            }),
            identity_center: name.starts_with("AWSSSO_"),
            in_use: in_use(context, &one.arn),
            name: name.clone(),
        };
        Subject { kind: &SAML, arn: one.arn.clone(), name, region: None, facts: Box::new(facts) }
    };
    providers.map(subject).collect()
}

fn oidc_subjects(context: &Arc<Context>) -> Vec<Subject> {
    let now = context.now();
    let providers = listed::items(&context.shared.account.oidc_providers).iter();
    let subject = |one: &palisade_snapshot::OidcProvider| {
        let url = one.arn.split_once(":oidc-provider/").map_or("", |(_, url)| url).to_owned();
        let details = Known::observed(
            &one.details,
            Evidence::OidcProviderDetails,
            || None,
            |details| Some(details.clone()),
        );
        let facts = OidcProvider {
            arn: one.arn.clone(),
            age_days: details
                .clone()
                .map(|found| found.and_then(|found| found.created_at).map(|at| days_since(at, now))),
            audiences: details.map(|found| found.map(|found| found.client_ids).unwrap_or_default()),
            in_use: in_use(context, &one.arn),
            url: url.clone(),
        };
        Subject { kind: &OIDC, arn: one.arn.clone(), name: url, region: None, facts: Box::new(facts) }
    };
    providers.map(subject).collect()
}

/// Whether the trust policy of some role names a provider.
fn in_use(context: &Arc<Context>, arn: &str) -> Lazy<Known<bool>> {
    let (context, arn) = (Arc::clone(context), arn.to_owned());
    Lazy::new(move || {
        let roles = 0..context.shared.roles.len();
        let trusts = roles.map(|index| {
            trust_summary::ask(&context, index, |trusts| trusts.identity_providers.contains(&arn))
        });
        Known::any(trusts, context.incomplete(RecordKind::Role))
    })
}

/// The identity providers that a role's trust policy names and that are not there: whoever makes a provider of that
/// name gets in. One of another account never works ("Federated" principals name providers of the role's account).
pub(super) fn dangling(context: &Arc<Context>, index: usize) -> Known<Listed<String>> {
    let own = context.shared.header.account_id.as_str();
    let account = &context.shared.account;
    let saml: BTreeSet<&str> =
        listed::items(&account.saml_providers).iter().map(|one| one.arn.as_str()).collect();
    let oidc: BTreeSet<&str> =
        listed::items(&account.oidc_providers).iter().map(|one| one.arn.as_str()).collect();
    trust_summary::ask(context, index, |trusts| {
        let mut found = Listed::complete(Vec::new());
        for provider in &trusts.identity_providers {
            let (listed, hidden) = if provider.contains(":saml-provider/") {
                (&saml, listed::hidden(&account.saml_providers, Evidence::SamlProviders))
            } else if provider.contains(":oidc-provider/") {
                (&oidc, listed::hidden(&account.oidc_providers, Evidence::OidcProviders))
            } else {
                if !BUILT_IN.contains(&provider.as_str()) {
                    found.items.push(provider.clone());
                }
                continue;
            };
            let is_own = provider.split(':').nth(4) == Some(own);
            match hidden {
                _ if listed.contains(provider.as_str()) => {}
                Some(missing) if is_own => {
                    found.incomplete = Missing::either(found.incomplete.take(), Some(missing));
                }
                _ => found.items.push(provider.clone()),
            }
        }
        found
    })
}
