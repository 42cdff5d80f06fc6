//! Whose tokens open a role: what an identity provider must vouch for, beside that it vouches at all.
//!
//! An issuer such as GitHub's signs the tokens of all its customers. Whether a stranger's token gets in is asked of the
//! evaluator: each claim is left to every value that such a token could have, and to none that names the customer.

use std::collections::BTreeMap;

use crate::context::{Context, ContextValue};
use crate::document::{Condition, PolicyDocument, PrincipalKind};
use crate::principal::Principal;

use super::answer::Access;
use super::domain::{Candidate, Domains, Reach, STRANGER_VALUE, fill};
use super::issuer::{Issuer, IssuerKind, Party, is_sign_in_page};
use super::scene::{Policy, ResidualCondition, Scene, Witness};
use super::trust::{Question, WITH_SAML, WITH_TOKEN, access, somebody, way_in};

/// An identity provider whose users can assume a role.
#[derive(Debug, Clone)]
pub struct FederatedTrust {
    /// The provider, as the policy names it.
    pub provider: String,
    /// The issuer's address without `https://`; of a SAML provider its ARN.
    pub issuer: String,
    /// What kind of provider it is.
    pub kind: IssuerKind,
    /// Whether nobody gets in whose token was made for another application; of SAML, whose assertion was not made for
    /// AWS's sign-in page.
    pub audience_required: bool,
    /// Whether nobody gets in whose subject (`…:sub`) is none that the policy writes out.
    pub subject_required: bool,
    /// Whether other customers of the issuer get in; of a cluster, other namespaces.
    pub strangers: TrustAccess,
    /// Whether every repository or project of the customer gets in; of a cluster, every service account of the
    /// namespace.
    pub other_projects: TrustAccess,
    /// Whether every branch and pull request of a repository gets in.
    pub any_revision: TrustAccess,
    /// Whether guests of an identity pool of Amazon Cognito get in, who have not signed in.
    pub guests: TrustAccess,
    /// Whether users of an identity pool get in who have signed in.
    pub signed_in: TrustAccess,
}

/// Whether somebody can assume a role, with proof.
#[derive(Debug, Clone, Default)]
pub struct TrustAccess {
    /// No, under conditions on who or where he is, or yes.
    pub access: Access,
    /// These conditions.
    pub residual: Vec<ResidualCondition>,
    /// A request by which he does.
    pub witness: Option<Witness>,
}

/// Works out what the trust policy of a role in `account` asks of the users of each identity provider that it lets in.
#[must_use]
pub fn federated_trusts(
    document: &PolicyDocument,
    role_arn: &str,
    account: &str,
    partition: &str,
) -> Vec<FederatedTrust> {
    let policy = Policy::new("trust_policy", document);
    let question = Question { policy: &policy, role_arn, account, partition };
    let named = question.named(PrincipalKind::Federated);
    named.into_iter().filter(|provider| provider != "*").map(|provider| of(question, provider)).collect()
}

fn of(question: Question<'_>, provider: String) -> FederatedTrust {
    let tokens = Tokens::new(question, &provider);
    let issuer = &tokens.issuer;
    let audience_required = {
        let claims = issuer.audience_claims();
        let is_fixed = |value: &str| match issuer.kind {
            IssuerKind::Saml => is_sign_in_page(value),
            _ => is_literal(value),
        };
        tokens.ask(|claim, value| claims.contains(&claim) && is_fixed(value), None).access == Access::No
    };
    let is_subject = |claim: &str, value: &str| claim == "sub" && is_literal(value);
    let party = |party: Party| {
        let access = || tokens.ask(|claim, value| issuer.keeps_out(party, claim, value), None);
        issuer.serves(party).then(access).unwrap_or_default()
    };
    let login = |state: Login| {
        let access = || tokens.ask(|_, _| false, Some(state));
        (issuer.kind == IssuerKind::Cognito).then(access).unwrap_or_default()
    };
    FederatedTrust {
        issuer: if issuer.kind == IssuerKind::Saml { provider.clone() } else { issuer.address.clone() },
        kind: issuer.kind,
        audience_required,
        subject_required: tokens.ask(is_subject, None).access == Access::No,
        strangers: party(Party::Stranger),
        other_projects: party(Party::OtherProject),
        any_revision: party(Party::AnyRevision),
        guests: login(Login::Guest),
        signed_in: login(Login::SignedIn),
        provider,
    }
}

/// Whether a user of an identity pool has signed in (`cognito-identity.amazonaws.com:amr`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Login {
    Guest,
    SignedIn,
}

const LOGIN_CLAIM: &str = "amr";
const GUEST: &str = "unauthenticated";
const SIGNED_IN: &str = "authenticated";

/// The tokens of one issuer, brought to one role.
struct Tokens<'a> {
    scene: Scene<'a>,
    issuer: Issuer,
    principal: Principal,
    /// What is asked of each claim: by condition key in lower case.
    asked: BTreeMap<String, Vec<&'a Condition>>,
}

impl<'a> Tokens<'a> {
    fn new(question: Question<'a>, provider: &str) -> Self {
        let mut asked: BTreeMap<String, Vec<&Condition>> = BTreeMap::new();
        let statements = &question.policy.document.statements;
        for condition in statements.iter().flat_map(|statement| &statement.conditions) {
            asked.entry(condition.key.to_ascii_lowercase()).or_default().push(condition);
        }
        Self {
            scene: question.scene_of_providers(),
            issuer: Issuer::of(provider),
            principal: Principal::federated(provider),
            asked,
        }
    }

    /// Whether somebody gets in by a token of which no claim has a value that `lacks` tells of.
    fn ask(&self, lacks: impl Fn(&str, &str) -> bool, login: Option<Login>) -> TrustAccess {
        let mut callers = self.scene.with_domains(vec![somebody(self.principal.clone())]);
        for (_, domains) in &mut callers {
            self.limit(domains, &lacks, login);
        }
        let action = if self.issuer.kind == IssuerKind::Saml { WITH_SAML } else { WITH_TOKEN };
        TrustAccess::of(way_in(&self.scene, &[action], &callers))
    }

    fn limit(&self, domains: &mut Domains, lacks: impl Fn(&str, &str) -> bool, login: Option<Login>) {
        for (key, candidates) in domains.iter_mut() {
            if self.issuer.is_of_another(key) {
                *candidates = vec![candidate(None)];
            } else if let Some(claim) = self.issuer.claim(key) {
                let asked = self.asked.get(key).map(Vec::as_slice).unwrap_or_default();
                let values = asked.iter().flat_map(|condition| &condition.values.items);
                *candidates = match login {
                    Some(state) if claim == LOGIN_CLAIM => logins(state, values),
                    _ => self.brought(claim, asked, |value| !lacks(claim, value)),
                };
            }
        }
    }

    /// The values of a claim that somebody can bring: none, one that nobody asks for, and what fits what is asked.
    fn brought(&self, claim: &str, asked: &[&Condition], can: impl Fn(&str) -> bool) -> Vec<Candidate> {
        let values = asked.iter().flat_map(|condition| &condition.values.items).filter(|value| can(value));
        let fitting = values.flat_map(|value| {
            ["somebody-else/any", "somebody-else", "0", ""].map(|star| fill(value, star, &self.scene.context))
        });
        let flags = ["true", "false"].map(str::to_owned);
        let own = if claim == "sub" { self.issuer.example_subject() } else { STRANGER_VALUE };
        let texts = std::iter::once(own.to_owned()).chain(fitting).chain(flags);
        let is_multivalued = asked
            .iter()
            .any(|condition| condition.operator.is_some_and(|operator| operator.quantifier.is_some()));
        let value = |text: String| {
            if is_multivalued { ContextValue::Many(vec![text]) } else { ContextValue::Single(text) }
        };
        std::iter::once(None).chain(texts.map(|text| Some(value(text)))).map(candidate).collect()
    }
}

/// What `amr` says ("Role trust and permissions" in the Amazon Cognito Developer Guide): of guests one word, of others
/// how they signed in as well.
fn logins<'v>(state: Login, asked: impl Iterator<Item = &'v String>) -> Vec<Candidate> {
    let many = |values: Vec<String>| candidate(Some(ContextValue::Many(values)));
    match state {
        Login::Guest => vec![many(vec![GUEST.to_owned()])],
        Login::SignedIn => {
            let providers = asked.filter(|value| !value.eq_ignore_ascii_case(GUEST));
            let providers = providers.map(|value| fill(value, "0", &Context::new()));
            let plain = std::iter::once(vec![SIGNED_IN.to_owned()]);
            plain.chain(providers.map(|one| vec![SIGNED_IN.to_owned(), one])).map(many).collect()
        }
    }
}

fn candidate(value: Option<ContextValue>) -> Candidate {
    Candidate { value, reach: Reach::Anybody }
}

/// Whether a value is one value, and no pattern or variable.
fn is_literal(value: &str) -> bool {
    !value.is_empty() && !value.contains(['*', '?', '$'])
}

impl TrustAccess {
    /// The way in that was found, if there is one.
    pub(super) fn of(way: Option<super::scene::WayIn>) -> Self {
        way.map_or_else(Self::default, |way| Self {
            access: access(&way),
            residual: way.residual,
            witness: way.witness,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GITHUB: &str = "token.actions.githubusercontent.com";

    fn trust(issuer: &str, condition: &str) -> FederatedTrust {
        let provider =
            if issuer.contains("provider/") || !issuer.contains('/') && issuer.starts_with("cognito") {
                issuer.to_owned()
            } else {
                format!("arn:aws:iam::111122223333:oidc-provider/{issuer}")
            };
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}},
                "Action": ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"], "Condition": {condition}}}]}}"#
        );
        let document = PolicyDocument::from_text(&text).unwrap();
        let found = federated_trusts(&document, "arn:aws:iam::111122223333:role/r", "111122223333", "aws");
        found.into_iter().next().unwrap()
    }

    fn github(condition: &str) -> FederatedTrust {
        trust(GITHUB, &condition.replace("GH", GITHUB))
    }

    #[test]
    fn a_stranger_s_repository_is_let_in_unless_the_owner_is_fixed() {
        for (condition, expected) in [
            ("{}", Access::Yes),
            (r#"{"StringEquals": {"GH:aud": "sts.amazonaws.com"}}"#, Access::Yes),
            (r#"{"StringLike": {"GH:sub": "repo:acme/*"}}"#, Access::No),
            (r#"{"StringLike": {"GH:sub": "repo:acme*"}}"#, Access::Yes),
            (r#"{"StringLike": {"GH:sub": ["repo:acme/*", "repo:*:environment:prod"]}}"#, Access::Yes),
            (r#"{"StringEquals": {"GH:repository_id": "1234"}}"#, Access::No),
            (r#"{"StringEquals": {"GH:environment": "production"}}"#, Access::Yes),
            (r#"{"ForAllValues:StringLike": {"GH:sub": "repo:acme/*"}}"#, Access::Yes),
            (r#"{"ForAnyValue:StringLike": {"GH:sub": "repo:acme/*"}}"#, Access::No),
            (r#"{"StringLikeIfExists": {"GH:sub": "repo:acme/*"}}"#, Access::Yes),
            (r#"{"StringNotLike": {"GH:sub": "repo:evil/*"}}"#, Access::Yes),
            (r#"{"Null": {"GH:sub": "false"}}"#, Access::Yes),
            // Tokens of GitHub have no claims of GitLab: nobody gets in.
            (
                r#"{"StringEquals": {"gitlab.com:sub": "project_path:acme/web:ref_type:branch:ref:main"}}"#,
                Access::No,
            ),
        ] {
            assert_eq!(github(condition).strangers.access, expected, "{condition}");
        }
        let witness = github("{}").strangers.witness.unwrap();
        assert_eq!(witness.action, "sts:AssumeRoleWithWebIdentity");
        let limited = github(r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#);
        assert_eq!(limited.strangers.access, Access::Conditional);
    }

    #[test]
    fn repository_and_revision_are_asked_one_by_one() {
        for (condition, other_projects, any_revision) in [
            (r#"{"StringLike": {"GH:sub": "repo:acme/*"}}"#, Access::Yes, Access::Yes),
            (r#"{"StringLike": {"GH:sub": "repo:acme/web:*"}}"#, Access::No, Access::Yes),
            (r#"{"StringEquals": {"GH:sub": "repo:acme/web:pull_request"}}"#, Access::No, Access::Yes),
            (r#"{"StringEquals": {"GH:sub": "repo:acme/web:ref:refs/heads/main"}}"#, Access::No, Access::No),
            (
                r#"{"StringLike": {"GH:sub": "repo:acme/web:*"}, "StringEquals": {"GH:environment": "production"}}"#,
                Access::No,
                Access::No,
            ),
        ] {
            let found = github(condition);
            assert_eq!(found.other_projects.access, other_projects, "{condition}");
            assert_eq!(found.any_revision.access, any_revision, "{condition}");
        }
    }

    #[test]
    fn an_audience_is_required_if_nothing_else_goes() {
        assert!(github(r#"{"StringEquals": {"GH:aud": "sts.amazonaws.com"}}"#).audience_required);
        assert!(!github(r#"{"StringLike": {"GH:aud": "*"}}"#).audience_required);
        assert!(
            !github(r#"{"ForAllValues:StringEquals": {"GH:aud": "sts.amazonaws.com"}}"#).audience_required
        );
        let saml = |condition: &str| trust("arn:aws:iam::111122223333:saml-provider/company", condition);
        assert!(
            saml(r#"{"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}"#).audience_required
        );
        assert!(!saml(r#"{"StringEquals": {"SAML:iss": "https://idp.example"}}"#).audience_required);
        assert!(!saml(r#"{"StringEquals": {"SAML:aud": "https://other.example/saml"}}"#).audience_required);
    }

    #[test]
    fn a_cluster_s_namespaces_and_service_accounts() {
        let cluster = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
        for (sub, strangers, others) in [
            ("system:serviceaccount:web:front", Access::No, Access::No),
            ("system:serviceaccount:web:*", Access::No, Access::Yes),
            ("system:serviceaccount:*:*", Access::Yes, Access::Yes),
        ] {
            let found = trust(cluster, &format!(r#"{{"StringLike": {{"{cluster}:sub": "{sub}"}}}}"#));
            assert_eq!((found.strangers.access, found.other_projects.access), (strangers, others), "{sub}");
        }
    }

    #[test]
    fn identity_pools_and_who_has_signed_in() {
        let pool = "cognito-identity.amazonaws.com";
        let ask = |amr: &str| {
            trust(
                pool,
                &format!(
                    r#"{{"StringEquals": {{"{pool}:aud": "eu-west-1:1234"}}, "ForAnyValue:StringLike": {{"{pool}:amr": "{amr}"}}}}"#
                ),
            )
        };
        for (amr, guests, signed_in) in [
            ("authenticated", Access::No, Access::Yes),
            ("unauthenticated", Access::Yes, Access::No),
            ("*authenticated", Access::Yes, Access::Yes),
            ("graph.facebook.com", Access::No, Access::Yes),
        ] {
            let found = ask(amr);
            assert_eq!((found.guests.access, found.signed_in.access), (guests, signed_in), "{amr}");
            assert_eq!(found.strangers.access, Access::No);
        }
        let open =
            trust(pool, &format!(r#"{{"ForAnyValue:StringLike": {{"{pool}:amr": "authenticated"}}}}"#));
        assert_eq!(open.strangers.access, Access::Yes);
    }
}
