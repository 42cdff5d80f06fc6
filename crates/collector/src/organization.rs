//! Reads the organization: who manages it, and the policies between its root and the account.

mod effective_policies;
mod overview;

use std::collections::{BTreeMap, BTreeSet};

use palisade_snapshot::{
    Account, Evidence, NotOffered, Observed, Organization, OrganizationLevel, OrganizationPolicy, Reason,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::failure::Failure;
use crate::json_client::{JsonClient, Question};
use crate::operation::{
    DESCRIBE_ORGANIZATION, DESCRIBE_POLICY, LIST_PARENTS, LIST_POLICIES_FOR_TARGET, LIST_ROOTS, Operation,
};
use crate::reader::{Missing, Reader};

/// What stands before the names of operations in requests to Organizations.
const TARGET: &str = "AWSOrganizationsV20161128";
/// Organizational units are nested five deep at most ("Quotas for AWS Organizations"): with the root and some room.
const LONGEST_CHAIN: usize = 16;

/// Organizations, as one account sees it.
pub(crate) struct Organizations<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) client: JsonClient,
    pub(crate) account_id: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PolicyType {
    ServiceControl,
    ResourceControl,
}

impl PolicyType {
    fn name(self) -> &'static str {
        match self {
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }

    fn evidence(self) -> Evidence {
        match self {
            Self::ServiceControl => Evidence::ServiceControlPolicies,
            Self::ResourceControl => Evidence::ResourceControlPolicies,
        }
    }
}

/// The way from the organization's root to the account, and which types of policy are in force on it.
#[derive(Debug, Clone)]
struct Chain {
    /// The ids of root, organizational units and account, in that order.
    targets: Vec<String>,
    enabled: Vec<String>,
}

impl Organizations<'_> {
    /// What the account's record has of the organization, as far as it is asked for and may be read.
    pub(crate) async fn membership(&self) -> Account {
        let organization = self.reader.observe_account(Evidence::Organization, self.organization()).await;
        let under_root = async {
            let roots = self.roots(&organization).await;
            tokio::join!(
                Box::pin(self.control_policies(&organization, &roots)),
                Box::pin(self.overview(&organization, &roots)),
            )
        };
        let (effective, (policies, overview)) =
            tokio::join!(Box::pin(self.effective_policies(&organization)), Box::pin(under_root));
        Account {
            organization,
            service_control_policies: policies.service_control_policies,
            resource_control_policies: policies.resource_control_policies,
            ai_opt_out_policy: effective.ai_opt_out_policy,
            tag_policy: effective.tag_policy,
            s3_policy: effective.s3_policy,
            ..overview
        }
    }

    /// `ListRoots`, if anything rests on it. Its answer also tells whether the account may ask at all: the management
    /// account may, which is asked only for what the root holds.
    async fn roots(&self, organization: &Observed<Organization>) -> Result<Vec<Root>, Failure> {
        let is_management = self.is_management(with_policies(organization)?);
        let rests_on_it = |one: &Evidence| match one {
            Evidence::OrganizationRoot => true,
            _ => !is_management && LIST_ROOTS.call().is_some_and(|row| row.prepares.contains(one)),
        };
        if !self.reader.evidence.iter().any(rests_on_it) {
            return Err(Failure::Absent);
        }
        let roots = self.list(&LIST_ROOTS, json!({}), |page: Roots| (page.roots, page.next_token));
        roots.await.map_err(unless_refused)
    }

    /// The policies that limit what the account may do.
    async fn control_policies(
        &self,
        organization: &Observed<Organization>,
        roots: &Result<Vec<Root>, Failure>,
    ) -> Account {
        let types = [PolicyType::ServiceControl, PolicyType::ResourceControl];
        let chain = if types.iter().any(|one| self.reader.asks(one.evidence())) {
            Box::pin(self.chain(organization, roots)).await
        } else {
            Err(Failure::Absent)
        };
        let [service, resource] = types.map(|one| {
            let levels = Box::pin(self.levels(chain.clone(), one));
            self.reader.observe_account(one.evidence(), levels)
        });
        let (service_control_policies, resource_control_policies) = tokio::join!(service, resource);
        Account { service_control_policies, resource_control_policies, ..Account::default() }
    }

    /// `DescribeOrganization`, which every member may call.
    async fn organization(&self) -> Result<Organization, Failure> {
        let answer: OrganizationAnswer = self.ask(&DESCRIBE_ORGANIZATION, json!({})).await?;
        Ok(Organization {
            id: answer.organization.id,
            management_account_id: answer.organization.master_account_id,
            feature_set: answer.organization.feature_set,
        })
    }

    fn is_management(&self, organization: &Organization) -> bool {
        organization.management_account_id == self.account_id
    }

    /// From the account up to the root. Nothing limits an account without an organization, one that manages it, or
    /// one that only shares a bill: absent.
    async fn chain(
        &self,
        organization: &Observed<Organization>,
        roots: &Result<Vec<Root>, Failure>,
    ) -> Result<Chain, Failure> {
        if self.is_management(with_policies(organization)?) {
            return Err(Failure::Absent);
        }
        let types = roots.as_ref().map_err(Clone::clone)?.iter().flat_map(|root| &root.policy_types);
        let enabled =
            types.filter(|one| one.status == "ENABLED").map(|one| one.policy_type.clone()).collect();
        let mut targets = vec![self.account_id.to_owned()];
        while let Some(child) = targets.last().filter(|target| !target.starts_with("r-")) {
            if targets.len() > LONGEST_CHAIN {
                return Err(malformed(&LIST_PARENTS, "the parents go on without end"));
            }
            let input = json!({"ChildId": child});
            let parents = self.list(&LIST_PARENTS, input, |page: Parents| (page.parents, page.next_token));
            let parent = parents.await.map_err(unless_refused)?.into_iter().next();
            targets.push(parent.ok_or_else(|| malformed(&LIST_PARENTS, "a child has no parent"))?.id);
        }
        targets.reverse();
        Ok(Chain { targets, enabled })
    }

    /// The policies of one type on each level. A type that is not switched on is absent.
    async fn levels(
        &self,
        chain: Result<Chain, Failure>,
        kind: PolicyType,
    ) -> Result<Vec<OrganizationLevel>, Failure> {
        let chain = chain?;
        if !chain.enabled.iter().any(|one| one == kind.name()) {
            return Err(Failure::Absent);
        }
        let mut attached = Vec::new();
        for target in chain.targets {
            let input = json!({"TargetId": target, "Filter": kind.name()});
            let listed = self.list(&LIST_POLICIES_FOR_TARGET, input, |page: PoliciesForTarget| {
                (page.policies, page.next_token)
            });
            attached.push((target, listed.await.map_err(unless_refused)?));
        }
        let ids: BTreeSet<&String> =
            attached.iter().flat_map(|(_, listed)| listed).map(|one| &one.id).collect();
        let mut documents = BTreeMap::new();
        for id in ids {
            let answer: PolicyAnswer =
                self.ask(&DESCRIBE_POLICY, json!({"PolicyId": id})).await.map_err(unless_refused)?;
            documents.insert(id.clone(), answer.policy.content);
        }
        let level = |(target, listed): (String, Vec<PolicySummary>)| {
            let mut policies: Vec<_> = listed.into_iter().map(|one| policy(one, &documents)).collect();
            policies.sort_by(|a, b| a.id.cmp(&b.id));
            OrganizationLevel { target, policies }
        };
        Ok(attached.into_iter().map(level).collect())
    }

    async fn ask<T>(&self, operation: &'static Operation, input: serde_json::Value) -> Result<T, Failure>
    where
        T: DeserializeOwned + std::fmt::Debug + Send + Sync + 'static,
    {
        let call = self.client.call(operation, Question::Target { prefix: TARGET, input });
        self.reader.read(operation, self.client.region(), call, Ok::<T, Missing>).await
    }

    /// Every page of a listing; what policies there are must be known to the last one.
    async fn list<P, T>(
        &self,
        operation: &'static Operation,
        input: serde_json::Value,
        take: impl Fn(P) -> (Vec<T>, Option<String>),
    ) -> Result<Vec<T>, Failure>
    where
        P: DeserializeOwned + std::fmt::Debug + Send + Sync + 'static,
    {
        let pages = self.reader.pages(operation, |token| {
            let mut input = input.clone();
            if let (Some(token), Some(members)) = (token, input.as_object_mut()) {
                members.insert("NextToken".to_owned(), token.into());
            }
            let page = self.ask::<P>(operation, input);
            let take = &take;
            async move {
                let (items, next) = take(page.await?);
                Ok((items, next.filter(|token| !token.is_empty())))
            }
        });
        let pages = pages.await;
        match pages.failure {
            Some(failure) => Err(failure),
            None => Ok(pages.pages.into_iter().flatten().collect()),
        }
    }
}

/// The organization, if it has policies at all; one that only shares a bill has none, as if there were none.
fn with_policies(organization: &Observed<Organization>) -> Result<&Organization, Failure> {
    match organization {
        Observed::Present(found) if found.feature_set == "ALL" => Ok(found),
        Observed::Present(_) | Observed::Absent => Err(Failure::Absent),
        Observed::NotOffered(why) => Err(Failure::NotOffered(why.as_ref().clone())),
        Observed::Unreadable(why) => Err(Failure::Unreadable(why.as_ref().clone())),
    }
}

fn policy(summary: PolicySummary, documents: &BTreeMap<String, String>) -> OrganizationPolicy {
    let document = documents.get(&summary.id).cloned().unwrap_or_default();
    OrganizationPolicy { document, id: summary.id, name: summary.name, aws_managed: summary.aws_managed }
}

/// The code of a refusal that Organizations or IAM decided; keys that are not valid have others.
const ACCESS_DENIED: &str = "AccessDeniedException:";
/// What IAM says in place of an answer ("Troubleshoot access denied error messages" in the IAM User Guide).
const NOT_AUTHORIZED: &str = "is not authorized to perform";

/// Organizations answers `AccessDeniedException` to accounts that are neither the management account nor a delegated
/// administrator ("ListRoots" in the AWS Organizations API Reference): most can't ask. Where it is the caller who may
/// not, IAM says who and what.
fn unless_refused(failure: Failure) -> Failure {
    match failure {
        Failure::Unreadable(why)
            if why.message.starts_with(ACCESS_DENIED) && !why.message.contains(NOT_AUTHORIZED) =>
        {
            Failure::NotOffered(NotOffered { operation: why.operation, message: why.message })
        }
        other => other,
    }
}

fn malformed(operation: &'static Operation, message: &str) -> Failure {
    Failure::unreadable(operation, Reason::Malformed, message)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OrganizationAnswer {
    organization: Described,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    id: String,
    master_account_id: String,
    feature_set: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Roots {
    roots: Vec<Root>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Root {
    id: String,
    policy_types: Vec<EnabledType>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EnabledType {
    #[serde(rename = "Type")]
    policy_type: String,
    status: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parents {
    parents: Vec<Parent>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parent {
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PoliciesForTarget {
    policies: Vec<PolicySummary>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicySummary {
    id: String,
    name: String,
    aws_managed: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyAnswer {
    policy: PolicyContent,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyContent {
    content: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_cannot_ask_is_told_from_a_caller_who_may_not() {
        let denied =
            |message: &str| unless_refused(Failure::unreadable(&LIST_ROOTS, Reason::Denied, message));
        let account = denied("AccessDeniedException: You don't have permissions to access this resource.");
        assert!(matches!(account, Failure::NotOffered(_)), "{account:?}");
        let caller = denied(
            "AccessDeniedException: User: arn:aws:iam::111122223333:user/a is not authorized to perform: \
             organizations:ListRoots because no identity-based policy allows the organizations:ListRoots action",
        );
        assert!(matches!(caller, Failure::Unreadable(_)), "{caller:?}");
        let key =
            denied("UnrecognizedClientException: The security token included in the request is invalid.");
        assert!(matches!(key, Failure::Unreadable(_)), "{key:?}");
        let slow = unless_refused(Failure::unreadable(&LIST_ROOTS, Reason::Throttled, "Rate exceeded"));
        assert!(matches!(slow, Failure::Unreadable(_)), "{slow:?}");
    }
}
