//! What the policies of the organization keep everybody in the account from, as the policy engine has it.

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context as RequestContext;
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::{Evidence, Observed, OrganizationLevel, Reason};

use super::{ControlPolicies, organization};
use crate::context::Context;
use crate::{Known, Missing, facts};

facts! {
    /// What the service control policies (SCPs) above an account keep its users and roles from. Only what is denied
    /// whatever the identity policies say counts; principals that a policy exempts by name are left out.
    pub struct ServiceGuardrails as "service_guardrails" {
        /// Whether the organization uses SCPs at all.
        enabled: bool, reads [];
        /// The names of the SCPs that take something away, from the organization's root down to the account.
        restricting: Vec<String>, reads [];
        /// Whether nobody in the account, its root user included, can take it out of the organization.
        leaving_denied: bool, reads [];
        /// The actions, out of a sample over several services, that the account's root user can still use.
        root_actions_left: Vec<String>, reads [];
        /// The actions that switch off logging and detection and that are not denied.
        audit_changes_left: Vec<String>, reads [];
        /// The actions that make users or credentials for them and that are not denied.
        user_creations_left: Vec<String>, reads [];
        /// Whether users and roles can use no region but those that a policy names.
        other_regions_denied: bool, reads [];
        /// The regions that policies name and leave usable, as they stand there.
        named_regions_left: Vec<String>, reads [];
    }
}

facts! {
    /// What the resource control policies (RCPs) above an account keep strangers from.
    pub struct ResourceGuardrails as "resource_guardrails" {
        /// Whether the organization uses RCPs at all.
        enabled: bool, reads [];
        /// The names of the RCPs that take something away, from the organization's root down to the account.
        restricting: Vec<String>, reads [];
        /// The services whose data nobody outside the organization gets, whatever the resource's own policy says.
        protected_services: Vec<String>, reads [];
    }
}

const LEAVING: &str = "organizations:LeaveOrganization";
/// Requests of several services, each changing something that matters, which no task needs the root user for
/// ("Tasks that require root user credentials" in the IAM User Guide).
const OF_ROOT: [&str; 6] = [
    "ec2:RunInstances",
    "iam:CreateAccessKey",
    "iam:CreateUser",
    "kms:ScheduleKeyDeletion",
    "lambda:CreateFunction",
    "s3:DeleteObject",
];
/// What stops logging and detection of CloudTrail, Config, GuardDuty, Security Hub and Access Analyzer.
const AUDIT_CHANGES: [&str; 10] = [
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:StopConfigurationRecorder",
    "guardduty:DeleteDetector",
    "guardduty:DisassociateFromAdministratorAccount",
    "securityhub:DisableSecurityHub",
];
const USER_CREATIONS: [&str; 3] = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser"];
/// Requests that go to the region where something is made; what works for all regions at once is left out, as policies
/// have to spare it ("Deny access to AWS based on the requested AWS Region" in the IAM User Guide).
const REGIONAL: [&str; 4] =
    ["ec2:RunInstances", "lambda:CreateFunction", "rds:CreateDBInstance", "sqs:CreateQueue"];
const REQUESTED_REGION: &str = "aws:RequestedRegion";
/// A region that there is not, so that no policy names it.
const NOWHERE: &str = "xx-nowhere-1";
/// What changes whom a role lets in, or what it may do.
const ROLE_CHANGES: [&str; 6] = [
    "iam:AttachRolePolicy",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DetachRolePolicy",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
];
/// What a stranger does to data, by service: an action and a resource of the account.
const DATA: [(&str, &str, &str); 5] = [
    ("s3", "s3:GetObject", "arn:{partition}:s3:::7q0-unnamed-k3/7q0-unnamed-k3"),
    ("sts", "sts:AssumeRole", "arn:{partition}:iam::{account}:role/7q0-unnamed-k3"),
    ("kms", "kms:Decrypt", "arn:{partition}:kms:us-east-1:{account}:key/7q0-unnamed-k3"),
    ("sqs", "sqs:ReceiveMessage", "arn:{partition}:sqs:us-east-1:{account}:7q0-unnamed-k3"),
    (
        "secretsmanager",
        "secretsmanager:GetSecretValue",
        "arn:{partition}:secretsmanager:us-east-1:{account}:secret:7q0-unnamed-k3",
    ),
];
/// An account and an organization that are not the reader's.
const STRANGER: (&str, &str) = ("000000000000", "o-0000000000");

/// The SCPs' facts; null where none can limit the account, or only others can tell.
pub(crate) fn service_guardrails(context: &Context) -> Known<Option<ServiceGuardrails>> {
    let scps = &context.organization.scps;
    let observed = &context.shared.account.service_control_policies;
    guardrails(context, observed, Evidence::ServiceControlPolicies, scps, || {
        let account = Guarded::new(context, scps);
        let left = |principals: &[Principal], actions: &[&str]| -> Vec<String> {
            let is_left = |action: &&&str| !principals.iter().all(|one| account.is_denied(one, action));
            actions.iter().filter(is_left).map(|action| (*action).to_owned()).collect()
        };
        let root = account.principal("root");
        let others = ["user/7q0-unnamed-k3", "role/7q0-unnamed-k3"].map(|name| account.principal(name));
        let everybody = [&others[..], std::slice::from_ref(&root)].concat();
        ServiceGuardrails {
            enabled: !scps.levels().is_empty(),
            restricting: restricting(scps),
            leaving_denied: left(&everybody, &[LEAVING]).is_empty(),
            root_actions_left: left(&[root], &OF_ROOT),
            audit_changes_left: left(&others, &AUDIT_CHANGES),
            user_creations_left: left(&others, &USER_CREATIONS),
            other_regions_denied: others.iter().all(|one| account.is_region_denied(one, NOWHERE)),
            named_regions_left: named_regions(scps)
                .into_iter()
                .filter(|region| !others.iter().all(|one| account.is_region_denied(one, region)))
                .collect(),
        }
    })
}

/// The changes to a role that SCPs leave to users and roles that no policy exempts by name; null where the account
/// can't read them, or none can limit it.
pub(crate) fn role_changes_left(context: &Context, arn: &str) -> Known<Option<Vec<String>>> {
    let scps = &context.organization.scps;
    let observed = &context.shared.account.service_control_policies;
    guardrails(context, observed, Evidence::ServiceControlPolicies, scps, || {
        let account = Guarded::new(context, scps);
        let others = ["user/7q0-unnamed-k3", "role/7q0-unnamed-k3"].map(|name| account.principal(name));
        let role = Resource::new(arn).owned_by(&context.shared.header.account_id);
        let is_left =
            |action: &&&str| !others.iter().all(|one| account.is_denied_on(one, action, &role, None));
        ROLE_CHANGES.iter().filter(is_left).map(|action| (*action).to_owned()).collect()
    })
}

/// The values of conditions on the region that is asked for.
fn named_regions(scps: &ControlPolicies) -> BTreeSet<String> {
    let conditions = scps.denies().flat_map(|statement| &statement.conditions);
    let about_regions = conditions.filter(|one| one.key.eq_ignore_ascii_case(REQUESTED_REGION));
    about_regions.flat_map(|condition| condition.values.items.iter().cloned()).collect()
}

/// The RCPs' facts; null where none can limit the account, or only others can tell.
pub(crate) fn resource_guardrails(context: &Context) -> Known<Option<ResourceGuardrails>> {
    let rcps = &context.organization.rcps;
    let observed = &context.shared.account.resource_control_policies;
    guardrails(context, observed, Evidence::ResourceControlPolicies, rcps, || {
        let is_protected =
            |(_, action, arn): &&(&str, &str, &str)| keeps_out_strangers(context, rcps, action, arn);
        ResourceGuardrails {
            enabled: !rcps.levels().is_empty(),
            restricting: restricting(rcps),
            protected_services: DATA
                .iter()
                .filter(is_protected)
                .map(|(name, ..)| (*name).to_owned())
                .collect(),
        }
    })
}

fn guardrails<T>(
    context: &Context,
    observed: &Observed<Vec<OrganizationLevel>>,
    evidence: Evidence,
    policies: &ControlPolicies,
    facts: impl FnOnce() -> T,
) -> Known<Option<T>> {
    match observed {
        Observed::NotOffered(_) => return Known::Known(None),
        Observed::Unreadable(why) => return Known::Unknown(Missing::evidence(evidence, why)),
        Observed::Present(_) if !policies.is_read() => {
            return Known::Unknown(Missing::because(evidence, Reason::Malformed));
        }
        Observed::Present(_) | Observed::Absent => {}
    }
    organization(context).map(|found| {
        let found = found.filter(|found| found.all_features && !found.is_management_account);
        found.map(|_| facts())
    })
}

fn restricting(policies: &ControlPolicies) -> Vec<String> {
    let levels = policies.levels().iter().filter(|level| level.restricts());
    levels.flat_map(|level| &level.policies).map(|policy| policy.name.clone()).collect()
}

/// The account under its SCPs, with identity policies that allow everything.
struct Guarded<'a> {
    context: &'a Context,
    policies: PrincipalPolicies,
    resource: ResourcePolicies,
}

impl<'a> Guarded<'a> {
    fn new(context: &'a Context, scps: &ControlPolicies) -> Self {
        let policies = PrincipalPolicies { identity: allowing(), scps: scps.sets(), ..Default::default() };
        Self { context, policies, resource: ResourcePolicies::default() }
    }

    fn principal(&self, name: &str) -> Principal {
        let header = &self.context.shared.header;
        Principal::parse(&format!("arn:{}:iam::{}:{name}", header.partition, header.account_id))
    }

    /// Whether a request is denied, whatever else is true of it.
    fn is_denied(&self, principal: &Principal, action: &str) -> bool {
        self.is_denied_on(principal, action, &Resource::none(), None)
    }

    /// Whether every one of a sample of regional requests is denied in a region. A pattern stands for a region that
    /// fits it.
    fn is_region_denied(&self, principal: &Principal, region: &str) -> bool {
        let region = region.replace(['*', '?'], "x");
        let is_denied =
            |action: &&str| self.is_denied_on(principal, action, &Resource::none(), Some(&region));
        REGIONAL.iter().all(is_denied)
    }

    fn is_denied_on(
        &self,
        principal: &Principal,
        action: &str,
        resource: &Resource,
        region: Option<&str>,
    ) -> bool {
        let Some(action) = Action::parse(action) else { return false };
        let mut request_context = principal.implied_context();
        request_context.mark_unknown("*");
        if let Some(region) = region {
            request_context.set(REQUESTED_REGION, region);
        }
        let request = Request { principal, action: &action, resource, context: &request_context };
        let policies =
            Policies { principal: &self.policies, resource: &self.resource, management_account: None };
        is_refused(decide(request, policies))
    }
}

/// Whether RCPs refuse a request of another organization's identity that everything else allows.
fn keeps_out_strangers(context: &Context, rcps: &ControlPolicies, action: &str, arn: &str) -> bool {
    let header = &context.shared.header;
    let (account, organization) = STRANGER;
    let Some(action) = Action::parse(action) else { return false };
    let arn = arn.replace("{partition}", &header.partition).replace("{account}", &header.account_id);
    let resource = Resource::new(&arn).owned_by(&header.account_id);
    let principal = Principal::parse(&format!("arn:{}:iam::{account}:role/stranger", header.partition));
    let mut request_context = RequestContext::new();
    request_context.extend(&Request::implied_context(&principal, &resource));
    request_context.mark_unknown("*");
    request_context.set("aws:PrincipalOrgID", organization);
    request_context.set("aws:PrincipalIsAWSService", "false");
    request_context.set("aws:ResourceAccount", header.account_id.as_str());
    request_context.set("aws:SecureTransport", "true");
    for key in ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"] {
        request_context.mark_absent(key);
    }
    let request =
        Request { principal: &principal, action: &action, resource: &resource, context: &request_context };
    let stranger = PrincipalPolicies { identity: allowing(), ..Default::default() };
    let side = ResourcePolicies { policy: open_to_all(), rcps: rcps.sets(), ..Default::default() };
    let policies = Policies { principal: &stranger, resource: &side, management_account: None };
    is_refused(decide(request, policies))
}

pub(super) fn is_refused(decision: Decision) -> bool {
    matches!(decision, Decision::ExplicitlyDenied | Decision::ImplicitlyDenied)
}

/// An identity policy that allows everything.
pub(super) fn allowing() -> PolicySet {
    let text =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    PolicySet::new(CompiledPolicy::from_text("everything", text).map(Arc::new).into_iter().collect())
}

/// A resource policy that lets everybody in.
fn open_to_all() -> Option<PolicySet> {
    let text = r#"{"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    CompiledPolicy::from_text("open to all", text).ok().map(|policy| PolicySet::new(vec![Arc::new(policy)]))
}
