//! The permissions as a Terraform configuration in its JSON syntax.

use serde_json::{Value, json};

use super::{
    ABOUT_EXTERNAL_ID, ABOUT_ROLE_NAME, ABOUT_TRUSTED_ACCOUNT, ACCOUNT_ID_OR_EMPTY, EXTERNAL_ID_OR_EMPTY,
    POLICY_ABOUT, ROLE_ABOUT, ROLE_NAME,
};

/// A configuration with a managed policy and, where an account is to be trusted, a role that has it.
pub(super) fn configuration(policy: &Value) -> Value {
    let one_if_trusted = "${var.trusted_account_id == \"\" ? 0 : 1}";
    json!({
        "terraform": { "required_providers": { "aws": { "source": "hashicorp/aws" } } },
        "variable": {
            "trusted_account_id": variable("trusted_account_id", ABOUT_TRUSTED_ACCOUNT, ACCOUNT_ID_OR_EMPTY),
            "external_id": variable("external_id", ABOUT_EXTERNAL_ID, EXTERNAL_ID_OR_EMPTY),
            "role_name": { "type": "string", "default": ROLE_NAME, "description": ABOUT_ROLE_NAME },
        },
        "data": {
            "aws_partition": { "current": {} },
            "aws_iam_policy_document": { "palisade_trust": { "statement": trust() } },
        },
        "resource": {
            "aws_iam_policy": {
                "palisade": {
                    "name_prefix": "palisade-",
                    "description": POLICY_ABOUT,
                    // Texts are templates here; a policy of actions alone has nothing to expand.
                    "policy": policy.to_string(),
                },
            },
            "aws_iam_role": {
                "palisade": {
                    "count": one_if_trusted,
                    "name": "${var.role_name}",
                    "description": ROLE_ABOUT,
                    "assume_role_policy": "${data.aws_iam_policy_document.palisade_trust.json}",
                },
            },
            "aws_iam_role_policy_attachment": {
                "palisade": {
                    "count": one_if_trusted,
                    "role": "${aws_iam_role.palisade[count.index].name}",
                    "policy_arn": "${aws_iam_policy.palisade.arn}",
                },
            },
        },
        "output": {
            "policy_arn": { "value": "${aws_iam_policy.palisade.arn}" },
            "role_arn": { "value": "${one(aws_iam_role.palisade[*].arn)}" },
        },
    })
}

fn variable(name: &str, about: &str, pattern: &str) -> Value {
    json!({
        "type": "string",
        "default": "",
        "description": about,
        "validation": {
            "condition": format!("${{can(regex(\"{pattern}\", var.{name}))}}"),
            "error_message": format!("It has to look like {pattern}."),
        },
    })
}

fn trust() -> Value {
    json!({
        "actions": ["sts:AssumeRole"],
        "principals": {
            "type": "AWS",
            "identifiers": ["arn:${data.aws_partition.current.partition}:iam::${var.trusted_account_id}:root"],
        },
        "dynamic": {
            "condition": {
                "for_each": "${var.external_id == \"\" ? [] : [var.external_id]}",
                "content": {
                    "test": "StringEquals",
                    "variable": "sts:ExternalId",
                    "values": ["${condition.value}"],
                },
            },
        },
    })
}
