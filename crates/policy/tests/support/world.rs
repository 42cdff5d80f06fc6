//! Generated worlds: simulation cases over a small vocabulary, so that things match often.

use serde_json::{Map, Value, json};

/// A stream of choices. Proptest shrinks it by shortening it and making its numbers smaller: an exhausted stream
/// always chooses the first, simplest option.
pub(crate) struct Choices<'a> {
    numbers: std::slice::Iter<'a, u16>,
}

impl<'a> Choices<'a> {
    pub(crate) fn new(numbers: &'a [u16]) -> Self {
        Self { numbers: numbers.iter() }
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::from(self.numbers.next().copied().unwrap_or(0)) % limit
    }

    pub(crate) fn pick<T: Clone>(&mut self, options: &[T]) -> T {
        options[self.below(options.len())].clone()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    fn some_of(&mut self, options: &[&str], most: usize) -> Value {
        let count = 1 + self.below(most);
        let mut values: Vec<Value> = (0..count).map(|_| json!(self.pick(options))).collect();
        if values.len() == 1 && self.chance(50) { values.remove(0) } else { json!(values) }
    }
}

pub(crate) const PRINCIPALS: [&str; 12] = [
    "arn:aws:iam::111111111111:user/alice",
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:sts::111111111111:assumed-role/app/s1",
    "arn:aws:sts::111111111111:federated-user/alice",
    "arn:aws:iam::111111111111:root",
    "arn:aws:iam::222222222222:user/bob",
    "arn:aws:sts::222222222222:assumed-role/app/s1",
    "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "lambda.amazonaws.com",
    "anonymous",
    "accounts.google.com",
    "222222222222",
];

const TARGETS: [(&str, &str); 7] = [
    ("s3:GetObject", "arn:aws:s3:::b/alice/k"),
    ("s3:PutObject", "arn:aws:s3:::b/k"),
    ("s3:ListAllMyBuckets", "*"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:111111111111:key/k"),
    ("sts:AssumeRole", "arn:aws:iam::111111111111:role/target"),
    ("logs:PutLogEvents", "arn:aws:logs:us-east-1:111111111111:log-group:g:log-stream:s"),
    ("iam:GetUser", "arn:aws:iam::111111111111:user/alice"),
];

const ACTIONS: [&str; 14] = [
    "*",
    "s3:*",
    "s3:Get*",
    "S3:getobject",
    "s3:PutObject",
    "s3:?etObject",
    "s3:ListAllMyBuckets",
    "kms:*",
    "kms:Decrypt",
    "sts:AssumeRole",
    "sts:*",
    "logs:Put*",
    "iam:*",
    "ec2:*",
];

const RESOURCES: [&str; 15] = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::*/k",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'alice'}/?",
    "arn:aws:s3:::b/${*}",
    "arn:aws:*",
    "arn:aws:kms:*:111111111111:key/*",
    "arn:aws:kms:us-*:111111111111",
    "arn:aws:iam::111111111111:role/t*",
    "arn:aws:iam::*:user/${aws:username}",
    "arn:aws:logs:us-east-1:111111111111:*",
    "arn:aws:logs:*:log-group:*",
    "arn:aws:logs:*:*:log-group:g:*:s",
];

const AWS_NAMES: [&str; 12] = [
    "*",
    "111111111111",
    "arn:aws:iam::111111111111:root",
    "arn:aws:iam::222222222222:root",
    "arn:aws:iam::111111111111:user/alice",
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:sts::111111111111:assumed-role/app/s1",
    "arn:aws:sts::111111111111:assumed-role/app/s2",
    "arn:aws:sts::111111111111:federated-user/alice",
    "arn:aws:iam::222222222222:user/bob",
    "arn:aws:iam::222222222222:role/app",
    "AIDAALICE",
];

/// Context keys with values they may take, and with values that policies compare them with.
const KEYS: [(&str, &[&str], &[&str]); 9] = [
    ("aws:username", &["alice", "bob", "a*"], &["alice", "bob", "al*", "${aws:PrincipalTag/team}"]),
    ("aws:userid", &["AIDAALICE", "AROAAPP:s1"], &["AIDAALICE", "AROAAPP:*"]),
    (
        "aws:PrincipalTag/team",
        &["red", "Red", "alice", ""],
        &["red", "RED", "?ed", "${aws:username}", "${aws:PrincipalTag/none, 'red'}"],
    ),
    ("aws:SourceIp", &["10.1.2.3", "2001:db8::1", "x"], &["10.0.0.0/8", "10.1.2.3", "2001:db8::/32", "y"]),
    ("aws:SecureTransport", &["true", "false", "TRUE"], &["true", "false", "maybe"]),
    ("s3:max-keys", &["10", "9.5", "many"], &["10", "9", "ten"]),
    (
        "aws:CurrentTime",
        &["2024-01-01T00:00:00Z", "1704067200", "soon"],
        &["2024-01-01", "2023-12-31T23:59:59Z", "later"],
    ),
    (
        "aws:SourceArn",
        &["arn:aws:sns:us-east-1:1:t:u", "arn:aws:iam::1:user/alice", "none"],
        &["arn:aws:sns:*:1:*", "arn:aws:iam::1:user/${aws:username}", "arn:aws:sns:*", "*"],
    ),
    ("aws:TagKeys", &["team", "env", ""], &["team", "t*", "env"]),
];

const OPERATORS: [(&str, &[usize]); 27] = [
    ("StringEquals", &[0, 1, 2]),
    ("StringNotEquals", &[0, 1, 2]),
    ("StringEqualsIgnoreCase", &[2]),
    ("StringNotEqualsIgnoreCase", &[2]),
    ("StringLike", &[0, 1, 2]),
    ("StringNotLike", &[0, 1, 2]),
    ("NumericEquals", &[5]),
    ("NumericNotEquals", &[5]),
    ("NumericLessThan", &[5]),
    ("NumericLessThanEquals", &[5]),
    ("NumericGreaterThan", &[5]),
    ("NumericGreaterThanEquals", &[5]),
    ("DateEquals", &[6]),
    ("DateNotEquals", &[6]),
    ("DateLessThan", &[6]),
    ("DateLessThanEquals", &[6]),
    ("DateGreaterThan", &[6]),
    ("DateGreaterThanEquals", &[6]),
    ("Bool", &[4]),
    ("IpAddress", &[3]),
    ("NotIpAddress", &[3]),
    ("ArnEquals", &[7]),
    ("ArnLike", &[7]),
    ("ArnNotEquals", &[7]),
    ("ArnNotLike", &[7]),
    ("Null", &[0, 2, 3, 8]),
    ("StringIs", &[0]),
];

fn conditions(choices: &mut Choices<'_>) -> Value {
    let mut block = Map::new();
    for _ in 0..1 + choices.below(2) {
        let (operator, keys) = choices.pick(&OPERATORS);
        let (key, _, values) = KEYS[choices.pick(keys)];
        let (mut name, mut key, mut values) = (operator.to_owned(), key, values);
        if operator == "Null" {
            values = &["true", "false"];
        } else {
            if operator.starts_with("String") && choices.chance(30) {
                (key, _, values) = KEYS[8];
                name = format!("{}:{name}", choices.pick(&["ForAllValues", "ForAnyValue"]));
            }
            if choices.chance(20) {
                name.push_str("IfExists");
            }
        }
        let entry = block.entry(name).or_insert_with(|| json!({}));
        entry[key] = choices.some_of(values, 2);
    }
    Value::Object(block)
}

fn principal(choices: &mut Choices<'_>) -> Value {
    match choices.below(6) {
        0 => json!("*"),
        1 => json!({"Service": choices.some_of(&["lambda.amazonaws.com", "ec2.amazonaws.com"], 2)}),
        2 => json!({"Federated": "accounts.google.com", "AWS": choices.some_of(&AWS_NAMES, 1)}),
        _ => json!({"AWS": choices.some_of(&AWS_NAMES, 3)}),
    }
}

/// A statement; `is_resource_policy` decides whether it names principals.
pub(crate) fn statement(choices: &mut Choices<'_>, effect: &str, is_resource_policy: bool) -> Value {
    let mut statement = json!({"Effect": effect});
    if is_resource_policy {
        let element = if choices.chance(10) { "NotPrincipal" } else { "Principal" };
        statement[element] = principal(choices);
    }
    let actions = if choices.chance(15) { "NotAction" } else { "Action" };
    statement[actions] = choices.some_of(&ACTIONS, 3);
    if !is_resource_policy || choices.chance(60) {
        let resources = if choices.chance(15) { "NotResource" } else { "Resource" };
        statement[resources] = choices.some_of(&RESOURCES, 3);
    }
    if choices.chance(40) {
        statement["Condition"] = conditions(choices);
    }
    statement
}

fn policy(choices: &mut Choices<'_>, is_resource_policy: bool) -> Value {
    let mut statements = Vec::new();
    for _ in 0..1 + choices.below(3) {
        let effect = if choices.chance(20) { "Deny" } else { "Allow" };
        statements.push(statement(choices, effect, is_resource_policy));
    }
    let version = if choices.chance(8) { "2008-10-17" } else { "2012-10-17" };
    json!({"Version": version, "Statement": statements})
}

fn policies(choices: &mut Choices<'_>, most: usize, is_resource_policy: bool) -> Vec<Value> {
    (0..choices.below(most + 1)).map(|_| policy(choices, is_resource_policy)).collect()
}

fn levels(choices: &mut Choices<'_>, is_resource_policy: bool) -> Value {
    if !choices.chance(30) {
        return json!([]);
    }
    let full = if is_resource_policy {
        json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}})
    } else {
        json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    };
    let mut levels = Vec::new();
    for level in 0..1 + choices.below(2) {
        let mut policies = policies(choices, 1, is_resource_policy);
        if choices.chance(80) {
            policies.push(full.clone());
        }
        levels.push(json!({"org_id": format!("level-{level}"), "policies": policies}));
    }
    json!(levels)
}

/// A policy layer that is there with this probability in percent.
fn optional(
    choices: &mut Choices<'_>,
    percent: usize,
    make: impl FnOnce(&mut Choices<'_>) -> Value,
) -> Value {
    if choices.chance(percent) { make(choices) } else { Value::Null }
}

/// A simulation case.
pub(crate) fn case(choices: &mut Choices<'_>) -> Value {
    let (action, resource) = choices.pick(&TARGETS);
    let mut context = Map::new();
    for (index, (key, values, _)) in KEYS.iter().enumerate() {
        if choices.chance(60) {
            let value = if index == 8 {
                json!((0..choices.below(3)).map(|_| choices.pick(values)).collect::<Vec<_>>())
            } else {
                json!(choices.pick(values))
            };
            context.insert((*key).to_owned(), value);
        }
    }
    json!({
        "id": "generated",
        "request": {
            "principal": choices.pick(&PRINCIPALS),
            "action": action,
            "resource": resource,
            "resource_account_id": choices.pick(&["111111111111", "111111111111", "222222222222"]),
            "context": context,
        },
        "identity_policies": policies(choices, 3, false),
        "resource_policy": optional(choices, 60, |choices| policy(choices, true)),
        "permission_boundaries": optional(choices, 25, |choices| json!([policy(choices, false)])),
        "session_policy": optional(choices, 25, |choices| policy(choices, false)),
        "scps": levels(choices, false),
        "rcps": levels(choices, true),
        "vpc_endpoint_policies": optional(choices, 15, |choices| json!([policy(choices, true)])),
        "management_account_id": optional(choices, 10, |choices| json!(choices.pick(&["111111111111", "222222222222"]))),
    })
}
