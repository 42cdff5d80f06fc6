//! Each case: a document, its type, and the findings expected, by code and place.

use super::{Code, PolicyType, Severity, lint_line, lint_text};

/// `(statement members, expected)`: the members stand in a statement of an otherwise right document.
pub(super) type Case = (&'static str, &'static [(Code, &'static str)]);

fn found(text: &str, policy_type: PolicyType) -> Vec<(Code, String)> {
    lint_text(text, policy_type).into_iter().map(|finding| (finding.code, finding.path)).collect()
}

pub(super) fn check(policy_type: PolicyType, cases: &[Case]) {
    for (members, expected) in cases {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{{{members}}}]}}"#);
        let expected: Vec<_> =
            expected.iter().map(|(code, path)| (*code, format!("/Statement/0{path}"))).collect();
        assert_eq!(found(&text, policy_type), expected, "{text}");
    }
}

/// "IAM JSON policy elements: Action", "… NotAction".
#[test]
fn action_faults() {
    check(
        PolicyType::Inline,
        &[
            (r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#, &[]),
            (r#""Effect": "Allow", "Action": "S3:getobject", "Resource": "*""#, &[]),
            (r#""Effect": "Allow", "Action": "*", "Resource": "*""#, &[]),
            (
                r#""Effect": "Allow", "Action": ["s3:Get*", "s3:Gett*"], "Resource": "*""#,
                &[(Code::UnknownAction, "/Action/1")],
            ),
            (
                r#""Effect": "Allow", "Action": "s33:GetObject", "Resource": "*""#,
                &[(Code::UnknownService, "/Action")],
            ),
            (
                r#""Effect": "Allow", "Action": "GetObject", "Resource": "*""#,
                &[(Code::MalformedAction, "/Action")],
            ),
            (
                r#""Effect": "Allow", "Action": "s*:GetObject", "Resource": "*""#,
                &[(Code::MalformedAction, "/Action")],
            ),
            (
                r#""Effect": "Allow", "Action": "s3: GetObject", "Resource": "*""#,
                &[(Code::MalformedAction, "/Action")],
            ),
            (r#""Effect": "Allow", "Action": [], "Resource": "*""#, &[(Code::EmptyList, "/Action")]),
            (
                r#""Effect": "Allow", "NotAction": "iam:*", "Resource": "*""#,
                &[(Code::NotActionAllow, "/NotAction")],
            ),
            (r#""Effect": "Deny", "NotAction": "iam:*", "Resource": "*""#, &[]),
            (
                r#""Effect": "Deny", "NotAction": "*", "Resource": "*""#,
                &[(Code::IneffectiveNot, "/NotAction")],
            ),
            (
                r#""Effect": "Deny", "NotAction": "iam:NoSuch", "Resource": "*""#,
                &[(Code::UnknownAction, "/NotAction"), (Code::IneffectiveNot, "/NotAction")],
            ),
        ],
    );
}

/// "IAM JSON policy elements: Resource", and the service authorization reference for Amazon S3 and EC2.
#[test]
fn resource_faults() {
    check(
        PolicyType::Inline,
        &[
            (r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#, &[]),
            (
                r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}/*""#,
                &[],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b""#,
                &[(Code::ResourceTypeMismatch, "/Action"), (Code::UnusedResource, "/Resource")],
            ),
            (
                r#""Effect": "Allow", "Action": ["s3:ListBucket", "ec2:RunInstances"], "Resource": ["arn:aws:s3:::b"]"#,
                &[(Code::ResourceTypeMismatch, "/Action/1")],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::b""#,
                &[(Code::WildcardOnlyAction, "/Action"), (Code::UnusedResource, "/Resource")],
            ),
            (r#""Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*""#, &[]),
            (
                r#""Effect": "Allow", "Action": "s3:*", "Resource": "my-bucket""#,
                &[(Code::MalformedArn, "/Resource")],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/file with space.txt""#,
                &[],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3 :::b/*""#,
                &[(Code::MalformedArn, "/Resource")],
            ),
            (
                r#""Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:*:*:functi*:x""#,
                &[(Code::WildcardInResourceType, "/Resource")],
            ),
            (
                r#""Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:us-east-1:123456789012:*/*""#,
                &[],
            ),
            (r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b*/x*""#, &[]),
            (
                r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3""#,
                &[(Code::IncompleteArn, "/Resource")],
            ),
            (r#""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}""#, &[]),
            (
                r#""Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:${aws:RequestedRegion}:*:q""#,
                &[(Code::VariableWithoutEffect, "/Resource")],
            ),
            (
                r#""Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::12:role/x""#,
                &[(Code::MalformedArn, "/Resource")],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b/*""#,
                &[(Code::ResourceTypeMismatch, "/Action"), (Code::UnusedResource, "/Resource")],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::${aws:PrincipalTag/x}""#,
                &[],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username, 'none'}/*""#,
                &[],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username, none}/*""#,
                &[(Code::MalformedVariable, "/Resource")],
            ),
            (
                r#""Effect": "Deny", "Action": "s3:*", "NotResource": "arn:*:*:*:*:*""#,
                &[(Code::IneffectiveNot, "/NotResource")],
            ),
            (r#""Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::*""#, &[]),
            (r#""Effect": "Allow", "Action": "s3:*""#, &[(Code::MissingResource, "")]),
            (
                r#""Effect": "Allow", "Action": "s3:*", "NotResource": "*""#,
                &[(Code::IneffectiveNot, "/NotResource")],
            ),
            (
                r#""Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b""#,
                &[(Code::NotResourceAllow, "/NotResource")],
            ),
        ],
    );
}

/// "AWS JSON policy elements: Principal", "… NotPrincipal".
#[test]
fn principal_faults() {
    const REST: &str = r#", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#;
    let expect = |principal: &str, policy_type: PolicyType, expected: &[(Code, &str)]| {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{{{principal}{REST}}}]}}"#);
        let expected: Vec<_> =
            expected.iter().map(|(code, path)| (*code, format!("/Statement/0{path}"))).collect();
        assert_eq!(found(&text, policy_type), expected, "{text}");
    };
    let aws = "/Principal/AWS";
    expect(r#""Principal": "*""#, PolicyType::Resource, &[]);
    expect(r#""Principal": "*""#, PolicyType::Managed, &[(Code::PrincipalNotAllowed, "/Principal")]);
    for good in ["*", "111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/a/b"]
    {
        expect(&format!(r#""Principal": {{"AWS": "{good}"}}"#), PolicyType::Resource, &[]);
    }
    for bad in ["alice", "1111", "arn:aws:iam::111122223333:user/*", "arn:aws:iam::111122223333:group/g", ""]
    {
        expect(
            &format!(r#""Principal": {{"AWS": "{bad}"}}"#),
            PolicyType::Resource,
            &[(Code::InvalidPrincipal, aws)],
        );
    }
    expect(
        r#""Principal": {"AWS": ["*", "AROAEXAMPLEID"]}"#,
        PolicyType::Resource,
        &[(Code::UniqueIdPrincipal, "/Principal/AWS/1")],
    );
    expect(
        r#""Principal": {"Service": "ec2"}"#,
        PolicyType::Resource,
        &[(Code::InvalidPrincipal, "/Principal/Service")],
    );
    expect(
        r#""Principal": {"AWS": "arn:aws:iam::111122223333:user/ann lee"}"#,
        PolicyType::Resource,
        &[(Code::InvalidPrincipal, aws)],
    );
    expect(
        r#""NotPrincipal": {"AWS": "111122223333"}"#,
        PolicyType::Resource,
        &[(Code::NotPrincipalAllow, "/NotPrincipal")],
    );
    expect(
        r#""NotPrincipal": {"AWS": "*"}"#,
        PolicyType::Resource,
        &[(Code::IneffectiveNot, "/NotPrincipal")],
    );
}

/// A statement without principals among others that have them is none of a resource policy.
#[test]
fn principals_are_missing() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    assert_eq!(found(text, PolicyType::Unknown), [(Code::MissingPrincipal, "/Statement/1".to_owned())]);
}

/// "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys".
#[test]
fn condition_faults() {
    let expect = |effect: &str, condition: &str, expected: &[(Code, &str)]| {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "{effect}", "Action": "s3:ListBucket",
                "Resource": "*", "Condition": {{{condition}}}}}]}}"#
        );
        let expected: Vec<_> =
            expected.iter().map(|(code, path)| (*code, format!("/Statement/0/Condition{path}"))).collect();
        assert_eq!(found(&text, PolicyType::Inline), expected, "{text}");
    };
    for good in [
        r#""StringLike": {"s3:prefix": ["home/*", "${aws:username}/*"]}"#,
        r#""StringEquals": {"aws:RequestTag/team": "x"}"#,
        r#""IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::1"]}"#,
        r#""NumericLessThan": {"s3:max-keys": 10}"#,
        r#""DateGreaterThan": {"aws:CurrentTime": "2026-01-31T00:00:00Z"}"#,
        r#""Bool": {"aws:SecureTransport": true}"#,
        r#""ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}"#,
        r#""ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "Null": {"aws:TagKeys": "false"}"#,
    ] {
        expect("Allow", good, &[]);
    }
    expect("Allow", r#""StringEqual": {"s3:prefix": "a"}"#, &[(Code::UnknownOperator, "/StringEqual")]);
    expect(
        "Allow",
        r#""StringEquals": {"s3:prefx": "a"}"#,
        &[(Code::UnknownConditionKey, "/StringEquals/s3:prefx")],
    );
    expect(
        "Allow",
        r#""StringEquals": {"aws:sourcip": "a"}"#,
        &[(Code::UnknownConditionKey, "/StringEquals/aws:sourcip")],
    );
    expect(
        "Allow",
        r#""StringEquals": {"s3:x-amz-acl": "private"}"#,
        &[(Code::UnrelatedConditionKey, "/StringEquals/s3:x-amz-acl")],
    );
    expect(
        "Allow",
        r#""StringEquals": {"s3:prefix": "home/*"}"#,
        &[(Code::WildcardWithoutEffect, "/StringEquals/s3:prefix")],
    );
    expect(
        "Allow",
        r#""IpAddress": {"aws:SourceIp": ["1.2.3.4", "1.2.3.*"]}"#,
        &[(Code::InvalidConditionValue, "/IpAddress/aws:SourceIp/1")],
    );
    expect(
        "Allow",
        r#""Bool": {"aws:SecureTransport": "yes"}"#,
        &[(Code::InvalidConditionValue, "/Bool/aws:SecureTransport")],
    );
    expect(
        "Allow",
        r#""NumericEquals": {"s3:prefix": "5"}"#,
        &[(Code::OperatorTypeMismatch, "/NumericEquals/s3:prefix")],
    );
    expect(
        "Allow",
        r#""ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}"#,
        &[(Code::ForAllValuesTrap, "/ForAllValues:StringEquals/aws:TagKeys")],
    );
    expect("Deny", r#""ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}"#, &[]);
    expect(
        "Deny",
        r#""ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}"#,
        &[(Code::ForAnyValueDeny, "/ForAnyValue:StringEquals/aws:TagKeys")],
    );
    expect(
        "Allow",
        r#""ForAnyValue:StringEquals": {"s3:prefix": "a"}"#,
        &[(Code::SetOperatorOnSingleValue, "/ForAnyValue:StringEquals/s3:prefix")],
    );
    expect(
        "Allow",
        r#""StringEquals": {"aws:TagKeys": "a"}"#,
        &[(Code::MissingSetOperator, "/StringEquals/aws:TagKeys")],
    );
    expect(
        "Allow",
        r#""BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}"#,
        &[(Code::IfExistsBypass, "/BoolIfExists/aws:MultiFactorAuthPresent")],
    );
    expect("Deny", r#""BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}"#, &[]);
    for key in ["aws:PrincipalTag/team", "aws:ResourceTag/team", "aws:RequestTag/team"] {
        expect(
            "Allow",
            &format!(r#""StringEqualsIfExists": {{"{key}": "x"}}"#),
            &[(Code::IfExistsBypass, &format!("/StringEqualsIfExists/{}", key.replace('/', "~1")))],
        );
        expect("Deny", &format!(r#""StringNotEqualsIfExists": {{"{key}": "x"}}"#), &[]);
    }
    expect("Allow", r#""Bool": {"aws:SecureTransport": "${aws:PrincipalTag/tls}"}"#, &[]);
    expect(
        "Deny",
        r#""Bool": {"aws:MultiFactorAuthPresent": "false"}"#,
        &[(Code::DenyMissesAbsentKey, "/Bool/aws:MultiFactorAuthPresent")],
    );
    expect(
        "Allow",
        r#""StringLike": {"aws:RequestTag/a~b": "${x"}"#,
        &[(Code::MalformedVariable, "/StringLike/aws:RequestTag~1a~0b")],
    );
    expect(
        "Allow",
        r#""StringLike": {"s3:prefix": "${aws:usernam}"}"#,
        &[(Code::UnknownVariable, "/StringLike/s3:prefix")],
    );
    expect(
        "Allow",
        r#""NumericLessThan": {"s3:max-keys": "${s3:max-keys}"}"#,
        &[(Code::VariableWithoutEffect, "/NumericLessThan/s3:max-keys")],
    );
}

/// "IAM policy elements: Variables and tags", "IAM JSON policy elements: Version", "… Sid".
#[test]
fn document_faults() {
    let old = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}/*"}}"#;
    assert_eq!(
        found(old, PolicyType::Inline),
        [(Code::OldVersion, String::new()), (Code::VariableWithoutEffect, "/Statement/Resource".to_owned())]
    );
    let twice = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Sid": "a b", "Effect": "Deny", "Action": "*", "Resource": "*"}]}"#;
    assert_eq!(
        found(twice, PolicyType::Inline),
        [
            (Code::DuplicateSid, "/Statement/1/Sid".to_owned()),
            (Code::InvalidSid, "/Statement/2/Sid".to_owned())
        ]
    );
    let no_statement = lint_text("{}", PolicyType::Unknown);
    assert_eq!(no_statement[0].message, "Statement is missing; add it");
    assert_eq!(found("{", PolicyType::Unknown), [(Code::InvalidJson, String::new())]);
    assert_eq!(
        found(r#"{"Statement": [], "Statement": []}"#, PolicyType::Unknown),
        [(Code::DuplicateKey, String::new())]
    );
    assert_eq!(
        found(r#"{"Statement": [{"Effect": "allow", "Action": "*"}]}"#, PolicyType::Unknown),
        [(Code::InvalidStructure, "/Statement/0/Effect".to_owned())]
    );
}

/// "IAM and AWS STS quotas".
#[test]
fn sizes() {
    let policy = |resources: usize| {
        let list = vec![r#""arn:aws:s3:::0123456789012345678901/*""#; resources].join(", ");
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": [{list}]}}]}}"#
        )
    };
    assert_eq!(found(&policy(100), PolicyType::Unknown), []);
    assert_eq!(found(&policy(200), PolicyType::Unknown), [(Code::ManagedPolicySize, String::new())]);
    assert_eq!(found(&policy(200), PolicyType::Managed), [(Code::TooLarge, String::new())]);
    assert_eq!(found(&policy(100), PolicyType::Session), [(Code::TooLarge, String::new())]);
    assert_eq!(found(&policy(9_000), PolicyType::Unknown), [(Code::TooLarge, String::new())]);
}

#[test]
fn lines() {
    let answer =
        lint_line(r#"{"id": 7, "policy": "{\"Version\": \"2012-10-17\", \"Statement\": 1}"}"#).unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["id"], 7);
    assert_eq!(answer["findings"][0]["code"], "invalid-structure");
    assert_eq!(answer["findings"][0]["severity"], "error");
    let object = r#"{"id": "a", "policy": {"Statement": [{"Effect": "Deny", "Effect": "Deny"}]}}"#;
    assert!(lint_line(object).unwrap().contains("duplicate-key"));
    assert!(lint_line("{}").is_err() && lint_line("").is_err() && lint_line("[]").is_err());
}

/// Names of codes are unique, in kebab case, and every code says what it means.
#[test]
fn codes_are_one_list() {
    let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    assert!(Code::ALL.iter().all(|code| code.meaning().ends_with('.')));
    assert!(Severity::Error > Severity::Info);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
}

/// The worst that the longest document looked into can ask for takes bounded time.
#[test]
fn hostile_documents_are_bounded() {
    let actions = vec![r#""ec2:*a*a*a*b*""#; 300].join(",");
    let resources = vec![r#""arn:*:*:*:*:*a*a*a*a*a*a*/*""#; 300].join(",");
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": ["ec2:*", {actions}],
            "Resource": [{resources}]}}]}}"#
    );
    let started = std::time::Instant::now();
    assert!(!lint_text(&text, PolicyType::Unknown).is_empty());
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    let deep = "[".repeat(100_000);
    assert_eq!(found(&deep, PolicyType::Unknown), [(Code::InvalidJson, String::new())]);
}
