//! What the organization's resource policy lets member accounts do, as the policy engine has it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context as RequestContext;
use palisade_policy::document::{Effect, PolicyDocument, PrincipalKind, Principals, Statement};
use palisade_policy::evaluate::decide;
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::{Evidence, Observed, Reason};

use super::guardrails::{allowing, is_refused};
use super::{Organization, organization};
use crate::context::Context;
use crate::resource_policy::account_of;
use crate::{Known, Missing, facts};

facts! {
    /// What an organization's resource policy delegates to other accounts than the one that manages it.
    pub struct Delegation as "delegation" {
        /// Whom it lets do something, account by account.
        delegates: Vec<Delegate>, reads [];
    }
}

facts! {
    /// An account that an organization's resource policy lets do something. Conditions that only some requests of the
    /// account meet count as met.
    pub struct Delegate as "delegate" {
        /// The twelve digits; `*` for every account that can ask.
        account: String, reads [];
        /// The types of the policies that it may attach, detach or rewrite, such as `SERVICE_CONTROL_POLICY`.
        policy_types: Vec<String>, reads [];
        /// What it may change besides policies, out of a sample of what changes the organization itself.
        other_changes: Vec<String>, reads [];
    }
}

/// `PolicyType` of the AWS Organizations API Reference.
const POLICY_TYPES: [&str; 13] = [
    "AISERVICES_OPT_OUT_POLICY",
    "BACKUP_POLICY",
    "BEDROCK_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "INSPECTOR_POLICY",
    "NETWORK_SECURITY_DIRECTOR_POLICY",
    "RESOURCE_CONTROL_POLICY",
    "S3_POLICY",
    "SECURITYHUB_POLICY",
    "SERVICE_CONTROL_POLICY",
    "TAG_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
];
/// What changes the policies in force. A policy that is only created is not.
const POLICY_CHANGES: [&str; 3] =
    ["organizations:AttachPolicy", "organizations:DetachPolicy", "organizations:UpdatePolicy"];
/// What changes who belongs to the organization, and who else may change it.
const OTHER_CHANGES: [&str; 8] = [
    "organizations:CloseAccount",
    "organizations:CreateAccount",
    "organizations:EnableAWSServiceAccess",
    "organizations:InviteAccountToOrganization",
    "organizations:MoveAccount",
    "organizations:PutResourcePolicy",
    "organizations:RegisterDelegatedAdministrator",
    "organizations:RemoveAccountFromOrganization",
];
/// The name of every account that can ask.
const EVERYBODY: &str = "*";
/// An account that no policy names.
const UNNAMED_ACCOUNT: &str = "000000000000";

/// What is delegated; null where only others can tell.
pub(crate) fn delegation(context: &Context) -> Known<Option<Delegation>> {
    let observed = &context.shared.account.delegation_policy;
    if let Observed::NotOffered(_) = observed {
        return Known::Known(None);
    }
    let evidence = Evidence::DelegationPolicy;
    organization(context).and_then(|found| {
        let Some(found) = found.filter(|found| found.all_features) else { return Known::Known(None) };
        match observed {
            Observed::Absent | Observed::NotOffered(_) => {
                Known::Known(Some(Delegation { delegates: Vec::new() }))
            }
            Observed::Unreadable(why) => Known::Unknown(Missing::evidence(evidence, why)),
            Observed::Present(text) => match PolicyDocument::from_text(text) {
                Ok(document) => Known::Known(Some(Delegating::new(context, &found, &document).facts())),
                Err(_) => Known::Unknown(Missing::because(evidence, Reason::Malformed)),
            },
        }
    })
}

/// A resource policy of an organization, and who is to be asked about.
struct Delegating<'a> {
    organization: &'a Organization,
    partition: &'a str,
    document: &'a PolicyDocument,
    callers: PrincipalPolicies,
    resource: ResourcePolicies,
}

impl<'a> Delegating<'a> {
    fn new(context: &'a Context, organization: &'a Organization, document: &'a PolicyDocument) -> Self {
        let compiled = Arc::new(CompiledPolicy::new("delegation policy", document));
        let policy = Some(PolicySet::new(vec![compiled]));
        Self {
            organization,
            partition: &context.shared.header.partition,
            document,
            callers: PrincipalPolicies { identity: allowing(), ..Default::default() },
            resource: ResourcePolicies { policy, ..Default::default() },
        }
    }

    fn facts(&self) -> Delegation {
        let delegates = self.principals().into_iter().filter_map(|(account, principals)| {
            let types = POLICY_TYPES.into_iter().filter(|kind| self.may_change(&principals, kind));
            let other_changes =
                OTHER_CHANGES.into_iter().filter(|action| self.may_change_otherwise(&principals, action));
            let delegate = Delegate {
                account,
                policy_types: types.map(str::to_owned).collect(),
                other_changes: other_changes.map(str::to_owned).collect(),
            };
            (!delegate.policy_types.is_empty() || !delegate.other_changes.is_empty()).then_some(delegate)
        });
        Delegation { delegates: delegates.collect() }
    }

    fn allowing(&self) -> impl Iterator<Item = &'a Statement> {
        self.document.statements.iter().filter(|statement| statement.effect == Effect::Allow)
    }

    /// Those whom statements let in, by their accounts; the managing account needs nothing delegated.
    fn principals(&self) -> BTreeMap<String, Vec<Principal>> {
        let mut found: BTreeMap<String, Vec<Principal>> = BTreeMap::new();
        for named in self.allowing().flat_map(named) {
            let Some(named) = named else {
                found.entry(EVERYBODY.to_owned()).or_default().push(self.anybody_of(UNNAMED_ACCOUNT));
                continue;
            };
            let Some(account) = account_of(named) else { continue };
            let is_whole_account = named == account || named.ends_with(":root");
            let principal = if is_whole_account { self.anybody_of(account) } else { Principal::parse(named) };
            found.entry(account.to_owned()).or_default().push(principal);
        }
        found.remove(&self.organization.management_account_id);
        found
    }

    /// A role of an account that no policy names.
    fn anybody_of(&self, account: &str) -> Principal {
        Principal::parse(&format!("arn:{}:iam::{account}:role/7q0-unnamed-k3", self.partition))
    }

    /// Whether one of them may change a policy of this type: one that no statement names, or one that does.
    fn may_change(&self, principals: &[Principal], kind: &str) -> bool {
        let segment = format!(":policy/{}/{}/", self.organization.id, kind.to_ascii_lowercase());
        let unnamed = self.arn(&format!("{}p-7q0unnamedk3", segment.trim_start_matches(':')));
        let resources = self.allowing().filter_map(|statement| statement.resources.as_ref());
        let named = resources.flat_map(|element| &element.values.items).filter(|arn| arn.contains(&segment));
        let arns: BTreeSet<String> = named.map(|arn| arn.replace(['*', '?'], "x")).chain([unnamed]).collect();
        POLICY_CHANGES
            .iter()
            .any(|action| arns.iter().any(|arn| self.is_allowed(principals, action, arn, Some(kind))))
    }

    fn may_change_otherwise(&self, principals: &[Principal], action: &str) -> bool {
        let account = self.arn(&format!("account/{}/{UNNAMED_ACCOUNT}", self.organization.id));
        self.is_allowed(principals, action, &account, None)
    }

    fn arn(&self, resource: &str) -> String {
        let (partition, management) = (self.partition, &self.organization.management_account_id);
        format!("arn:{partition}:organizations::{management}:{resource}")
    }

    fn is_allowed(&self, principals: &[Principal], action: &str, arn: &str, kind: Option<&str>) -> bool {
        let Some(action) = Action::parse(action) else { return false };
        let resource = Resource::new(arn).owned_by(&self.organization.management_account_id);
        principals.iter().any(|principal| {
            let mut request_context = RequestContext::new();
            request_context.mark_unknown("*");
            request_context.set("aws:PrincipalOrgID", self.organization.id.as_str());
            if let Some(account) = principal.account().filter(|account| *account != UNNAMED_ACCOUNT) {
                request_context.set("aws:PrincipalAccount", account);
            }
            match kind {
                Some(kind) => request_context.set("organizations:PolicyType", kind),
                None => request_context.mark_absent("organizations:PolicyType"),
            }
            let request =
                Request { principal, action: &action, resource: &resource, context: &request_context };
            let policies =
                Policies { principal: &self.callers, resource: &self.resource, management_account: None };
            !is_refused(decide(request, policies))
        })
    }
}

/// The users, roles and accounts that a statement names; none stands for everybody.
fn named(statement: &Statement) -> Vec<Option<&str>> {
    let Some(element) = &statement.principals else { return Vec::new() };
    match &element.principals {
        _ if element.negated => vec![None],
        Principals::Everyone => vec![None],
        Principals::ByKind(kinds) => {
            let aws = kinds.iter().filter(|(kind, _)| *kind == PrincipalKind::Aws);
            let values = aws.flat_map(|(_, values)| &values.items);
            values.map(|value| (value != EVERYBODY).then_some(value.as_str())).collect()
        }
    }
}
