//! The accounts of the organization, and what is delegated to them.

use serde_json::{Value, json};

use super::View;
use crate::account::MemberAccount;

const ROOT: &str = "r-exam";

impl View<'_> {
    /// The accounts of the organization, or what stands directly under a parent: only the root is known.
    pub(super) fn members(&self, operation: &str, parent: &str) -> Option<Value> {
        let accounts = self.organization.accounts.iter();
        match operation {
            "ListAccounts" => Some(json!({"Accounts": accounts.map(described).collect::<Vec<_>>()})),
            _ if parent != ROOT => None,
            "ListAccountsForParent" => {
                let at_root = accounts.filter(|account| account.at_root);
                Some(json!({"Accounts": at_root.map(described).collect::<Vec<_>>()}))
            }
            _ => {
                let unit = |(place, name): (usize, &String)| {
                    json!({
                        "Id": format!("ou-exam-{place}"),
                        "Arn": format!("arn:aws:organizations::{}:ou/o-exampleorgid/ou-exam-{place}", self.account),
                        "Name": name,
                    })
                };
                let units: Vec<_> = self.organization.units.iter().enumerate().map(unit).collect();
                Some(json!({"OrganizationalUnits": units}))
            }
        }
    }

    pub(super) fn delegated_administrators(&self) -> Value {
        let administrators = self
            .organization
            .delegated_administrators
            .keys()
            .map(|account| described(&MemberAccount { id: account.clone(), ..MemberAccount::default() }));
        json!({"DelegatedAdministrators": administrators.collect::<Vec<_>>()})
    }

    pub(super) fn delegated_services(&self, account: &str) -> Option<Value> {
        let services = self.organization.delegated_administrators.get(account)?.iter();
        let services = services.map(|one| json!({"ServicePrincipal": one, "DelegationEnabledDate": 1.7e9}));
        Some(json!({"DelegatedServices": services.collect::<Vec<_>>()}))
    }

    pub(super) fn trusted_services(&self) -> Value {
        let services = self.organization.trusted_services.iter();
        let services = services.map(|one| json!({"ServicePrincipal": one, "DateEnabled": 1.7e9}));
        json!({"EnabledServicePrincipals": services.collect::<Vec<_>>()})
    }
}

fn described(account: &MemberAccount) -> Value {
    let state = if account.state.is_empty() { "ACTIVE" } else { &account.state };
    json!({
        "Id": account.id,
        "Arn": format!("arn:aws:organizations::999999999999:account/o-exampleorgid/{}", account.id),
        "Name": format!("account {}", account.id),
        "Email": account.email,
        "Status": if state == "CLOSED" { "SUSPENDED" } else { state },
        "State": state,
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": 1.7e9,
    })
}
