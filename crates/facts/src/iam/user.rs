//! IAM users.

use std::sync::Arc;

use jiff::Timestamp;
use palisade_snapshot::{CredentialReportRow, Evidence, Reason, RecordKind, ReportTime, User as Record};

use super::{
    AccessKeySummary, AttachedPolicy, Effective, IdentityKind, Tag, UserClass, access_key, attached,
    classification, effective, ssh_public_key,
};
use crate::clock::days_since;
use crate::context::Context;
use crate::identities::Identity;
use crate::subject::Subjects;
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
        /// Whether a virtual MFA device is assigned to it, an app whose secret can be copied.
        virtual_mfa: Known<bool>, reads [VirtualMfaDevices];
        /// When the password was last used; null if never.
        password_last_used_at: Known<Option<Timestamp>>, reads [CredentialReport];
        /// How many days ago the password was last used; null if never.
        password_last_used_days: Known<Option<i64>>, reads [CredentialReport];
        /// How many days ago the password was set or changed; null if there is none.
        password_age_days: Known<Option<i64>>, reads [CredentialReport];
        /// How many minutes after the user was created the password was set or last changed; null if there is none.
        password_set_after_minutes: Known<Option<i64>>, reads [CredentialReport];
        /// Its access keys, active or not.
        access_keys: Known<Vec<AccessKeySummary>>, reads [CredentialReport];
        /// How many of its access keys are active.
        active_access_keys: Known<i64>, reads [CredentialReport];
        /// The age in days of its newest active access key; null if there is none.
        newest_active_key_age_days: Known<Option<i64>>, reads [CredentialReport];
        /// How many of its X.509 signing certificates are active.
        active_signing_certificates: Known<i64>, reads [CredentialReport];
        /// The age in days of the oldest of these; null if there is none.
        oldest_signing_certificate_age_days: Known<Option<i64>>, reads [CredentialReport];
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
        /// Whether it, or one of its groups, has any policy.
        has_policies: Lazy<Known<bool>>, reads [Groups];
        /// The ARN of its permissions boundary; null if there is none.
        permissions_boundary: Option<String>, reads [];
        /// Its tags.
        tags: Vec<Tag>, reads [];
        /// What it may really do.
        effective: Lazy<Known<Effective>>, reads [Groups, Policies, ServiceControlPolicies];
        /// Whose it is: `human` for a person, `machine` for a program, `contradictory` where some signs say the one and
        /// some the other, `unclassified` where nothing tells. A tag decides; without one, signs that agree.
        /// `user_classification` in `palisade.toml` says which tag, groups and names count.
        class: Lazy<Known<UserClass>>, reads [CredentialReport, VirtualMfaDevices];
        /// Whether it is a person's: its class is `human` or `contradictory`.
        used_by_people: Lazy<Known<bool>>, reads [CredentialReport, VirtualMfaDevices];
        /// What says that it is a person's, such as `a console password`.
        human_signs: Lazy<Listed<String>>, reads [CredentialReport, VirtualMfaDevices];
        /// What says that it is a program's, such as `the group Apps`.
        machine_signs: Lazy<Vec<String>>, reads [];
        /// Whether `palisade.toml` declares it to build and deploy code (CI/CD).
        cicd: bool, reads [];
        /// The prefixes of the services that `palisade.toml` declares it to need; null if nothing is declared.
        declared_services: Option<Vec<String>>, reads [];
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
pub(crate) fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let users = context.shared.users.iter().enumerate();
    Box::new(users.map(|(index, user)| subject(context, index, user)))
}

fn subject(context: &Arc<Context>, index: usize, user: &Record) -> Subject {
    let now = context.now();
    let row = context.row(user);
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
        virtual_mfa: has_virtual_device(context, &user.arn),
        password_last_used_at: used.clone(),
        password_last_used_days: used.map(|time| time.map(|time| days_since(time, now))),
        password_age_days: row
            .as_ref()
            .map(|row| at(row.password_last_changed).map(|time| days_since(time, now))),
        password_set_after_minutes: row
            .as_ref()
            .map(|row| at(row.password_last_changed).map(|time| whole_minutes(user.created_at, time))),
        active_access_keys: row
            .as_ref()
            .map(|row| row.access_keys.iter().map(|key| i64::from(key.active)).sum()),
        newest_active_key_age_days: row.as_ref().and_then(|row| newest_key_age(row, now)),
        access_keys: row.as_ref().map(|row| access_key::summaries(row, now)),
        active_signing_certificates: row
            .as_ref()
            .map(|row| row.certificates_active.iter().map(|&active| i64::from(active)).sum()),
        oldest_signing_certificate_age_days: row.as_ref().and_then(|row| oldest_certificate_age(row, now)),
        untracked_credentials: lazily(context, index, untracked_credentials),
        untracked_use: lazily(context, index, untracked_use),
        groups: user.groups.clone(),
        inline_policies: attached::names(&user.inline_policies),
        attached_policies: AttachedPolicy::list(&user.attached_policies),
        policies_with_groups: Lazy::new(move || policies_with_groups(&gathering, index)),
        has_policies: lazily(context, index, has_policies),
        permissions_boundary: user.permissions_boundary.as_ref().map(|boundary| boundary.arn.clone()),
        tags: Tag::list(&user.tags),
        effective: Lazy::new(move || effective::of(&asking, Identity { kind: IdentityKind::User, index })),
        class: lazily(context, index, classification::class),
        used_by_people: lazily(context, index, classification::is_person),
        human_signs: lazily(context, index, classification::human_signs),
        machine_signs: lazily(context, index, classification::machine_signs),
        cicd: context.declarations.is_cicd_principal(&user.name),
        declared_services: context.declarations.services_for(&user.name, &user.groups),
    };
    Subject {
        kind: &KIND,
        arn: user.arn.clone(),
        name: user.name.clone(),
        region: None,
        facts: Box::new(facts),
    }
}

/// Whether a user or one of his groups has a policy; a group that was not listed hides whether it has.
fn has_policies(context: &Context, index: usize) -> Known<bool> {
    let Some(user) = context.shared.users.get(index) else { return Known::Known(false) };
    let own = !user.inline_policies.is_empty() || !user.attached_policies.is_empty();
    let of_groups = user.groups.iter().map(|name| {
        let group = context.group(name).and_then(|group| context.shared.groups.get(group));
        group.map_or_else(
            || Known::Unknown(unlisted_group(context)),
            |group| Known::Known(!group.inline_policies.is_empty() || !group.attached_policies.is_empty()),
        )
    });
    Known::any(of_groups.chain([Known::Known(own)]), None)
}

/// What hides a group that a user is in.
fn unlisted_group(context: &Context) -> Missing {
    let unlisted = || Missing::because(Evidence::Groups, Reason::Malformed);
    context.incomplete(RecordKind::Group).unwrap_or_else(unlisted)
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
                incomplete = Some(unlisted_group(context));
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
pub(super) fn mfa(context: &Context, user: &Record, row: Known<&CredentialReportRow>) -> Known<bool> {
    let reported = row.map(|row| row.mfa_active == Some(true));
    reported.or(has_virtual_device(context, &user.arn))
}

/// Whether a virtual MFA device is assigned to a user or the root user.
pub(super) fn has_virtual_device(context: &Context, arn: &str) -> Known<bool> {
    let listed = context.listed_devices(arn).next().is_some();
    Known::any([Known::Known(listed)], hidden_devices(context))
}

/// What hides virtual MFA devices, if there may be more than were listed.
pub(super) fn hidden_devices(context: &Context) -> Option<Missing> {
    listed::hidden(&context.shared.account.virtual_mfa_devices, Evidence::VirtualMfaDevices)
}

/// Since when a user has had a virtual MFA device.
pub(super) fn mfa_enabled_at(context: &Context, arn: &str) -> Known<Option<Timestamp>> {
    if let Some(missing) = hidden_devices(context) {
        return Known::Unknown(missing);
    }
    let times: Option<Vec<_>> = context.listed_devices(arn).map(|device| device.enabled_at).collect();
    match times {
        Some(times) => Known::Known(times.into_iter().min()),
        None => Known::Unknown(Missing::because(Evidence::VirtualMfaDevices, Reason::Malformed)),
    }
}

/// A fact about the user of that place, worked out when a rule first asks.
pub(super) fn lazily<T: 'static>(
    context: &Arc<Context>,
    index: usize,
    ask: fn(&Context, usize) -> T,
) -> Lazy<T> {
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

/// The age of the newest active key; unknown as soon as one age is.
fn newest_key_age(row: &CredentialReportRow, now: Timestamp) -> Known<Option<i64>> {
    let active = row.access_keys.iter().filter(|key| key.active);
    active.fold(Known::Known(None), |newest, key| {
        let age = access_key::rotated_at(key).map(|time| days_since(time, now));
        newest.and(age, |newest: Option<i64>, age| Some(newest.map_or(age, |one| one.min(age))))
    })
}

/// The age of the oldest active signing certificate; an active one without a date is malformed.
fn oldest_certificate_age(row: &CredentialReportRow, now: Timestamp) -> Known<Option<i64>> {
    if row.certificates_active == [false; 2] {
        return Known::Known(None);
    }
    let none = || [ReportTime::NotApplicable; 2];
    let times = Known::observed(&row.certificates_rotated, Evidence::CredentialReport, none, |times| *times);
    times.and_then(|times| {
        let active = times.into_iter().zip(row.certificates_active).filter(|(_, active)| *active);
        let dated: Option<Vec<_>> = active.map(|(time, _)| at(time)).collect();
        dated.map_or_else(malformed, |dated| {
            Known::Known(dated.into_iter().map(|time| days_since(time, now)).max())
        })
    })
}

/// How many days ago an active access key was last used, or created if it never was; none without an active key.
pub(crate) fn idle_key_days(row: &CredentialReportRow, now: Timestamp) -> Known<Option<i64>> {
    let active = row.access_keys.iter().filter(|key| key.active);
    active.fold(Known::Known(None), |idle, key| {
        let last = at(key.last_used).map_or_else(|| access_key::rotated_at(key), Known::Known);
        let days = last.map(|time| days_since(time, now));
        idle.and(days, |idle: Option<i64>, days| Some(idle.map_or(days, |one| one.min(days))))
    })
}

/// What lets somebody in as a user: a password, an access key.
pub(crate) fn credentials(row: &CredentialReportRow) -> Known<Vec<String>> {
    console(Known::Known(row)).map(|password| {
        let has_key = row.access_keys.iter().any(|key| key.active);
        let held = [(password, "a password"), (has_key, "an access key")];
        held.into_iter().filter(|(held, _)| *held).map(|(_, what)| what.to_owned()).collect()
    })
}

/// The whole minutes from one time to another, negative if it came before.
fn whole_minutes(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second()) / 60
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
