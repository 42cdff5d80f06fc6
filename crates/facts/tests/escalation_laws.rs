//! Laws of the search: what takes away never opens a path.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use palisade_facts::escalation::{Account, PathStep, Report, Unit, WitnessRequest, analyse, built_in};
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::Shared;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

fn arn(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

fn action() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("iam:*"),
        Just("iam:PassRole"),
        Just("iam:PutUserPolicy"),
        Just("iam:AttachRolePolicy"),
        Just("iam:CreatePolicyVersion"),
        Just("iam:CreateAccessKey"),
        Just("iam:UpdateAssumeRolePolicy"),
        Just("iam:CreateUser"),
        Just("iam:DeleteUserPolicy"),
        Just("iam:DeleteRolePolicy"),
        Just("sts:AssumeRole"),
        Just("lambda:*"),
        Just("ec2:RunInstances"),
        Just("*"),
    ]
}

fn resource() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        Just(arn("user/u0")),
        Just(arn("user/*")),
        Just(arn("role/r1")),
        Just(arn("policy/shared")),
    ]
}

fn statements(effect: &'static str) -> impl Strategy<Value = Vec<Value>> {
    let one = (action(), resource(), any::<bool>()).prop_map(move |(action, resource, with_mfa)| {
        let mut one = json!({"Effect": effect, "Action": action, "Resource": resource});
        if with_mfa && action == "sts:AssumeRole" {
            one["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
        }
        one
    });
    prop::collection::vec(one, 0..3)
}

/// Two users, two roles and a shared policy, with statements for each of them.
fn details(parts: &[Vec<Value>]) -> Value {
    let inline = |part: &[Value]| {
        let (allows, denies): (Vec<&Value>, Vec<&Value>) =
            part.iter().partition(|statement| statement["Effect"] == "Allow");
        let policies = [("own", allows), ("denies", denies)].into_iter().filter(|(_, part)| !part.is_empty());
        let written = policies.map(|(name, part)| {
            json!({"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": part}})
        });
        json!(written.collect::<Vec<_>>())
    };
    let date = "2026-01-01T00:00:00Z";
    let shared = json!([{"PolicyName": "shared", "PolicyArn": arn("policy/shared")}]);
    let user = |name: &str, part: &[Value]| {
        json!({"Path": "/", "UserName": name, "UserId": name, "Arn": arn(&format!("user/{name}")),
            "CreateDate": date, "UserPolicyList": inline(part), "AttachedManagedPolicies": shared})
    };
    let role = |name: &str, trust: Value, part: &[Value]| {
        json!({"Path": "/", "RoleName": name, "RoleId": name, "Arn": arn(&format!("role/{name}")), "CreateDate": date,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement":
                {"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"}},
            "RolePolicyList": inline(part)})
    };
    json!({
        "UserDetailList": [user("u0", &parts[0]), user("u1", &parts[1])],
        "GroupDetailList": [],
        "RoleDetailList": [
            role("r0", json!({"AWS": arn("root")}), &parts[2]),
            role("r1", json!({"Service": "lambda.amazonaws.com"}),
                &[json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]),
        ],
        "Policies": [{"PolicyName": "shared", "PolicyId": "ANPA1", "Arn": arn("policy/shared"), "Path": "/",
            "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "Document":
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}],
    })
}

fn analysed(details: &Value) -> Report {
    let shared = Shared::from_authorization_details(&details.to_string(), Timestamp::UNIX_EPOCH).unwrap();
    analyse(&[Account::new(&shared)], built_in().unwrap(), &[])
}

/// Who is an administrator or can become one.
fn reaching(report: &Report) -> BTreeSet<String> {
    let reaching = report.principals.iter().filter(|one| one.admin || one.can_escalate);
    reaching.map(|one| one.arn.clone()).collect()
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..Default::default() })]

    #[test]
    fn denies_boundaries_and_removals_open_no_path(
        allows in prop::collection::vec(statements("Allow"), 3),
        denies in statements("Deny"),
        whom in 0_usize..3,
    ) {
        let before = reaching(&analysed(&details(&allows)));
        let mut denied = allows.clone();
        denied[whom].extend(denies);
        let mut fewer = allows.clone();
        fewer[whom].pop();
        let mut bounded = details(&allows);
        let lists = [("UserDetailList", 0), ("UserDetailList", 1), ("RoleDetailList", 0)];
        bounded[lists[whom].0][lists[whom].1]["PermissionsBoundary"] =
            json!({"PermissionsBoundaryArn": arn("policy/shared")});
        for after in [details(&denied), details(&fewer), bounded] {
            let after = reaching(&analysed(&after));
            prop_assert!(after.is_subset(&before), "{after:?} is not within {before:?}");
        }
    }

    #[test]
    fn an_scp_opens_no_path(
        allows in prop::collection::vec(statements("Allow"), 3),
        denies in statements("Deny"),
    ) {
        let details = details(&allows);
        let before = reaching(&analysed(&details));
        let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let all: Vec<Value> = std::iter::once(everything).chain(denies).collect();
        let policy = json!({"Version": "2012-10-17", "Statement": all});
        let scps = json!([{"org_id": "r-root", "policies": [policy]}]).to_string();
        let shared = Shared::from_authorization_details(&details.to_string(), Timestamp::UNIX_EPOCH).unwrap();
        let account = Account::new(&shared).with_scps(&scps).unwrap();
        let after = reaching(&analyse(&[account], built_in().unwrap(), &[]));
        prop_assert!(after.is_subset(&before), "{after:?} is not within {before:?}");
    }

    #[test]
    fn the_cut_closes_every_path_and_nothing_of_it_can_be_left_out(
        allows in prop::collection::vec(statements("Allow"), 3),
    ) {
        let details = details(&allows);
        let report = analysed(&details);
        let cut = &report.cut;
        prop_assert_eq!(cut.closes_everything, cut.remaining.is_empty());
        let open = |without: &[&Unit]| {
            let mut details = details.clone();
            take_away(&mut details, without);
            let report = analysed(&details);
            let open = report.principals.iter().filter(|one| one.can_escalate);
            open.map(|one| one.arn.clone()).collect::<Vec<_>>()
        };
        let all: Vec<&Unit> = cut.remove.iter().collect();
        let left = open(&all);
        prop_assert!(left.iter().all(|one| cut.remaining.contains(one)), "{left:?} beyond {:?}", cut.remaining);
        for kept in &all {
            let others: Vec<&Unit> = all.iter().copied().filter(|one| one != kept).collect();
            prop_assert!(open(&others).len() > left.len() || !left.is_empty(), "{kept:?} can be left out");
        }
    }

    #[test]
    fn each_step_of_an_unconditional_path_is_allowed_when_asked_anew(
        allows in prop::collection::vec(statements("Allow"), 3),
        denies in statements("Deny"),
        whom in 0_usize..3,
    ) {
        let mut both = allows;
        both[whom].extend(denies);
        let details = details(&both);
        for one in analysed(&details).principals.iter().filter(|one| one.can_escalate) {
            for path in &one.paths {
                for (place, step) in path.steps.iter().enumerate() {
                    prop_assert!(!step.statements.is_empty(), "{path:?}");
                    let request = &step.request;
                    prop_assert_eq!(
                        decided(&details, request, &path.steps[..place]),
                        Decision::Allowed,
                        "{:?}",
                        request
                    );
                }
            }
        }
    }
}

/// Takes statements away from the policies in which they stand. The shared policy is attached and never taken away.
fn take_away(details: &mut Value, units: &[&Unit]) {
    let mut gone: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut detached = BTreeSet::new();
    for unit in units {
        match unit {
            Unit::Statement { policy, statement } => {
                gone.entry(policy).or_default().insert(*statement);
            }
            Unit::Attachment { identity, .. } => {
                detached.insert(identity.as_str());
            }
        }
    }
    let keep = |document: &mut Value, name: &str| {
        let Some(gone) = gone.get(name) else { return };
        let statements = match &document["Statement"] {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        let kept = statements.into_iter().enumerate().filter(|(place, _)| !gone.contains(place));
        document["Statement"] = kept.map(|(_, one)| one).collect();
    };
    for (list, inline) in [("UserDetailList", "UserPolicyList"), ("RoleDetailList", "RolePolicyList")] {
        for one in details[list].as_array_mut().unwrap() {
            let arn = one["Arn"].as_str().unwrap().to_owned();
            for policy in one[inline].as_array_mut().unwrap() {
                let name = format!("{arn}/inline-policy/{}", policy["PolicyName"].as_str().unwrap());
                keep(&mut policy["PolicyDocument"], &name);
            }
            if detached.contains(arn.as_str()) {
                one["AttachedManagedPolicies"] = json!([]);
            }
            if one["AssumeRolePolicyDocument"].is_object() {
                keep(&mut one["AssumeRolePolicyDocument"], &format!("{arn}/trust-policy"));
            }
        }
    }
    for policy in details["Policies"].as_array_mut().unwrap() {
        let arn = policy["Arn"].as_str().unwrap().to_owned();
        keep(&mut policy["PolicyVersionList"][0]["Document"], &arn);
    }
}

/// What the engine says to a request of a path, with policies read anew from the authorization details. What earlier
/// steps wrote counts.
fn decided(details: &Value, request: &WitnessRequest, earlier: &[PathStep]) -> Decision {
    let compiled =
        |document: &Value| CompiledPolicy::from_text("anew", &document.to_string()).unwrap().into();
    let lists = ["UserDetailList", "RoleDetailList"];
    let everybody = || lists.iter().flat_map(|list| details[*list].as_array().unwrap());
    let everything = json!({"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let mut identity: Vec<Arc<CompiledPolicy>> = Vec::new();
    let mut made = true;
    for one in everybody().filter(|one| one["Arn"] == request.principal.as_str()) {
        made = false;
        let inline = one["UserPolicyList"].as_array().or(one["RolePolicyList"].as_array()).unwrap();
        let deletes = ["iam:DeleteUserPolicy", "iam:DeleteRolePolicy"];
        let deleted = earlier.iter().map(|step| &step.request).any(|earlier| {
            deletes.contains(&earlier.action.as_str()) && earlier.resource == request.principal
        });
        let left = inline.iter().filter(|policy| !(deleted && policy["PolicyName"] == "denies"));
        identity.extend(left.map(|policy| compiled(&policy["PolicyDocument"])));
        if one["AttachedManagedPolicies"].as_array().is_some_and(|list| !list.is_empty()) {
            identity.push(compiled(&details["Policies"][0]["PolicyVersionList"][0]["Document"]));
        }
    }
    let writes = |step: &PathStep| {
        let action = step.request.action.as_str();
        action.starts_with("iam:Put")
            || action.starts_with("iam:Attach")
            || action == "iam:CreatePolicyVersion"
    };
    let gains = |step: &PathStep| {
        step.request.resource == request.principal || step.request.resource == arn("policy/shared")
    };
    if made || earlier.iter().any(|step| writes(step) && gains(step)) {
        identity.push(compiled(&everything));
    }
    let rewritten = earlier.iter().any(|step| {
        let writes_trust =
            ["iam:UpdateAssumeRolePolicy", "iam:CreateRole"].contains(&step.request.action.as_str());
        writes_trust && step.request.resource == request.resource
    });
    let trust = everybody().find(|one| one["Arn"] == request.resource.as_str());
    let trust = trust.map(|role| role["AssumeRolePolicyDocument"].clone()).filter(Value::is_object);
    let trust = if rewritten {
        Some(json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*",
            "Principal": {"AWS": request.principal}}}))
    } else {
        trust
    };
    let trust = trust.filter(|_| request.action.starts_with("sts:"));
    let principal = Principal::parse(&request.principal);
    let resource = if request.resource == "*" { Resource::none() } else { Resource::new(&request.resource) };
    let mut context = Request::implied_context(&principal, &resource);
    for (key, value) in &request.context {
        match value {
            Value::Array(values) => context.set_many(key, values.iter().map(|one| one.as_str().unwrap())),
            one => context.set(key, one.as_str().unwrap()),
        }
    }
    let action = Action::parse(&request.action).unwrap();
    let side = PrincipalPolicies { identity: PolicySet::new(identity), ..PrincipalPolicies::default() };
    let other = ResourcePolicies {
        policy: trust.map(|document| PolicySet::new(vec![compiled(&document)])),
        ..ResourcePolicies::default()
    };
    let asked = Request { principal: &principal, action: &action, resource: &resource, context: &context };
    decide(asked, Policies { principal: &side, resource: &other, management_account: None })
}
