//! Laws of trust policies, over generated policies and requests ("How to use trust policies with IAM roles").
#![expect(clippy::unwrap_used, reason = "a failed assertion is how a test speaks")]

use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context;
use palisade_policy::document::PolicyDocument;
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::public::{Access, Outsider, RoleTrust, Witness, role_trust};
use palisade_policy::request::{Action, Request, Resource};
use proptest::prelude::*;
use serde_json::{Value, json};

const OWNER: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/r";
/// Named by no policy.
const STRANGER: &str = "888888888888";

fn principal() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": "444455556666"}),
        json!({"AWS": ["arn:aws:iam::444455556666:role/x", "111122223333"]}),
        json!({"AWS": "arn:aws:iam::777788889999:root"}),
        json!({"Service": "lambda.amazonaws.com"}),
    ])
}

fn condition() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!({}),
        json!({"StringEquals": {"sts:ExternalId": "secret"}}),
        json!({"StringLike": {"sts:ExternalId": "tenant-*"}}),
        json!({"Null": {"sts:ExternalId": "false"}}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": "444455556666"}}),
        json!({"StringNotEquals": {"aws:PrincipalAccount": ["444455556666", "111122223333"]}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/*"}}),
        json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}),
        json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
    ])
}

fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["sts:AssumeRole", "sts:*", "sts:TagSession"]);
    (principal(), condition(), action).prop_map(move |(principal, condition, action)| {
        json!({"Effect": effect, "Principal": principal, "Action": action, "Condition": condition})
    })
}

fn any_statement() -> impl Strategy<Value = Value> {
    prop_oneof![3 => statement("Allow"), 1 => statement("Deny")]
}

fn document(statements: &[Value]) -> PolicyDocument {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    PolicyDocument::from_text(&text).unwrap()
}

fn trust(statements: &[Value]) -> RoleTrust {
    role_trust(&document(statements), ROLE, OWNER, "aws")
}

/// Whether the evaluator lets somebody assume the role whose own policies allow everything.
fn is_allowed(statements: &[Value], principal: &str, action: &str, context: &Context) -> bool {
    let everything =
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let everything = CompiledPolicy::from_text("own", everything).unwrap();
    let own =
        PrincipalPolicies { identity: PolicySet::new(vec![Arc::new(everything)]), ..Default::default() };
    let policy = PolicySet::new(vec![Arc::new(CompiledPolicy::new("trust", &document(statements)))]);
    let side = ResourcePolicies { policy: Some(policy), ..Default::default() };
    let request = Request {
        principal: &Principal::parse(principal),
        action: &Action::parse(action).unwrap(),
        resource: &Resource::new(ROLE),
        context,
    };
    let policies = Policies { principal: &own, resource: &side, management_account: None };
    decide(request, policies) == Decision::Allowed
}

fn witnesses(trust: &RoleTrust) -> impl Iterator<Item = &Witness> {
    trust.witness.iter().chain(trust.outsiders.iter().filter_map(|one| one.witness.as_ref()))
}

/// What a stranger can bring: neither a network, an account nor an organization that a policy names.
fn strange_context() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let organization = prop::option::of(Just(("aws:PrincipalOrgID", "o-zzzzzzzzzz")));
    let id = prop::sample::select(vec!["guess", "tenant-0", "secret"]);
    let external_id = prop::option::of(id.prop_map(|id| ("sts:ExternalId", id)));
    let second_factor = prop::sample::select(vec!["true", "false"]);
    let second_factor = prop::option::of(second_factor.prop_map(|is| ("aws:MultiFactorAuthPresent", is)));
    (organization, external_id, second_factor)
        .prop_map(|(one, two, three)| one.into_iter().chain(two).chain(three).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Every witness is allowed, and whoever gets in without conditions has one.
    #[test]
    fn witnesses_are_allowed(statements in prop::collection::vec(any_statement(), 1..4)) {
        let trust = trust(&statements);
        for witness in witnesses(&trust) {
            let is_in = is_allowed(&statements, &witness.principal, &witness.action, &witness.context);
            prop_assert!(is_in, "{witness:?}");
        }
        prop_assert!(trust.anyone != Access::Yes || trust.witness.is_some());
        prop_assert_eq!(trust.anyone == Access::No, trust.witness.is_none() && trust.residual.is_empty());
    }

    /// Where nobody gets in, no stranger does, whatever he brings.
    #[test]
    fn no_means_no(
        statements in prop::collection::vec(any_statement(), 1..4),
        brought in strange_context(),
        name in prop::sample::select(vec!["user/eve", "role/x", "root"]),
    ) {
        let principal = Principal::parse(&format!("arn:aws:iam::{STRANGER}:{name}"));
        let mut context = principal.implied_context();
        context.set("aws:SourceIp", "198.51.100.7");
        context.set("aws:SecureTransport", "true");
        for (key, value) in brought {
            context.set(key, value);
        }
        if is_allowed(&statements, principal.as_text(), "sts:AssumeRole", &context) {
            prop_assert_ne!(trust(&statements).anyone, Access::No);
        }
    }

    /// A Deny opens the role to nobody, a further Allow shuts it for nobody.
    #[test]
    fn denies_take_and_allows_give(
        statements in prop::collection::vec(any_statement(), 1..4),
        deny in statement("Deny"),
        allow in statement("Allow"),
    ) {
        let before = trust(&statements);
        let with = |more: &Value| trust(&[statements.as_slice(), std::slice::from_ref(more)].concat());
        let names = |trust: &RoleTrust| -> Vec<Outsider> {
            trust.outsiders.iter().map(|one| one.with.clone()).collect()
        };
        let denied = with(&deny);
        prop_assert!(denied.anyone <= before.anyone);
        prop_assert!(denied.services.iter().all(|service| before.services.contains(service)));
        let allowed = with(&allow);
        prop_assert!(allowed.anyone >= before.anyone);
        prop_assert!(names(&before).iter().all(|name| names(&allowed).contains(name)));
    }
}
