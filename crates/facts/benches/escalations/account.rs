//! Accounts as organizations have them, in any size: teams with their groups, roles, policies and pipelines.
//!
//! Most of it is sound. Each hundredth team made one of the usual mistakes, so that there are paths to find and to cut.

use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const CREATED: &str = "2024-01-01T00:00:00Z";
/// How many users and roles a team has.
const TEAM: usize = 20;

fn arn(rest: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{rest}")
}

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(actions: &Value, resources: &Value) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resources})
}

fn attached(owner: &str, name: &str) -> Value {
    json!({"PolicyName": name, "PolicyArn": format!("arn:aws:iam::{owner}:policy/{name}")})
}

fn managed(owner: &str, name: &str, statements: &Value) -> Value {
    json!({"PolicyName": name, "PolicyId": format!("ANPA{name}"), "Arn": format!("arn:aws:iam::{owner}:policy/{name}"),
        "Path": "/", "DefaultVersionId": "v1",
        "PolicyVersionList": [{"Document": policy(statements), "VersionId": "v1", "IsDefaultVersion": true}]})
}

fn inline(name: &str, statements: &Value) -> Value {
    json!({"PolicyName": name, "PolicyDocument": policy(statements)})
}

/// One team: what is special about it follows from its number.
struct Team {
    number: usize,
}

impl Team {
    fn is_one_in(&self, many: usize) -> bool {
        self.number % many == many / 2
    }

    fn name(&self, what: &str) -> String {
        format!("team-{}-{what}", self.number)
    }

    /// What the team works with.
    fn work(&self) -> Value {
        let prefix = format!("team-{}", self.number);
        json!([
            allow(
                &json!(["s3:GetObject", "s3:PutObject", "s3:ListBucket"]),
                &json!([format!("arn:aws:s3:::{prefix}-*"), format!("arn:aws:s3:::{prefix}-*/*")])
            ),
            allow(&json!(["dynamodb:*"]), &json!(format!("arn:aws:dynamodb:*:{ACCOUNT}:table/{prefix}-*"))),
            allow(&json!(["logs:*", "cloudwatch:*", "xray:*"]), &json!("*")),
            allow(
                &json!(["ec2:Describe*", "lambda:Get*", "lambda:List*", "iam:Get*", "iam:List*"]),
                &json!("*")
            ),
            allow(
                &json!(["sqs:*", "sns:*"]),
                &json!([
                    format!("arn:aws:sqs:*:{ACCOUNT}:{prefix}-*"),
                    format!("arn:aws:sns:*:{ACCOUNT}:{prefix}-*")
                ])
            ),
        ])
    }

    /// What its pipeline deploys with; one in fifty forgot the boundary.
    fn deployment(&self) -> Value {
        let roles = json!(arn(&format!("role/team-{}-app-*", self.number)));
        let mut write =
            allow(&json!(["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"]), &roles);
        if !self.is_one_in(50) {
            write["Condition"] =
                json!({"StringEquals": {"iam:PermissionsBoundary": arn("policy/developers-boundary")}});
        }
        json!([
            allow(&json!(["cloudformation:*"]), &json!(format!("arn:aws:cloudformation:*:{ACCOUNT}:stack/team-{}-*/*", self.number))),
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": roles,
                "Condition": {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com"]}}},
            allow(&json!(["lambda:*"]), &json!(format!("arn:aws:lambda:*:{ACCOUNT}:function:team-{}-*", self.number))),
            allow(&json!(["ecs:*", "ecr:*"]), &json!("*")),
            write,
        ])
    }

    fn users(&self) -> Vec<Value> {
        (0..TEAM * 3 / 10)
            .map(|number| {
                let name = self.name(&format!("user-{number}"));
                let mut groups = vec![self.name("developers"), "everybody".to_owned()];
                if number == 0 {
                    groups.push(self.name("deployers"));
                }
                if number == 1 && self.is_one_in(40) {
                    groups.push("administrators".to_owned());
                }
                let mut own = Vec::new();
                if number == 2 && self.is_one_in(30) {
                    own.push(inline("forgotten", &json!([allow(&json!("iam:CreateAccessKey"), &json!("*"))])));
                }
                json!({"Path": "/", "UserName": name, "UserId": format!("AIDA{name}"), "Arn": arn(&format!("user/{name}")),
                    "CreateDate": CREATED, "GroupList": groups, "UserPolicyList": own, "AttachedManagedPolicies": [],
                    "Tags": [{"Key": "team", "Value": self.number.to_string()}]})
            })
            .collect()
    }

    fn groups(&self) -> [Value; 2] {
        let group = |what: &str, own: Value, policy: &str| {
            let name = self.name(what);
            json!({"Path": "/", "GroupName": name, "GroupId": format!("AGPA{name}"), "Arn": arn(&format!("group/{name}")),
                "CreateDate": CREATED, "GroupPolicyList": [inline("assume", &own)],
                "AttachedManagedPolicies": [attached(ACCOUNT, &self.name(policy))]})
        };
        let assume = |pattern: &str| {
            json!([allow(
                &json!("sts:AssumeRole"),
                &json!(arn(&format!("role/team-{}-{pattern}", self.number)))
            )])
        };
        [
            group("developers", assume("human-*"), "work"),
            group("deployers", assume("pipeline-*"), "deployment"),
        ]
    }

    fn policies(&self) -> [Value; 2] {
        [
            managed(ACCOUNT, &self.name("work"), &self.work()),
            managed(ACCOUNT, &self.name("deployment"), &self.deployment()),
        ]
    }

    /// The roles: people's, the pipeline's, and those of applications.
    fn roles(&self) -> Vec<Value> {
        let count = TEAM - TEAM * 3 / 10;
        let root = json!({"AWS": arn("root")});
        let mut roles = vec![
            self.role("human-read", &root, &["work"], &Value::Null, true),
            self.role("human-operate", &root, &["work"], &self.operations(), true),
            self.role("pipeline-deploy", &root, &["deployment"], &Value::Null, false),
            self.role(
                "pipeline-stacks",
                &json!({"Service": "cloudformation.amazonaws.com"}),
                &["deployment"],
                &Value::Null,
                false,
            ),
        ];
        for number in roles.len()..count {
            let service = ["lambda", "ecs-tasks", "ec2", "states", "glue"][number % 5];
            let trust = json!({"Service": format!("{service}.amazonaws.com")});
            let table = json!([allow(
                &json!(["dynamodb:PutItem", "dynamodb:Query"]),
                &json!(format!(
                    "arn:aws:dynamodb:*:{ACCOUNT}:table/{}",
                    self.name(&format!("table-{number}"))
                ))
            )]);
            let powerful = number == 4 && self.is_one_in(25);
            let own = if powerful { json!([allow(&json!("*"), &json!("*"))]) } else { table };
            roles.push(self.role(&format!("app-{number}"), &trust, &["work"], &own, false));
        }
        roles
    }

    /// What operators may do beyond the rest; one team in sixty lets them write policies.
    fn operations(&self) -> Value {
        let mut statements = vec![allow(
            &json!(["ec2:StartInstances", "ec2:StopInstances", "ssm:StartSession", "lambda:InvokeFunction"]),
            &json!("*"),
        )];
        if self.is_one_in(60) {
            statements.push(allow(&json!(["iam:CreatePolicyVersion", "iam:AttachUserPolicy"]), &json!("*")));
        }
        statements
            .push(json!({"Effect": "Deny", "Action": ["organizations:*", "account:*"], "Resource": "*"}));
        json!(statements)
    }

    fn role(&self, what: &str, trust: &Value, policies: &[&str], own: &Value, with_mfa: bool) -> Value {
        let name = self.name(what);
        let mut statement = json!({"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"});
        if with_mfa && !self.is_one_in(10) {
            statement["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
        }
        let own = if own.is_null() { json!([]) } else { json!([inline("own", own)]) };
        let attached: Vec<Value> =
            policies.iter().map(|policy| attached(ACCOUNT, &self.name(policy))).collect();
        let mut role = json!({"Path": "/", "RoleName": name, "RoleId": format!("AROA{name}"), "Arn": arn(&format!("role/{name}")),
            "CreateDate": CREATED, "AssumeRolePolicyDocument": policy(&json!([statement])), "RolePolicyList": own,
            "AttachedManagedPolicies": attached, "InstanceProfileList": []});
        if trust["Service"] == "ec2.amazonaws.com" {
            role["InstanceProfileList"] = json!([{"Arn": arn(&format!("instance-profile/{name}"))}]);
        }
        if what.starts_with("app-") && !self.is_one_in(7) {
            role["PermissionsBoundary"] =
                json!({"PermissionsBoundaryArn": arn("policy/developers-boundary")});
        }
        role
    }
}

/// What everybody shares: the group of everybody, the administrators, the boundary of developers.
fn shared(details: &mut Value) {
    let own = json!(arn("user/${aws:username}"));
    let group = |name: &str, policies: Value| {
        json!({"Path": "/", "GroupName": name, "GroupId": format!("AGPA{name}"), "Arn": arn(&format!("group/{name}")),
            "CreateDate": CREATED, "GroupPolicyList": [], "AttachedManagedPolicies": policies})
    };
    details["GroupDetailList"] = json!([
        group("everybody", json!([attached(ACCOUNT, "manage-own-user")])),
        group("administrators", json!([attached("aws", "AdministratorAccess")])),
    ]);
    details["Policies"] = json!([
        managed("aws", "AdministratorAccess", &json!([allow(&json!("*"), &json!("*"))])),
        managed(
            ACCOUNT,
            "manage-own-user",
            &json!([
                allow(
                    &json!(["iam:ChangePassword", "iam:*AccessKey*", "iam:*MFADevice", "iam:*LoginProfile"]),
                    &own
                ),
                allow(&json!(["iam:ListUsers", "iam:GetAccountPasswordPolicy"]), &json!("*")),
            ])
        ),
        managed(
            ACCOUNT,
            "developers-boundary",
            &json!([
                allow(&json!(["s3:*", "dynamodb:*", "logs:*", "sqs:*", "sns:*", "lambda:*", "ec2:*", "cloudwatch:*"]), &json!("*")),
                {"Effect": "Deny", "Action": ["iam:*", "organizations:*"], "Resource": "*"},
            ])
        ),
    ]);
}

/// What `aws iam get-account-authorization-details` would print for an account of so many users and roles.
pub(super) fn authorization_details(principals: usize) -> Value {
    let mut details = json!({"UserDetailList": [], "RoleDetailList": []});
    shared(&mut details);
    for number in 0..principals.div_ceil(TEAM) {
        let team = Team { number };
        let parts: [(&str, Vec<Value>); 4] = [
            ("UserDetailList", team.users()),
            ("GroupDetailList", team.groups().into()),
            ("RoleDetailList", team.roles()),
            ("Policies", team.policies().into()),
        ];
        for (list, more) in parts {
            details[list].as_array_mut().unwrap().extend(more);
        }
    }
    details
}
