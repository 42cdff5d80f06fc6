//! The issuers of tokens that roles trust, and which of their claims say whose token it is.
//!
//! Sources: "Available keys for AWS OIDC federation" in the IAM User Guide; "OpenID Connect reference" of GitHub;
//! "OpenID Connect in CI/CD" of GitLab; "Workload identity tokens" of HCP Terraform; "Buildkite OIDC"; "OpenID Connect
//! Federation" of Vercel; "IAM roles for service accounts" of Amazon EKS; "Role trust and permissions" of Amazon Cognito.

/// What kind of identity provider vouches for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IssuerKind {
    /// A SAML provider.
    Saml,
    /// GitHub Actions.
    GitHub,
    /// Another builder or deployer of code that serves many customers under one address.
    SharedCi,
    /// A cluster of Amazon EKS.
    Eks,
    /// Identity pools of Amazon Cognito.
    Cognito,
    /// Logins of Google, Facebook, Amazon or Apple.
    ConsumerLogin,
    /// Any other OpenID Connect provider; it is taken to serve its owner alone.
    Other,
}

/// Somebody whom a policy may mean to keep out, though the issuer vouches for him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// Another customer of the issuer; of a cluster, another namespace.
    Stranger,
    /// The same customer, for another repository or project; of a cluster, another service account.
    OtherProject,
    /// The same project, for any branch or pull request.
    AnyRevision,
}

/// What a claim, or a part of its text, pins down.
#[derive(Clone, Copy)]
struct Pin {
    claim: &'static str,
    /// What stands before the part; empty if the text begins with it.
    marker: &'static str,
    end: End,
}

/// Where such a part ends, up to which no wildcard may stand.
#[derive(Clone, Copy)]
enum End {
    /// With the marker: what follows may be a pattern.
    Marker,
    /// Before this character, or with the text.
    Before(char),
    /// With the text.
    Text,
}

const fn pin(claim: &'static str, marker: &'static str, end: End) -> Pin {
    Pin { claim, marker, end }
}

const fn whole(claim: &'static str) -> Pin {
    pin(claim, "", End::Text)
}

/// An issuer that serves many.
struct Known {
    address: &'static str,
    kind: IssuerKind,
    /// What pins the customer.
    customer: &'static [Pin],
    /// What pins the project.
    project: &'static [Pin],
    /// A subject that a stranger's token could have.
    example: &'static str,
}

/// The beginning of a stranger's part of a subject.
const ELSE: &str = "somebody-else";

const GITHUB: &str = "token.actions.githubusercontent.com";

/// Subjects can be customised, so that each part may stand anywhere in it. A workflow that is called by reference
/// (`job_workflow_ref`) fixes what runs, whoever calls it.
const GITHUB_OWNERS: [Pin; 14] = [
    pin("sub", "repo:", End::Before('/')),
    pin("sub", "repository:", End::Before('/')),
    pin("sub", "repository_owner:", End::Before(':')),
    pin("sub", "repository_owner_id:", End::Before(':')),
    pin("sub", "repository_id:", End::Before(':')),
    pin("sub", "enterprise:", End::Before(':')),
    pin("sub", "enterprise_id:", End::Before(':')),
    pin("sub", "job_workflow_ref:", End::Before('/')),
    pin("repository", "", End::Before('/')),
    whole("repository_id"),
    whole("repository_owner"),
    whole("repository_owner_id"),
    whole("enterprise_id"),
    pin("job_workflow_ref", "", End::Before('/')),
];
const GITHUB_REPOSITORIES: [Pin; 7] = [
    pin("sub", "repo:", End::Before(':')),
    pin("sub", "repository:", End::Before(':')),
    pin("sub", "repository_id:", End::Before(':')),
    pin("sub", "job_workflow_ref:", End::Before('@')),
    whole("repository"),
    whole("repository_id"),
    pin("job_workflow_ref", "", End::Before('@')),
];
/// Tags may be patterns: who may make tags can be limited as a whole.
const GITHUB_REVISIONS: [Pin; 8] = [
    pin("sub", "ref:refs/heads/", End::Before(':')),
    pin("sub", "ref:refs/tags/", End::Marker),
    pin("sub", "environment:", End::Before(':')),
    pin("sub", "job_workflow_ref:", End::Text),
    pin("ref", "refs/heads/", End::Text),
    pin("ref", "refs/tags/", End::Marker),
    whole("environment"),
    whole("job_workflow_ref"),
];

const KNOWN: [Known; 10] = [
    Known {
        address: GITHUB,
        kind: IssuerKind::GitHub,
        customer: &GITHUB_OWNERS,
        project: &GITHUB_REPOSITORIES,
        example: "repo:somebody-else/any-repository:ref:refs/heads/main",
    },
    Known {
        address: "gitlab.com",
        kind: IssuerKind::SharedCi,
        customer: &[
            pin("sub", "project_path:", End::Before('/')),
            pin("project_path", "", End::Before('/')),
            whole("project_id"),
            whole("namespace_id"),
            whole("namespace_path"),
        ],
        project: &[pin("sub", "project_path:", End::Before(':')), whole("project_path"), whole("project_id")],
        example: "project_path:somebody-else/any-project:ref_type:branch:ref:main",
    },
    Known {
        address: "app.terraform.io",
        kind: IssuerKind::SharedCi,
        customer: &[
            pin("sub", "organization:", End::Before(':')),
            whole("terraform_organization_id"),
            whole("terraform_organization_name"),
        ],
        project: &[pin("sub", "project:", End::Before(':')), whole("terraform_project_id")],
        example: "organization:somebody-else:project:any:workspace:any:run_phase:apply",
    },
    Known {
        address: "agent.buildkite.com",
        kind: IssuerKind::SharedCi,
        customer: &[
            pin("sub", "organization:", End::Before(':')),
            whole("organization_id"),
            whole("organization_slug"),
        ],
        project: &[pin("sub", "pipeline:", End::Before(':')), whole("pipeline_id"), whole("pipeline_slug")],
        example: "organization:somebody-else:pipeline:any:ref:refs/heads/main:commit:0:step:any",
    },
    Known {
        address: "oidc.vercel.com",
        kind: IssuerKind::SharedCi,
        customer: &[pin("sub", "owner:", End::Before(':')), whole("owner_id"), whole("project_id")],
        project: &[pin("sub", "project:", End::Before(':')), whole("project_id")],
        example: "owner:somebody-else:project:any:environment:production",
    },
    Known {
        address: "cognito-identity.amazonaws.com",
        kind: IssuerKind::Cognito,
        customer: &[whole("aud"), whole("sub")],
        project: &[],
        example: ELSE,
    },
    Known {
        address: "accounts.google.com",
        kind: IssuerKind::ConsumerLogin,
        customer: &[whole("aud"), whole("oaud"), whole("sub"), whole("email")],
        project: &[],
        example: ELSE,
    },
    Known {
        address: "graph.facebook.com",
        kind: IssuerKind::ConsumerLogin,
        customer: &[whole("app_id"), whole("id")],
        project: &[],
        example: ELSE,
    },
    Known {
        address: "www.amazon.com",
        kind: IssuerKind::ConsumerLogin,
        customer: &[whole("app_id"), whole("user_id")],
        project: &[],
        example: ELSE,
    },
    Known {
        address: "appleid.apple.com",
        kind: IssuerKind::ConsumerLogin,
        customer: &[whole("aud"), whole("sub")],
        project: &[],
        example: ELSE,
    },
];

const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const EKS_NAMESPACES: [Pin; 1] = [pin("sub", SERVICE_ACCOUNT, End::Before(':'))];
const EKS_SERVICE_ACCOUNTS: [Pin; 1] = [pin("sub", SERVICE_ACCOUNT, End::Text)];

/// An issuer as a trust policy names it.
#[derive(Debug, Clone)]
pub(super) struct Issuer {
    /// Its address without `https://`, in lower case; of a SAML provider `saml`. Condition keys begin with it.
    pub(super) address: String,
    pub(super) kind: IssuerKind,
}

impl Issuer {
    /// The issuer that a `Federated` principal names.
    pub(super) fn of(principal: &str) -> Self {
        if principal.contains(":saml-provider/") {
            return Self { address: "saml".to_owned(), kind: IssuerKind::Saml };
        }
        let address = principal.split_once(":oidc-provider/").map_or(principal, |(_, address)| address);
        let address = address.trim_end_matches('/').to_ascii_lowercase();
        let kind = match known(&address) {
            Some(known) => known.kind,
            None if is_cluster(&address) => IssuerKind::Eks,
            // An enterprise may have an issuer of its own below GitHub's.
            None if address.starts_with(&format!("{GITHUB}/")) => IssuerKind::GitHub,
            None => IssuerKind::Other,
        };
        Self { address, kind }
    }

    /// The claim that a condition key names, both in lower case, if it is one of this issuer's.
    pub(super) fn claim<'k>(&self, key: &'k str) -> Option<&'k str> {
        key.strip_prefix(&self.address)?.strip_prefix(':')
    }

    /// Whether a condition key is a claim of another issuer, which no token of this one has.
    pub(super) fn is_of_another(&self, key: &str) -> bool {
        let issuer = key.rsplit_once(':').map(|(issuer, _)| issuer);
        let is_issuer =
            |issuer: &str| issuer == "saml" || (issuer.contains('.') && !issuer.starts_with("aws:"));
        self.claim(key).is_none() && issuer.is_some_and(is_issuer)
    }

    /// The claims that say which application a token was made for.
    pub(super) fn audience_claims(&self) -> &'static [&'static str] {
        match self.address.as_str() {
            "graph.facebook.com" | "www.amazon.com" => &["app_id"],
            _ => &["aud"],
        }
    }

    /// Whether the issuer can vouch for such a party.
    pub(super) fn serves(&self, party: Party) -> bool {
        match party {
            Party::Stranger | Party::OtherProject => !self.pins(party).is_empty(),
            Party::AnyRevision => self.kind == IssuerKind::GitHub,
        }
    }

    /// Whether a value that a condition asks of a claim keeps that party out.
    pub(super) fn keeps_out(&self, party: Party, claim: &str, value: &str) -> bool {
        let mut pins = self.pins(party).iter().filter(|pin| pin.claim == claim);
        pins.any(|pin| pin.is_fixed_in(value))
    }

    /// The subject of a stranger's token.
    pub(super) fn example_subject(&self) -> &'static str {
        match self.kind {
            IssuerKind::Eks => "system:serviceaccount:somebody-else:any",
            IssuerKind::GitHub => known(GITHUB).map_or(ELSE, |known| known.example),
            _ => known(&self.address).map_or(ELSE, |known| known.example),
        }
    }

    fn pins(&self, party: Party) -> &'static [Pin] {
        let known = known(&self.address);
        match (party, self.kind) {
            (Party::Stranger, IssuerKind::Eks) => &EKS_NAMESPACES,
            (Party::Stranger, _) => known.map_or(&[], |known| known.customer),
            (Party::OtherProject, IssuerKind::Eks) => &EKS_SERVICE_ACCOUNTS,
            (Party::OtherProject, IssuerKind::GitHub) => &GITHUB_REPOSITORIES,
            (Party::OtherProject, _) => known.map_or(&[], |known| known.project),
            (Party::AnyRevision, _) => &GITHUB_REVISIONS,
        }
    }
}

impl Pin {
    /// Whether the value fixes the part, so that no wildcard stands in it or before it.
    fn is_fixed_in(&self, value: &str) -> bool {
        let open = value.find(['*', '?', '$']);
        let literal = open.and_then(|at| value.get(..at)).unwrap_or(value);
        let Some(part) = self.part_of(literal) else { return false };
        let is_all = open.is_none() && !part.is_empty();
        match self.end {
            End::Marker => true,
            End::Before(end) => part.split_once(end).map_or(is_all, |(part, _)| !part.is_empty()),
            End::Text => is_all,
        }
    }

    /// What follows the marker, which begins the text or follows a colon.
    fn part_of<'v>(&self, literal: &'v str) -> Option<&'v str> {
        if let Some(part) = literal.strip_prefix(self.marker) {
            return Some(part);
        }
        literal.match_indices(':').find_map(|(at, _)| literal.get(at + 1..)?.strip_prefix(self.marker))
    }
}

fn known(address: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.address == address)
}

/// `oidc.eks.REGION.amazonaws.com/id/…`, in every partition.
fn is_cluster(address: &str) -> bool {
    address.starts_with("oidc.eks")
        && address
            .split_once('/')
            .is_some_and(|(host, path)| host.contains(".amazonaws.com") && path.starts_with("id/"))
}

/// Whether a value of `SAML:aud` is one of AWS's own sign-in pages, of any partition and region ("Configuring SAML
/// assertions for the authentication response"); behind `/saml` a provider's own address may follow.
pub(super) fn is_sign_in_page(value: &str) -> bool {
    const HOSTS: [&str; 4] = [
        "signin.aws.amazon.com",
        "signin.amazonaws.cn",
        "signin.amazonaws-us-gov.com",
        "signin.aws.amazonaws-eusc-de.eu",
    ];
    let Some((host, path)) = value.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let is_host = |known: &str| {
        host.strip_suffix(known).is_some_and(|region| region.is_empty() || region.ends_with('.'))
    };
    HOSTS.into_iter().any(is_host) && path.starts_with("saml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_fixed_only_if_no_wildcard_reaches_it() {
        let issuer =
            Issuer::of("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com");
        for (claim, value, kept_out) in [
            ("sub", "repo:acme/web:ref:refs/heads/main", true),
            ("sub", "repo:acme/*", true),
            ("sub", "repo:acme@1234/web@5678:ref:refs/heads/main", true),
            ("sub", "repo:acme*", false),
            ("sub", "repo:acme", true),
            ("sub", "repo:*", false),
            ("sub", "repo:*/web:*", false),
            ("sub", "repo:acm?/web:*", false),
            ("sub", "*", false),
            ("sub", "*:repo:acme/web", false),
            ("sub", "environment:production", false),
            ("sub", "environment:production:repository_owner:acme:ref:*", true),
            ("sub", "repository_owner_id:12*", false),
            ("repository", "acme/web", true),
            ("repository", "acme/*", true),
            ("repository", "acme*", false),
            ("repository_id", "1234", true),
            ("environment", "production", false),
            ("job_workflow_ref", "acme/flows/.github/workflows/deploy.yml@*", true),
        ] {
            assert_eq!(issuer.keeps_out(Party::Stranger, claim, value), kept_out, "{claim} {value}");
        }
    }

    #[test]
    fn a_revision_is_a_branch_a_kind_of_tag_or_an_environment() {
        let issuer = Issuer::of("token.actions.githubusercontent.com");
        for (claim, value, kept_out) in [
            ("sub", "repo:acme/web:ref:refs/heads/main", true),
            ("sub", "repo:acme/web:ref:refs/heads/*", false),
            ("sub", "repo:acme/web:ref:refs/tags/v*", true),
            ("sub", "repo:acme/web:environment:production", true),
            ("sub", "repo:acme/web:environment:prod*", false),
            ("sub", "repo:acme/web:pull_request", false),
            ("sub", "repo:acme/web:*", false),
            ("ref", "refs/heads/main", true),
            ("environment", "production", true),
        ] {
            assert_eq!(issuer.keeps_out(Party::AnyRevision, claim, value), kept_out, "{claim} {value}");
        }
    }

    #[test]
    fn issuers_are_told_by_their_address() {
        for (principal, kind) in [
            ("arn:aws:iam::111122223333:saml-provider/company", IssuerKind::Saml),
            ("cognito-identity.amazonaws.com", IssuerKind::Cognito),
            ("arn:aws:iam::111122223333:oidc-provider/gitlab.com", IssuerKind::SharedCi),
            ("arn:aws:iam::111122223333:oidc-provider/gitlab.acme.example", IssuerKind::Other),
            ("arn:aws:iam::111122223333:oidc-provider/oidc.vercel.com/acme", IssuerKind::Other),
            (
                "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/acme",
                IssuerKind::GitHub,
            ),
            (
                "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC",
                IssuerKind::Eks,
            ),
        ] {
            assert_eq!(Issuer::of(principal).kind, kind, "{principal}");
        }
    }

    #[test]
    fn only_aws_s_own_pages_take_assertions_for_aws() {
        for (value, expected) in [
            ("https://signin.aws.amazon.com/saml", true),
            ("https://eu-west-1.signin.aws.amazon.com/saml", true),
            ("https://signin.aws.amazon.com/saml/acs/SAMLSP123", true),
            ("https://signin.amazonaws-us-gov.com/saml", true),
            ("https://signin.aws.amazon.com.evil.example/saml", false),
            ("https://evilsignin.aws.amazon.com/saml", false),
            ("https://*", false),
            ("*", false),
        ] {
            assert_eq!(is_sign_in_page(value), expected, "{value}");
        }
    }
}
