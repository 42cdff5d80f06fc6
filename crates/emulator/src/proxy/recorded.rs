//! Answers for operations that the emulator lacks, in the shapes that AWS documents.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::json;

use super::Shapes;
use super::answer::Answer;
use super::operation::Protocol;
use super::registries;
use super::request::Incoming;
use super::{analyzers, error_format, organization, storage_control};
use crate::account::Recorded;

/// The shapes that hold for every account that does not bring its own.
static SHAPES: LazyLock<BTreeMap<String, Recorded>> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("recorded.yaml")).unwrap_or_default());

/// The recorded answer, if the operation has one: the account's own, or the one for all.
pub(super) fn answer(incoming: &Incoming, shapes: &Shapes) -> Option<Answer> {
    let operation = incoming.request.operation.as_str();
    if let Some(recorded) = shapes.account.recorded.get(operation) {
        return Some(from_shape(incoming.protocol, recorded));
    }
    if let Some(answer) = organization::answer(incoming, shapes) {
        return Some(answer);
    }
    if operation == "account:GetContactInformation"
        && let Some(contact) = &shapes.account.primary_contact
    {
        let body = json!({"ContactInformation": contact}).to_string();
        return Some(Answer::new(200, "application/json", body));
    }
    if let Some(answer) = analyzers::answer(incoming, shapes) {
        return Some(answer);
    }
    if let Some(described) = registries::answer(incoming, shapes) {
        return Some(described);
    }
    if let Some(answer) = storage_control::answer(incoming, shapes) {
        return Some(answer);
    }
    if operation == "account:ListRegions" {
        return Some(regions(incoming, shapes));
    }
    if operation == "s3:GetBucketRequestPayment" && requester_pays(incoming, shapes) {
        return Some(Answer::new(200, "text/xml", REQUESTER_PAYS));
    }
    SHAPES.get(operation).map(|recorded| from_shape(incoming.protocol, recorded))
}

/// `GetBucketRequestPayment` of the S3 API reference.
const REQUESTER_PAYS: &str = "<RequestPaymentConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
    <Payer>Requester</Payer></RequestPaymentConfiguration>";

fn requester_pays(incoming: &Incoming, shapes: &Shapes) -> bool {
    let named = |bucket: &&crate::account::Bucket| incoming.request.resource.as_ref() == Some(&bucket.name);
    shapes.account.buckets.iter().find(named).is_some_and(|bucket| bucket.requester_pays)
}

fn from_shape(protocol: Protocol, recorded: &Recorded) -> Answer {
    if let Some(code) = &recorded.code {
        return error_format::error(protocol, recorded.status, code, "Recorded answer.");
    }
    let content_type = match protocol {
        Protocol::Query | Protocol::S3 | Protocol::S3Control => "text/xml",
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::RestJson => "application/json",
    };
    Answer::new(recorded.status, content_type, recorded.body.clone())
}

/// `ListRegions` of the Account Management API reference, with its filter by status.
fn regions(incoming: &Incoming, shapes: &Shapes) -> Answer {
    let filter: Vec<String> = incoming
        .parameters
        .get("RegionOptStatusContains")
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let wanted = |status: &str| filter.is_empty() || filter.iter().any(|one| one == status);
    let regions: Vec<_> = shapes
        .account
        .regions()
        .into_iter()
        .filter(|(_, status)| wanted(status))
        .map(|(name, status)| json!({"RegionName": name, "RegionOptStatus": status}))
        .collect();
    Answer::new(200, "application/json", json!({"Regions": regions}).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_shapes_can_be_read() {
        assert!(SHAPES.contains_key("ecr:DescribePullThroughCacheRules"), "recorded.yaml does not load");
    }
}
