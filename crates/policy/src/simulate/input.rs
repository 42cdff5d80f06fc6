//! A line of input.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::cache::PolicyCache;
use super::{LineError, MAX_RESOURCE_BYTES};
use crate::actions;
use crate::compiled::CompiledPolicy;
use crate::context::Context;
use crate::document::Json;
use crate::policies::{PolicySet, PrincipalPolicies, ResourcePolicies};
use crate::principal::Principal;
use crate::request::{Action, Resource};

#[derive(Deserialize)]
pub(super) struct Case<'a> {
    #[serde(borrow, default)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow)]
    request: CaseRequest<'a>,
    #[serde(borrow, default)]
    identity_policies: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    resource_policy: Option<&'a RawValue>,
    #[serde(borrow, default)]
    permission_boundaries: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    session_policy: Option<&'a RawValue>,
    #[serde(borrow, default)]
    scps: Option<Vec<Level<'a>>>,
    #[serde(borrow, default)]
    rcps: Option<Vec<Level<'a>>>,
    #[serde(borrow, default)]
    vpc_endpoint_policies: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    management_account_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct CaseRequest<'a> {
    #[serde(borrow)]
    principal: Cow<'a, str>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow, default)]
    resource: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    resource_account_id: Option<Cow<'a, str>>,
    #[serde(borrow, default = "no_context")]
    context: Json<'a>,
    #[serde(default)]
    wildcard_only_action: Option<bool>,
}

fn no_context<'a>() -> Json<'a> {
    Json::Null
}

#[derive(Deserialize)]
struct Level<'a> {
    #[serde(borrow, default)]
    org_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    policies: Option<Vec<&'a RawValue>>,
}

/// A case ready for evaluation.
pub(super) struct World {
    pub(super) principal: Principal,
    pub(super) action: Action,
    pub(super) resource: Resource,
    pub(super) context: Context,
    pub(super) principal_policies: PrincipalPolicies,
    pub(super) resource_policies: ResourcePolicies,
    pub(super) management_account: Option<String>,
}

impl Case<'_> {
    pub(super) fn compile(self, unknown: &Context, cache: &mut PolicyCache) -> Result<World, LineError> {
        let request = self.request;
        let action = Action::parse(&request.action).ok_or_else(|| LineError::BadField {
            field: "/request/action",
            value: request.action.clone().into_owned(),
            expected: "an action such as s3:GetObject",
        })?;
        let mut policies = Compiler { cache };
        Ok(World {
            principal: Principal::parse(&request.principal),
            resource: request.resource(&action)?,
            context: request.context(unknown)?,
            principal_policies: PrincipalPolicies {
                identity: PolicySet::new(
                    policies.list("identity_policies", self.identity_policies.as_deref())?,
                ),
                boundaries: policies
                    .list("permission_boundaries", self.permission_boundaries.as_deref())?
                    .into_iter()
                    .map(|policy| PolicySet::new(vec![policy]))
                    .collect(),
                session: policies.single("session_policy", self.session_policy)?,
                scps: policies.levels("scps", self.scps.as_deref())?,
            },
            resource_policies: ResourcePolicies {
                policy: policies.single("resource_policy", self.resource_policy)?,
                rcps: policies.levels("rcps", self.rcps.as_deref())?,
                vpc_endpoint: Some(
                    policies.list("vpc_endpoint_policies", self.vpc_endpoint_policies.as_deref())?,
                )
                .filter(|list| !list.is_empty())
                .map(PolicySet::new),
            },
            action,
            management_account: self.management_account_id.map(Cow::into_owned),
        })
    }
}

impl CaseRequest<'_> {
    fn resource(&self, action: &Action) -> Result<Resource, LineError> {
        let arn = self.resource.as_deref().unwrap_or("*");
        if arn.len() > MAX_RESOURCE_BYTES {
            return Err(LineError::BadField {
                field: "/request/resource",
                value: arn.chars().take(64).chain("…".chars()).collect(),
                expected: "an ARN of at most 8192 bytes",
            });
        }
        let takes_no_resource = self
            .wildcard_only_action
            .or_else(|| actions::wildcard_only(action.service(), action.name()))
            .unwrap_or(false);
        let resource = if takes_no_resource { Resource::none() } else { Resource::new(arn) };
        Ok(match &self.resource_account_id {
            Some(account) => resource.owned_by(account),
            None => resource,
        })
    }

    fn context(&self, unknown: &Context) -> Result<Context, LineError> {
        let bad = |value: &Json<'_>| LineError::BadField {
            field: "/request/context",
            value: value.kind().to_owned(),
            expected: "an object of strings, numbers, booleans or lists of these",
        };
        let mut context = unknown.clone();
        let members = match &self.context {
            Json::Null => return Ok(context),
            Json::Object(members) => members,
            other => return Err(bad(other)),
        };
        for (key, value) in members {
            match value {
                Json::Null => {}
                Json::Array(items) => {
                    let values: Option<Vec<String>> = items.iter().map(scalar).collect();
                    context.set_many(key, values.ok_or_else(|| bad(value))?);
                }
                _ => context.set(key, scalar(value).ok_or_else(|| bad(value))?),
            }
        }
        Ok(context)
    }
}

fn scalar(value: &Json<'_>) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone().into_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

struct Compiler<'c> {
    cache: &'c mut PolicyCache,
}

impl Compiler<'_> {
    fn one(&mut self, field: &str, text: &RawValue) -> Result<Arc<CompiledPolicy>, LineError> {
        self.cache
            .compile(field, text.get())
            .map_err(|source| LineError::Policy { field: format!("/{field}"), source })
    }

    fn list(
        &mut self,
        field: &str,
        texts: Option<&[&RawValue]>,
    ) -> Result<Vec<Arc<CompiledPolicy>>, LineError> {
        let texts = texts.unwrap_or_default().iter().enumerate();
        texts.map(|(index, text)| self.one(&format!("{field}/{index}"), text)).collect()
    }

    fn single(&mut self, field: &str, text: Option<&RawValue>) -> Result<Option<PolicySet>, LineError> {
        let present = text.filter(|text| text.get() != "null");
        present.map(|text| Ok(PolicySet::new(vec![self.one(field, text)?]))).transpose()
    }

    fn levels(&mut self, field: &str, levels: Option<&[Level<'_>]>) -> Result<Vec<PolicySet>, LineError> {
        let levels = levels.unwrap_or_default().iter().enumerate();
        levels
            .map(|(index, level)| {
                let policies = self.list(&format!("{field}/{index}/policies"), level.policies.as_deref())?;
                Ok(PolicySet::new(policies).named(level.org_id.as_deref().unwrap_or_default()))
            })
            .collect()
    }
}
