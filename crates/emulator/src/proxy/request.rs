//! A request as the proxy understands it.

use std::collections::BTreeMap;
use std::time::Instant;

use hyper::body::Bytes;
use hyper::http::request::Parts;
use percent_encoding::percent_decode_str;

use super::operation::{self, Protocol};

/// One request that came through the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Service and operation, such as `s3:GetBucketPolicy` or `s3control:GetPublicAccessBlock`.
    pub operation: String,
    /// The region that the request was signed for; empty if it was not signed.
    pub region: String,
    /// The access key id that signed it; empty if it was not signed.
    pub access_key: String,
    /// The bucket, repository, user, role, group or policy that it is about, where it names one.
    pub resource: Option<String>,
    /// 1 for the first page of a listing and for all that is no listing.
    pub page: usize,
    /// When it came.
    pub arrived: Instant,
    /// Whether it was more than [`Proxy::throttle_above`](crate::Proxy::throttle_above) lets through.
    pub throttled: bool,
}

/// A request with all that is needed to answer it.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) request: Request,
    pub(super) protocol: Protocol,
    pub(super) parts: Parts,
    pub(super) body: Bytes,
    /// What the query, the form or the JSON body says, as text.
    pub(super) parameters: BTreeMap<String, String>,
}

/// The parameters that name what a request is about, in order of preference.
const RESOURCES: &[&str] = &[
    "repositoryName",
    "UserName",
    "RoleName",
    "GroupName",
    "PolicyArn",
    "InstanceProfileName",
    "AlternateContactType",
];

/// The parameters in which a listing's continuation comes back.
const CONTINUATIONS: &[&str] = &["Marker", "nextToken", "NextToken", "continuation-token"];

impl Incoming {
    /// Understands a request.
    pub(super) fn read(parts: Parts, body: Bytes) -> Self {
        let path = percent_decode_str(parts.uri.path()).decode_utf8_lossy().into_owned();
        let query = form_pairs(parts.uri.query().unwrap_or_default());
        let authorization = header(&parts, "authorization");
        let scope: Vec<&str> = authorization
            .split_once("Credential=")
            .and_then(|(_, rest)| rest.split(',').next())
            .map(|credential| credential.split('/').collect())
            .unwrap_or_default();
        let part = |index: usize| scope.get(index).copied().unwrap_or_default().to_owned();
        // What is not signed is a sign-in with a web identity or SAML.
        let signing_name = if scope.is_empty() { "sts".to_owned() } else { part(3) };
        let protocol = operation::protocol(&signing_name, &path);
        let parameters = parameters(protocol, query.clone(), &body);
        let (name, mut resource) = match protocol {
            Protocol::Query => (parameters.get("Action").cloned().unwrap_or_default(), None),
            Protocol::Json => (target(&parts), None),
            Protocol::RestJson => (operation::rest_json(&parts.method, &path), None),
            Protocol::S3 => operation::s3(&parts.method, &path, &query),
            Protocol::S3Control => operation::s3_control(&parts.method, &path),
        };
        resource = resource.or_else(|| RESOURCES.iter().find_map(|name| parameters.get(*name).cloned()));
        let service = if protocol == Protocol::S3Control { "s3control" } else { signing_name.as_str() };
        let mut incoming = Self {
            request: Request {
                operation: format!("{service}:{name}"),
                region: part(2),
                access_key: part(0),
                resource,
                page: 1,
                arrived: Instant::now(),
                throttled: false,
            },
            protocol,
            parts,
            body,
            parameters,
        };
        incoming.request.page = incoming.continuation().map_or(1, |continuation| continuation.page);
        incoming
    }

    /// The continuation of a listing that this proxy cut into pages.
    pub(super) fn continuation(&self) -> Option<Continuation> {
        CONTINUATIONS.iter().find_map(|name| Continuation::parse(self.parameters.get(*name)?))
    }
}

/// Where the next page of a listing begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Continuation {
    pub(super) listing: usize,
    pub(super) offset: usize,
    pub(super) page: usize,
}

impl Continuation {
    const PREFIX: &str = "page";

    /// The text that a client sends back.
    pub(super) fn token(self) -> String {
        format!("{}-{}-{}-{}", Self::PREFIX, self.listing, self.offset, self.page)
    }

    fn parse(token: &str) -> Option<Self> {
        let mut parts = token.split('-');
        if parts.next()? != Self::PREFIX {
            return None;
        }
        let mut number = || parts.next()?.parse().ok();
        Some(Self { listing: number()?, offset: number()?, page: number()? })
    }
}

fn header(parts: &Parts, name: &str) -> String {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// The operation in `X-Amz-Target`, such as `DescribeRepositories`.
fn target(parts: &Parts) -> String {
    header(parts, "x-amz-target").rsplit('.').next().unwrap_or_default().to_owned()
}

fn parameters(protocol: Protocol, query: Vec<(String, String)>, body: &Bytes) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(body);
    match protocol {
        Protocol::S3 | Protocol::S3Control => query.into_iter().collect(),
        Protocol::Query => query.into_iter().chain(form_pairs(&text)).collect(),
        Protocol::Json | Protocol::RestJson => {
            let object: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
            let shown = object.into_iter().map(|(name, value)| match value {
                serde_json::Value::String(text) => (name, text),
                other => (name, other.to_string()),
            });
            query.into_iter().chain(shown).collect()
        }
    }
}

fn form_pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
