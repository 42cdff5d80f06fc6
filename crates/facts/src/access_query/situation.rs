//! The request context: what principal, resource and snapshot imply, what the asker says, and what stays open
//! ("AWS global condition context keys").

use jiff::Timestamp;
use palisade_policy::context::Context;
use palisade_policy::principal::{Principal, PrincipalType};

use super::ServiceControlPolicies;

/// What the asker says about the requests.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// Context keys with their values; several values make a multi-valued key. They win over all else.
    pub context: Vec<(String, Vec<String>)>,
    /// Whether keys that nothing gives a value are absent, as in `palisade simulate`; otherwise they are unknown.
    pub complete: bool,
    /// Keys that are unknown all the same, with `*` at the end all that start so. These win over what is taken as
    /// usual: `aws:SecureTransport` is true, `aws:CurrentTime` the time of the snapshot.
    pub unknown: Vec<String>,
    /// The SCPs that bind the account; `None` if they were not read, which an answer then says.
    pub scps: Option<ServiceControlPolicies>,
}

/// Keys of requests that a service makes by itself or on somebody's behalf.
const FROM_SERVICES: [&str; 6] = [
    "aws:CalledVia*",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
];
/// Keys of requests with the credentials of users or roles.
const FROM_IDENTITIES: [&str; 4] =
    ["aws:FederatedProvider", "aws:MultiFactorAuth*", "aws:SourceIdentity", "aws:TokenIssueTime"];

impl Situation {
    /// What is the same for every request on a resource of this account.
    pub(super) fn of_all(&self, taken_at: Timestamp, account: &str) -> Context {
        let mut context = Context::new();
        if !self.complete {
            context.mark_unknown("*");
        }
        for key in &self.unknown {
            context.mark_unknown(key);
        }
        let usual = [
            ("aws:CurrentTime", taken_at.to_string()),
            ("aws:EpochTime", taken_at.as_second().to_string()),
            ("aws:ResourceAccount", account.to_owned()),
            ("aws:SecureTransport", "true".to_owned()),
            ("aws:ViaAWSService", "false".to_owned()),
        ];
        for (key, value) in usual.into_iter().filter(|(key, _)| !self.leaves_open(key)) {
            context.set(key, value);
        }
        context
    }

    /// What a principal adds to the keys of its kind.
    pub(super) fn of_principal(&self, kind: &Context, principal: &Principal) -> Context {
        let mut context = kind.clone();
        context.extend(&principal.implied_context());
        self.asked(&mut context);
        context
    }

    /// What all principals of a kind have in common; `known_tags` where their tags are all known.
    pub(super) fn of_kind(&self, all: &Context, kind: &PrincipalType, known_tags: bool) -> Context {
        let mut context = all.clone();
        self.absent(&mut context, &["aws:CalledVia*"]);
        let is_service = *kind == PrincipalType::Service;
        if !is_service {
            self.absent(&mut context, &FROM_SERVICES);
        }
        if known_tags {
            self.absent(&mut context, &["aws:PrincipalTag/*"]);
        }
        match kind {
            PrincipalType::User { .. } => self.absent(&mut context, &["aws:FederatedProvider"]),
            PrincipalType::Root => self.absent(&mut context, &["aws:FederatedProvider", "aws:username"]),
            PrincipalType::Role { .. }
            | PrincipalType::RoleSession { .. }
            | PrincipalType::FederatedUser { .. } => self.absent(&mut context, &["aws:username"]),
            PrincipalType::Service | PrincipalType::Anonymous => {
                self.absent(&mut context, &FROM_IDENTITIES);
                self.absent(&mut context, &["aws:Principal*", "aws:username", "aws:userid"]);
            }
            PrincipalType::Federated => self.absent(&mut context, &["aws:Principal*", "aws:username"]),
            PrincipalType::CanonicalUser => {}
        }
        context
    }

    /// What is known of somebody in an account, whoever he is; without an account, in any.
    pub(super) fn of_somebody(&self, all: &Context, account: Option<&str>) -> Context {
        let mut context = all.clone();
        context.set("aws:PrincipalIsAWSService", "false");
        if let Some(account) = account {
            context.set("aws:PrincipalAccount", account);
        }
        self.absent(&mut context, &FROM_SERVICES);
        self.asked(&mut context);
        context
    }

    fn absent(&self, context: &mut Context, keys: &[&str]) {
        for key in keys.iter().filter(|key| !self.is_named(key)) {
            context.mark_absent(key);
        }
    }

    fn asked(&self, context: &mut Context) {
        for (key, values) in &self.context {
            match values.as_slice() {
                [value] => context.set(key, value.as_str()),
                values => context.set_many(key, values.iter().map(String::as_str)),
            }
        }
    }

    fn leaves_open(&self, key: &str) -> bool {
        self.is_named(key) || self.unknown.iter().any(|name| name == "*")
    }

    /// Whether the asker says of this key, and not of all at once, that it is unknown.
    fn is_named(&self, key: &str) -> bool {
        let key = key.trim_end_matches('*').to_ascii_lowercase();
        self.unknown.iter().filter(|name| *name != "*").any(|name| {
            let name = name.to_ascii_lowercase();
            match name.strip_suffix('*') {
                Some(prefix) => key.starts_with(prefix),
                None => key == name || name.starts_with(&key) && key.ends_with('/'),
            }
        })
    }
}
