//! Each technique on the examples in its file.

mod generated;

use jiff::Timestamp;
use palisade_snapshot::{Observed, Organization, OrganizationLevel, OrganizationPolicy, Shared};
use serde_json::{Map, Value, json};

use super::precondition::check_twins;
use super::{Account, KnownCredentials, Technique, analyse, built_in};

const ACCOUNT: &str = "111122223333";

/// The account that an example describes, as `aws iam get-account-authorization-details` would print it.
struct Described {
    details: Value,
    report: String,
    start: String,
}

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")
}

fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(actions: &Value) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": "*"})
}

impl Described {
    fn new(given: &Value) -> Self {
        let empty =
            json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []});
        let mut described = Self { details: empty, report: String::new(), start: String::new() };
        described.push(
            "Policies",
            policy("AdministratorAccess", "aws", &json!([allow(&json!("*"))]), &Value::Null),
        );
        for (name, policy_given) in entries(&given["policies"]) {
            let policy = policy(name, ACCOUNT, &policy_given["statements"], policy_given);
            described.push("Policies", policy);
        }
        for (name, group) in entries(&given["groups"]) {
            described.identity("GroupDetailList", "group", name, group);
        }
        for (name, user) in entries(&given["users"]) {
            described.identity("UserDetailList", "user", name, user);
        }
        for (name, role) in entries(&given["roles"]) {
            described.identity("RoleDetailList", "role", name, role);
        }
        let actor = &given["actor"];
        let (list, kind) =
            if actor["role"] == true { ("RoleDetailList", "role") } else { ("UserDetailList", "user") };
        described.identity(list, kind, "attacker", actor);
        described.start = arn(kind, "attacker");
        described.report = report(&given["report"]);
        described
    }

    fn push(&mut self, list: &str, one: Value) {
        self.details[list].as_array_mut().unwrap().push(one);
    }

    fn identity(&mut self, list: &str, kind: &str, name: &str, given: &Value) {
        let mut statements = given["statements"].as_array().cloned().unwrap_or_default();
        if !given["allow"].is_null() {
            statements.push(allow(&given["allow"]));
        }
        let title = match kind {
            "user" => "User",
            "group" => "Group",
            _ => "Role",
        };
        let mut inline = Vec::new();
        if !statements.is_empty() {
            inline.push(json!({"PolicyName": "own", "PolicyDocument": document(&json!(statements))}));
        }
        if !given["guard"].is_null() {
            inline.push(json!({"PolicyName": "guard", "PolicyDocument": document(&given["guard"])}));
        }
        let attached = given["attached"].as_array().cloned().unwrap_or_default();
        let attached: Vec<Value> = attached
            .iter()
            .map(|policy| json!({"PolicyName": policy, "PolicyArn": policy_arn(policy.as_str().unwrap())}))
            .collect();
        let mut one = json!({
            "Path": "/", "Arn": arn(kind, name), "CreateDate": "2024-01-01T00:00:00Z",
            "AttachedManagedPolicies": attached, "GroupList": given["groups"].as_array().cloned().unwrap_or_default(),
            "Tags": tags(&given["tags"]), format!("{title}Name"): name, format!("{title}Id"): format!("ID{name}"), format!("{title}PolicyList"): inline,
        });
        if kind == "role" {
            let trusts = if given["trusts"].is_null() {
                json!({"Service": "ec2.amazonaws.com"})
            } else {
                given["trusts"].clone()
            };
            let action = match trusts["Federated"].as_str() {
                None => "sts:AssumeRole",
                Some(provider) if provider.contains(":saml-provider/") => "sts:AssumeRoleWithSAML",
                Some(_) => "sts:AssumeRoleWithWebIdentity",
            };
            let mut trust = json!({"Effect": "Allow", "Principal": trusts, "Action": action});
            if !given["trust_condition"].is_null() {
                trust["Condition"] = given["trust_condition"].clone();
            }
            one["AssumeRolePolicyDocument"] = document(&json!([trust]));
            if given["instance_profile"] == true {
                one["InstanceProfileList"] = json!([{"Arn": arn("instance-profile", name)}]);
            }
        }
        if !given["boundary"].is_null() {
            let boundary = format!("boundary-of-{name}");
            let older = json!({"older": given["boundary_older"], "versions": given["boundary_versions"]});
            self.push("Policies", policy(&boundary, ACCOUNT, &json!([allow(&given["boundary"])]), &older));
            one["PermissionsBoundary"] = json!({"PermissionsBoundaryArn": policy_arn(&boundary)});
        }
        self.push(list, one);
    }

    fn status(&self) -> &'static str {
        self.status_with(built_in().unwrap())
    }

    fn status_with(&self, techniques: &[Technique]) -> &'static str {
        let shared =
            Shared::from_authorization_details(&self.details.to_string(), Timestamp::UNIX_EPOCH).unwrap();
        let known = KnownCredentials::from_csv(&self.report).unwrap();
        let report = analyse(&[Account::new(&shared).with_credentials(known)], techniques, &[]);
        report.principals.iter().find(|one| one.arn == self.start).unwrap().status.name()
    }
}

fn entries(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
    map.as_object().into_iter().flat_map(Map::iter)
}

fn tags(given: &Value) -> Vec<Value> {
    entries(given).map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

fn policy_arn(name: &str) -> String {
    let owner = if name == "AdministratorAccess" { "aws" } else { ACCOUNT };
    format!("arn:aws:iam::{owner}:policy/{name}")
}

fn policy(name: &str, owner: &str, statements: &Value, given: &Value) -> Value {
    let version = |id: u64, statements: &Value| json!({"Document": document(statements), "VersionId": format!("v{id}"), "IsDefaultVersion": id == 1});
    let mut versions = vec![version(1, statements)];
    let older = given["older"].as_array().cloned().unwrap_or_default();
    versions.extend(older.iter().map(|older| version(2, older)));
    let count = given["versions"].as_u64().unwrap_or(1);
    versions.extend((2..=count).map(|id| version(id, &json!([allow(&json!("s3:ListAllMyBuckets"))]))));
    json!({"PolicyName": name, "PolicyId": format!("ANPA{name}"), "Arn": format!("arn:aws:iam::{owner}:policy/{name}"),
        "Path": "/", "DefaultVersionId": "v1", "PolicyVersionList": versions})
}

fn report(given: &Value) -> String {
    let mut text = "user,password_enabled,mfa_active,access_key_1_active,access_key_2_active\n".to_owned();
    for (user, row) in entries(given) {
        let flag = |name: &str| row[name].as_bool().map(|flag| flag.to_string()).unwrap_or_default();
        let key = |slot: u64| {
            row["access_keys"].as_u64().map(|count| (count >= slot).to_string()).unwrap_or_default()
        };
        text.push_str(&format!("{user},{},{},{},{}\n", flag("login_profile"), flag("mfa"), key(1), key(2)));
    }
    text
}

#[test]
fn every_technique_works_where_it_should_and_nowhere_else() {
    let mut wrong = Vec::new();
    for technique in built_in().unwrap() {
        for example in &technique.examples {
            let status = Described::new(&example.given).status();
            if status != example.expect {
                wrong.push(format!("{}, {}: {status}, not {}", technique.id, example.name, example.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A technique alone; of a combination, the two that it consists of; where it only clears the way, with those that
/// write inline policies.
fn alone(technique: &Technique) -> Vec<Technique> {
    let used_after = |one: &Technique| ["iam-005", "iam-007"].contains(&one.id.as_str());
    let named = |one: &&Technique| match &technique.combines {
        Some(both) => one.id == both.change || one.id == both.access,
        None => one.id == technique.id || technique.clears_the_way() && used_after(one),
    };
    built_in().unwrap().iter().filter(named).cloned().collect()
}

/// The same account, where the attacker may also do these things to anything.
fn allowed_too(given: &Value, actions: &[&str]) -> Value {
    let mut given = given.clone();
    let mut statements = given["actor"]["statements"].as_array().cloned().unwrap_or_default();
    statements.push(allow(&json!(actions)));
    given["actor"]["statements"] = json!(statements);
    if let Some(boundary) = given["actor"]["boundary"].as_array_mut() {
        boundary.extend(actions.iter().map(|&action| json!(action)));
    }
    given
}

#[test]
fn each_precondition_is_needed_and_each_permission_is_all_that_its_twin_lacks() {
    let mut wrong = Vec::new();
    for technique in built_in().unwrap() {
        let alone = alone(technique);
        for twin in &technique.examples {
            let Some(lacks) = &twin.lacks else { continue };
            let name = format!("{}, {}", technique.id, twin.name);
            let status = Described::new(&twin.given).status_with(&alone);
            if status != "cannot" {
                wrong.push(format!("{name}: {status} without {lacks}"));
            }
            if lacks.contains(':') {
                let actions: Vec<&str> = lacks.split(" or ").collect();
                let status = Described::new(&allowed_too(&twin.given, &actions)).status_with(&alone);
                if !["can_escalate", "needs_external_state"].contains(&status) {
                    wrong.push(format!("{name}: {status} even with {lacks}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_file_without_a_twin_is_refused() {
    let technique = built_in().unwrap().iter().find(|one| one.id == "lambda-001").unwrap();
    let mut fewer = technique.clone();
    fewer.examples.retain(|one| one.lacks.as_deref() != Some("lambda:InvokeFunction"));
    let (place, message) = check_twins(&fewer, built_in().unwrap()).unwrap_err();
    assert_eq!((place.as_str(), message.contains("lambda:InvokeFunction")), ("examples", true), "{message}");
    let mut other = technique.clone();
    other.examples[0].lacks = Some("luck".to_owned());
    assert_eq!(check_twins(&other, built_in().unwrap()).unwrap_err().0, "examples[0].lacks");
}

fn analysed(given: &Value) -> super::Report {
    let described = Described::new(given);
    let shared =
        Shared::from_authorization_details(&described.details.to_string(), Timestamp::UNIX_EPOCH).unwrap();
    analyse(&[Account::new(&shared)], built_in().unwrap(), &[])
}

fn statement(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

#[test]
fn somebody_uses_a_role_to_give_himself_rights() {
    let role = json!({
        "trusts": {"AWS": arn("user", "attacker")},
        "statements": [statement("iam:PutUserPolicy", &arn("user", "attacker"))],
    });
    let given = json!({"actor": {}, "roles": {"helper": role}});
    let report = analysed(&given);
    let start = report.principals.iter().find(|one| one.arn == arn("user", "attacker")).unwrap();
    assert!(start.can_escalate, "{start:?}");
    let actions: Vec<&str> = start.paths[0].steps.iter().map(|step| step.request.action.as_str()).collect();
    assert_eq!(actions, ["sts:AssumeRole", "iam:PutUserPolicy"]);
    let helper = report.principals.iter().find(|one| one.arn == arn("role", "helper")).unwrap();
    assert_eq!(helper.status.name(), "cannot");
}

#[test]
fn names_are_chosen_to_suit_every_step() {
    let function = |pattern: &str| format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{pattern}");
    let actor = |invoked: &str| {
        json!({"actor": {"statements": [
            statement("iam:PassRole", "*"),
            statement("lambda:CreateFunction", &function("dev-*")),
            statement("lambda:InvokeFunction", &function(invoked)),
        ]}, "roles": {"service": {"trusts": {"Service": "lambda.amazonaws.com"}, "attached": ["AdministratorAccess"]}}})
    };
    assert_eq!(Described::new(&actor("*-job")).status(), "can_escalate");
    assert_eq!(Described::new(&actor("prod-*")).status(), "cannot");
}

#[test]
fn the_cut_closes_everything_and_spares_administrators() {
    let given = json!({
        "actor": {"allow": ["sts:AssumeRole", "iam:CreateAccessKey"]},
        "users": {
            "admin": {"attached": ["AdministratorAccess"]},
            "other": {"statements": [statement("iam:PutUserPolicy", "*")]},
        },
        "roles": {"deploy": {"trusts": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "attached": ["AdministratorAccess"]}},
    });
    let report = analysed(&given);
    let cut = &report.cut;
    assert!(cut.closes_everything && cut.proven_smallest, "{cut:?}");
    assert_eq!(cut.remove.len(), 2, "{cut:?}");
    assert!(!format!("{:?}", cut.remove).contains("user/admin"), "{cut:?}");
}

#[test]
fn denies_take_the_label_only_with_every_way_back() {
    let with = |deny: Value| {
        let statements = json!([{"Effect": "Deny", "Action": deny, "Resource": "*"}]);
        let given = json!({"actor": {"attached": ["AdministratorAccess"], "statements": statements}});
        Described::new(&given).status()
    };
    assert_eq!(with(json!("s3:*")), "administrator");
    assert_eq!(with(json!("iam:*")), "cannot");
    assert_eq!(with(json!("*")), "cannot");
}

#[test]
fn scps_limit_members_of_the_organization_and_not_the_account_that_manages_it() {
    let given = json!({"actor": {"allow": ["iam:CreateAccessKey"]}, "users": {"admin": {"attached": ["AdministratorAccess"]}}});
    let described = Described::new(&given);
    let everything = document(&json!([allow(&json!("*"))]));
    let no_keys = document(&json!([{"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"}]));
    let scps = json!([{"org_id": "r-root", "policies": [everything, no_keys]}]).to_string();
    for (manager, expected) in [("999999999999", "cannot"), (ACCOUNT, "can_escalate")] {
        let mut shared =
            Shared::from_authorization_details(&described.details.to_string(), Timestamp::UNIX_EPOCH)
                .unwrap();
        shared.account.organization = Observed::Present(Organization {
            id: "o-example".to_owned(),
            management_account_id: manager.to_owned(),
            feature_set: "ALL".to_owned(),
        });
        let account = Account::new(&shared).with_scps(&scps).unwrap();
        let report = analyse(&[account], built_in().unwrap(), &[]);
        let attacker = report.principals.iter().find(|one| one.arn == described.start).unwrap();
        assert_eq!(attacker.status.name(), expected, "managed by {manager}");
    }
}

/// "Resource control policies (RCPs)", AWS Organizations User Guide: they limit who assumes a role.
#[test]
fn rcps_limit_who_assumes_a_role() {
    let anybody = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")});
    let given = json!({
        "actor": {"allow": ["sts:AssumeRole"]},
        "roles": {"deploy": {"trusts": anybody, "attached": ["AdministratorAccess"]}},
    });
    let described = Described::new(&given);
    let analysed = |deny: Option<&str>| {
        let mut shared =
            Shared::from_authorization_details(&described.details.to_string(), Timestamp::UNIX_EPOCH)
                .unwrap();
        if let Some(action) = deny {
            // AWS's own RCPFullAWSAccess, and one that takes away.
            let policy = |effect: &str, action: &str| OrganizationPolicy {
                id: "p-example".to_owned(),
                name: effect.to_owned(),
                aws_managed: effect == "Allow",
                document: document(
                    &json!([{"Effect": effect, "Principal": "*", "Action": action, "Resource": "*"}]),
                )
                .to_string(),
            };
            let policies = vec![policy("Allow", "*"), policy("Deny", action)];
            let level = OrganizationLevel { target: "r-root".to_owned(), policies };
            shared.account.resource_control_policies = Observed::Present(vec![level]);
        }
        let report = analyse(&[Account::new(&shared)], built_in().unwrap(), &[]);
        let attacker = report.principals.into_iter().find(|one| one.arn == described.start).unwrap();
        (attacker.status.name(), attacker.paths.into_iter().flat_map(|path| path.assumes).collect::<Vec<_>>())
    };
    let (status, assumes) = analysed(None);
    assert_eq!(
        (status, assumes),
        ("can_escalate", vec!["rcp_not_read".to_owned(), "scp_not_read".to_owned()])
    );
    assert_eq!(analysed(Some("sts:AssumeRole")).0, "cannot");
    let (status, assumes) = analysed(Some("sqs:*"));
    assert_eq!((status, assumes), ("can_escalate", vec!["scp_not_read".to_owned()]));
}
