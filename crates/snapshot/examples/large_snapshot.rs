//! Makes a snapshot of any size out of a small one, for benchmarks:
//! `cargo run --release -p palisade-snapshot --example large_snapshot -- SMALL LARGE RESOURCES`.
//!
//! Every resource is a copy of one in the small snapshot under another name, so that it carries all the
//! evidence there is; policies that speak of their own resource speak of the copy. Users, groups, roles and
//! customer managed policies are as many as the quotas of IAM let one account have ("IAM and AWS STS
//! quotas"), the rest are buckets and repositories. Same arguments, same bytes.
#![expect(clippy::print_stdout, reason = "it says what it made")]

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::path::Path;

use palisade_snapshot::{
    AttachedPolicy, Bucket, CredentialReportRow, Group, InlinePolicy, ManagedPolicy, Observed, OpenOptions,
    Repository, Role, Snapshot, StoredSnapshot, User, VirtualMfaDevice,
};

/// Of a hundred resources so many are of a kind, but no more than the quota of IAM.
const GROUPS: Share = Share { of_hundred: 1, quota: 300 };
const USERS: Share = Share { of_hundred: 5, quota: 5_000 };
const ROLES: Share = Share { of_hundred: 5, quota: 5_000 };
const POLICIES: Share = Share { of_hundred: 3, quota: 5_000 };
/// Of a hundred of the other resources so many are buckets, the rest repositories.
const BUCKETS_OF_HUNDRED: usize = 60;

/// How often a resource is copied for one copy of each that is not listed: accounts have more of what is in
/// good order.
const WEIGHTS: [(&str, usize); 10] = [
    ("carol", 20),
    ("bob", 8),
    ("thumbnailer", 40),
    ("cost-insights", 4),
    ("infra-ManageOwnUserP", 20),
    ("infra-AssumeRoleP", 20),
    ("acme-customer-data", 24),
    ("acme-logs", 8),
    ("shop/api", 12),
    ("shop/worker", 4),
];

struct Share {
    of_hundred: usize,
    quota: usize,
}

impl Share {
    fn of(&self, resources: usize) -> usize {
        (resources * self.of_hundred / 100).min(self.quota)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [small, large, resources] = arguments.as_slice() else {
        return Err("name the small snapshot, the large one, and the number of its resources".into());
    };
    let mut snapshot = StoredSnapshot::open(Path::new(small), OpenOptions::default())?.load()?;
    enlarge(&mut snapshot, resources.parse()?)?;
    snapshot.write_file(Path::new(large))?;
    println!(
        "{} users, {} groups, {} roles, {} policies, {} buckets, {} repositories",
        snapshot.shared.users.len(),
        snapshot.shared.groups.len(),
        snapshot.shared.roles.len(),
        snapshot.shared.policies.len(),
        snapshot.buckets.len(),
        snapshot.repositories.len()
    );
    Ok(())
}

fn enlarge(snapshot: &mut Snapshot, resources: usize) -> Result<(), String> {
    let shared = &mut snapshot.shared;
    let (aws_policies, own_policies): (Vec<_>, Vec<_>) =
        shared.policies.drain(..).partition(|policy| policy.arn.contains(":iam::aws:"));
    let policies = Copies::new(&own_policies, POLICIES.of(resources), policy)?;
    let groups = Copies::new(&shared.groups, GROUPS.of(resources), |template, number| Group {
        attached_policies: reattached(&template.attached_policies, &policies, number),
        ..group(template, number)
    })?;
    let users = Copies::new(&shared.users, USERS.of(resources), |template, number| User {
        attached_policies: reattached(&template.attached_policies, &policies, number),
        groups: template
            .groups
            .iter()
            .filter_map(|name| Some(groups.of(name, number)?.name.clone()))
            .collect(),
        ..user(template, number)
    })?;
    let roles = Copies::new(&shared.roles, ROLES.of(resources), |template, number| Role {
        attached_policies: reattached(&template.attached_policies, &policies, number),
        ..role(template, number)
    })?;
    if let Observed::Present(report) = &mut shared.account.credential_report {
        report.rows = report.rows.iter().flat_map(|row| rows(row, &users)).collect();
    }
    if let Observed::Present(devices) = &mut shared.account.virtual_mfa_devices {
        devices.items = devices.items.iter().flat_map(|device| mfa_devices(device, &users)).collect();
    }
    shared.users = users.records;
    shared.groups = groups.records;
    shared.roles = roles.records;
    shared.policies = policies.records;
    shared.policies.extend(aws_policies);
    let identities = shared.users.len() + shared.groups.len() + shared.roles.len() + shared.policies.len();
    let rest = resources.saturating_sub(identities);
    let buckets = rest * BUCKETS_OF_HUNDRED / 100;
    snapshot.buckets = Copies::new(&snapshot.buckets, buckets, bucket)?.records;
    snapshot.repositories = Copies::new(&snapshot.repositories, rest - buckets, repository)?.records;
    snapshot.sort();
    Ok(())
}

/// Something that is copied.
trait Named {
    fn name(&self) -> &str;
}

macro_rules! named {
    ($($record:ty),+) => {
        $(impl Named for $record {
            fn name(&self) -> &str {
                &self.name
            }
        })+
    };
}
named!(User, Group, Role, ManagedPolicy, Bucket, Repository);

/// The copies of one kind of resource, and which are copies of what.
struct Copies<T> {
    records: Vec<T>,
    of: BTreeMap<String, Vec<usize>>,
}

impl<T: Named> Copies<T> {
    /// Copies each template as often as its weight says, over and over.
    fn new(templates: &[T], count: usize, copy: impl Fn(&T, usize) -> T) -> Result<Self, String> {
        let weight =
            |name: &str| WEIGHTS.iter().find(|(known, _)| *known == name).map_or(1, |(_, weight)| *weight);
        let round: Vec<&T> =
            templates.iter().flat_map(|one| std::iter::repeat_n(one, weight(one.name()))).collect();
        if round.is_empty() {
            return Err("the small snapshot lacks a kind of resource".to_owned());
        }
        let mut copies = Self { records: Vec::with_capacity(count), of: BTreeMap::new() };
        for (number, template) in round.into_iter().cycle().take(count).enumerate() {
            copies.records.push(copy(template, number));
            copies.of.entry(template.name().to_owned()).or_default().push(number);
        }
        Ok(copies)
    }

    /// Some copy of what had that name.
    fn of(&self, name: &str, number: usize) -> Option<&T> {
        let copies = self.of.get(name)?;
        self.records.get(*copies.get(number % copies.len())?)
    }
}

fn numbered(text: &str, number: usize) -> String {
    format!("{text}-{number:06}")
}

/// Attachments of customer managed policies become attachments of their copies.
fn reattached(
    attached: &[AttachedPolicy],
    policies: &Copies<ManagedPolicy>,
    number: usize,
) -> Vec<AttachedPolicy> {
    let copy = |one: &AttachedPolicy| match policies.of(&one.name, number) {
        Some(policy) => AttachedPolicy { name: policy.name.clone(), arn: policy.arn.clone() },
        None => one.clone(),
    };
    attached.iter().map(copy).collect()
}

fn policy(template: &ManagedPolicy, number: usize) -> ManagedPolicy {
    ManagedPolicy {
        name: numbered(&template.name, number),
        arn: numbered(&template.arn, number),
        id: numbered(&template.id, number),
        ..template.clone()
    }
}

fn group(template: &Group, number: usize) -> Group {
    Group {
        name: numbered(&template.name, number),
        arn: numbered(&template.arn, number),
        id: numbered(&template.id, number),
        ..template.clone()
    }
}

fn user(template: &User, number: usize) -> User {
    User {
        name: numbered(&template.name, number),
        arn: numbered(&template.arn, number),
        id: numbered(&template.id, number),
        ..template.clone()
    }
}

/// A role with what applications may usually do beside what its template may.
fn role(template: &Role, number: usize) -> Role {
    let mut role = Role {
        name: numbered(&template.name, number),
        arn: numbered(&template.arn, number),
        id: numbered(&template.id, number),
        ..template.clone()
    };
    if !role.path.starts_with("/aws-") {
        role.inline_policies.push(InlinePolicy { name: "work".to_owned(), document: application(number) });
    }
    role
}

fn application(number: usize) -> String {
    serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Table", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
            "Resource": format!("arn:aws:dynamodb:eu-west-1:111122223333:table/orders-{number}")},
        {"Sid": "Objects", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": format!("arn:aws:s3:::acme-exports-{number:06}/*")},
        {"Sid": "Logs", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "*"},
    ]})
    .to_string()
}

/// The rows of a user's copies in the credential report; the root user keeps his.
fn rows(row: &CredentialReportRow, users: &Copies<User>) -> Vec<CredentialReportRow> {
    let Some(copies) = users.of.get(&row.user) else { return vec![row.clone()] };
    let copy =
        |user: &User| CredentialReportRow { user: user.name.clone(), arn: user.arn.clone(), ..row.clone() };
    copies.iter().filter_map(|&number| users.records.get(number)).map(copy).collect()
}

/// The MFA devices of a user's copies.
fn mfa_devices(device: &VirtualMfaDevice, users: &Copies<User>) -> Vec<VirtualMfaDevice> {
    let owner = device.user_arn.as_ref().and_then(|arn| arn.split_once(":user/"));
    let Some(copies) = owner.and_then(|(_, name)| users.of.get(name)) else { return vec![device.clone()] };
    let copy = |&number: &usize| VirtualMfaDevice {
        serial_number: numbered(&device.serial_number, number),
        user_arn: users.records.get(number).map(|user| user.arn.clone()),
        ..device.clone()
    };
    copies.iter().map(copy).collect()
}

fn bucket(template: &Bucket, number: usize) -> Bucket {
    let arn = numbered(&template.arn, number);
    Bucket {
        policy: template.policy.clone().map(|policy| policy.replace(&template.arn, &arn)),
        name: numbered(&template.name, number),
        arn,
        ..template.clone()
    }
}

fn repository(template: &Repository, number: usize) -> Repository {
    Repository {
        name: numbered(&template.name, number),
        arn: numbered(&template.arn, number),
        ..template.clone()
    }
}
