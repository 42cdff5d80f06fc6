//! Cuts listings into pages as AWS does; moto returns most of them whole.

use std::sync::Arc;

use serde_json::{Value, json};
use xmltree::{Element, XMLNode};

use super::answer::Answer;
use super::error_format;
use super::mend::{child, written};
use super::request::{Continuation, Incoming};
use super::state::State;

/// How one operation pages.
#[derive(Debug, PartialEq, Eq)]
struct Paging {
    operation: &'static str,
    /// The lists that share the pages, in the order in which they are filled.
    lists: &'static [&'static str],
    style: Style,
}

/// The names that a service gives to page size and continuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `MaxItems`, `Marker`, `IsTruncated`.
    Iam,
    /// `maxResults`, `nextToken`.
    Json,
    /// `max-buckets`, `continuation-token`.
    Buckets,
    /// `maxResults`, `NextToken`.
    S3Control,
}

impl Style {
    fn limit(self) -> &'static str {
        match self {
            Self::Iam => "MaxItems",
            Self::Json | Self::S3Control => "maxResults",
            Self::Buckets => "max-buckets",
        }
    }

    fn continuation(self) -> &'static str {
        match self {
            Self::Iam => "Marker",
            Self::Json => "nextToken",
            Self::Buckets => "ContinuationToken",
            Self::S3Control => "NextToken",
        }
    }
}

const fn iam(operation: &'static str, lists: &'static [&'static str]) -> Paging {
    Paging { operation, lists, style: Style::Iam }
}

const fn ecr(operation: &'static str, lists: &'static [&'static str]) -> Paging {
    Paging { operation, lists, style: Style::Json }
}

const PAGINGS: &[Paging] = &[
    iam(
        "iam:GetAccountAuthorizationDetails",
        &["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"],
    ),
    iam("iam:ListAccessKeys", &["AccessKeyMetadata"]),
    iam("iam:ListAccountAliases", &["AccountAliases"]),
    iam("iam:ListGroups", &["Groups"]),
    iam("iam:ListInstanceProfiles", &["InstanceProfiles"]),
    iam("iam:ListMFADevices", &["MFADevices"]),
    iam("iam:ListPolicies", &["Policies"]),
    iam("iam:ListRoles", &["Roles"]),
    iam("iam:ListServerCertificates", &["ServerCertificateMetadataList"]),
    iam("iam:ListSSHPublicKeys", &["SSHPublicKeys"]),
    iam("iam:ListUsers", &["Users"]),
    iam("iam:ListVirtualMFADevices", &["VirtualMFADevices"]),
    ecr("ecr:DescribeImages", &["imageDetails"]),
    ecr("ecr:DescribeRepositories", &["repositories"]),
    ecr("ecr:ListImages", &["imageIds"]),
    Paging { operation: "access-analyzer:ListAnalyzers", lists: &["analyzers"], style: Style::Json },
    Paging { operation: "access-analyzer:ListFindings", lists: &["findings"], style: Style::Json },
    Paging { operation: "access-analyzer:ListArchiveRules", lists: &["archiveRules"], style: Style::Json },
    Paging { operation: "s3:ListBuckets", lists: &["Buckets"], style: Style::Buckets },
    Paging { operation: "s3control:ListAccessGrants", lists: &["AccessGrantsList"], style: Style::S3Control },
    Paging {
        operation: "s3control:ListAccessPointsForObjectLambda",
        lists: &["ObjectLambdaAccessPointList"],
        style: Style::S3Control,
    },
    Paging { operation: "s3control:ListAccessPoints", lists: &["AccessPointList"], style: Style::S3Control },
];

/// A whole listing, from which pages are cut.
#[derive(Debug)]
pub(super) struct Listing {
    paging: &'static Paging,
    headers: Vec<(String, String)>,
    content: Content,
}

/// The document without its members, and the members with the list each belongs to.
#[derive(Debug)]
enum Content {
    Xml { skeleton: Element, members: Vec<(&'static str, Element)> },
    Json { skeleton: Value, members: Vec<(&'static str, Value)> },
}

/// The first page of a listing that is longer than a page; other answers stay as they are.
pub(super) fn first_page(state: &State, incoming: &Incoming, answer: Answer) -> Answer {
    let paging = PAGINGS.iter().find(|paging| paging.operation == incoming.request.operation);
    let Some(paging) = paging.filter(|_| answer.status == 200) else { return answer };
    let Some(content) = Content::parse(paging, &answer.body) else { return answer };
    if content.len() <= page_size(state, incoming, paging) {
        return answer;
    }
    let listing = Arc::new(Listing { paging, headers: answer.headers, content });
    let place = state.with(|inner| {
        inner.listings.push(Arc::clone(&listing));
        inner.listings.len() - 1
    });
    next_page(state, incoming, Continuation { listing: place, offset: 0, page: 1 })
}

/// The page at a continuation; it can be asked for again.
pub(super) fn next_page(state: &State, incoming: &Incoming, from: Continuation) -> Answer {
    let listing = state.with(|inner| inner.listings.get(from.listing).cloned());
    let Some(listing) = listing.filter(|listing| listing.paging.operation == incoming.request.operation)
    else {
        let message = "The continuation is of another listing.";
        return error_format::error(incoming.protocol, 400, "ValidationError", message);
    };
    let end = from.offset + page_size(state, incoming, listing.paging);
    let next = Continuation { offset: end, page: from.page + 1, ..from };
    let token = (end < listing.content.len()).then(|| next.token());
    let body = listing.content.page(listing.paging.style, from.offset, end, token);
    Answer { status: 200, headers: listing.headers.clone(), body: body.into(), cut: false }
}

fn page_size(state: &State, incoming: &Incoming, paging: &Paging) -> usize {
    let asked = incoming.parameters.get(paging.style.limit()).and_then(|limit| limit.parse().ok());
    let most = state.with(|inner| inner.page_size);
    asked.map_or(most, |asked: usize| asked.clamp(1, most))
}

impl Content {
    /// Takes a document apart; `None` if it is in pages already, or not what was expected.
    fn parse(paging: &'static Paging, body: &[u8]) -> Option<Self> {
        if paging.style == Style::Json {
            let mut skeleton: Value = serde_json::from_slice(body).ok()?;
            let mut members = Vec::new();
            for list in paging.lists.iter().copied() {
                let taken = skeleton.get_mut(list)?.as_array_mut()?;
                members.extend(taken.drain(..).map(|member| (list, member)));
            }
            return skeleton
                .get("nextToken")
                .is_none_or(Value::is_null)
                .then_some(Self::Json { skeleton, members });
        }
        let mut skeleton = Element::parse(body).ok()?;
        let result = result_of(&mut skeleton, paging.style)?;
        if result.get_child(paging.style.continuation()).is_some() {
            return None;
        }
        let mut members = Vec::new();
        for list in paging.lists.iter().copied() {
            let Some(found) = result.get_mut_child(list) else { continue };
            let children = std::mem::take(&mut found.children).into_iter();
            members.extend(children.filter_map(|node| match node {
                XMLNode::Element(member) => Some((list, member)),
                _ => None,
            }));
        }
        Some(Self::Xml { skeleton, members })
    }

    fn len(&self) -> usize {
        match self {
            Self::Xml { members, .. } => members.len(),
            Self::Json { members, .. } => members.len(),
        }
    }

    fn page(&self, style: Style, from: usize, to: usize, token: Option<String>) -> Vec<u8> {
        match self {
            Self::Xml { skeleton, members } => {
                let mut document = skeleton.clone();
                if let Some(result) = result_of(&mut document, style) {
                    for (list, member) in members.iter().take(to).skip(from) {
                        if let Some(list) = result.get_mut_child(*list) {
                            list.children.push(XMLNode::Element(member.clone()));
                        }
                    }
                    set_continuation(result, style, token);
                }
                written(&document).unwrap_or_default()
            }
            Self::Json { skeleton, members } => {
                let mut document = skeleton.clone();
                for (list, member) in members.iter().take(to).skip(from) {
                    if let Some(list) = document.get_mut(list).and_then(Value::as_array_mut) {
                        list.push(member.clone());
                    }
                }
                if let (Some(token), Some(object)) = (token, document.as_object_mut()) {
                    object.insert(style.continuation().to_owned(), json!(token));
                }
                document.to_string().into_bytes()
            }
        }
    }
}

/// The element that holds the lists: IAM wraps it once more.
fn result_of(document: &mut Element, style: Style) -> Option<&mut Element> {
    if style != Style::Iam {
        return Some(document);
    }
    document.children.iter_mut().find_map(|node| match node {
        XMLNode::Element(child) if child.name.ends_with("Result") => Some(child),
        _ => None,
    })
}

fn set_continuation(result: &mut Element, style: Style, token: Option<String>) {
    let mut add = |name: &str, text: String| {
        result.take_child(name);
        result.children.push(child(name, text));
    };
    if style == Style::Iam {
        add("IsTruncated", token.is_some().to_string());
    }
    if let Some(token) = token {
        add(style.continuation(), token);
    }
}
