//! Makes the emulator's answers what AWS answers, where moto is known to differ.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use xmltree::{Element, EmitterConfig, XMLNode};

use super::answer::Answer;
use super::fault::Fault;
use super::operation::Protocol;
use super::request::Incoming;
use super::state::State;
use super::{Shapes, credential_report, error_format, identities};

/// Corrects an answer of the emulator; errors and what it does well stay as they are.
pub(super) fn mend(incoming: &Incoming, mut answer: Answer, shapes: &Shapes, state: &State) -> Answer {
    if matches!(answer.status, 401 | 403) && incoming.protocol != Protocol::S3 {
        return refusal(incoming, &answer);
    }
    if answer.status != 200 || !touches(incoming) {
        return answer;
    }
    let Ok(mut document) = Element::parse(answer.body.as_ref()) else { return answer };
    let operation = incoming.request.operation.as_str();
    rename_root(operation, &mut document);
    if incoming.protocol == Protocol::Query {
        encode_policies(&mut document);
        identities::complete(&mut document, shapes);
    }
    match operation {
        "iam:GetAccountSummary" => set_root_counters(&mut document, shapes),
        "iam:GetCredentialReport" => credential_report::mend(&mut document, shapes),
        "iam:GetAccountAuthorizationDetails" => drop_unattached_policies(&mut document),
        "iam:ListSSHPublicKeys" => {
            identities::date_ssh_keys(&mut document, incoming.parameters.get("UserName"), shapes);
        }
        "iam:ListVirtualMFADevices" => drop_seeds(&mut document),
        "s3control:GetAccessPointPolicyStatus" => set_policy_status(&mut document, incoming, shapes),
        "s3control:ListAccessPoints" => keep_region(&mut document, &incoming.request.region),
        "s3:ListBuckets" => date_buckets(&mut document, shapes),
        "s3:GetBucketEncryption" => block_customer_keys(&mut document, incoming, shapes),
        "sts:GetCallerIdentity" => name_caller(&mut document),
        "sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity" => learn_account(&document, state),
        _ => {}
    }
    if let Some(body) = written(&document) {
        answer.body = body.into();
    }
    answer
}

/// A refusal of moto's own access control, which it writes the same for every service.
fn refusal(incoming: &Incoming, answer: &Answer) -> Answer {
    let header = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-errortype"));
    let fault = match header.map_or("AccessDenied", |(_, code)| code.as_str()) {
        "InvalidClientTokenId" | "AuthFailure" | "SignatureDoesNotMatch" => Fault::UnknownAccessKey,
        _ => Fault::Denied,
    };
    error_format::of_fault(&fault, incoming).unwrap_or_else(|| answer.clone())
}

/// The roots that moto writes otherwise than the services' models have them.
const ROOTS: &[(&str, &str)] = &[
    ("s3:GetBucketAccelerateConfiguration", "AccelerateConfiguration"),
    ("s3:GetBucketNotificationConfiguration", "NotificationConfiguration"),
    ("s3:GetBucketVersioning", "VersioningConfiguration"),
];

fn touches(incoming: &Incoming) -> bool {
    let rooted = || ROOTS.iter().any(|(operation, _)| *operation == incoming.request.operation);
    match incoming.protocol {
        Protocol::Query | Protocol::S3Control => {
            !incoming.request.operation.ends_with("GetPublicAccessBlock")
        }
        Protocol::S3 => {
            let operation = incoming.request.operation.as_str();
            rooted() || ["s3:GetBucketEncryption", "s3:ListBuckets"].contains(&operation)
        }
        Protocol::Json | Protocol::RestJson => false,
    }
}

fn rename_root(operation: &str, document: &mut Element) {
    if let Some((_, root)) = ROOTS.iter().find(|(name, _)| *name == operation) {
        document.name = (*root).to_owned();
    } else if operation.starts_with("s3control:")
        && let Some(stem) = document.name.strip_suffix("Response")
    {
        document.name = format!("{stem}Result");
    }
}

/// What IAM leaves as it is when it encodes a document: RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The elements in which IAM returns policy documents.
const DOCUMENTS: &[&str] = &["AssumeRolePolicyDocument", "PolicyDocument", "Document"];

/// Percent-encodes the documents that moto returns as they are ("URL-encoded, compliant with
/// RFC 3986", `PolicyVersion` and `Role` of the IAM API reference).
fn encode_policies(document: &mut Element) {
    visit(document, &mut |element| {
        if DOCUMENTS.contains(&element.name.as_str())
            && let Some(text) = element.get_text().filter(|text| text.trim_start().starts_with('{'))
        {
            let encoded = utf8_percent_encode(&text, RESERVED).to_string();
            element.children = vec![XMLNode::Text(encoded)];
        }
    });
}

/// Sets the counters of the root user, which moto has as constants.
fn set_root_counters(document: &mut Element, shapes: &Shapes) {
    let root = &shapes.account.root;
    let counters = [
        ("AccountMFAEnabled", usize::from(root.mfa)),
        ("AccountAccessKeysPresent", usize::from(!root.access_keys.is_empty())),
        ("AccountPasswordPresent", usize::from(root.password)),
        ("AccountSigningCertificatesPresent", usize::from(root.signing_certificates > 0)),
    ];
    visit(document, &mut |element| {
        if element.name != "SummaryMap" {
            return;
        }
        for (name, value) in counters {
            element.children.retain(|node| {
                let entry = node.as_element();
                entry.and_then(|entry| text_of(entry, "key")).is_none_or(|key| key != name)
            });
            let mut entry = Element::new("entry");
            entry.children.extend([child("key", name), child("value", value.to_string())]);
            element.children.push(XMLNode::Element(entry));
        }
    });
}

/// moto calls the policy of every access point public.
fn set_policy_status(document: &mut Element, incoming: &Incoming, shapes: &Shapes) {
    let named =
        |point: &&crate::account::AccessPoint| incoming.request.resource.as_ref() == Some(&point.name);
    let is_public = shapes.account.access_points.iter().find(named).is_some_and(|point| point.public);
    visit(document, &mut |element| {
        if element.name == "PolicyStatus" {
            set_text(element, "IsPublic", is_public.to_string());
        }
    });
}

/// moto lists the access points of every region in each.
fn keep_region(document: &mut Element, region: &str) {
    visit(document, &mut |element| {
        if element.name == "AccessPointList" {
            element.children.retain(|node| {
                let arn = node.as_element().and_then(|point| text_of(point, "AccessPointArn"));
                arn.is_none_or(|arn| arn.split(':').nth(3) == Some(region))
            });
        }
    });
}

/// moto makes every bucket when the account is filled.
fn date_buckets(document: &mut Element, shapes: &Shapes) {
    visit(document, &mut |element| {
        if element.name != "Bucket" {
            return;
        }
        let name = text_of(element, "Name");
        let described = shapes.account.buckets.iter().find(|bucket| Some(&bucket.name) == name.as_ref());
        if let Some(days) = described.and_then(|bucket| bucket.age_days) {
            set_text(element, "CreationDate", shapes.days_ago(days));
        }
    });
}

/// moto drops which kinds of encryption a bucket refuses (`BlockedEncryptionTypes` of the S3 API reference).
fn block_customer_keys(document: &mut Element, incoming: &Incoming, shapes: &Shapes) {
    let named = |bucket: &&crate::account::Bucket| incoming.request.resource.as_ref() == Some(&bucket.name);
    if !shapes.account.buckets.iter().find(named).is_some_and(|bucket| bucket.sse_c_blocked) {
        return;
    }
    visit(document, &mut |element| {
        if element.name == "Rule" {
            let mut blocked = Element::new("BlockedEncryptionTypes");
            blocked.children.push(child("EncryptionType", "SSE-C"));
            element.children.push(XMLNode::Element(blocked));
        }
    });
}

/// Drops AWS managed policies that nothing uses: AWS lists only those in use.
fn drop_unattached_policies(document: &mut Element) {
    visit(document, &mut |element| {
        if element.name != "Policies" {
            return;
        }
        element.children.retain(|node| {
            let Some(policy) = node.as_element() else { return true };
            let of_aws = text_of(policy, "Arn").is_some_and(|arn| arn.contains(":iam::aws:policy/"));
            let unused = |name| text_of(policy, name).is_none_or(|count| count == "0");
            !(of_aws && unused("AttachmentCount") && unused("PermissionsBoundaryUsageCount"))
        });
    });
}

/// The secrets of an MFA device are shown when it is made, and never listed.
fn drop_seeds(document: &mut Element) {
    visit(document, &mut |element| {
        for secret in ["Base32StringSeed", "QRCodePNG"] {
            element.take_child(secret);
        }
    });
}

/// moto gives callers that it does not know an STS user, of which AWS has none.
fn name_caller(document: &mut Element) {
    visit(document, &mut |element| {
        if element.name == "Arn"
            && let Some(text) = element.get_text()
            && let Some((partition, user)) =
                text.split_once(":sts::").filter(|(_, rest)| rest.contains(":user/"))
        {
            element.children = vec![XMLNode::Text(format!("{partition}:iam::{user}"))];
        }
    });
}

/// Remembers which account a temporary access key belongs to.
fn learn_account(document: &Element, state: &State) {
    let (mut key, mut account) = (None, None);
    let mut copy = document.clone();
    visit(&mut copy, &mut |element| match (element.name.as_str(), element.get_text()) {
        ("AccessKeyId", Some(text)) => key = Some(text.into_owned()),
        ("Arn", Some(text)) => account = text.split(':').nth(4).map(str::to_owned),
        _ => {}
    });
    if let (Some(key), Some(account)) = (key, account) {
        state.with(|inner| inner.accounts.insert(key, account));
    }
}

/// Calls `work` on an element and all below it.
pub(super) fn visit(element: &mut Element, work: &mut impl FnMut(&mut Element)) {
    work(element);
    for node in &mut element.children {
        if let XMLNode::Element(child) = node {
            visit(child, work);
        }
    }
}

/// The text of a child.
pub(super) fn text_of(element: &Element, child: &str) -> Option<String> {
    Some(element.get_child(child)?.get_text()?.into_owned())
}

/// Replaces the text of a child that is there.
pub(super) fn set_text(element: &mut Element, child: &str, text: String) {
    if let Some(child) = element.get_mut_child(child) {
        child.children = vec![XMLNode::Text(text)];
    }
}

/// A new element that holds only text.
pub(super) fn child(name: &str, text: impl Into<String>) -> XMLNode {
    let mut element = Element::new(name);
    element.children.push(XMLNode::Text(text.into()));
    XMLNode::Element(element)
}

/// The document as bytes.
pub(super) fn written(document: &Element) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    document.write_with_config(&mut body, EmitterConfig::new()).ok()?;
    Some(body)
}
