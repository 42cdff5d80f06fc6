//! What the policy engine's lint finds in a policy, by what it is about.

use palisade_policy::lint::{Code, Finding, PolicyType, lint_text};

use crate::facts;

facts! {
    /// Where a policy does not mean what it seems to say.
    pub struct PolicyLint as "policy_lint" {
        /// Where it breaks the grammar of the policy language, or has parts without effect: repeated names, malformed
        /// ARNs, policy variables in the old language.
        form: Vec<LintFinding>, reads [];
        /// The actions and services that AWS does not have.
        unknown_actions: Vec<LintFinding>, reads [];
        /// The conditions that do not keep out whom they seem to keep out, or never hold.
        ineffective_conditions: Vec<LintFinding>, reads [];
        /// The actions that take none of the resources that their statement names, and so grant or deny nothing.
        resource_mismatches: Vec<LintFinding>, reads [];
        /// The Allow statements with `NotResource` that leave every other resource open.
        open_exclusions: Vec<LintFinding>, reads [];
    }
}

facts! {
    /// Something that a policy does not say well.
    pub struct LintFinding as "lint_finding" {
        /// What it is about: a code of `palisade lint`, such as `unknown-action`.
        code: String, reads [];
        /// Where it stands: a JSON pointer into the policy.
        pointer: String, reads [];
        /// What is wrong and what to do, as a sentence.
        message: String, reads [];
    }
}

/// What a code of the lint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aspect {
    Form,
    Actions,
    Conditions,
    Exclusions,
    Resources,
    /// Said of policies that identities don't have, or judged by other facts.
    Other,
}

impl PolicyLint {
    /// Lints the text of a policy.
    pub(super) fn of(text: &str, policy_type: PolicyType) -> Self {
        let findings = lint_text(text, policy_type);
        let about = |wanted: Aspect| -> Vec<LintFinding> {
            let those = findings.iter().filter(|finding| aspect(finding.code) == wanted);
            those.map(LintFinding::of).collect()
        };
        Self {
            form: about(Aspect::Form),
            unknown_actions: about(Aspect::Actions),
            ineffective_conditions: about(Aspect::Conditions),
            resource_mismatches: about(Aspect::Resources),
            open_exclusions: about(Aspect::Exclusions),
        }
    }
}

impl LintFinding {
    pub(crate) fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code.name().to_owned(),
            pointer: finding.path.clone(),
            message: finding.message.clone(),
        }
    }
}

fn aspect(code: Code) -> Aspect {
    match code {
        Code::InvalidJson
        | Code::InvalidStructure
        | Code::DuplicateKey
        | Code::TooLarge
        | Code::EmptyList
        | Code::OldVersion
        | Code::DuplicateSid
        | Code::InvalidSid
        | Code::MalformedArn
        | Code::IncompleteArn
        | Code::WildcardInResourceType
        | Code::MissingResource
        | Code::PrincipalNotAllowed
        | Code::IneffectiveNot
        | Code::VariableWithoutEffect
        | Code::MalformedVariable
        | Code::UnknownVariable => Aspect::Form,
        Code::MalformedAction | Code::UnknownService | Code::UnknownAction => Aspect::Actions,
        Code::UnknownOperator
        | Code::UnknownConditionKey
        | Code::OperatorTypeMismatch
        | Code::InvalidConditionValue
        | Code::WildcardWithoutEffect
        | Code::ForAllValuesTrap
        | Code::SetOperatorOnSingleValue
        | Code::MissingSetOperator
        | Code::IfExistsBypass
        | Code::DenyMissesAbsentKey => Aspect::Conditions,
        Code::NotResourceAllow => Aspect::Exclusions,
        Code::ResourceTypeMismatch | Code::WildcardOnlyAction => Aspect::Resources,
        Code::ManagedPolicySize
        | Code::UnusedResource
        | Code::ResourceNotAllowed
        | Code::TrustAction
        | Code::ResourceControlSyntax
        | Code::ResourceControlWithoutEffect
        | Code::MissingPrincipal
        | Code::InvalidPrincipal
        | Code::UniqueIdPrincipal
        | Code::NotActionAllow
        | Code::NotPrincipalAllow
        | Code::UnrelatedConditionKey
        | Code::ForAnyValueDeny => Aspect::Other,
    }
}
