//! Credentials of users for single services.

use std::sync::Arc;

use palisade_snapshot::{Evidence, RecordKind};

use super::{Effective, IdentityKind, effective};
use crate::clock::{days_since, days_until};
use crate::context::Context;
use crate::identities::Identity;
use crate::listed;
use crate::{Kind, Known, Lazy, Missing, Subject, facts};

facts! {
    /// A credential of a user for one service: for CodeCommit, Keyspaces, or an API key such as those of Bedrock.
    pub struct ServiceSpecificCredential as "iam.service_specific_credential" {
        /// The name of its user.
        user: String, reads [];
        /// The service, such as `bedrock.amazonaws.com`.
        service: String, reads [];
        /// Whether it may be used.
        active: bool, reads [];
        /// How many days ago it was created.
        age_days: i64, reads [];
        /// In how many days it expires, negative if it has; null if never.
        days_left: Option<i64>, reads [];
        /// What its user may really do.
        effective: Lazy<Known<Effective>>, reads [Users, Groups, Policies, ServiceControlPolicies];
    }
}

/// Service-specific credentials.
pub static KIND: Kind = Kind {
    name: "iam.service_specific_credential",
    variable: "credential",
    object: &ServiceSpecificCredential::OBJECT,
    listings: &[],
    reads: &[Evidence::ServiceSpecificCredentials],
    wildcard_arn: |shared| {
        let header = &shared.header;
        format!("arn:{}:iam::{}:user/*/service-specific-credential/*", header.partition, header.account_id)
    },
    subjects: |context| Box::new(subjects(context).into_iter()),
    hidden: |context| {
        let account = &context.shared.account;
        listed::hidden(&account.service_specific_credentials, Evidence::ServiceSpecificCredentials)
    },
};

/// One subject per credential.
pub(crate) fn subjects(context: &Arc<Context>) -> Vec<Subject> {
    let (now, header) = (context.now(), &context.shared.header);
    let subject = |one: &palisade_snapshot::ServiceSpecificCredential| {
        let (asking, user) = (Arc::clone(context), one.user.clone());
        let facts = ServiceSpecificCredential {
            user: one.user.clone(),
            service: one.service.clone(),
            active: one.active,
            age_days: days_since(one.created_at, now),
            days_left: one.expires_at.map(|at| days_until(at, now)),
            effective: Lazy::new(move || effective_of(&asking, &user)),
        };
        let arn = format!(
            "arn:{}:iam::{}:user/{}/service-specific-credential/{}",
            header.partition, header.account_id, one.user, one.id
        );
        let name = format!("{} {}", one.user, one.id);
        Subject { kind: &KIND, arn, name, region: None, facts: Box::new(facts) }
    };
    listed::items(&context.shared.account.service_specific_credentials).iter().map(subject).collect()
}

fn effective_of(context: &Context, user: &str) -> Known<Effective> {
    match context.shared.users.iter().position(|one| one.name == user) {
        Some(index) => effective::of(context, Identity { kind: IdentityKind::User, index }),
        None => {
            let newer = || Missing::because(Evidence::Users, palisade_snapshot::Reason::Stale);
            Known::Unknown(context.incomplete(RecordKind::User).unwrap_or_else(newer))
        }
    }
}
