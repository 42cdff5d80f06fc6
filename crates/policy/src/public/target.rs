//! What the analysis tries to reach: the actions of a resource, and the resource or a part of it.

use crate::actions::{Action, Service, table};
use crate::arn::Arn;
use crate::context::Context;
use crate::document::PolicyDocument;

use super::capability::Capability;
use super::domain::fill;

/// Stands in for what no policy names.
const EXAMPLE: &str = "example";
/// The account in examples, if the owner's is not known.
const EXAMPLE_ACCOUNT: &str = "111122223333";

/// A resource and how its parts are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A bucket by its ARN; objects are below it.
    Bucket(String),
    /// An access point by its ARN; objects are below it.
    AccessPoint(String),
    /// Any other resource, by its ARN.
    Whole(String),
}

/// A part of a target: the object key, or the target itself.
pub(super) type Part = Option<String>;

impl Target {
    /// The ARN of a part.
    pub(super) fn arn(&self, part: &Part) -> String {
        match (self, part) {
            (Self::Bucket(arn), Some(key)) => format!("{arn}/{key}"),
            (Self::AccessPoint(arn), Some(key)) => format!("{arn}/object/{key}"),
            (Self::Bucket(arn) | Self::AccessPoint(arn) | Self::Whole(arn), _) => arn.clone(),
        }
    }
}

/// An action to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempt {
    /// `service:Name`.
    pub(super) name: String,
    pub(super) capability: Capability,
    pub(super) on_whole: bool,
    pub(super) on_parts: bool,
}

/// Well-known actions come first, so that a witness is easy to understand.
const FIRST: [&str; 12] = [
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:GetBucketAcl",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:PutImage",
    "ecr:ListImages",
    "ecr:SetRepositoryPolicy",
];

/// The actions on buckets and objects that a policy could allow, those named by `documents` but not in the table
/// included, in a fixed order.
pub(super) fn attempts_on_buckets(documents: &[&PolicyDocument]) -> Vec<Attempt> {
    let takes =
        |action: &Action<'_>, wanted: &str| action.resource_types().any(|(kind, _)| kind.name == wanted);
    attempts("s3", documents, |action| (takes(action, "bucket"), takes(action, "object")))
}

/// The same on resources of a service that have no parts.
pub(super) fn attempts_on_whole(service: &str, documents: &[&PolicyDocument]) -> Vec<Attempt> {
    attempts(service, documents, |action| (!action.is_wildcard_only(), false))
}

/// The same where `on` says whether an action of the table is tried on the whole, and on its parts.
fn attempts(
    service: &str,
    documents: &[&PolicyDocument],
    on: impl Fn(&Action<'_>) -> (bool, bool),
) -> Vec<Attempt> {
    let of_table = |action: Action<'_>| {
        let (on_whole, on_parts) = on(&action);
        (on_whole || on_parts).then(|| Attempt {
            name: action.full_name(),
            capability: Capability::of(&action),
            on_whole,
            on_parts,
        })
    };
    let known = table().service(service).into_iter().flat_map(Service::actions);
    let mut found: Vec<Attempt> = known.filter_map(of_table).collect();
    let written = documents.iter().flat_map(|document| &document.statements);
    let names = written.filter(|statement| !statement.actions.negated).flat_map(|s| &s.actions.values.items);
    for name in names {
        let Some((prefix, action)) = name.split_once(':') else { continue };
        let is_new = prefix.eq_ignore_ascii_case(service)
            && !name.contains(['*', '?', '$'])
            && table().action(name).is_none()
            && !found.iter().any(|attempt| attempt.name.eq_ignore_ascii_case(name));
        if is_new {
            let capability = Capability::of_unknown(action);
            found.push(Attempt { name: name.clone(), capability, on_whole: true, on_parts: true });
        }
    }
    let rank = |attempt: &Attempt| FIRST.iter().position(|name| *name == attempt.name).unwrap_or(FIRST.len());
    found.sort_by_cached_key(|attempt| (rank(attempt), attempt.name.clone()));
    found
}

/// Object keys worth trying: what the documents' resources name below a bucket, and one that they do not.
pub(super) fn object_keys(documents: &[&PolicyDocument]) -> Vec<String> {
    let mut keys = vec![EXAMPLE.to_owned()];
    for pattern in resource_patterns(documents) {
        let after_bucket = pattern.split_once("/object/").or_else(|| pattern.split_once('/'));
        let Some((_, key)) = after_bucket else { continue };
        for star in [EXAMPLE, "0", ""] {
            let filled = fill(key, star, &Context::new());
            if !filled.is_empty() && !keys.contains(&filled) {
                keys.push(filled);
            }
        }
    }
    keys
}

fn resource_patterns<'d>(documents: &[&'d PolicyDocument]) -> impl Iterator<Item = &'d str> {
    let statements: Vec<_> = documents.iter().flat_map(|document| &document.statements).collect();
    let elements = statements.into_iter().filter_map(|statement| statement.resources.as_ref());
    elements.flat_map(|element| element.values.items.iter().map(String::as_str))
}

/// The ARN of the bucket that a policy is about, as far as its resources tell.
pub(super) fn bucket_of(document: Option<&PolicyDocument>, partition: &str) -> String {
    let documents: Vec<_> = document.into_iter().collect();
    let named = resource_patterns(&documents).filter_map(Arn::parse).find_map(|arn| {
        let name = arn.resource.split('/').next().filter(|name| !name.is_empty() && *name != "*")?;
        let partition = if arn.partition.contains(['*', '?']) { partition } else { arn.partition };
        let is_bucket = arn.region.is_empty() && arn.account.is_empty();
        is_bucket.then(|| format!("arn:{partition}:s3:::{}", fill(name, EXAMPLE, &Context::new())))
    });
    named.unwrap_or_else(|| format!("arn:{partition}:s3:::amzn-s3-demo-bucket"))
}

/// An ARN of a resource that a policy of the service is about, as far as its resources tell.
pub(super) fn resource_of(
    service: &str,
    documents: &[&PolicyDocument],
    owner: Option<&str>,
    partition: &str,
) -> String {
    let named = resource_patterns(documents).filter(|pattern| *pattern != "*").find_map(|pattern| {
        let filled = fill(pattern, EXAMPLE, &Context::new());
        Arn::parse(&filled).is_some().then_some(filled)
    });
    let kinds = table().service(service).into_iter().flat_map(Service::resource_types);
    let preferred = if service == "sts" || service == "iam" { "role" } else { "" };
    let mut formats: Vec<_> = kinds.filter_map(|kind| Some((kind.name, kind.arn_formats.first()?))).collect();
    formats.sort_by_key(|(name, _)| *name != preferred);
    let format = formats.first().map_or("arn:${Partition}:${Service}:::", |(_, format)| format.as_str());
    let mut context = Context::new();
    context.set("Partition", partition);
    context.set("Region", "us-east-1");
    context.set("Account", owner.unwrap_or(EXAMPLE_ACCOUNT));
    context.set("Service", service);
    named.unwrap_or_else(|| fill(format, "", &context).replace(super::domain::STRANGER_VALUE, EXAMPLE))
}
