//! Reads what the organization's management policies come to for the account. Every account may ask for its own.

use palisade_snapshot::{Account, Evidence, NotOffered, Observed, Organization, Reason};
use serde::Deserialize;
use serde_json::json;

use super::{Organizations, with_policies};
use crate::failure::Failure;
use crate::operation::DESCRIBE_EFFECTIVE_POLICY;
use crate::reader::required;

/// What stands before a refusal of the request itself.
const INVALID_INPUT: &str = "InvalidInputException:";
/// What stands at its end where it is the type of policy that AWS does not know, or not there ("DescribeEffectivePolicy"
/// in the AWS Organizations API Reference): partitions learn of new types one by one.
const UNKNOWN_TYPES: [&str; 2] = ["(INVALID_ENUM_POLICY_TYPE)", "(UNSUPPORTED_POLICY_TYPE_IN_THIS_REGION)"];

impl Organizations<'_> {
    /// The effective policies of the types that rules are about.
    pub(super) async fn effective_policies(&self, organization: &Observed<Organization>) -> Account {
        let effective = |evidence, kind| {
            self.reader.observe_account(evidence, Box::pin(self.effective_policy(organization, kind)))
        };
        let (ai_opt_out_policy, tag_policy, s3_policy) = tokio::join!(
            effective(Evidence::AiOptOutPolicy, "AISERVICES_OPT_OUT_POLICY"),
            effective(Evidence::TagPolicy, "TAG_POLICY"),
            effective(Evidence::S3Policy, "S3_POLICY"),
        );
        Account { ai_opt_out_policy, tag_policy, s3_policy, ..Account::default() }
    }

    /// `DescribeEffectivePolicy` of one type; absent where there is none, or no organization.
    async fn effective_policy(
        &self,
        organization: &Observed<Organization>,
        kind: &str,
    ) -> Result<String, Failure> {
        let organization = with_policies(organization)?;
        // Only the management account names an account, its own as well ("DescribeEffectivePolicy" in the AWS
        // Organizations API Reference).
        let input = if self.is_management(organization) {
            json!({"PolicyType": kind, "TargetId": self.account_id})
        } else {
            json!({"PolicyType": kind})
        };
        let answer: EffectivePolicyAnswer =
            self.ask(&DESCRIBE_EFFECTIVE_POLICY, input).await.map_err(unless_unknown_type)?;
        required(answer.effective_policy.policy_content, "PolicyContent")
            .map_err(|missing| Failure::unreadable(&DESCRIBE_EFFECTIVE_POLICY, Reason::Malformed, &missing))
    }
}

fn unless_unknown_type(failure: Failure) -> Failure {
    match failure {
        Failure::Unreadable(why)
            if why.message.starts_with(INVALID_INPUT)
                && UNKNOWN_TYPES.iter().any(|reason| why.message.ends_with(reason)) =>
        {
            Failure::NotOffered(NotOffered { operation: why.operation, message: why.message })
        }
        other => other,
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EffectivePolicyAnswer {
    effective_policy: EffectivePolicy,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EffectivePolicy {
    policy_content: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_the_partition_does_not_know_is_told_from_other_refusals() {
        let refused = |message: &str| {
            unless_unknown_type(Failure::unreadable(
                &DESCRIBE_EFFECTIVE_POLICY,
                Reason::ServiceError,
                message,
            ))
        };
        let unknown =
            refused("InvalidInputException: You specified an invalid value. (INVALID_ENUM_POLICY_TYPE)");
        assert!(matches!(unknown, Failure::NotOffered(_)), "{unknown:?}");
        for other in [
            "InvalidInputException: You specified an invalid value.",
            "InvalidInputException: The target does not exist. (INVALID_PARTY_TYPE_TARGET)",
            "ServiceException: AWS Organizations can't complete your request.",
        ] {
            assert!(matches!(refused(other), Failure::Unreadable(_)), "{other}");
        }
    }
}
