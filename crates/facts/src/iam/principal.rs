//! Users and roles together: those who can make requests.

use std::sync::Arc;

use palisade_snapshot::RecordKind;

use super::role::is_aws_owned;
use super::{
    Boundary, Effective, Escalation, IdentityKind, RoleWrite, boundary, classification, effective,
    escalation, role_write, trust_summary,
};
use crate::context::Context;
use crate::identities::{Identity, IdentityRecord};
use crate::subject::Subjects;
use crate::{Kind, Known, Lazy, Listed, Subject, facts};

facts! {
    /// A user or role, for rules on what somebody may do, whichever of the two he is.
    pub struct Principal as "iam.principal" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Its path, `/` at the least.
        path: String, reads [];
        /// Whether it is a user or a role.
        identity_kind: IdentityKind, reads [];
        /// Whether it is a role that an AWS service or IAM Identity Center owns, so that it can't be changed there.
        aws_owned: bool, reads [];
        /// The ARN of its permissions boundary; null if there is none.
        permissions_boundary: Option<String>, reads [];
        /// Whether people use it: a user of the class `human` or `contradictory`, or a role that somebody other than AWS
        /// services can assume.
        used_by_people: Lazy<Known<bool>>, reads [CredentialReport, VirtualMfaDevices];
        /// Whether the snapshot was made as it: its credentials asked AWS.
        runs_audit: bool, reads [];
        /// Whether code is built and deployed by it: `palisade.toml` declares so, or only builders of code, such as
        /// GitHub Actions, get in.
        cicd: Lazy<Known<bool>>, reads [];
        /// The roles that it can make, give rights to, or open to somebody else.
        role_writes: Lazy<Listed<RoleWrite>>, reads [Groups, Policies, ServiceControlPolicies];
        /// What it may really do.
        effective: Lazy<Known<Effective>>, reads [Groups, Policies, ServiceControlPolicies];
        /// Its permissions boundary; null if it has none.
        boundary: Lazy<Known<Option<Boundary>>>, reads [Policies];
        /// Whether it can become administrator.
        escalation: Lazy<Known<Escalation>>, reads [Groups, Policies, CredentialReport, ServiceControlPolicies];
    }
}

/// Users and roles.
pub static KIND: Kind = Kind {
    name: "iam.principal",
    variable: "principal",
    object: &Principal::OBJECT,
    listings: &[RecordKind::User, RecordKind::Role],
    reads: &[],
    wildcard_arn: |shared| format!("arn:{}:iam::{}:*", shared.header.partition, shared.header.account_id),
    subjects,
    hidden: |_| None,
};

/// One subject per user and role.
pub(crate) fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let principals = context.identity_records().filter(|(one, _)| one.kind != IdentityKind::Group);
    Box::new(principals.map(|(identity, record)| subject(context, identity, record)))
}

fn subject(context: &Arc<Context>, identity: Identity, record: IdentityRecord<'_>) -> Subject {
    let (asking, searching, bounding) = (Arc::clone(context), Arc::clone(context), Arc::clone(context));
    let facts = Principal {
        arn: record.arn.to_owned(),
        name: record.name.to_owned(),
        path: record.path.to_owned(),
        identity_kind: identity.kind,
        aws_owned: identity.kind == IdentityKind::Role && is_aws_owned(record.path),
        permissions_boundary: boundary::arn(context, identity).map(str::to_owned),
        used_by_people: {
            let context = Arc::clone(context);
            Lazy::new(move || used_by_people(&context, identity))
        },
        runs_audit: is_caller(&context.shared.header.caller_arn, identity.kind, record),
        cicd: {
            let (context, name) = (Arc::clone(context), record.name.to_owned());
            Lazy::new(move || is_cicd(&context, identity, &name))
        },
        role_writes: {
            let context = Arc::clone(context);
            Lazy::new(move || role_write::of(&context, identity))
        },
        effective: Lazy::new(move || effective::of(&asking, identity)),
        boundary: Lazy::new(move || boundary::of(&bounding, identity)),
        escalation: Lazy::new(move || escalation::of(&searching, identity)),
    };
    Subject {
        kind: &KIND,
        arn: record.arn.to_owned(),
        name: record.name.to_owned(),
        region: None,
        facts: Box::new(facts),
    }
}

fn used_by_people(context: &Arc<Context>, identity: Identity) -> Known<bool> {
    match context.shared.users.get(identity.index).filter(|_| identity.kind == IdentityKind::User) {
        Some(_) => classification::is_person(context, identity.index),
        None => trust_summary::lets_in_people(context, identity.index),
    }
}

/// Whether it is declared to build and deploy code, or a role into which only builders of code get.
fn is_cicd(context: &Arc<Context>, identity: Identity, name: &str) -> Known<bool> {
    if context.declarations.is_cicd_principal(name) || identity.kind != IdentityKind::Role {
        return Known::Known(context.declarations.is_cicd_principal(name));
    }
    trust_summary::ask(context, identity.index, |trusts| trusts.only_builders)
}

/// Whether the caller is that user, or a session of that role. The ARN of a session leaves out the role's path; names of
/// roles are unique in an account all the same ("IAM identifiers").
fn is_caller(caller: &str, kind: IdentityKind, record: IdentityRecord<'_>) -> bool {
    if kind != IdentityKind::Role {
        return caller == record.arn;
    }
    let account = |arn: &str| arn.split(':').nth(4).map(ToOwned::to_owned);
    let session = caller.splitn(6, ':').nth(5).and_then(|resource| resource.strip_prefix("assumed-role/"));
    let role = session.and_then(|session| session.rsplit_once('/')).map(|(role, _)| role);
    role == Some(record.name) && account(caller) == account(record.arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(caller: &str, kind: IdentityKind, arn: &str) -> bool {
        let name = arn.rsplit('/').next().unwrap();
        is_caller(caller, kind, IdentityRecord { arn, name, path: "/", inline: &[], attached: &[] })
    }

    #[test]
    fn the_caller_is_a_user_or_a_session_of_a_role_of_the_account() {
        let (user, role) = (IdentityKind::User, IdentityKind::Role);
        let (alice, audit) =
            ("arn:aws:iam::111122223333:user/staff/alice", "arn:aws:iam::111122223333:role/a/audit");
        assert!(asks(alice, user, alice));
        assert!(asks("arn:aws:sts::111122223333:assumed-role/audit/nightly", role, audit));
        for (caller, kind, arn) in [
            ("arn:aws:iam::111122223333:user/alice", user, alice),
            ("arn:aws:sts::111122223333:federated-user/alice", user, alice),
            ("arn:aws:iam::111122223333:root", user, alice),
            ("arn:aws:sts::444455556666:assumed-role/audit/nightly", role, audit),
            ("arn:aws:sts::111122223333:assumed-role/audits/nightly", role, audit),
            ("arn:aws:sts::111122223333:assumed-role/audit", role, audit),
        ] {
            assert!(!asks(caller, kind, arn), "{caller} {arn}");
        }
    }
}
