//! Managed and inline policies together: what a policy says, wherever it stands.

mod credential_management;
mod duplicates;
mod lint;
mod named_accounts;
mod programs;
mod statements;

use std::sync::Arc;

use palisade_policy::actions::table;
use palisade_policy::document::PolicyDocument;
use palisade_policy::lint::PolicyType;
use palisade_snapshot::{Evidence, ManagedPolicy, Reason, RecordKind};

use super::attached::is_aws_managed;
use super::effective::{Held, PolicyGrants};
use super::role::is_aws_owned;
use super::{IdentityKind, full_administrator, inline_policy, policy};
use crate::context::Context;
use crate::identities::{Identity, IdentityRecord, Policy};
use crate::subject::Subjects;
use crate::{Access, Kind, Known, Lazy, Listed, Missing, Subject, facts};

pub use credential_management::{ChangesWithoutMfa, CredentialManagement};
pub use duplicates::SamePolicies;
pub(crate) use duplicates::{ByMeaning, by_meaning};
pub use lint::{LintFinding, PolicyLint};
pub use named_accounts::NamedAccount;
pub use statements::MisplacedDeny;

facts! {
    /// A managed policy or an inline one, for rules on what a policy says, whichever of the two it is.
    pub struct IdentityPolicy as "iam.identity_policy" {
        /// Its ARN; what stands for one, if it is embedded in an identity.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// Whether it is embedded in a user, group or role.
        inline: bool, reads [];
        /// Whether AWS keeps it, so that it can't be changed here: a managed policy of AWS, or a policy embedded in
        /// a role that an AWS service or IAM Identity Center owns.
        aws_owned: bool, reads [];
        /// Whether a user, group or role holds it, so that it grants something to somebody.
        held: bool, reads [];
        /// The ARNs of the users, groups and roles that hold it.
        holders: Lazy<Listed<String>>, reads [Users, Groups, Roles];
        /// Whether it alone lets its holders do everything on every resource.
        full_administrator: Lazy<Known<Access>>, reads [];
        /// What it alone lets its holders do.
        grants: Lazy<Known<PolicyGrants>>, reads [];
        /// What it lets its holders do with passwords, keys, certificates and MFA devices of users.
        credential_management: Lazy<Known<CredentialManagement>>, reads [];
        /// The account's other managed policies that say the same; none for an embedded policy.
        same_as: Lazy<Known<SamePolicies>>, reads [];
        /// The other accounts that it names in resources, and in conditions on ARNs and accounts.
        named_accounts: Lazy<Known<Vec<NamedAccount>>>, reads [];
        /// The actions that it names and that AWS took back: they neither grant nor deny any more.
        retired_actions: Lazy<Known<Vec<String>>>, reads [];
        /// The actions on users that it denies on groups only, which denies them to nobody.
        misplaced_denies: Lazy<Known<Vec<MisplacedDeny>>>, reads [];
        /// Those of its holders that are programs: roles that AWS services assume, users with an active access key and
        /// no password, and groups with such a user.
        programs: Lazy<Listed<String>>, reads [Users, Groups, Roles, CredentialReport];
        /// Where it does not mean what it seems to say.
        lint: Lazy<Known<PolicyLint>>, reads [];
        /// The day of the list of AWS's actions and condition keys that it is compared with, `YYYY-MM-DD`.
        reference_date: String, reads [];
    }
}

/// Managed and inline policies.
pub static KIND: Kind = Kind {
    name: "iam.identity_policy",
    variable: "identity_policy",
    object: &IdentityPolicy::OBJECT,
    listings: &[RecordKind::Policy, RecordKind::User, RecordKind::Group, RecordKind::Role],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:iam::{}:policy/*", shared.header.partition, shared.header.account_id)
    },
    subjects,
    hidden: |_| None,
};

/// Where a policy stands in the snapshot.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Among the managed policies.
    Managed(usize),
    /// Among the policies of an identity.
    Inline(Identity, usize),
}

impl Place {
    /// The policy, compiled.
    fn policy(self, context: &Context) -> Known<&Arc<Policy>> {
        match self {
            Self::Managed(index) => context.managed_policy(index),
            Self::Inline(identity, index) => context.inline_policy(identity, index),
        }
    }

    /// The text of the policy in force, as AWS returned it.
    fn text(self, context: &Context) -> Known<&str> {
        let text = match self {
            Self::Managed(index) => context.shared.policies.get(index).and_then(ManagedPolicy::document),
            Self::Inline(identity, index) => context
                .identity(identity)
                .and_then(|record| record.inline.get(index))
                .map(|policy| policy.document.as_str()),
        };
        let missing = || Known::Unknown(Missing::because(Evidence::Policies, Reason::Malformed));
        text.map_or_else(missing, Known::Known)
    }

    fn policy_type(self) -> PolicyType {
        match self {
            Self::Managed(_) => PolicyType::Managed,
            Self::Inline(..) => PolicyType::Inline,
        }
    }
}

/// What the two kinds of policy don't have in common.
struct Named {
    arn: String,
    name: String,
    /// The name by which a report shows it.
    shown: String,
    aws_owned: bool,
    held: bool,
}

/// One subject per managed policy and per inline policy.
pub(crate) fn subjects(context: &Arc<Context>) -> Subjects<'_> {
    let managed = context.shared.policies.iter().enumerate().map(|(index, policy)| {
        let named = Named {
            arn: policy.arn.clone(),
            name: policy.name.clone(),
            shown: policy.name.clone(),
            aws_owned: is_aws_managed(&policy.arn),
            held: policy.attachment_count > 0,
        };
        subject(context, Place::Managed(index), named)
    });
    let of = |(identity, record): (Identity, IdentityRecord<'_>)| {
        let aws_owned = identity.kind == IdentityKind::Role && is_aws_owned(record.path);
        let policies = record.inline.iter().enumerate().map(|(index, policy)| {
            let named = Named {
                arn: inline_policy::arn(record.arn, &policy.name),
                name: policy.name.clone(),
                shown: format!("{} of {}", policy.name, record.name),
                aws_owned,
                held: true,
            };
            subject(context, Place::Inline(identity, index), named)
        });
        policies.collect::<Vec<_>>()
    };
    Box::new(managed.chain(context.identity_records().flat_map(of)))
}

fn subject(context: &Arc<Context>, place: Place, named: Named) -> Subject {
    let (holding, reading, linting) = (Arc::clone(context), Arc::clone(context), Arc::clone(context));
    let (asking, managing) = (Arc::clone(context), Arc::clone(context));
    let (comparing, looking, searching) = (Arc::clone(context), Arc::clone(context), Arc::clone(context));
    let document = |ask: fn(&PolicyDocument) -> Vec<String>| {
        let context = Arc::clone(context);
        Lazy::new(move || place.policy(&context).map(|policy| ask(&policy.document)))
    };
    let facts = IdentityPolicy {
        arn: named.arn.clone(),
        name: named.name,
        inline: matches!(place, Place::Inline(..)),
        aws_owned: named.aws_owned,
        held: named.held,
        holders: Lazy::new(move || holders(&holding, place)),
        full_administrator: Lazy::new(move || {
            full_administrator::of_policy(&reading, place.policy(&reading))
        }),
        grants: Lazy::new(move || {
            place.policy(&asking).map(|policy| PolicyGrants::of(Held::of_policy(&asking, policy)))
        }),
        credential_management: Lazy::new(move || credential_management::of(&managing, place)),
        same_as: Lazy::new(move || match place {
            Place::Managed(index) => duplicates::of(&comparing, index),
            Place::Inline(..) => Known::Known(SamePolicies::none()),
        }),
        named_accounts: {
            let reading = Arc::clone(context);
            Lazy::new(move || {
                place.policy(&reading).map(|policy| named_accounts::of(&reading, &policy.document))
            })
        },
        retired_actions: document(statements::retired_actions),
        misplaced_denies: Lazy::new(move || {
            place.policy(&looking).map(|policy| statements::misplaced_denies(&policy.document))
        }),
        programs: Lazy::new(move || programs::of(&searching, place)),
        lint: Lazy::new(move || place.text(&linting).map(|text| PolicyLint::of(text, place.policy_type()))),
        reference_date: table().origin().date.to_owned(),
    };
    Subject { kind: &KIND, arn: named.arn, name: named.shown, region: None, facts: Box::new(facts) }
}

/// Whom a policy is attached to, or whom it is embedded in.
fn holders(context: &Context, place: Place) -> Listed<String> {
    match place {
        Place::Managed(index) => {
            let arn = context.shared.policies.get(index).map_or("", |policy| policy.arn.as_str());
            policy::holders(context, arn)
        }
        Place::Inline(identity, _) => {
            let record = context.identity(identity);
            Listed::complete(record.map(|record| record.arn.to_owned()).into_iter().collect())
        }
    }
}
