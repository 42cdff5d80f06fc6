//! What is asked: a principal, an action, a resource, a context.

use crate::arn::Arn;
use crate::context::Context;
use crate::principal::Principal;

/// One question: may this principal do this to that, in this context?
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// What for.
    pub action: &'a Action,
    /// On what.
    pub resource: &'a Resource,
    /// The condition keys. Nothing is added to them: see [`Request::implied_context`].
    pub context: &'a Context,
}

impl Request<'_> {
    /// The condition keys that principal and resource imply, for callers who know nothing better: those of
    /// [`Principal::implied_context`] and `aws:ResourceAccount`.
    #[must_use]
    pub fn implied_context(principal: &Principal, resource: &Resource) -> Context {
        let mut context = principal.implied_context();
        if let Some(account) = resource.account() {
            context.set("aws:ResourceAccount", account);
        }
        context
    }
}

/// An action: `s3:GetObject`. Case does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    service: String,
    name: String,
}

impl Action {
    /// Reads `service:Name`; `None` without a colon or with an empty part.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (service, name) = text.split_once(':')?;
        if service.is_empty() || name.is_empty() {
            return None;
        }
        Some(Self { service: service.to_ascii_lowercase(), name: name.to_ascii_lowercase() })
    }

    /// The service prefix, in lower case.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The name of the action, in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is this action, given in lower case.
    pub(crate) fn is(&self, service: &str, name: &str) -> bool {
        self.service == service && self.name == name
    }
}

/// What an action acts on: a resource, or nothing in particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    arn: String,
    /// Where each of the first five colons stands, as far as there are that many.
    colons: Vec<usize>,
    account: Option<String>,
}

impl Resource {
    /// A resource by its ARN. It belongs to the account that the ARN names; S3 buckets and other ARNs without an
    /// account need [`Resource::owned_by`].
    #[must_use]
    pub fn new(arn: &str) -> Self {
        let account = Arn::parse(arn).map(|arn| arn.account).filter(|account| !account.is_empty());
        Self {
            account: account.map(ToOwned::to_owned),
            colons: arn.match_indices(':').map(|(at, _)| at).take(5).collect(),
            arn: arn.to_owned(),
        }
    }

    /// No resource: for actions that take none, such as `s3:ListAllMyBuckets`. Policies match these with
    /// `"Resource": "*"` only.
    #[must_use]
    pub fn none() -> Self {
        Self { arn: "*".to_owned(), colons: Vec::new(), account: None }
    }

    /// Says which account owns the resource.
    #[must_use]
    pub fn owned_by(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// The ARN, or `*`.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Whether it is [`Resource::none`].
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.arn == "*"
    }

    /// The account that owns it; `None` means the principal's own.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The ARN's text before and after its `count`-th colon.
    pub(crate) fn split_after(&self, count: usize) -> Option<(&str, &str)> {
        match count.checked_sub(1) {
            None => Some(("", &self.arn)),
            Some(last) => {
                let at = self.colons.get(last)? + 1;
                self.arn.split_at_checked(at)
            }
        }
    }

    /// The sixth component of the ARN: `role/x`, `key/…`.
    pub(crate) fn name(&self) -> &str {
        self.split_after(5).map_or("", |(_, name)| name)
    }
}
