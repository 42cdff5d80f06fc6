//! IAM users.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::{
    CredentialReportRow, Evidence, Observed, Reason, RecordKind, ReportTime, User as Record,
};

use super::{
    AccessKey, AttachedPolicy, Effective, IdentityKind, Tag, access_key, attached, effective, ssh_public_key,
};
use crate::clock::days_since;
use crate::context::Context;
use crate::identities::Identity;
use crate::{Kind, Known, Lazy, Listed, Missing, Subject, facts, listed};

facts! {
    /// An IAM user; the root user is `iam.root`.
    pub struct User as "iam.user" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Its path, `/` at the least.
        path: String, reads [];
        /// When it was created.
        created_at: Timestamp, reads [];
        /// Its age in days.
        age_days: i64, reads [];
        /// Whether it has a console password.
        console: Known<bool>, reads [CredentialReport];
        /// Whether an MFA device is assigned to it. A device may be newer than the credential report, so
        /// "no" takes both.
        mfa: Known<bool>, reads [CredentialReport, VirtualMfaDevices];
        /// When the password was last used; null if never.
        password_last_used_at: Known<Option<Timestamp>>, reads [CredentialReport];
        /// How many days ago the password was last used; null if never.
        password_last_used_days: Known<Option<i64>>, reads [CredentialReport];
        /// How many days ago the password was set or changed; null if there is none.
        password_age_days: Known<Option<i64>>, reads [CredentialReport];
        /// Its access keys, active or not.
        access_keys: Known<Vec<AccessKey>>, reads [CredentialReport];
        /// How many of its access keys are active.
        active_access_keys: Known<i64>, reads [CredentialReport];
        /// The age in days of its newest active access key; null if there is none.
        newest_active_key_age_days: Known<Option<i64>>, reads [CredentialReport];
        /// How many of its X.509 signing certificates are active.
        active_signing_certificates: Known<i64>, reads [CredentialReport];
        /// How many active credentials it has whose last use AWS does not record: credentials for single services,
        /// and SSH keys for CodeCommit where a policy of it or of its groups allows Git there.
        untracked_credentials: Lazy<Known<i64>>, reads [Groups, Policies, SshPublicKeys, ServiceSpecificCredentials];
        /// Whether one of these is in use: false if there is none, otherwise unknown for ever.
        untracked_use: Lazy<Known<bool>>, reads [Groups, Policies, SshPublicKeys, ServiceSpecificCredentials];
        /// The names of its groups.
        groups: Vec<String>, reads [];
        /// The names of its inline policies.
        inline_policies: Vec<String>, reads [];
        /// The managed policies attached to it directly.
        attached_policies: Vec<AttachedPolicy>, reads [];
        /// The managed policies attached to it or to one of its groups.
        policies_with_groups: Lazy<Listed<AttachedPolicy>>, reads [Groups];
        /// The ARN of its permissions boundary; null if there is none.
        permissions_boundary: Option<String>, reads [];
        /// Its tags.
        tags: Vec<Tag>, reads [];
        /// What it may really do.
        effective: Lazy<Known<Effective>>, reads [Groups, Policies, ServiceControlPolicies];
    }
}

/// IAM users.
pub static KIND: Kind = Kind {
    name: "iam.user",
    variable: "user",
    object: &User::OBJECT,
    listings: &[RecordKind::User],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:user/*", shared.header.partition, shared.header.account_id)
    },
    subjects,
    hidden: |_| None,
};

/// One subject per user.
pub(crate) fn subjects(context: &Arc<Context>) -> Vec<Subject> {
    let users = context.shared.users.iter().enumerate();
    users.map(|(index, user)| subject(context, index, user)).collect()
}

fn subject(context: &Arc<Context>, index: usize, user: &Record) -> Subject {
    let now = context.now();
    let row = context.row(user);
    let keys = || row.as_ref().map(|row| access_key::of(user, row, now));
    let active = || keys().map(|keys| keys.into_iter().filter(|key| key.active).collect::<Vec<_>>());
    let used = row.as_ref().map(|row| at(row.password_last_used));
    let (asking, gathering) = (Arc::clone(context), Arc::clone(context));
    let facts = User {
        arn: user.arn.clone(),
        name: user.name.clone(),
        path: user.path.clone(),
        created_at: user.created_at,
        age_days: days_since(user.created_at, now),
        console: console(row.as_ref().map(|row| *row)),
        mfa: mfa(context, user, row.as_ref().map(|row| *row)),
        password_last_used_at: used.clone(),
        password_last_used_days: used.map(|time| time.map(|time| days_since(time, now))),
        password_age_days: row
            .as_ref()
            .map(|row| at(row.password_last_changed).map(|time| days_since(time, now))),
        active_access_keys: row
            .as_ref()
            .map(|row| row.access_keys.iter().map(|key| i64::from(key.active)).sum()),
        newest_active_key_age_days: newest_age(active()),
        access_keys: keys(),
        active_signing_certificates: row
            .as_ref()
            .map(|row| row.certificates_active.iter().map(|&active| i64::from(active)).sum()),
        untracked_credentials: lazily(context, index, untracked_credentials),
        untracked_use: lazily(context, index, untracked_use),
        groups: user.groups.clone(),
        inline_policies: attached::names(&user.inline_policies),
        attached_policies: AttachedPolicy::list(&user.attached_policies),
        policies_with_groups: Lazy::new(move || policies_with_groups(&gathering, index)),
        permissions_boundary: user.permissions_boundary.as_ref().map(|boundary| boundary.arn.clone()),
        tags: Tag::list(&user.tags),
        effective: Lazy::new(move || effective::of(&asking, Identity { kind: IdentityKind::User, index })),
    };
    Subject {
        kind: &KIND,
        arn: user.arn.clone(),
        name: user.name.clone(),
        region: None,
        facts: Box::new(facts),
    }
}

/// The managed policies of a user and of his groups, each once; a group that was not listed hides some.
fn policies_with_groups(context: &Context, index: usize) -> Listed<AttachedPolicy> {
    let Some(user) = context.shared.users.get(index) else { return Listed::complete(Vec::new()) };
    let mut attached = user.attached_policies.clone();
    let mut incomplete = None;
    for name in &user.groups {
        match context.group(name).and_then(|group| context.shared.groups.get(group)) {
            Some(group) => attached.extend(group.attached_policies.iter().cloned()),
            None => {
                let unlisted = || Missing::because(Evidence::Groups, Reason::Malformed);
                incomplete = Some(context.incomplete(RecordKind::Group).unwrap_or_else(unlisted));
            }
        }
    }
    attached.sort_by(|one, other| one.arn.cmp(&other.arn));
    attached.dedup_by(|one, other| one.arn == other.arn);
    Listed { items: AttachedPolicy::list(&attached), incomplete }
}

/// Whether a user has a console password; a report that does not say so is malformed.
pub(crate) fn console(row: Known<&CredentialReportRow>) -> Known<bool> {
    match row {
        Known::Known(row) => row.password_enabled.map_or_else(malformed, Known::Known),
        Known::Unknown(missing) => Known::Unknown(missing),
    }
}

/// Whether a user has an MFA device: the live list shows virtual devices, the report all kinds.
fn mfa(context: &Context, user: &Record, row: Known<&CredentialReportRow>) -> Known<bool> {
    let reported = row.map(|row| row.mfa_active == Some(true));
    reported.or(has_virtual_device(context, &user.arn))
}

/// Whether a virtual MFA device is assigned to a user or the root user.
pub(super) fn has_virtual_device(context: &Context, arn: &str) -> Known<bool> {
    let evidence = Evidence::VirtualMfaDevices;
    match &context.shared.account.virtual_mfa_devices {
        Observed::Present(devices) => {
            let incomplete = devices.incomplete.as_ref().map(|why| Missing::evidence(evidence, why));
            Known::any([Known::Known(context.has_listed_device(arn))], incomplete)
        }
        Observed::Absent | Observed::NotOffered(_) => Known::Known(false),
        Observed::Unreadable(why) => Known::Unknown(Missing::evidence(evidence, why)),
    }
}

/// A fact about the user of that place, worked out when a rule first asks.
fn lazily<T: 'static>(
    context: &Arc<Context>,
    index: usize,
    ask: fn(&Context, usize) -> Known<T>,
) -> Lazy<Known<T>> {
    let context = Arc::clone(context);
    Lazy::new(move || ask(&context, index))
}

/// How many active credentials a user has whose last use AWS does not record.
fn untracked_credentials(context: &Context, index: usize) -> Known<i64> {
    let listed = &context.shared.account.service_specific_credentials;
    let evidence = Evidence::ServiceSpecificCredentials;
    if let Some(missing) = listed::hidden(listed, evidence) {
        return Known::Unknown(missing).and(ssh_public_key::active_keys(context, index), |_: i64, keys| keys);
    }
    let user = context.shared.users.get(index).map(|user| user.name.as_str());
    let of_user = listed::items(listed).iter().filter(|one| one.active && Some(one.user.as_str()) == user);
    let count = i64::try_from(of_user.count()).unwrap_or(i64::MAX);
    ssh_public_key::active_keys(context, index).map(|keys| keys.saturating_add(count))
}

/// Whether a credential of a user is in use whose last use AWS does not record.
fn untracked_use(context: &Context, index: usize) -> Known<bool> {
    untracked_credentials(context, index).and_then(|count| match count {
        0 => Known::Known(false),
        _ => Known::Unknown(Missing::because(Evidence::SshPublicKeys, Reason::NotRecorded)),
    })
}

/// The age of the newest of these keys; unknown as soon as one age is.
fn newest_age(keys: Known<Vec<AccessKey>>) -> Known<Option<i64>> {
    let keys = match keys {
        Known::Known(keys) => keys,
        Known::Unknown(missing) => return Known::Unknown(missing),
    };
    keys.into_iter().fold(Known::Known(None), |newest, key| {
        newest.and(key.age_days, |newest: Option<i64>, age| Some(newest.map_or(age, |one| one.min(age))))
    })
}

/// A time of the report, if there is one.
pub(super) fn at(time: ReportTime) -> Option<Timestamp> {
    match time {
        ReportTime::At(time) => Some(time),
        ReportTime::NotApplicable | ReportTime::NoInformation | ReportTime::NotSupported => None,
    }
}

/// The credential report does not have the shape that AWS documents.
pub(super) fn malformed<T>() -> Known<T> {
    Known::Unknown(Missing::because(Evidence::CredentialReport, Reason::Malformed))
}
