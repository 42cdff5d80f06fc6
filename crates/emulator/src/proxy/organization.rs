//! Organizations, as a member of one sees it ("AWS Organizations API Reference"). The emulator knows accounts only
//! from the side of the one that manages them.

mod members;

use serde_json::{Value, json};

use super::Shapes;
use super::answer::Answer;
use super::error_format;
use super::operation::Protocol;
use super::request::Incoming;
use crate::account::{Organization, OrganizationLevel};

const MANAGEMENT_ACCOUNT: &str = "999999999999";

/// The answer to an operation of Organizations, or to IAM's question about its features.
pub(super) fn answer(incoming: &Incoming, shapes: &Shapes) -> Option<Answer> {
    let operation = incoming.request.operation.as_str();
    let organization = shapes.account.organization.as_ref();
    if operation == "iam:ListOrganizationsFeatures" {
        let features = organization.filter(|found| found.delegated_administrator)?;
        return Some(Answer::new(200, "text/xml", features_document(&features.features)));
    }
    let operation = operation.strip_prefix("organizations:")?;
    let Some(organization) = organization else {
        return Some(refused(
            "AWSOrganizationsNotInUseException",
            "Your account is not a member of an organization.",
        ));
    };
    let for_everybody = matches!(operation, "DescribeOrganization" | "DescribeEffectivePolicy");
    let is_management = organization.management_account == shapes.account.id();
    if !for_everybody && !is_management && !organization.delegated_administrator {
        return Some(refused("AccessDeniedException", "You don't have permissions to access this resource."));
    }
    let view = View { organization, account: shapes.account.id() };
    let found = match operation {
        "DescribeOrganization" => Some(view.describe()),
        "ListRoots" => Some(view.roots()),
        "ListParents" => view.parents(parameter(incoming, "ChildId")),
        "ListPoliciesForTarget" => {
            view.policies(parameter(incoming, "TargetId"), parameter(incoming, "Filter"))
        }
        "DescribeEffectivePolicy" => {
            let policy = organization.effective_policies.get(parameter(incoming, "PolicyType"));
            let Some(policy) = policy else {
                return Some(refused(
                    "EffectivePolicyNotFoundException",
                    "The account has no effective policy of this type.",
                ));
            };
            Some(json!({"EffectivePolicy": {"PolicyContent": policy.to_string(), "TargetId": view.account}}))
        }
        "ListAccounts" | "ListAccountsForParent" | "ListOrganizationalUnitsForParent" => {
            view.members(operation, parameter(incoming, "ParentId"))
        }
        "ListDelegatedAdministrators" => Some(view.delegated_administrators()),
        "ListDelegatedServicesForAccount" => view.delegated_services(parameter(incoming, "AccountId")),
        "ListAWSServiceAccessForOrganization" => Some(view.trusted_services()),
        "DescribeResourcePolicy" => {
            let Some(policy) = &organization.resource_policy else {
                return Some(refused("ResourcePolicyNotFoundException", "There is no resource policy."));
            };
            Some(json!({"ResourcePolicy": {"Content": policy.to_string()}}))
        }
        "DescribePolicy" => view.policy(parameter(incoming, "PolicyId")),
        _ => None,
    };
    Some(match found {
        Some(body) => Answer::new(200, "application/x-amz-json-1.1", body.to_string()),
        None => refused("InvalidInputException", "You specified an invalid value."),
    })
}

fn parameter<'a>(incoming: &'a Incoming, name: &str) -> &'a str {
    incoming.parameters.get(name).map(String::as_str).unwrap_or_default()
}

fn refused(code: &str, message: &str) -> Answer {
    error_format::error(Protocol::Json, 400, code, message)
}

fn features_document(features: &[String]) -> String {
    let members: String = features.iter().map(|feature| format!("<member>{feature}</member>")).collect();
    format!(
        "<ListOrganizationsFeaturesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <ListOrganizationsFeaturesResult><OrganizationId>o-exampleorgid</OrganizationId>\
         <EnabledFeatures>{members}</EnabledFeatures></ListOrganizationsFeaturesResult>\
         <ResponseMetadata><RequestId>recorded</RequestId></ResponseMetadata></ListOrganizationsFeaturesResponse>"
    )
}

/// The organization from where one account stands.
struct View<'a> {
    organization: &'a Organization,
    account: &'a str,
}

/// A policy with its id.
struct Policy<'a> {
    id: String,
    name: &'a str,
    aws_managed: bool,
    document: Value,
}

impl View<'_> {
    fn describe(&self) -> Value {
        let given = self.organization.management_account.as_str();
        let management = if given.is_empty() { MANAGEMENT_ACCOUNT } else { given };
        let features =
            if self.organization.consolidated_billing_only { "CONSOLIDATED_BILLING" } else { "ALL" };
        json!({"Organization": {
            "Id": "o-exampleorgid",
            "Arn": format!("arn:aws:organizations::{management}:organization/o-exampleorgid"),
            "FeatureSet": features,
            "MasterAccountId": management,
            "MasterAccountArn": format!("arn:aws:organizations::{management}:account/o-exampleorgid/{management}"),
            "MasterAccountEmail": "management@example.com",
            "AvailablePolicyTypes": [],
        }})
    }

    fn roots(&self) -> Value {
        let types = self.organization.policy_types.iter();
        let types: Vec<Value> = types.map(|one| json!({"Type": one, "Status": "ENABLED"})).collect();
        json!({"Roots": [{"Id": "r-exam", "Name": "Root", "PolicyTypes": types}]})
    }

    /// The ids from the root to the account.
    fn targets(&self) -> Vec<String> {
        let units = 1..self.organization.levels.len().saturating_sub(1);
        let root = std::iter::once("r-exam".to_owned());
        root.chain(units.map(|unit| format!("ou-exam-{unit}"))).chain([self.account.to_owned()]).collect()
    }

    fn parents(&self, child: &str) -> Option<Value> {
        let targets = self.targets();
        let place = targets.iter().position(|target| target == child)?;
        let parent = targets.get(place.checked_sub(1)?)?;
        let kind = if parent.starts_with("r-") { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
        Some(json!({"Parents": [{"Id": parent, "Type": kind}]}))
    }

    fn policies(&self, target: &str, filter: &str) -> Option<Value> {
        let place = self.targets().iter().position(|one| one == target)?;
        let none = OrganizationLevel::default();
        let level = self.organization.levels.get(place).unwrap_or(&none);
        let summaries: Vec<Value> =
            on_level(level, filter)?.iter().map(|policy| policy.summary(filter)).collect();
        Some(json!({"Policies": summaries}))
    }

    fn policy(&self, id: &str) -> Option<Value> {
        let none = OrganizationLevel::default();
        let levels = self.organization.levels.iter().chain([&none]);
        levels
            .flat_map(|level| TYPES.iter().filter_map(move |filter| Some((filter, on_level(level, filter)?))))
            .find_map(|(filter, policies)| {
                let policy = policies.into_iter().find(|policy| policy.id == id)?;
                let content = policy.document.to_string();
                Some(json!({"Policy": {"PolicySummary": policy.summary(filter), "Content": content}}))
            })
    }
}

const TYPES: [&str; 2] = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];

/// The policies of one type on a level: AWS's own, which allows everything, and the others.
fn on_level<'a>(level: &'a OrganizationLevel, filter: &str) -> Option<Vec<Policy<'a>>> {
    let everything = |principal: Value| {
        let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        if let (false, Some(members)) = (principal.is_null(), statement.as_object_mut()) {
            members.insert("Principal".to_owned(), principal);
        }
        json!({"Version": "2012-10-17", "Statement": [statement]})
    };
    let (own, policies) = match filter {
        "SERVICE_CONTROL_POLICY" => {
            (("FullAWSAccess", everything(Value::Null)), &level.service_control_policies)
        }
        "RESOURCE_CONTROL_POLICY" => {
            (("RCPFullAWSAccess", everything(json!("*"))), &level.resource_control_policies)
        }
        _ => return None,
    };
    let (name, document) = own;
    let own = Policy { id: format!("p-{name}"), name, aws_managed: true, document };
    let others = policies.iter().map(|(name, document)| Policy {
        id: format!("p-{}", name.to_ascii_lowercase()),
        name,
        aws_managed: false,
        document: document.clone(),
    });
    Some(std::iter::once(own).chain(others).collect())
}

impl Policy<'_> {
    fn summary(&self, kind: &str) -> Value {
        let owner = if self.aws_managed { "aws" } else { MANAGEMENT_ACCOUNT };
        json!({
            "Id": self.id,
            "Arn": format!("arn:aws:organizations::{owner}:policy/o-exampleorgid/{}", self.id),
            "Name": self.name,
            "Description": "",
            "Type": kind,
            "AwsManaged": self.aws_managed,
        })
    }
}
