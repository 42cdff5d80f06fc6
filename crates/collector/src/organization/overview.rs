//! Reads what only the account that manages the organization and delegated administrators may ask: its accounts, and
//! whom it has given rights over them.

use palisade_snapshot::{
    Account, DelegatedAdministrator, Evidence, Observed, Organization, OrganizationAccount, OrganizationRoot,
    Reason,
};
use serde::Deserialize;
use serde_json::json;

use super::{Organizations, Root, unless_refused, with_policies};
use crate::failure::Failure;
use crate::operation::{
    DESCRIBE_RESOURCE_POLICY, LIST_ACCOUNTS, LIST_ACCOUNTS_FOR_PARENT,
    LIST_AWS_SERVICE_ACCESS_FOR_ORGANIZATION, LIST_DELEGATED_ADMINISTRATORS,
    LIST_DELEGATED_SERVICES_FOR_ACCOUNT, LIST_ORGANIZATIONAL_UNITS_FOR_PARENT,
};
use crate::reader::required;

impl Organizations<'_> {
    /// The accounts, and who administers what for them. Where `ListRoots` told that the account can't ask, nothing
    /// more is asked.
    pub(super) async fn overview(
        &self,
        organization: &Observed<Organization>,
        roots: &Result<Vec<Root>, Failure>,
    ) -> Account {
        let may_ask = match (with_policies(organization), roots) {
            (Err(failure), _) => Err(failure),
            (Ok(_), Err(Failure::NotOffered(why))) => Err(Failure::NotOffered(why.clone())),
            (Ok(_), _) => Ok(()),
        };
        let may_ask = || may_ask.clone();
        let reader = self.reader;
        let (accounts, root, administrators, services, policy) = tokio::join!(
            reader.observe_account(
                Evidence::OrganizationAccounts,
                Box::pin(async { may_ask().map(|()| self.accounts())?.await })
            ),
            reader.observe_account(
                Evidence::OrganizationRoot,
                Box::pin(async { may_ask().map(|()| self.under_root(roots))?.await })
            ),
            reader.observe_account(
                Evidence::DelegatedAdministrators,
                Box::pin(async { may_ask().map(|()| self.delegated_administrators())?.await })
            ),
            reader.observe_account(
                Evidence::TrustedServices,
                Box::pin(async { may_ask().map(|()| self.trusted_services())?.await })
            ),
            reader.observe_account(
                Evidence::DelegationPolicy,
                Box::pin(async { may_ask().map(|()| self.delegation_policy())?.await })
            ),
        );
        Account {
            organization_accounts: accounts,
            organization_root: root,
            delegated_administrators: administrators,
            trusted_services: services,
            delegation_policy: policy,
            ..Account::default()
        }
    }

    /// `ListAccounts`.
    async fn accounts(&self) -> Result<Vec<OrganizationAccount>, Failure> {
        let listed = self.list(&LIST_ACCOUNTS, json!({}), |page: Accounts| (page.accounts, page.next_token));
        let listed = listed.await.map_err(unless_refused)?;
        let accounts: Result<Vec<_>, _> = listed.into_iter().map(account).collect();
        let mut accounts =
            accounts.map_err(|missing| Failure::unreadable(&LIST_ACCOUNTS, Reason::Malformed, &missing))?;
        accounts.sort();
        Ok(accounts)
    }

    /// The accounts and units directly under the root: where everything else is, is not asked, as it takes a call for
    /// every unit.
    async fn under_root(&self, roots: &Result<Vec<Root>, Failure>) -> Result<OrganizationRoot, Failure> {
        let (mut accounts, mut units) = (Vec::new(), Vec::new());
        for root in roots.as_ref().map_err(Clone::clone)? {
            let input = json!({"ParentId": root.id});
            let (of_root, units_of_root) = tokio::join!(
                self.list(&LIST_ACCOUNTS_FOR_PARENT, input.clone(), |page: Accounts| {
                    (page.accounts, page.next_token)
                }),
                self.list(&LIST_ORGANIZATIONAL_UNITS_FOR_PARENT, input, |page: Units| {
                    (page.organizational_units, page.next_token)
                }),
            );
            accounts.extend(of_root.map_err(unless_refused)?.into_iter().map(|account| account.id));
            units.extend(units_of_root.map_err(unless_refused)?.into_iter().map(|unit| unit.name));
        }
        accounts.sort();
        units.sort();
        Ok(OrganizationRoot { accounts, units })
    }

    /// `ListDelegatedAdministrators`, then for each `ListDelegatedServicesForAccount`.
    async fn delegated_administrators(&self) -> Result<Vec<DelegatedAdministrator>, Failure> {
        let listed = self.list(&LIST_DELEGATED_ADMINISTRATORS, json!({}), |page: Administrators| {
            (page.delegated_administrators, page.next_token)
        });
        let mut administrators = Vec::new();
        for administrator in listed.await.map_err(unless_refused)? {
            let input = json!({"AccountId": administrator.id});
            let services =
                self.list(&LIST_DELEGATED_SERVICES_FOR_ACCOUNT, input, |page: DelegatedServices| {
                    (page.delegated_services, page.next_token)
                });
            let services = services.await.map_err(unless_refused)?;
            administrators.push(DelegatedAdministrator {
                account: administrator.id,
                name: administrator.name.unwrap_or_default(),
                services: names(services),
            });
        }
        administrators.sort();
        Ok(administrators)
    }

    /// `ListAWSServiceAccessForOrganization`.
    async fn trusted_services(&self) -> Result<Vec<String>, Failure> {
        let listed = self.list(&LIST_AWS_SERVICE_ACCESS_FOR_ORGANIZATION, json!({}), |page: Enabled| {
            (page.enabled_service_principals, page.next_token)
        });
        Ok(names(listed.await.map_err(unless_refused)?))
    }

    /// `DescribeResourcePolicy`; absent where nothing is delegated by one.
    async fn delegation_policy(&self) -> Result<String, Failure> {
        let answer: ResourcePolicyAnswer =
            self.ask(&DESCRIBE_RESOURCE_POLICY, json!({})).await.map_err(unless_refused)?;
        required(answer.resource_policy.content, "Content")
            .map_err(|missing| Failure::unreadable(&DESCRIBE_RESOURCE_POLICY, Reason::Malformed, &missing))
    }
}

fn account(listed: ListedAccount) -> Result<OrganizationAccount, String> {
    Ok(OrganizationAccount {
        id: listed.id,
        name: listed.name.unwrap_or_default(),
        email: required(listed.email, "Email")?,
        state: required(listed.state.or(listed.status), "State")?,
    })
}

fn names(services: Vec<ServicePrincipal>) -> Vec<String> {
    let mut names: Vec<String> = services.into_iter().map(|service| service.service_principal).collect();
    names.sort();
    names
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Accounts {
    accounts: Vec<ListedAccount>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedAccount {
    id: String,
    name: Option<String>,
    email: Option<String>,
    state: Option<String>,
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Units {
    organizational_units: Vec<Unit>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Unit {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Administrators {
    delegated_administrators: Vec<Administrator>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Administrator {
    id: String,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DelegatedServices {
    delegated_services: Vec<ServicePrincipal>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Enabled {
    enabled_service_principals: Vec<ServicePrincipal>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServicePrincipal {
    service_principal: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourcePolicyAnswer {
    resource_policy: ResourcePolicy,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourcePolicy {
    content: Option<String>,
}
