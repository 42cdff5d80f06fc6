//! Whether a policy alone lets its holders become administrator: the search for paths, with somebody who holds it and
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use palisade_snapshot::{AttachedPolicy, Evidence, InlinePolicy, Reason, Role, Shared, User};

use super::escalation::{Escalation, Ready, ready};
use super::{IdentityKind, inline_policy};
use crate::context::Context;
use crate::escalation::{Account, PrincipalReport, Status, built_in, principals};
use crate::identities::IdentityRecord;
use crate::{Known, Missing};

/// Where the imagined holders are: no user or role of the account has this path.
const PATH: &str = "/palisade-imagines/";
/// Nobody gets into an imagined role.
const TRUSTS_NOBODY: &str = r#"{"Version": "2012-10-17", "Statement":
    [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]}"#;

/// What policies come to, by ARN, once asked for.
#[derive(Debug, Default)]
pub(crate) struct PolicyEscalations(OnceLock<Known<Found>>);

#[derive(Debug)]
struct Found {
    /// By the ARN of the policy; of several kinds of holder, what comes to most.
    by_policy: BTreeMap<String, PrincipalReport>,
    unread: Option<Missing>,
}

/// Whether whoever holds a policy and nothing else can become administrator; unknown where that hangs on what could not
/// be read.
pub(super) fn of(context: &Context, policy: &str) -> Known<Escalation> {
    let found = match context.policy_escalations.0.get_or_init(|| search(context)) {
        Known::Known(found) => found,
        Known::Unknown(why) => return Known::Unknown(why.clone()),
    };
    match found.by_policy.get(policy) {
        Some(report) if report.status == Status::Unknown => {
            let broken = || Missing::because(Evidence::Policies, Reason::Malformed);
            Known::Unknown(found.unread.clone().unwrap_or_else(broken))
        }
        report => Known::Known(report.map_or_else(Escalation::none, Escalation::of)),
    }
}

fn search(context: &Context) -> Known<Found> {
    let unread = match ready(context) {
        Ready::Yes(unread) => unread,
        Ready::No(missing) => return Known::Unknown(missing),
    };
    let mut imagined = Imagined::new(&context.shared);
    for (identity, record) in context.identity_records() {
        imagined.hold(identity.kind, &record);
    }
    imagined.hold_the_rest();
    // A technique that ships and can't be used fails the tests.
    let techniques = built_in().unwrap_or_default();
    let account = Account::of(Arc::new(imagined.shared)).with_imagined(PATH);
    let mut by_policy: BTreeMap<String, PrincipalReport> = BTreeMap::new();
    for mut report in principals(&[account], techniques) {
        let Some(policy) = imagined.holders.get(&report.arn) else { continue };
        if by_policy.get(policy).is_none_or(|known| report.status < known.status) {
            // Only the first path is shown.
            report.paths.truncate(1);
            by_policy.insert(policy.clone(), report);
        }
    }
    Known::Known(Found { by_policy, unread })
}

/// The records of an account, with somebody for each policy who holds nothing else.
struct Imagined {
    shared: Shared,
    /// By the ARN of the holder: the ARN of the policy.
    holders: BTreeMap<String, String>,
    /// The policies that have a holder, with whether that is a role.
    held: BTreeSet<(String, bool)>,
}

impl Imagined {
    fn new(shared: &Shared) -> Self {
        Self { shared: shared.clone(), holders: BTreeMap::new(), held: BTreeSet::new() }
    }

    /// Adds a user for each policy that is attached to somebody of whom nothing is known.
    fn hold_the_rest(&mut self) {
        let attached = self.shared.policies.iter().filter(|policy| policy.attachment_count > 0);
        let rest: Vec<AttachedPolicy> = attached
            .filter(|policy| {
                [true, false].iter().all(|kind| !self.held.contains(&(policy.arn.clone(), *kind)))
            })
            .map(|policy| AttachedPolicy { name: policy.name.clone(), arn: policy.arn.clone() })
            .collect();
        for policy in rest {
            self.holder(false, &policy.arn.clone(), Vec::new(), vec![policy]);
        }
    }

    /// Adds holders of the policies that somebody has: users for those of groups.
    fn hold(&mut self, kind: IdentityKind, record: &IdentityRecord<'_>) {
        let is_role = kind == IdentityKind::Role;
        for policy in record.attached {
            self.holder(is_role, &policy.arn, Vec::new(), vec![policy.clone()]);
        }
        for policy in record.inline {
            let arn = inline_policy::arn(record.arn, &policy.name);
            self.holder(is_role, &arn, vec![policy.clone()], Vec::new());
        }
    }

    fn holder(
        &mut self,
        is_role: bool,
        policy: &str,
        inline_policies: Vec<InlinePolicy>,
        attached_policies: Vec<AttachedPolicy>,
    ) {
        let name = format!("holder-{}", self.holders.len());
        let header = &self.shared.header;
        let kind = if is_role { "role" } else { "user" };
        let arn = format!("arn:{}:iam::{}:{kind}{PATH}{name}", header.partition, header.account_id);
        let created_at = header.taken_at;
        let path = PATH.to_owned();
        let (id, tags) = (format!("PALISADE{}", self.holders.len()), Vec::new());
        if !self.held.insert((policy.to_owned(), is_role)) {
            return;
        }
        self.holders.insert(arn.clone(), policy.to_owned());
        if is_role {
            self.shared.roles.push(Role {
                arn,
                name,
                id,
                path,
                created_at,
                trust_policy: TRUSTS_NOBODY.to_owned(),
                inline_policies,
                attached_policies,
                permissions_boundary: None,
                instance_profiles: Vec::new(),
                last_used: None,
                tags,
            });
        } else {
            self.shared.users.push(User {
                arn,
                name,
                id,
                path,
                created_at,
                groups: Vec::new(),
                inline_policies,
                attached_policies,
                permissions_boundary: None,
                tags,
            });
        }
    }
}
