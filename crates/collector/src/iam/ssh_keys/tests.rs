//! Which users are asked about.

use palisade_snapshot::{Group, ManagedPolicy, Observed, PolicyVersion};

use super::*;

fn policy(statement: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#)
}

fn allow(elements: &str) -> String {
    policy(&format!(r#"{{"Effect": "Allow", {elements}, "Resource": "*"}}"#))
}

/// "IAM JSON policy elements: Action" and "NotAction" in the IAM User Guide.
#[test]
fn policies_that_allow_git_somewhere_are_found() {
    let naming = [
        r#""Action": "codecommit:GitPull""#,
        r#""Action": "codecommit:gitpush""#,
        r#""Action": ["s3:GetObject", "CodeCommit:Git*"]"#,
        r#""Action": "codecommit:*""#,
        r#""Action": "code*:*Pu?h""#,
        r#""Action": "*""#,
        r#""Action": "**""#,
        r#""Action": "*:*""#,
        r#""NotAction": "iam:*""#,
        r#""NotAction": ["codecommit:GitPull", "codecommit:Get*"]"#,
        r#""NotAction": "codecommit""#,
        r#""NotAction": []"#,
    ];
    for elements in naming {
        assert!(names_git(&allow(elements)), "{elements}");
    }
    let others = [
        r#""Action": "codecommit:GetBranch""#,
        r#""Action": "codecommit:GitPul""#,
        r#""Action": "codecommit:GitPul??""#,
        r#""Action": "code*""#,
        r#""Action": []"#,
        r#""NotAction": "codecommit:*""#,
        r#""NotAction": ["codecommit:GitPu*"]"#,
        r#""NotAction": "*""#,
    ];
    for elements in others {
        assert!(!names_git(&allow(elements)), "{elements}");
    }
}

#[test]
fn statements_that_deny_name_nothing_and_what_is_no_policy_may_name_all() {
    assert!(!names_git(&policy(r#"{"Effect": "Deny", "Action": "codecommit:*", "Resource": "*"}"#)));
    assert!(!names_git(&policy("[]")));
    let second =
        r#"[{"Effect": "Deny", "Action": "*"}, {"Effect": "Allow", "Action": "codecommit:GitPull"}]"#;
    assert!(names_git(&policy(second)));
    for text in ["", "no policy", "{}", r#"{"Statement": 3}"#, r#"{"Statement": {"Effect": "Allow"}}"#] {
        assert!(names_git(text), "{text}");
    }
    let twice = r#"{"Effect": "Allow", "Action": "s3:*", "Action": "codecommit:*"}"#;
    assert!(names_git(&policy(twice)), "of repeated elements nobody knows which one counts");
}

fn user(groups: &[&str], attached: &[&str], inline: Option<String>) -> User {
    let attached =
        attached.iter().map(|arn| AttachedPolicy { name: (*arn).to_owned(), arn: (*arn).to_owned() });
    User {
        arn: "arn:aws:iam::123456789012:user/u".to_owned(),
        name: "u".to_owned(),
        id: "AIDAEXAMPLE".to_owned(),
        path: "/".to_owned(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        inline_policies: inline
            .map(|document| InlinePolicy { name: "own".to_owned(), document })
            .into_iter()
            .collect(),
        attached_policies: attached.collect(),
        permissions_boundary: None,
        tags: Vec::new(),
        ssh_public_keys: Observed::default(),
    }
}

fn managed(arn: &str, default_version_id: &str, documents: &[String]) -> ManagedPolicy {
    let versions = (1..).zip(documents);
    ManagedPolicy {
        arn: arn.to_owned(),
        name: arn.to_owned(),
        id: "ANPAEXAMPLE".to_owned(),
        path: "/".to_owned(),
        attachment_count: 1,
        boundary_usage_count: 0,
        default_version_id: default_version_id.to_owned(),
        versions: versions
            .map(|(number, document)| PolicyVersion { id: format!("v{number}"), document: document.clone() })
            .collect(),
    }
}

#[test]
fn users_are_asked_about_for_their_own_policies_and_those_of_their_groups() {
    let (git, read) = (allow(r#""Action": "codecommit:Git*""#), allow(r#""Action": "s3:GetObject""#));
    let group = |name: &str, attached: &str| Group {
        arn: format!("arn:aws:iam::123456789012:group/{name}"),
        name: name.to_owned(),
        id: "AGPAEXAMPLE".to_owned(),
        path: "/".to_owned(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        inline_policies: Vec::new(),
        attached_policies: vec![AttachedPolicy { name: attached.to_owned(), arn: attached.to_owned() }],
    };
    let identities = Identities {
        groups: vec![group("developers", "git"), group("readers", "read")],
        policies: vec![
            managed("git", "v2", &[read.clone(), git.clone()]),
            managed("read", "v2", &[git.clone(), read.clone()]),
            managed("cut", "v9", std::slice::from_ref(&read)),
        ],
        ..Identities::default()
    };
    let found = GitPolicies::of(&identities);
    let asked = [
        user(&[], &[], Some(git)),
        user(&[], &["git"], None),
        user(&["readers", "developers"], &[], None),
        user(&[], &["never-listed"], None),
        user(&["never-listed"], &[], None),
        user(&[], &["cut"], None),
    ];
    for user in &asked {
        assert!(found.concern(user), "{user:?}");
    }
    let spared = [user(&[], &[], None), user(&["readers"], &["read"], Some(read))];
    for user in &spared {
        assert!(!found.concern(user), "{user:?}");
    }
}
