//! Whether a policy alone lets its holders become administrator: the search for paths, with somebody who holds it and
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_snapshot::{AttachedPolicy, Evidence, InlinePolicy, Observed, Reason, Role, Shared, User};

use super::escalation::Escalation;
use super::{IdentityKind, inline_policy};
use crate::context::Context;
use crate::escalation::{Account, Status};
use crate::identities::IdentityRecord;
use crate::{Known, Missing};

/// Where the imagined holders are: no user or role of the account has this path.
const PATH: &str = "/palisade-imagines/";
/// Nobody gets into an imagined role.
const TRUSTS_NOBODY: &str = r#"{"Version": "2012-10-17", "Statement":
    [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]}"#;

/// Whether whoever holds a policy and nothing else can become administrator; unknown where that hangs on what could not
/// be read.
pub(super) fn of(context: &Context, policy: &str) -> Known<Escalation> {
    let found = match context.escalations.found(context) {
        Known::Known(found) => found,
        Known::Unknown(why) => return Known::Unknown(why),
    };
    match found.by_policy.get(policy) {
        Some(report) if report.status == Status::Unknown => {
            let broken = || Missing::because(Evidence::Policies, Reason::Malformed);
            Known::Unknown(found.unread.clone().unwrap_or_else(broken))
        }
        report => Known::Known(report.map_or_else(Escalation::none, Escalation::of)),
    }
}

/// The records of an account, with somebody for each policy who holds nothing else.
pub(super) struct Imagined {
    shared: Shared,
    /// By the ARN of the holder: the ARN of the policy.
    holders: BTreeMap<String, String>,
    /// The policies that have a holder, with whether that is a role.
    held: BTreeSet<(String, bool)>,
}

impl Imagined {
    /// The account with those holders, and the ARN of the policy of each by his ARN.
    pub(super) fn of(context: &Context) -> (Account, BTreeMap<String, String>) {
        let shared = Shared::clone(&context.shared);
        let mut imagined = Self { shared, holders: BTreeMap::new(), held: BTreeSet::new() };
        for (identity, record) in context.identity_records() {
            imagined.hold(identity.kind, &record);
        }
        imagined.hold_the_rest();
        (Account::of(Arc::new(imagined.shared)).with_imagined(PATH), imagined.holders)
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
                ssh_public_keys: Observed::default(),
            });
        }
    }
}
