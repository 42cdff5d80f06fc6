//! Which accounts a role trusts, its own included, and how far: the whole account or named principals, with a second
//! factor or without.

use std::collections::{BTreeMap, BTreeSet};

use crate::arn::Arn;
use crate::context::ContextValue;
use crate::document::PolicyDocument;
use crate::principal::{Principal, PrincipalType};

use super::caller::Caller;
use super::domain::{Candidate, Domains, Reach, STRANGER_VALUE};
use super::federation::TrustAccess;
use super::scene::{Policy, Scene, Witness};
use super::sharing::{Named, Outsider, members, outsiders};
use super::trust::{ASSUME, Question, somebody, way_in};

/// The keys that only requests with a second factor have, or have as true.
const SECOND_FACTOR: [&str; 2] = ["aws:multifactorauthpresent", "aws:multifactorauthage"];

/// An account some of whose principals can assume a role.
#[derive(Debug, Clone)]
pub struct AccountTrust {
    /// The twelve digits.
    pub account: String,
    /// Whether principals get in that no name and no tag tells from the others: everybody whom the account's
    /// administrators let.
    pub whole_account: bool,
    /// The users, roles and sessions that get in, as the `Principal` element names them.
    pub principals: Vec<String>,
    /// A request by which an IAM user gets in; `None` if users don't.
    pub user: Option<Witness>,
    /// Whether IAM users get in without a second factor.
    pub user_without_mfa: TrustAccess,
    /// JSON pointers of the statements that name the account.
    pub statements: Vec<String>,
}

/// Works out which accounts the trust policy of a role in `account` lets in, and how far.
#[must_use]
pub fn account_trusts(
    document: &PolicyDocument,
    role_arn: &str,
    account: &str,
    partition: &str,
) -> Vec<AccountTrust> {
    let policy = Policy::new("trust_policy", document);
    let question = Question { policy: &policy, role_arn, account, partition };
    // Without an owner the role's own account counts like any other.
    let scene = question.scene_of_providers();
    let named: BTreeMap<Outsider, Named> = outsiders(&scene);
    named.into_iter().filter_map(|(with, named)| of(&scene, &with, named)).collect()
}

fn of(scene: &Scene<'_>, with: &Outsider, named: Named) -> Option<AccountTrust> {
    let Outsider::Account(account) = with else { return None };
    let everybody = members(with, &named.principals, scene);
    way_in(scene, ASSUME, &scene.with_domains(everybody.clone()))?;
    let users: Vec<Caller> = everybody
        .into_iter()
        .filter(|caller| matches!(caller.principal.kind(), PrincipalType::User { .. }))
        .collect();
    let mut users = scene.with_domains(users);
    let user = way_in(scene, ASSUME, &users).and_then(|way| way.witness);
    users.iter_mut().for_each(|(_, domains)| forget_second_factor(domains));
    Some(AccountTrust {
        whole_account: is_whole(scene, account),
        principals: principals(scene, &named.principals),
        user,
        user_without_mfa: TrustAccess::of(way_in(scene, ASSUME, &users)),
        statements: named.statements.into_iter().map(|(_, pointer)| pointer).collect(),
        account: account.clone(),
    })
}

/// Whether somebody of the account gets in of whom nothing is known but his account.
fn is_whole(scene: &Scene<'_>, account: &str) -> bool {
    let partition = scene.partition;
    let user = Principal::parse(&format!("arn:{partition}:iam::{account}:user/{STRANGER_VALUE}"));
    let role = format!("arn:{partition}:iam::{account}:role/{STRANGER_VALUE}");
    let role = Principal::role_session(&role, "session");
    let mut callers = scene.with_domains(vec![somebody(user), somebody(role)]);
    for (_, domains) in &mut callers {
        for (_, domain) in domains.iter_mut().filter(|(key, _)| tells_principals_apart(key)) {
            domain.retain(is_strangers);
        }
    }
    way_in(scene, ASSUME, &callers).is_some()
}

/// Whether a key tells some principals of one account from others.
fn tells_principals_apart(key: &str) -> bool {
    key.starts_with("aws:principaltag/") || key == "aws:principalorgpaths"
}

fn is_strangers(candidate: &Candidate) -> bool {
    match &candidate.value {
        Some(ContextValue::Single(value)) => value == STRANGER_VALUE,
        Some(ContextValue::Many(values)) => values.iter().all(|value| value == STRANGER_VALUE),
        None => true,
    }
}

/// Those of the ARNs in `Principal` elements, other than that of the whole account, that get in.
fn principals(scene: &Scene<'_>, named: &BTreeSet<String>) -> Vec<String> {
    let is_single = |arn: &&String| Arn::parse(arn).is_some_and(|arn| arn.resource != "root");
    let gets_in = |arn: &&String| {
        let callers = scene.with_domains(vec![somebody(Principal::parse(arn))]);
        way_in(scene, ASSUME, &callers).is_some()
    };
    named.iter().filter(is_single).filter(gets_in).cloned().collect()
}

/// What a user's requests say who signed them by an access key alone, or began a session so.
fn forget_second_factor(domains: &mut Domains) {
    let anybody = |value: Option<&str>| Candidate {
        value: value.map(|value| ContextValue::Single(value.to_owned())),
        reach: Reach::Anybody,
    };
    for key in SECOND_FACTOR {
        if let Some(domain) = domains.get_mut(key) {
            *domain = vec![anybody(None)];
            if key == SECOND_FACTOR[0] {
                domain.push(anybody(Some("false")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::Access;

    fn trusts(principal: &str, condition: &str) -> Vec<AccountTrust> {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {principal},
                "Action": "sts:AssumeRole", "Condition": {condition}}}]}}"#
        );
        let document = PolicyDocument::from_text(&text).unwrap();
        account_trusts(&document, "arn:aws:iam::111122223333:role/r", "111122223333", "aws")
    }

    const OWN: &str = r#"{"AWS": "arn:aws:iam::111122223333:root"}"#;

    #[test]
    fn a_second_factor_is_required_if_no_user_gets_in_without() {
        for (condition, expected) in [
            ("{}", Access::Yes),
            (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, Access::No),
            (r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}"#, Access::No),
            (r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}"#, Access::Yes),
            (r#"{"Null": {"aws:MultiFactorAuthPresent": "false"}}"#, Access::Yes),
            (r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, Access::Conditional),
        ] {
            let found = trusts(OWN, condition);
            assert!(found[0].user.is_some(), "{condition}");
            assert_eq!(found[0].user_without_mfa.access, expected, "{condition}");
        }
        let role = trusts(r#"{"AWS": "arn:aws:iam::111122223333:role/ci"}"#, "{}");
        assert!(role[0].user.is_none());
        assert_eq!(role[0].user_without_mfa.access, Access::No);
        let user = trusts(r#"{"AWS": "arn:aws:iam::444455556666:user/alice"}"#, "{}");
        assert_eq!(user[0].user_without_mfa.access, Access::Yes);
    }

    #[test]
    fn a_whole_account_is_trusted_unless_names_or_tags_tell_its_principals_apart() {
        for (condition, expected) in [
            ("{}", true),
            (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, true),
            (r#"{"StringEquals": {"sts:ExternalId": "x"}}"#, true),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#, true),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/infra-*"}}"#, false),
            (r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/alice"}}"#, false),
            (r#"{"StringEquals": {"aws:PrincipalTag/team": "ops"}}"#, false),
        ] {
            let found = trusts(OWN, condition);
            assert_eq!(found[0].whole_account, expected, "{condition}");
            assert!(found[0].principals.is_empty(), "{condition}");
        }
        let named = trusts(
            r#"{"AWS": ["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::444455556666:role/ci"]}"#,
            "{}",
        );
        assert_eq!(named.len(), 2);
        assert!(!named[0].whole_account && !named[1].whole_account);
        assert_eq!(named[0].principals, ["arn:aws:iam::111122223333:user/alice"]);
    }
}
