//! The callers from outside whom the analysis tries: nobody in particular, a stranger, and those whom conditions name.

use crate::arn::{Arn, is_account_id};
use crate::compiled::CompiledCondition;
use crate::context::Context;
use crate::principal::{Principal, PrincipalType};

use super::domain::{Reach, STRANGER_VALUE, fill, is_owners, reach_of};
use super::limit::{PolicyKind, limiting_key};

/// Somebody outside the account that owns the resource.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) principal: Principal,
    /// Who he stands for.
    pub(super) reach: Reach,
    /// The condition key, in lower case, that names him.
    pub(super) named_by: Option<String>,
}

impl Caller {
    /// The context that he brings along.
    pub(super) fn implied_context(&self, service: &str) -> Context {
        let mut context = self.principal.implied_context();
        if self.is_anonymous() {
            // "AWS global condition context keys": anonymous requests do not include it.
            context.remove("aws:userid");
        }
        if let Some(account) = self.principal.account().filter(|_| service == "kms") {
            context.set("kms:CallerAccount", account);
        }
        context
    }

    pub(super) fn is_anonymous(&self) -> bool {
        *self.principal.kind() == PrincipalType::Anonymous
    }
}

/// Services that answer requests without credentials, if a policy allows it: SQS, SNS and S3 by "IAM policy elements:
/// Variables and tags", Principal key values; function URLs, APIs and search domains by their own guides. ECR, KMS, STS
/// and most others do not.
const ANONYMOUS_SERVICES: [&str; 6] = ["s3", "sqs", "sns", "lambda", "execute-api", "es"];

/// Whether a service, by its prefix, takes requests that nobody signed, if a resource policy allows them.
#[must_use]
pub fn takes_unsigned_requests(service: &str) -> bool {
    ANONYMOUS_SERVICES.contains(&service)
}

/// The callers to try, those who stand for most first.
pub(super) fn callers(
    conditions: &[&CompiledCondition],
    kind: PolicyKind<'_>,
    owner: Option<&str>,
    partition: &str,
) -> Vec<Caller> {
    let stranger = stranger_account(conditions, owner);
    let user = |name: &str| Principal::parse(&format!("arn:{partition}:iam::{stranger}:user/{name}"));
    let anybody = |principal: Principal| Caller { principal, reach: Reach::Anybody, named_by: None };
    let mut found = Vec::new();
    if takes_unsigned_requests(kind.service()) {
        found.push(anybody(Principal::anonymous()));
    }
    let role_arn = format!("arn:{partition}:iam::{stranger}:role/{STRANGER_VALUE}");
    found.push(anybody(user(STRANGER_VALUE).with_unique_id("AIDASOMEBODYELSE")));
    found.push(anybody(Principal::role_session(&role_arn, "session").with_unique_id("AROASOMEBODYELSE")));
    for condition in conditions {
        let key = condition.source.key.to_ascii_lowercase();
        let limit = limiting_key(&key, kind);
        for value in &condition.source.values.items {
            let reach = if limit.is_some() { reach_of(value, limit) } else { Reach::Anybody };
            for principal in named(&key, value, &stranger, partition, &role_arn) {
                let is_outside = principal.account().is_none_or(|account| Some(account) != owner);
                if is_outside && !is_owners(value, owner) {
                    found.push(Caller { principal, reach, named_by: Some(key.clone()) });
                }
            }
        }
    }
    found.sort_by_key(|caller| caller.reach);
    found.dedup_by(|left, right| left.principal == right.principal);
    found
}

/// Principals that a value of a key about principals names.
fn named(key: &str, value: &str, stranger: &str, partition: &str, role_arn: &str) -> Vec<Principal> {
    let filled = fill(value, STRANGER_VALUE, &Context::new());
    let in_account = |account: &str, rest: &str| {
        Principal::parse(&format!("arn:{partition}:{rest}").replace("ACCOUNT", account))
    };
    match key {
        "aws:username" => vec![Principal::parse(&format!("arn:{partition}:iam::{stranger}:user/{filled}"))],
        "aws:principalaccount" | "kms:calleraccount" if is_account_id(&filled) => {
            vec![in_account(&filled, "iam::ACCOUNT:user/somebody")]
        }
        "aws:principalarn" => by_arn(value, stranger),
        "aws:userid" => match filled.split_once(':') {
            Some((id, session)) => vec![Principal::role_session(role_arn, session).with_unique_id(id)],
            None => vec![in_account(stranger, "iam::ACCOUNT:user/somebody").with_unique_id(&filled)],
        },
        "aws:principaltype" => vec![
            in_account(stranger, "iam::ACCOUNT:root"),
            in_account(stranger, "sts::ACCOUNT:federated-user/somebody"),
        ],
        "aws:principalservicename" | "aws:principalservicenameslist" => vec![Principal::parse(&filled)],
        "aws:principalisawsservice" if value.eq_ignore_ascii_case("true") => {
            vec![Principal::parse("service.amazonaws.com")]
        }
        _ => Vec::new(),
    }
}

fn by_arn(pattern: &str, stranger: &str) -> Vec<Principal> {
    let Some(arn) = Arn::parse(pattern) else { return Vec::new() };
    let or = |field: &str, default: &str| {
        if field.contains(['*', '?', '$']) { default.to_owned() } else { field.to_owned() }
    };
    let (partition, account) = (or(arn.partition, "aws"), or(arn.account, stranger));
    let resource = match arn.resource {
        "*" => "user/somebody".to_owned(),
        resource => fill(resource, "0", &Context::new()),
    };
    let service = if resource.starts_with("assumed-role/") { "sts" } else { "iam" };
    let text = format!("arn:{partition}:{service}::{account}:{resource}");
    if resource.starts_with("role/") {
        vec![Principal::role_session(&text, "session")]
    } else {
        vec![Principal::parse(&text)]
    }
}

/// An account that no policy names and that is not the owner's.
fn stranger_account(conditions: &[&CompiledCondition], owner: Option<&str>) -> String {
    let is_named = |account: &str| {
        owner == Some(account)
            || conditions
                .iter()
                .any(|condition| condition.source.values.items.iter().any(|value| value.contains(account)))
    };
    (0..1_000)
        .map(|number| format!("{:012}", 999_999_999_999_u64 - number))
        .find(|account| !is_named(account))
        .unwrap_or_default()
}
