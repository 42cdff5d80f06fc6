//! Any resource pattern against any resource: an answer in bounded time, whatever the wildcards and variables.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context;
use palisade_policy::document::{Effect, PatternElement, PolicyDocument, PolicyVersion, Statement, ValueList};
use palisade_policy::evaluate::decide;
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};

fn element(pattern: &str) -> PatternElement {
    PatternElement { negated: false, values: ValueList { items: vec![pattern.to_owned()], is_list: false } }
}

fuzz_target!(|texts: (&str, &str, &str, &str)| {
    let (action_pattern, pattern, resource, value) = texts;
    let document = PolicyDocument {
        version: PolicyVersion::V2012,
        version_is_written: true,
        id: None,
        statements: vec![Statement {
            index: 0,
            is_listed: false,
            sid: None,
            effect: Effect::Allow,
            principals: None,
            actions: element(action_pattern),
            resources: Some(element(pattern)),
            conditions: Vec::new(),
        }],
    };
    let policy = Arc::new(CompiledPolicy::new("fuzz", &document));
    let principal_side = PrincipalPolicies { identity: PolicySet::new(vec![policy]), ..Default::default() };
    let resource_side = ResourcePolicies::default();
    let policies = Policies { principal: &principal_side, resource: &resource_side, management_account: None };
    let Some(action) = Action::parse("s3:GetObject") else { return };
    let mut context = Context::new();
    context.set("aws:username", value);
    let principal = Principal::parse("arn:aws:iam::111122223333:user/alice");
    let resource = Resource::new(resource);
    let _ = decide(Request { principal: &principal, action: &action, resource: &resource, context: &context }, policies);
});
