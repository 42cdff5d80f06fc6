//! Whom an Allow statement reaches: AWS's classification of a statement as public.
//!
//! "Blocking public access to your Amazon S3 storage", section "The meaning of public": a policy is public unless
//! every statement grants access only to fixed principals or under a condition on fixed values of certain keys.
//! Amazon EFS says the same of file system policies ("Blocking public access"); we ask it of every resource policy.

use crate::document::{
    Comparison, Condition, Effect, PrincipalElement, Principals, SetQuantifier, Statement,
};

use super::range;

/// What kind of resource policy a statement stands in; some condition keys limit only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind<'a> {
    /// The policy of an S3 bucket.
    S3Bucket,
    /// The policy of an S3 access point or Multi-Region Access Point.
    S3AccessPoint,
    /// Any other resource policy, by the prefix of its service: `ecr`, `kms`, `sts` for role trust policies.
    Other(&'a str),
}

impl PolicyKind<'_> {
    /// The prefix of the service: `s3`, `ecr`.
    #[must_use]
    pub fn service(&self) -> &str {
        match self {
            Self::S3Bucket | Self::S3AccessPoint => "s3",
            Self::Other(service) => service,
        }
    }
}

/// Where a limiting key counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Everywhere,
    S3,
    S3BucketPolicy,
    Service(&'static str),
}

/// When the values of a limiting key are fixed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixed {
    /// Neither `*` nor `?` nor a policy variable.
    Value,
    /// Ranges that are not too wide.
    Range,
    /// A value, but not of a role's sessions (`AROLEID:*`).
    UserId,
    /// The organization is fixed; what is below it may be a pattern.
    OrganizationPath,
    /// The account is fixed; the access point's name may be a pattern.
    AccessPointArn,
    /// A boolean key that must be true.
    True,
}

/// The keys that say who the caller is or where he comes from. The first ten are AWS's own list; `aws:PrincipalOrgID`
/// stands there as an example for "an AWS principal", and the other keys of principals and networks mean the same.
const LIMITING_KEYS: [(&str, Fixed, Where); 23] = [
    ("aws:PrincipalOrgID", Fixed::Value, Where::Everywhere),
    ("aws:SourceIp", Fixed::Range, Where::Everywhere),
    ("aws:SourceArn", Fixed::Value, Where::Everywhere),
    ("aws:SourceVpc", Fixed::Value, Where::Everywhere),
    ("aws:SourceVpce", Fixed::Value, Where::Everywhere),
    ("aws:SourceOwner", Fixed::Value, Where::Everywhere),
    ("aws:SourceAccount", Fixed::Value, Where::Everywhere),
    ("aws:userid", Fixed::UserId, Where::Everywhere),
    ("s3:DataAccessPointArn", Fixed::AccessPointArn, Where::S3BucketPolicy),
    ("s3:DataAccessPointAccount", Fixed::Value, Where::S3),
    ("aws:PrincipalAccount", Fixed::Value, Where::Everywhere),
    ("aws:PrincipalArn", Fixed::Value, Where::Everywhere),
    ("aws:PrincipalOrgPaths", Fixed::OrganizationPath, Where::Everywhere),
    ("aws:PrincipalServiceName", Fixed::Value, Where::Everywhere),
    ("aws:PrincipalServiceNamesList", Fixed::Value, Where::Everywhere),
    ("aws:SourceOrgID", Fixed::Value, Where::Everywhere),
    ("aws:SourceOrgPaths", Fixed::OrganizationPath, Where::Everywhere),
    ("aws:SourceVpcArn", Fixed::Value, Where::Everywhere),
    ("aws:VpceAccount", Fixed::Value, Where::Everywhere),
    ("aws:VpceOrgID", Fixed::Value, Where::Everywhere),
    ("aws:VpceOrgPaths", Fixed::OrganizationPath, Where::Everywhere),
    // "Condition keys for AWS KMS"; AWS's own key policies use it under `Principal: *`.
    ("kms:CallerAccount", Fixed::Value, Where::Service("kms")),
    // "Blocking public access to Amazon EFS file systems".
    ("elasticfilesystem:AccessedViaMountTarget", Fixed::True, Where::Service("elasticfilesystem")),
];

/// Whether the statement grants access to the public, whatever other layers take away again.
#[must_use]
pub fn is_public_statement(statement: &Statement, kind: PolicyKind<'_>) -> bool {
    statement.effect == Effect::Allow
        && statement.principals.as_ref().is_some_and(names_everyone)
        && !statement.conditions.iter().any(|condition| limits(condition, kind))
}

/// Whether the element reaches callers that it does not name: `*` in any form, a pattern, or `NotPrincipal`.
pub(super) fn names_everyone(element: &PrincipalElement) -> bool {
    match &element.principals {
        _ if element.negated => true,
        Principals::Everyone => true,
        Principals::ByKind(kinds) => {
            kinds.iter().any(|(_, values)| values.items.iter().any(|value| !is_fixed_text(value)))
        }
    }
}

/// How the values of this key must be fixed to limit who has access; `None` if it never limits.
pub(super) fn limiting_key(key: &str, kind: PolicyKind<'_>) -> Option<Fixed> {
    let (_, fixed, place) = LIMITING_KEYS.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(key))?;
    let counts = match place {
        Where::Everywhere => true,
        Where::S3 => !matches!(kind, PolicyKind::Other(_)),
        Where::S3BucketPolicy => kind == PolicyKind::S3Bucket,
        Where::Service(service) => kind == PolicyKind::Other(service),
    };
    counts.then_some(*fixed)
}

/// Whether a condition keeps out callers whom the statement does not name; `None` if its key says nothing of who the
/// caller is or where he comes from.
#[must_use]
pub fn limits_callers(condition: &Condition, kind: PolicyKind<'_>) -> Option<bool> {
    limiting_key(&condition.key, kind).map(|_| limits(condition, kind))
}

/// Whether this condition alone keeps the statement from being public.
fn limits(condition: &Condition, kind: PolicyKind<'_>) -> bool {
    let Some(operator) = condition.operator else { return false };
    let Some(fixed) = limiting_key(&condition.key, kind) else { return false };
    let values = &condition.values.items;
    !operator.if_exists
        && operator.quantifier != Some(SetQuantifier::ForAllValues)
        && compares(operator.comparison, fixed)
        && !values.is_empty()
        && are_fixed(values, fixed)
}

/// Whether the operator asks for equality with the values of such a key.
fn compares(comparison: Comparison, fixed: Fixed) -> bool {
    use Comparison as C;
    match comparison {
        C::StringEquals | C::StringEqualsIgnoreCase | C::StringLike | C::ArnEquals | C::ArnLike => {
            fixed != Fixed::True
        }
        C::IpAddress => fixed == Fixed::Range,
        C::Bool => fixed == Fixed::True,
        _ => false,
    }
}

/// Whether every value is fixed: values are alternatives, so one that is not lets the public in.
fn are_fixed(values: &[String], fixed: Fixed) -> bool {
    if fixed == Fixed::Range {
        let ranges: Vec<_> = values.iter().filter_map(|value| range::parse(value)).collect();
        return ranges.len() == values.len() && range::are_narrow(&ranges);
    }
    values.iter().all(|value| is_fixed(value, fixed))
}

/// Whether one value is fixed.
pub(super) fn is_fixed(value: &str, fixed: Fixed) -> bool {
    match fixed {
        Fixed::Value => is_fixed_text(value),
        Fixed::Range => range::parse(value).is_some_and(|range| !range::is_wide(&range)),
        Fixed::UserId => is_fixed_text(value) && !is_role_session(value),
        Fixed::OrganizationPath => {
            let organization = value.split('/').next().unwrap_or_default();
            is_fixed_text(organization) && !value.contains("${")
        }
        Fixed::AccessPointArn => is_fixed_text(value) || is_access_point_of_account(value),
        Fixed::True => value.eq_ignore_ascii_case("true"),
    }
}

fn is_fixed_text(value: &str) -> bool {
    !value.is_empty() && !value.contains(['*', '?']) && !value.contains("${")
}

/// The form `AROLEID:session`: unique ids of roles begin with `AROA` ("IAM identifiers").
fn is_role_session(user_id: &str) -> bool {
    user_id.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("ARO")) && user_id.contains(':')
}

/// `arn:aws:s3:us-west-2:123456789012:accesspoint/*`: only the name is a pattern.
fn is_access_point_of_account(arn: &str) -> bool {
    let mut fields = arn.splitn(6, ':');
    let head: Vec<&str> = fields.by_ref().take(5).collect();
    let [_, _, _, region, account] = head.as_slice() else { return false };
    let is_plain = |text: &str| !text.contains(['*', '?']) && !text.contains("${");
    head.iter().all(|field| is_plain(field))
        && (region.is_empty() || is_fixed_text(region))
        && is_fixed_text(account)
        && fields
            .next()
            .and_then(|resource| resource.strip_prefix("accesspoint/"))
            .is_some_and(|name| !name.is_empty() && !name.contains("${"))
}
