//! Whether a user or role can become administrator, as the search finds it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use palisade_snapshot::{Evidence, Reason, RecordKind};

use super::effective::Held;
use super::policy_escalation;
use crate::context::Context;
use crate::escalation::{PathStep, PrincipalReport, SharedSearch, Status, built_in};
use crate::identities::Identity;
use crate::{Known, Missing, fact_enum, facts};

fact_enum! {
    /// Whether somebody can become administrator.
    pub enum EscalationStatus {
        /// Its policies allow everything already.
        Administrator = "administrator",
        /// It reaches an administrator with nothing but IAM and services that run code.
        CanEscalate = "can_escalate",
        /// It reaches one under conditions on who or where it is.
        Conditional = "conditional",
        /// It reaches one if something outside IAM exists, such as a running instance.
        NeedsExternalState = "needs_external_state",
        /// It reaches none.
        Cannot = "cannot",
    }
}

facts! {
    /// Whether a user or role can become administrator, and how.
    pub struct Escalation as "escalation" {
        /// Whether it can.
        status: EscalationStatus, reads [];
        /// The id of the technique that begins the shortest path; null if there is no path.
        technique: Option<String>, reads [];
        /// The ARN of the administrator at the end of that path; null if there is no path.
        administrator: Option<String>, reads [];
        /// The requests of that path, in order.
        steps: Vec<EscalationStep>, reads [];
        /// The conditions that the path hangs on, as text.
        conditions: Vec<String>, reads [];
        /// What must exist outside IAM, as text.
        external_state: Vec<String>, reads [];
        /// What is taken for granted because no call tells it, as text.
        assumes: Vec<String>, reads [];
    }
}

facts! {
    /// One request on the way to an administrator, which the policy engine allows.
    pub struct EscalationStep as "escalation_step" {
        /// The id of the technique.
        technique: String, reads [];
        /// Who makes the request: an ARN.
        principal: String, reads [];
        /// The action.
        action: String, reads [];
        /// The resource, as an ARN; `*` if the action takes none.
        resource: String, reads [];
    }
}

/// What the search finds, once asked for.
#[derive(Debug, Default)]
pub(crate) struct Escalations(OnceLock<Known<Found>>);

/// What the search found, and why something could not be read.
#[derive(Debug)]
pub(super) struct Found {
    /// By the ARN of the user or role; whoever reaches nobody is not there.
    by_identity: BTreeMap<String, PrincipalReport>,
    /// By the ARN of the policy, of somebody who holds nothing else; of several kinds of holder, what comes to most.
    pub(super) by_policy: BTreeMap<String, PrincipalReport>,
    pub(super) unread: Option<Missing>,
    /// Who gets the credentials of the roles for emergencies, by their ARNs.
    reached: BTreeMap<String, Vec<String>>,
    /// For other roles: few ask for them, and a search takes more memory than what it finds.
    search: SharedSearch,
}

impl Escalations {
    /// What the search found; unknown if too little was read to search.
    pub(super) fn found<'a>(&'a self, context: &Context) -> Known<&'a Found> {
        match self.0.get_or_init(|| search(context)) {
            Known::Known(found) => Known::Known(found),
            Known::Unknown(why) => Known::Unknown(why.clone()),
        }
    }
}

/// Whether an identity can become administrator; unknown where that hangs on what could not be read.
pub(super) fn of(context: &Context, identity: Identity) -> Known<Escalation> {
    let arn = context.identity(identity).map_or("", |record| record.arn);
    let found = match context.escalations.found(context) {
        Known::Known(found) => found,
        Known::Unknown(why) => return Known::Unknown(why),
    };
    match found.by_identity.get(arn) {
        Some(report) if report.status == Status::Unknown => {
            let broken = || Missing::because(Evidence::Roles, Reason::Malformed);
            Known::Unknown(found.unread.clone().unwrap_or_else(broken))
        }
        report => Known::Known(report.map_or_else(Escalation::none, Escalation::of)),
    }
}

/// Who gets the credentials of a role, beside administrators; unknown as soon as a policy is.
pub(super) fn reached_by(context: &Context, role: &str) -> Known<Vec<String>> {
    let found = match context.escalations.found(context) {
        Known::Known(found) => found,
        Known::Unknown(why) => return Known::Unknown(why),
    };
    match &found.unread {
        Some(unread) => Known::Unknown(unread.clone()),
        None => Known::Known(found.reached.get(role).cloned().unwrap_or_else(|| found.search.reaching(role))),
    }
}

/// Whether enough was read to search.
enum Ready {
    /// It was, but for policies that may not decide, and why these could not be read.
    Yes(Option<Missing>),
    /// It was not.
    No(Missing),
}

fn ready(context: &Context) -> Ready {
    let everybody = [RecordKind::User, RecordKind::Group, RecordKind::Role, RecordKind::Policy];
    let mut missing = context.identities_incomplete(&everybody);
    if let Known::Unknown(why) = context.report() {
        missing = Missing::either(missing.take(), Some(why));
    }
    if let Some(missing) = missing {
        return Ready::No(missing);
    }
    let mut unread = None;
    for one in context.identities() {
        unread = Missing::either(unread.take(), Held::unread(context, one));
    }
    Ready::Yes(unread)
}

fn search(context: &Context) -> Known<Found> {
    let unread = match ready(context) {
        Ready::Yes(unread) => unread,
        Ready::No(missing) => return Known::Unknown(missing),
    };
    let (account, holders) = policy_escalation::with_holders(context);
    // A technique that ships and can't be used fails the tests.
    let search = SharedSearch::new(vec![account], built_in().unwrap_or_default());
    let again = search.again();
    let (mut by_identity, mut by_policy) = (BTreeMap::new(), BTreeMap::<String, PrincipalReport>::new());
    search.principals(|one| match holders.policies.get(&one.arn) {
        _ if one.status == Status::Cannot => {}
        Some(policy) if by_policy.get(policy).is_some_and(|known| known.status <= one.status) => {}
        Some(policy) => drop(by_policy.insert(policy.clone(), one)),
        None => drop(by_identity.insert(one.arn.clone(), one)),
    });
    let roles = context.shared.roles.iter();
    let for_emergencies =
        roles.filter(|role| unread.is_none() && context.declarations.is_emergency_role(&role.name));
    let reached = for_emergencies.map(|role| (role.arn.clone(), search.reaching(&role.arn))).collect();
    Known::Known(Found { by_identity, by_policy, unread, reached, search: again })
}

impl Escalation {
    pub(super) fn none() -> Self {
        Self {
            status: EscalationStatus::Cannot,
            technique: None,
            administrator: None,
            steps: Vec::new(),
            conditions: Vec::new(),
            external_state: Vec::new(),
            assumes: Vec::new(),
        }
    }

    pub(super) fn of(report: &PrincipalReport) -> Self {
        let status = match report.status {
            Status::Administrator => EscalationStatus::Administrator,
            Status::CanEscalate => EscalationStatus::CanEscalate,
            Status::Conditional => EscalationStatus::Conditional,
            Status::NeedsExternalState => EscalationStatus::NeedsExternalState,
            Status::Unknown | Status::Cannot => EscalationStatus::Cannot,
        };
        let Some(path) = report.paths.first() else { return Self { status, ..Self::none() } };
        let step = |step: &PathStep| EscalationStep {
            technique: step.technique.clone(),
            principal: step.request.principal.clone(),
            action: step.request.action.clone(),
            resource: step.request.resource.clone(),
        };
        Self {
            status,
            technique: Some(path.technique.clone()),
            administrator: Some(path.administrator.clone()),
            steps: path.steps.iter().map(step).collect(),
            conditions: path.conditional.clone(),
            external_state: path.external_state.clone(),
            assumes: path.assumes.clone(),
        }
    }
}
