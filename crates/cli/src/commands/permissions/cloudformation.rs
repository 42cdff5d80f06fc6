//! The permissions as a CloudFormation template. A role whose name is chosen asks whoever deploys it
//! for `CAPABILITY_NAMED_IAM`.

use serde_json::{Value, json};

use super::{
    ABOUT_EXTERNAL_ID, ABOUT_ROLE_NAME, ABOUT_TRUSTED_ACCOUNT, ACCOUNT_ID_OR_EMPTY, EXTERNAL_ID_OR_EMPTY,
    POLICY_ABOUT, ROLE_ABOUT, ROLE_NAME,
};

/// A template with a managed policy and, where an account is to be trusted, a role that has it.
pub(super) fn template(policy: &Value) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": ROLE_ABOUT,
        "Parameters": {
            "TrustedAccountId": {
                "Type": "String",
                "Default": "",
                "AllowedPattern": ACCOUNT_ID_OR_EMPTY,
                "Description": ABOUT_TRUSTED_ACCOUNT,
            },
            "ExternalId": {
                "Type": "String",
                "Default": "",
                "AllowedPattern": EXTERNAL_ID_OR_EMPTY,
                "Description": ABOUT_EXTERNAL_ID,
            },
            "RoleName": { "Type": "String", "Default": ROLE_NAME, "Description": ABOUT_ROLE_NAME },
        },
        "Conditions": {
            "HasTrustedAccount": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "TrustedAccountId" }, ""] }] },
            "HasExternalId": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "ExternalId" }, ""] }] },
        },
        "Resources": {
            "PalisadePolicy": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": { "Description": POLICY_ABOUT, "PolicyDocument": policy },
            },
            "PalisadeRole": {
                "Type": "AWS::IAM::Role",
                "Condition": "HasTrustedAccount",
                "Properties": {
                    "RoleName": { "Ref": "RoleName" },
                    "Description": ROLE_ABOUT,
                    "ManagedPolicyArns": [{ "Ref": "PalisadePolicy" }],
                    "AssumeRolePolicyDocument": trust(),
                },
            },
        },
        "Outputs": {
            "PolicyArn": { "Value": { "Ref": "PalisadePolicy" } },
            "RoleArn": {
                "Condition": "HasTrustedAccount",
                "Value": { "Fn::GetAtt": ["PalisadeRole", "Arn"] },
            },
        },
    })
}

fn trust() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::${TrustedAccountId}:root" } },
            "Condition": {
                "Fn::If": [
                    "HasExternalId",
                    { "StringEquals": { "sts:ExternalId": { "Ref": "ExternalId" } } },
                    { "Ref": "AWS::NoValue" },
                ],
            },
        }],
    })
}
