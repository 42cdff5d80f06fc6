//! The IAM actions by which rights are given.

/// The actions of IAM by which somebody who may do everything else gets the denied rest: by giving it to another
/// identity, by using one that has it, or by taking away what denies it. Each with the kind of resource it acts on.
pub(crate) const GIVING_RIGHTS: [(&str, &str); 15] = [
    ("AddUserToGroup", "group"),
    ("AttachGroupPolicy", "group"),
    ("AttachRolePolicy", "role"),
    ("AttachUserPolicy", "user"),
    ("CreateAccessKey", "user"),
    ("CreateLoginProfile", "user"),
    ("CreatePolicyVersion", "policy"),
    ("DetachRolePolicy", "role"),
    ("DetachUserPolicy", "user"),
    ("PutGroupPolicy", "group"),
    ("PutRolePolicy", "role"),
    ("PutUserPolicy", "user"),
    ("SetDefaultPolicyVersion", "policy"),
    ("UpdateAssumeRolePolicy", "role"),
    ("UpdateLoginProfile", "user"),
];
