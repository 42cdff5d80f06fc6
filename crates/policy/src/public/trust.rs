//! Whom a role's trust policy lets in: everybody, foreign accounts and organizations, services, identity providers.
//!
//! Nobody is listed because a policy names him, but because the evaluator allows him to begin a session, in a context
//! that such a caller can bring about ("IAM JSON policy elements: Principal", "How to use trust policies with IAM
//! roles").

use std::collections::{BTreeMap, BTreeSet};

use crate::context::{Context, ContextValue};
use crate::document::{Condition, Effect, PolicyDocument, PrincipalKind, Principals, Statement};
use crate::principal::Principal;

use super::answer::Access;
use super::caller::Caller;
use super::capability::Capability;
use super::domain::{Candidate, Domains, Reach, STRANGER_VALUE, fill};
use super::limit::{PolicyKind, limiting_key, names_everyone};
use super::scene::{Counted, Layer, Policy, ResidualCondition, Scene, WayIn, Witness};
use super::sharing::{Named, Outsider, account_of, members, outsiders};
use super::target::{Attempt, Target};

pub(super) const KIND: PolicyKind<'static> = PolicyKind::Other("sts");
pub(super) const ASSUME: &[&str] = &["sts:AssumeRole"];
pub(super) const WITH_SAML: &str = "sts:AssumeRoleWithSAML";
pub(super) const WITH_TOKEN: &str = "sts:AssumeRoleWithWebIdentity";
const ASSUME_FEDERATED: &[&str] = &[WITH_SAML, WITH_TOKEN];
const EXTERNAL_ID: &str = "sts:externalid";
/// Stands for any service or provider where a policy names them by `*`.
const ANY_SERVICE: &str = "service.amazonaws.com";
const ANY_PROVIDER: &str = "provider.example";

/// Whom a trust policy lets in.
#[derive(Debug, Clone)]
pub struct RoleTrust {
    /// Whether anybody can assume the role: conditional if all that is asked of him is no matter of who he is or where
    /// he comes from, such as a second factor or an external ID.
    pub anyone: Access,
    /// What is asked of anybody, if that is conditional.
    pub residual: Vec<ResidualCondition>,
    /// A request by which a stranger assumes the role.
    pub witness: Option<Witness>,
    /// The foreign accounts and organizations that the policy names and that can assume the role.
    pub outsiders: Vec<TrustedOutsider>,
    /// The services that can assume it, as the policy names them.
    pub services: Vec<String>,
    /// The identity providers whose users can assume it, as the policy names them.
    pub identity_providers: Vec<String>,
}

/// Somebody outside the account who can assume a role.
#[derive(Debug, Clone)]
pub struct TrustedOutsider {
    /// Who.
    pub with: Outsider,
    /// Conditional if more is asked than that he is who he is.
    pub access: Access,
    /// Whether nobody gets in who does not know a fixed `sts:ExternalId`.
    pub external_id_required: bool,
    /// What more is asked.
    pub residual: Vec<ResidualCondition>,
    /// JSON pointers of the statements that name him.
    pub statements: Vec<String>,
    /// A request by which one of his principals assumes the role.
    pub witness: Option<Witness>,
}

/// Works out whom the trust policy of a role in `account` lets in.
#[must_use]
pub fn role_trust(document: &PolicyDocument, role_arn: &str, account: &str, partition: &str) -> RoleTrust {
    let policy = Policy::new("trust_policy", document);
    let question = Question { policy: &policy, role_arn, account, partition };
    let widened = widened(document);
    let widest = Policy::new("trust_policy", &widened);
    let anyone = Question { policy: &widest, ..question }.anyone();
    RoleTrust {
        anyone: anyone.as_ref().map_or(Access::No, access),
        witness: anyone.as_ref().and_then(|way| way.witness.clone()),
        residual: anyone.map(|way| way.residual).unwrap_or_default(),
        outsiders: question.outsiders(),
        services: question.named(PrincipalKind::Service),
        identity_providers: question.named(PrincipalKind::Federated),
    }
}

pub(super) fn access(way: &WayIn) -> Access {
    if way.reach == Reach::Anybody { Access::Yes } else { Access::Conditional }
}

/// A trust policy and the role that it stands at.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) policy: &'a Policy<'a>,
    pub(super) role_arn: &'a str,
    pub(super) account: &'a str,
    pub(super) partition: &'a str,
}

impl<'a> Question<'a> {
    pub(super) fn scene(&self, counted: Counted) -> Scene<'a> {
        let target = Target::Whole(self.role_arn.to_owned());
        Scene {
            kind: KIND,
            owner: Some(self.account),
            partition: self.partition,
            layers: vec![Layer { policies: vec![self.policy], target, is_granted: false }],
            context: Context::new(),
            allows_anonymous: false,
            counted,
        }
    }

    /// The best way in for strangers of every kind. Who somebody is and where he comes from are as they are for strangers:
    /// a way for those whom a condition names must not hide another one.
    fn anyone(&self) -> Option<WayIn> {
        let scene = self.scene(Counted::Public);
        let provider = scene.with_domains(vec![somebody(Principal::federated(ANY_PROVIDER))]);
        let way = |actions, callers: Vec<(Caller, Domains)>| way_in(&scene, actions, &strangers(callers));
        best(way(ASSUME, scene.callers()), way(ASSUME_FEDERATED, provider))
    }

    fn outsiders(&self) -> Vec<TrustedOutsider> {
        let mut scene = self.scene(Counted::Any);
        let mut named = outsiders(&scene);
        self.add_spared(&mut named);
        let mut found = Vec::new();
        for (with, named) in named {
            scene.context = Context::new();
            with.imply(&mut scene.context);
            let mut callers = scene.with_domains(members(&with, &named.principals, &scene));
            let Some(way) = way_in(&scene, ASSUME, &callers) else { continue };
            for (_, domains) in &mut callers {
                forget_external_id(domains, &scene);
            }
            found.push(TrustedOutsider {
                with,
                access: access(&way),
                external_id_required: way_in(&scene, ASSUME, &callers).is_none(),
                residual: way.residual,
                statements: named.statements.into_iter().map(|(_, pointer)| pointer).collect(),
                witness: way.witness,
            });
        }
        found
    }

    /// Adds those whom a Deny for everybody spares by name, where an Allow lets in everybody.
    fn add_spared(&self, named: &mut BTreeMap<Outsider, Named>) {
        let statements = &self.policy.document.statements;
        let is_open = |statement: &&Statement| statement.principals.as_ref().is_some_and(names_everyone);
        let open = statements.iter().filter(is_open);
        let (allows, denies): (Vec<_>, Vec<_>) =
            open.partition(|statement| statement.effect == Effect::Allow);
        let spared = denies.iter().flat_map(|statement| &statement.conditions).flat_map(spared_by);
        for outsider in spared.filter(|outsider| !is_account(outsider, self.account)) {
            let pointers = allows.iter().map(|one| (self.policy.compiled.name().to_owned(), one.pointer()));
            named.entry(outsider).or_default().statements.extend(pointers);
        }
        named.retain(|_, named| !named.statements.is_empty());
    }

    /// What services and identity providers meet: what they say of the account that they work for may be its own.
    pub(super) fn scene_of_providers(&self) -> Scene<'a> {
        let mut scene = self.scene(Counted::Any);
        scene.owner = None;
        scene.context.set("aws:ResourceAccount", self.account);
        scene
    }

    /// The services or identity providers that the policy names and that the evaluator lets in.
    pub(super) fn named(&self, kind: PrincipalKind) -> Vec<String> {
        let scene = self.scene_of_providers();
        let is_in = |name: &&String| {
            let (principal, actions) = match (kind, name.as_str()) {
                (PrincipalKind::Service, "*") => (Principal::service(ANY_SERVICE), ASSUME),
                (PrincipalKind::Service, name) => (Principal::service(name), ASSUME),
                (_, "*") => (Principal::federated(ANY_PROVIDER), ASSUME_FEDERATED),
                (_, name) => (Principal::federated(name), ASSUME_FEDERATED),
            };
            way_in(&scene, actions, &scene.with_domains(vec![somebody(principal)])).is_some()
        };
        names_of(self.policy.document, kind).iter().filter(is_in).cloned().collect()
    }
}

/// The same policy with `*` in place of names that are patterns: AWS takes none (`arn:aws:iam::*:root`), and whoever
/// wrote one meant everybody.
fn widened(document: &PolicyDocument) -> PolicyDocument {
    let mut widened = document.clone();
    let allows = widened.statements.iter_mut().filter(|statement| statement.effect == Effect::Allow);
    for element in allows.filter_map(|statement| statement.principals.as_mut()) {
        if let Principals::ByKind(kinds) = &mut element.principals {
            let values = kinds.iter_mut().flat_map(|(_, values)| &mut values.items);
            values.filter(|value| value.contains(['*', '?'])).for_each(|value| "*".clone_into(value));
        }
    }
    widened
}

pub(super) fn somebody(principal: Principal) -> Caller {
    Caller { principal, reach: Reach::Anybody, named_by: None }
}

pub(super) fn way_in(scene: &Scene<'_>, actions: &[&str], callers: &[(Caller, Domains)]) -> Option<WayIn> {
    let attempt = |name: &&str| Attempt {
        name: (*name).to_owned(),
        capability: Capability::Write,
        on_whole: true,
        on_parts: false,
    };
    let attempts: Vec<_> = actions.iter().map(attempt).collect();
    scene.way_in(&attempts.iter().collect::<Vec<_>>(), &[], callers)
}

/// Without those whom a condition on who they are, or where they come from, names, and without what only they bring.
fn strangers(mut callers: Vec<(Caller, Domains)>) -> Vec<(Caller, Domains)> {
    let limits = |key: &str| limiting_key(key, KIND).is_some();
    let is_named =
        |caller: &Caller| caller.reach > Reach::Anybody && caller.named_by.as_deref().is_some_and(limits);
    callers.retain(|(caller, _)| !is_named(caller));
    for (_, domains) in &mut callers {
        for (_, candidates) in domains.iter_mut().filter(|(key, _)| limits(key)) {
            candidates.retain(|candidate| candidate.reach == Reach::Anybody);
        }
    }
    callers
}

fn best(one: Option<WayIn>, other: Option<WayIn>) -> Option<WayIn> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.reach < one.reach { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// The names of one kind in the Allow statements.
fn names_of(document: &PolicyDocument, kind: PrincipalKind) -> BTreeSet<String> {
    let allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let elements = allows.filter_map(|statement| statement.principals.as_ref());
    let kinds = elements.filter(|element| !element.negated).flat_map(|element| match &element.principals {
        Principals::Everyone => &[][..],
        Principals::ByKind(kinds) => kinds,
    });
    kinds.filter(|(one, _)| *one == kind).flat_map(|(_, values)| values.items.iter().cloned()).collect()
}

/// Whom a condition of a Deny spares, because it compares who he is by a negated operator.
fn spared_by(condition: &Condition) -> Vec<Outsider> {
    if !condition.operator.is_some_and(|operator| operator.comparison.is_negated()) {
        return Vec::new();
    }
    let values = condition.values.items.iter().filter(|value| !value.contains(['*', '?', '$']));
    match condition.key.to_ascii_lowercase().as_str() {
        "aws:principalorgid" => values.cloned().map(Outsider::Organization).collect(),
        "aws:principalaccount" | "aws:principalarn" => {
            values.filter_map(|value| account_of(value)).map(Outsider::Account).collect()
        }
        _ => Vec::new(),
    }
}

fn is_account(outsider: &Outsider, account: &str) -> bool {
    matches!(outsider, Outsider::Account(known) if known == account)
}

/// Leaves the external ID to what somebody brings who was told none: nothing, something else, or what fits a pattern.
fn forget_external_id(domains: &mut Domains, scene: &Scene<'_>) {
    let conditions = scene.conditions();
    let about = conditions.iter().filter(|one| one.source.key.eq_ignore_ascii_case(EXTERNAL_ID));
    let written = about.flat_map(|condition| &condition.source.values.items);
    let patterns = written.filter(|value| value.contains(['*', '?']));
    let guesses = patterns.map(|pattern| fill(pattern, "0", &Context::new()));
    let guesses = guesses.chain([STRANGER_VALUE.to_owned()]).map(|guess| Some(ContextValue::Single(guess)));
    if let Some(candidates) = domains.get_mut(EXTERNAL_ID) {
        let all = std::iter::once(None).chain(guesses);
        *candidates = all.map(|value| Candidate { value, reach: Reach::Anybody }).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(statements: &str) -> RoleTrust {
        let document = PolicyDocument::from_text(&format!(
            r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#
        ));
        role_trust(&document.unwrap(), "arn:aws:iam::111122223333:role/r", "111122223333", "aws")
    }

    fn allow(principal: &str, condition: &str) -> String {
        format!(
            r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:Assume*", "Condition": {condition}}}"#
        )
    }

    const STAR: &str = r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}"#;

    #[test]
    fn what_a_stranger_can_bring_about_keeps_nobody_out() {
        for (condition, expected) in [
            ("{}", Access::Yes),
            (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}"#, Access::Yes),
            (r#"{"StringNotEquals": {"aws:PrincipalAccount": "444455556666"}}"#, Access::Yes),
            (r#"{"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1/"}}"#, Access::Yes),
            (r#"{"StringLike": {"sts:RoleSessionName": "x-*"}}"#, Access::Yes),
            (r#"{"StringEquals": {"sts:ExternalId": "x"}}"#, Access::Conditional),
            (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#, Access::No),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/x"}}"#, Access::No),
        ] {
            assert_eq!(trust(&allow("\"*\"", condition)).anyone, expected, "{condition}");
        }
        for principal in [r#"{"Federated": "*"}"#, r#"{"AWS": "arn:aws:iam::*:root"}"#] {
            assert_eq!(trust(&allow(principal, "{}")).anyone, Access::Yes, "{principal}");
        }
        let witness = trust(STAR).witness.unwrap();
        assert_eq!(witness.action, "sts:AssumeRole");
        assert!(!witness.principal.contains("111122223333"), "{}", witness.principal);
    }

    #[test]
    fn denies_take_away_and_spare() {
        let deny = |rest: &str| format!(r#"{STAR}, {{"Effect": "Deny", "Action": "sts:*", {rest}}}"#);
        assert_eq!(trust(&deny(r#""Principal": "*""#)).anyone, Access::No);
        let unless = deny(
            r#""Principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}"#,
        );
        let found = trust(&unless);
        assert_eq!(found.anyone, Access::No);
        let organizations: Vec<_> = found.outsiders.iter().map(|one| one.with.clone()).collect();
        let expected = ["o-1", "o-2"].map(|id| Outsider::Organization(id.to_owned()));
        assert_eq!(organizations, expected);
        let others = deny(r#""NotPrincipal": {"AWS": "444455556666"}"#);
        assert_eq!(trust(&others).anyone, Access::No);
    }

    #[test]
    fn a_way_for_those_who_are_named_hides_none_for_everybody() {
        let second_factor = r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
        let everything = format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "sts:*", "Condition": {second_factor}}},
               {{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
                 "Condition": {{"StringNotEquals": {{"aws:PrincipalOrgID": "o-1"}}}}}}"#
        );
        let found = trust(&everything);
        assert_eq!(found.anyone, Access::Conditional);
        assert_eq!(found.witness.unwrap().action, WITH_SAML);
        let second_factor = allow("\"*\"", second_factor);
        let named =
            allow("\"*\"", r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/x"}}"#);
        for statements in [format!("{named}, {second_factor}"), format!("{second_factor}, {named}")] {
            assert_eq!(trust(&statements).anyone, Access::Conditional, "{statements}");
        }
    }

    #[test]
    fn who_is_named_and_denied_is_not_let_in() {
        let named = allow(
            r#"{"AWS": ["444455556666", "777788889999"], "Service": ["ec2.amazonaws.com", "ecs.amazonaws.com"]}"#,
            "{}",
        );
        let denied = format!(
            r#"{named}, {{"Effect": "Deny", "Principal": {{"AWS": "777788889999", "Service": "ecs.amazonaws.com"}}, "Action": "*"}}"#
        );
        let found = trust(&denied);
        assert_eq!(found.services, ["ec2.amazonaws.com"]);
        assert_eq!(found.outsiders.len(), 1);
        assert_eq!(found.outsiders[0].with, Outsider::Account("444455556666".to_owned()));
        assert_eq!(found.outsiders[0].access, Access::Yes);
    }

    #[test]
    fn services_may_have_to_work_for_this_account() {
        for condition in [
            r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#,
            r#"{"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}"#,
            r#"{"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:111122223333:function:*"}}"#,
        ] {
            let found = trust(&allow(r#"{"Service": "lambda.amazonaws.com"}"#, condition));
            assert_eq!(found.services, ["lambda.amazonaws.com"], "{condition}");
        }
        let provider = r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/ci.example"}"#;
        let claims = r#"{"StringEquals": {"ci.example:aud": "sts.amazonaws.com"}, "StringLike": {"ci.example:sub": "repo:a/*"}}"#;
        assert_eq!(trust(&allow(provider, claims)).identity_providers.len(), 1);
    }

    #[test]
    fn an_external_id_is_required_if_nothing_goes_without() {
        let required = |condition: &str| {
            let found = trust(&allow(r#"{"AWS": "444455556666"}"#, condition));
            found.outsiders[0].external_id_required
        };
        assert!(required(r#"{"StringEquals": {"sts:ExternalId": "x"}}"#));
        assert!(!required(r#"{"StringLike": {"sts:ExternalId": "x*"}}"#));
        assert!(!required(r#"{"StringNotEquals": {"sts:ExternalId": "x"}}"#));
        assert!(!required(r#"{"StringEqualsIfExists": {"sts:ExternalId": "x"}}"#));
        assert!(!required(r#"{"Null": {"sts:ExternalId": "false"}}"#));
        let denied = format!(
            r#"{}, {{"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": {{"StringNotEquals": {{"sts:ExternalId": "x"}}}}}}"#,
            allow(r#"{"AWS": "444455556666"}"#, "{}")
        );
        assert!(trust(&denied).outsiders[0].external_id_required);
    }
}
