//! The IAM actions by which rights are given.

/// The actions of IAM by which somebody who may do everything else gets the denied rest: by giving it to another
/// identity, by using one that has it, or by taking away what denies it. Each with the kind of resource it acts on.
pub(crate) const GIVING_RIGHTS: [(&str, &str); 20] = [
    ("iam:AddUserToGroup", "group"),
    ("iam:AttachGroupPolicy", "group"),
    ("iam:AttachRolePolicy", "role"),
    ("iam:AttachUserPolicy", "user"),
    ("iam:CreateAccessKey", "user"),
    ("iam:CreateLoginProfile", "user"),
    ("iam:CreatePolicyVersion", "policy"),
    ("iam:DeleteGroupPolicy", "group"),
    ("iam:DeleteRolePolicy", "role"),
    ("iam:DeleteUserPolicy", "user"),
    ("iam:DetachGroupPolicy", "group"),
    ("iam:DetachRolePolicy", "role"),
    ("iam:DetachUserPolicy", "user"),
    ("iam:PutGroupPolicy", "group"),
    ("iam:PutRolePolicy", "role"),
    ("iam:PutUserPolicy", "user"),
    ("iam:RemoveUserFromGroup", "group"),
    ("iam:SetDefaultPolicyVersion", "policy"),
    ("iam:UpdateAssumeRolePolicy", "role"),
    ("iam:UpdateLoginProfile", "user"),
];
