//! Who makes a request.

use crate::arn::{Arn, is_account_id};
use crate::context::Context;

/// The principal of a request.
///
/// ```
/// use palisade_policy::principal::Principal;
///
/// let user = Principal::parse("arn:aws:iam::111122223333:user/team/alice").with_unique_id("AIDAEXAMPLE");
/// assert_eq!(user.account(), Some("111122223333"));
/// let session = Principal::role_session("arn:aws:iam::111122223333:role/path/deploy", "build-42");
/// assert_eq!(session.as_text(), "arn:aws:sts::111122223333:assumed-role/deploy/build-42");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    text: String,
    kind: PrincipalType,
    account: Option<String>,
    unique_id: Option<String>,
    tags: Vec<(String, String)>,
}

/// What kind of principal it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalType {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User {
        /// Its name, without the path.
        name: String,
    },
    /// An IAM role, standing for any of its sessions.
    Role {
        /// Its name, without the path.
        name: String,
    },
    /// A session of an IAM role.
    RoleSession {
        /// The role's name, without the path.
        role: String,
        /// The role's ARN, if known with its path.
        role_arn: Option<String>,
        /// The session's name.
        session: String,
    },
    /// A session from `GetFederationToken`.
    FederatedUser {
        /// The name given to the session.
        name: String,
    },
    /// An AWS service.
    Service,
    /// Someone an identity provider vouches for, without AWS credentials yet.
    Federated,
    /// An account known to S3 by its canonical user id.
    CanonicalUser,
    /// Nobody in particular.
    Anonymous,
}

impl Principal {
    /// The principal of an unsigned request.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::new("anonymous".to_owned(), PrincipalType::Anonymous, None)
    }

    /// A session of a role, named by the role's ARN.
    #[must_use]
    pub fn role_session(role_arn: &str, session: &str) -> Self {
        let (partition, account, role) = match Arn::parse(role_arn) {
            Some(arn) => (arn.partition, arn.account, last_segment(arn.resource)),
            None => ("aws", "", role_arn),
        };
        let kind = PrincipalType::RoleSession {
            role: role.to_owned(),
            role_arn: Some(role_arn.to_owned()),
            session: session.to_owned(),
        };
        let text = format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}");
        Self::new(text, kind, Some(account.to_owned()))
    }

    /// An AWS service, by its principal's name, whatever that looks like.
    #[must_use]
    pub fn service(name: &str) -> Self {
        Self::new(name.to_owned(), PrincipalType::Service, None)
    }

    /// A user of an identity provider, by the provider's ARN or host name, whatever that looks like.
    #[must_use]
    pub fn federated(provider: &str) -> Self {
        Self::new(provider.to_owned(), PrincipalType::Federated, None)
    }

    /// Reads a principal: an ARN, an account id (its root user), a service (`lambda.amazonaws.com`), an identity
    /// provider (its ARN or host name), a canonical user id (64 hexadecimal digits), or `anonymous` or `*`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if let Some(arn) = Arn::parse(text) {
            let account = Some(arn.account.to_owned()).filter(|account| !account.is_empty());
            return Self::new(text.to_owned(), kind_of_arn(&arn), account);
        }
        let (kind, account) = if is_account_id(text) {
            (PrincipalType::Root, Some(text.to_owned()))
        } else if text == "anonymous" || text == "*" {
            (PrincipalType::Anonymous, None)
        } else if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            (PrincipalType::CanonicalUser, None)
        } else if is_service(text) {
            (PrincipalType::Service, None)
        } else {
            (PrincipalType::Federated, None)
        };
        Self::new(text.to_owned(), kind, account)
    }

    fn new(text: String, kind: PrincipalType, account: Option<String>) -> Self {
        Self { text, kind, account, unique_id: None, tags: Vec::new() }
    }

    /// Adds the unique id: `AIDA…` of a user, `AROA…` of a role.
    #[must_use]
    pub fn with_unique_id(mut self, id: &str) -> Self {
        self.unique_id = Some(id.to_owned());
        self
    }

    /// Adds a tag of the user or role.
    #[must_use]
    pub fn with_tag(mut self, key: &str, value: &str) -> Self {
        self.tags.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The principal as written: an ARN, a service name, `anonymous`, …
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// What kind of principal it is.
    #[must_use]
    pub fn kind(&self) -> &PrincipalType {
        &self.kind
    }

    /// The account it belongs to. Services, identity providers' users and anonymous callers belong to none.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        if self.is_identity() { self.account.as_deref() } else { None }
    }

    /// Whether identity policies, boundaries and SCPs can apply to it: it is an account's root user, a user, a role or
    /// a session.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        matches!(
            self.kind,
            PrincipalType::Root
                | PrincipalType::User { .. }
                | PrincipalType::Role { .. }
                | PrincipalType::RoleSession { .. }
                | PrincipalType::FederatedUser { .. }
        )
    }

    /// Whether it is a service-linked role or a session of one. SCPs and RCPs do not restrict these.
    #[must_use]
    pub fn is_service_linked_role(&self) -> bool {
        match &self.kind {
            PrincipalType::Role { .. } => is_service_linked_role_arn(&self.text),
            PrincipalType::RoleSession { role_arn: Some(role_arn), .. } => {
                is_service_linked_role_arn(role_arn)
            }
            PrincipalType::RoleSession { role, .. } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }

    /// The condition keys that the principal itself implies: `aws:PrincipalArn`, `aws:PrincipalAccount`,
    /// `aws:PrincipalType`, `aws:username`, `aws:userid`, `aws:PrincipalTag/…`, `aws:PrincipalIsAWSService`,
    /// `aws:PrincipalServiceName` ("AWS global condition context keys").
    #[must_use]
    pub fn implied_context(&self) -> Context {
        let mut context = Context::new();
        let is_service = self.kind == PrincipalType::Service;
        context.set("aws:PrincipalIsAWSService", is_service.to_string());
        if let Some(account) = self.account() {
            context.set("aws:PrincipalAccount", account);
        }
        let unique_id = self.unique_id.as_deref();
        let (principal_type, arn, user_id) = match &self.kind {
            PrincipalType::Root => {
                let account = self.account.as_deref().unwrap_or_default();
                ("Account", Some(self.root_arn(account)), Some(account.to_owned()))
            }
            PrincipalType::User { name } => {
                context.set("aws:username", name.as_str());
                ("User", Some(self.text.clone()), unique_id.map(ToOwned::to_owned))
            }
            PrincipalType::Role { .. } => ("AssumedRole", Some(self.text.clone()), None),
            PrincipalType::RoleSession { role_arn, session, .. } => {
                ("AssumedRole", role_arn.clone(), unique_id.map(|id| format!("{id}:{session}")))
            }
            PrincipalType::FederatedUser { name } => {
                let account = self.account.as_deref().unwrap_or_default();
                ("FederatedUser", Some(self.text.clone()), Some(format!("{account}:{name}")))
            }
            PrincipalType::Service => {
                context.set("aws:PrincipalServiceName", self.text.as_str());
                return context;
            }
            PrincipalType::Federated | PrincipalType::CanonicalUser => return context,
            PrincipalType::Anonymous => {
                context.set("aws:userid", "anonymous");
                ("Anonymous", None, None)
            }
        };
        context.set("aws:PrincipalType", principal_type);
        if let Some(arn) = arn {
            context.set("aws:PrincipalArn", arn);
        }
        if let Some(user_id) = user_id {
            context.set("aws:userid", user_id);
        }
        for (key, value) in &self.tags {
            context.set(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
        context
    }

    fn root_arn(&self, account: &str) -> String {
        let partition = Arn::parse(&self.text).map_or("aws", |arn| arn.partition);
        format!("arn:{partition}:iam::{account}:root")
    }
}

fn kind_of_arn(arn: &Arn<'_>) -> PrincipalType {
    let (resource_type, rest) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
    match (arn.service, resource_type) {
        ("iam", "root") => PrincipalType::Root,
        ("iam", "user") => PrincipalType::User { name: last_segment(rest).to_owned() },
        ("iam", "role") => PrincipalType::Role { name: last_segment(rest).to_owned() },
        ("sts", "assumed-role") => {
            let (role, session) = rest.split_once('/').unwrap_or((rest, ""));
            PrincipalType::RoleSession { role: role.to_owned(), role_arn: None, session: session.to_owned() }
        }
        ("sts", "federated-user") => PrincipalType::FederatedUser { name: rest.to_owned() },
        _ => PrincipalType::Federated,
    }
}

/// What follows the last slash: the name of a user or role whose ARN may have a path.
pub(crate) fn last_segment(text: &str) -> &str {
    text.rsplit_once('/').map_or(text, |(_, name)| name)
}

fn is_service(text: &str) -> bool {
    // Identity providers that AWS knows by name look like services.
    const PROVIDERS: [&str; 2] = ["cognito-identity.amazonaws.com", "www.amazon.com"];
    !PROVIDERS.contains(&text)
        && (text.ends_with(".amazonaws.com")
            || text.ends_with(".amazonaws.com.cn")
            || text.ends_with(".amazon.com"))
}

fn is_service_linked_role_arn(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.resource.starts_with("role/aws-service-role/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::ContextValue;

    fn kind(text: &str) -> PrincipalType {
        Principal::parse(text).kind
    }

    #[test]
    fn principals_are_told_apart() {
        assert_eq!(kind("111122223333"), PrincipalType::Root);
        assert_eq!(kind("arn:aws:iam::111122223333:root"), PrincipalType::Root);
        assert_eq!(kind("arn:aws:iam::111122223333:user/a/b"), PrincipalType::User { name: "b".to_owned() });
        assert_eq!(kind("lambda.amazonaws.com"), PrincipalType::Service);
        assert_eq!(kind("cognito-identity.amazonaws.com"), PrincipalType::Federated);
        assert_eq!(kind("arn:aws:iam::111122223333:saml-provider/x"), PrincipalType::Federated);
        assert_eq!(kind("accounts.google.com"), PrincipalType::Federated);
        assert_eq!(kind("anonymous"), PrincipalType::Anonymous);
        assert_eq!(Principal::parse("arn:aws:iam::111122223333:saml-provider/x").account(), None);
    }

    #[test]
    fn sessions_imply_the_role() {
        let session =
            Principal::role_session("arn:aws:iam::111122223333:role/p/r", "s").with_unique_id("AROA1");
        let context = session.implied_context();
        let single = |text: &str| Some(ContextValue::Single(text.to_owned()));
        assert_eq!(context.get("AWS:principalarn").cloned(), single("arn:aws:iam::111122223333:role/p/r"));
        assert_eq!(context.get("aws:userid").cloned(), single("AROA1:s"));
        assert_eq!(context.get("aws:username"), None);
    }

    #[test]
    fn service_linked_roles_are_known_by_path_or_session() {
        for text in [
            "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
            "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s",
        ] {
            assert!(Principal::parse(text).is_service_linked_role(), "{text}");
        }
        assert!(
            !Principal::parse("arn:aws:iam::111122223333:role/AWSServiceRoleForX").is_service_linked_role()
        );
    }
}
