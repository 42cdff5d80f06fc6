//! Whether a policy alone lets its holders become administrator: the search for paths, with somebody who holds it and
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use palisade_snapshot::{Evidence, Reason};

use super::escalation::Escalation;
use super::{IdentityKind, inline_policy};
use crate::context::Context;
use crate::escalation::{Account, Imagined, ImaginedGrant, Status};
use crate::identities::IdentityRecord;
use crate::{Known, Missing};

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

/// Somebody for each policy of the account who holds nothing else, and what each holds.
#[derive(Default)]
pub(super) struct Holders {
    all: Vec<Imagined>,
    /// The ARN of the policy of each, by his ARN.
    pub(super) policies: BTreeMap<String, String>,
    /// The policies that have a holder, with whether that is a role.
    held: BTreeSet<(String, bool)>,
}

/// The account with those holders, and who they are.
pub(super) fn with_holders(context: &Context) -> (Account, Holders) {
    let mut holders = Holders::default();
    for (identity, record) in context.identity_records() {
        holders.of(context, identity.kind, &record);
    }
    holders.of_the_rest(context);
    let account = Account::of(Arc::clone(&context.shared)).with_read(context.read_policies());
    (account.with_imagined(mem::take(&mut holders.all)), holders)
}

impl Holders {
    /// Adds holders of the policies that somebody has: users for those of groups.
    fn of(&mut self, context: &Context, kind: IdentityKind, record: &IdentityRecord<'_>) {
        let is_role = kind == IdentityKind::Role;
        for policy in record.attached {
            self.add(context, is_role, &policy.arn, ImaginedGrant::Attached);
        }
        for policy in record.inline {
            self.add(context, is_role, &inline_policy::arn(record.arn, &policy.name), ImaginedGrant::Inline);
        }
    }

    /// Adds a user for each policy that is attached to somebody of whom nothing is known.
    fn of_the_rest(&mut self, context: &Context) {
        let attached = context.shared.policies.iter().filter(|policy| policy.attachment_count > 0);
        for policy in attached {
            if [true, false].iter().all(|kind| !self.held.contains(&(policy.arn.clone(), *kind))) {
                self.add(context, false, &policy.arn, ImaginedGrant::Attached);
            }
        }
    }

    fn add(
        &mut self,
        context: &Context,
        is_role: bool,
        policy: &str,
        grant: impl FnOnce(String) -> ImaginedGrant,
    ) {
        if !self.held.insert((policy.to_owned(), is_role)) {
            return;
        }
        let imagined = Imagined::new(self.all.len(), is_role, grant(policy.to_owned()));
        let header = &context.shared.header;
        self.policies.insert(imagined.arn(&header.partition, &header.account_id), policy.to_owned());
        self.all.push(imagined);
    }
}
