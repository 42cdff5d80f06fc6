//! The one list of lint codes; documentation and help are made from it.

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth tidying up.
    Info,
    /// The document does not mean what it seems to say.
    Warning,
    /// AWS refuses the document, or a part of it can never have effect.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Declares the codes: variant, name, severity, what it means.
macro_rules! codes {
    ($($variant:ident, $name:literal, $severity:ident, $meaning:literal;)+) => {
        /// What a finding is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the reference page.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in output: stable, in kebab case.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// How bad such a finding is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),+ }
            }

            /// What it means, one sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
        }
    };
}

codes! {
    InvalidJson, "invalid-json", Error, "The text is not JSON.";
    InvalidStructure, "invalid-structure", Error, "The document breaks the grammar of the policy language.";
    DuplicateKey, "duplicate-key", Error, "An object names a key twice; only one of the values would count.";
    TooLarge, "too-large", Error, "The document is larger than AWS takes for a policy of this type.";
    ManagedPolicySize, "managed-policy-size", Warning, "The document is too large for a managed policy, though not for every inline policy.";
    EmptyList, "empty-list", Error, "A list without items matches nothing.";
    OldVersion, "old-version", Warning, "Version is missing or 2008-10-17: newer elements of the language, policy variables among them, do not work.";
    DuplicateSid, "duplicate-sid", Error, "Two statements have the same Sid.";
    InvalidSid, "invalid-sid", Warning, "IAM takes only ASCII letters and digits in a Sid.";
    MalformedAction, "malformed-action", Error, "An action is service:name; the service takes no wildcards.";
    UnknownService, "unknown-service", Warning, "AWS has no service of this prefix.";
    UnknownAction, "unknown-action", Warning, "The service has no such action, or the pattern fits none.";
    ResourceTypeMismatch, "resource-type-mismatch", Warning, "The action does not take any of the statement's resources.";
    UnusedResource, "unused-resource", Warning, "None of the statement's actions takes this resource.";
    WildcardOnlyAction, "wildcard-only-action", Warning, "The action takes no resource: it is matched by the resource * alone.";
    MalformedArn, "malformed-arn", Error, "The value is no ARN and no pattern for ARNs.";
    IncompleteArn, "incomplete-arn", Warning, "The ARN has fewer than six fields; AWS puts * in place of the missing ones, and refuses it in a session policy.";
    WildcardInResourceType, "wildcard-in-resource-type", Warning, "AWS takes no wildcard within the type of a resource, the first part of its name.";
    MissingResource, "missing-resource", Error, "An identity policy says on which resources each statement counts.";
    ResourceNotAllowed, "resource-not-allowed", Error, "A trust policy names no resources: it is about its role.";
    TrustAction, "trust-action", Error, "A trust policy is about being assumed: its actions are those of STS.";
    ResourceControlSyntax, "resource-control-syntax", Error, "A resource control policy denies, to everyone, actions of named services; AWS refuses anything else.";
    ResourceControlWithoutEffect, "resource-control-without-effect", Warning, "The service is none of those whose resources such policies restrict.";
    PrincipalNotAllowed, "principal-not-allowed", Error, "A policy of this type names no principals.";
    MissingPrincipal, "missing-principal", Error, "A policy of this type names the principals of each statement.";
    InvalidPrincipal, "invalid-principal", Error, "The value names no principal: a pattern, a group, or something malformed.";
    UniqueIdPrincipal, "unique-id-principal", Warning, "The principal is the id of a user or role that was deleted; the statement no longer reaches it.";
    NotActionAllow, "not-action-allow", Warning, "Allow with NotAction grants every action that is not named, future ones included.";
    NotResourceAllow, "not-resource-allow", Warning, "Allow with NotResource grants on every resource that is not named, future ones included.";
    NotPrincipalAllow, "not-principal-allow", Warning, "Allow with NotPrincipal grants to everyone who is not named, anonymous callers included.";
    IneffectiveNot, "ineffective-not", Warning, "The Not element excludes everything or nothing, so that the statement matches nothing or all.";
    UnknownOperator, "unknown-operator", Error, "AWS has no such condition operator.";
    UnknownConditionKey, "unknown-condition-key", Warning, "AWS has no such condition key; it is missing from every request.";
    UnrelatedConditionKey, "unrelated-condition-key", Warning, "None of the statement's actions has this condition key in its requests.";
    OperatorTypeMismatch, "operator-type-mismatch", Warning, "The operator does not fit the type of the condition key.";
    InvalidConditionValue, "invalid-condition-value", Error, "The operator cannot read this value, so that it never matches.";
    WildcardWithoutEffect, "wildcard-without-effect", Warning, "The operator compares exactly, so that * and ? stand for themselves.";
    ForAllValuesTrap, "for-all-values-trap", Warning, "ForAllValues is true when the key is missing, so that an Allow lets such requests through.";
    ForAnyValueDeny, "for-any-value-deny", Info, "Deny with ForAnyValue and a positive operator leaves out requests without the key.";
    SetOperatorOnSingleValue, "set-operator-on-single-value", Warning, "ForAllValues and ForAnyValue are for keys with several values; this one has one.";
    MissingSetOperator, "missing-set-operator", Warning, "The key has several values; without ForAllValues or ForAnyValue the comparison is not defined.";
    IfExistsBypass, "if-exists-bypass", Warning, "IfExists is true when the key is missing, so that an Allow lets requests without the key through.";
    DenyMissesAbsentKey, "deny-misses-absent-key", Warning, "The key can be missing; then this Deny does not match, and needs IfExists.";
    VariableWithoutEffect, "variable-without-effect", Warning, "Policy variables have no effect here: the text counts as it stands.";
    MalformedVariable, "malformed-variable", Error, "A policy variable that is not closed, or names no key.";
    UnknownVariable, "unknown-variable", Warning, "The policy variable names no condition key, so that it never has a value.";
}
