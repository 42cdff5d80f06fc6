//! What the emulator can't hold of ECR, answered from the account's description: registry policies of scope V2,
//! pull-through caches, creation templates, and how old images are and what their scans found.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Shapes;
use super::answer::Answer;
use super::error_format;
use super::operation::Protocol;
use super::request::Incoming;
use crate::account::{Image, Registry};

/// The answer, if the account describes what is asked for.
pub(super) fn answer(incoming: &Incoming, shapes: &Shapes) -> Option<Answer> {
    let account = &shapes.account;
    let registry = account.registries.get(&incoming.request.region);
    let id = account.id();
    let body = match incoming.request.operation.as_str() {
        "ecr:GetAccountSetting" => setting(incoming, registry)?,
        "ecr:GetRegistryPolicy" => {
            json!({"registryId": id, "policyText": registry?.policy.as_ref()?.to_string()})
        }
        "ecr:DescribePullThroughCacheRules" => {
            json!({"pullThroughCacheRules": registry?.pull_through_cache_rules})
        }
        "ecr:DescribeRepositoryCreationTemplates" => {
            json!({"registryId": id, "repositoryCreationTemplates": registry?.creation_templates})
        }
        "ecr:DescribeImages" => {
            let images = images(incoming, shapes)?.into_iter();
            json!({"imageDetails": images.map(|(digest, image)| detail(shapes, &digest, image)).collect::<Vec<_>>()})
        }
        "ecr:DescribeImageScanFindings" => return scan(incoming, shapes),
        _ => return None,
    };
    Some(Answer::new(200, "application/x-amz-json-1.1", body.to_string()))
}

/// A registry that nobody changed has scope V2.
fn setting(incoming: &Incoming, registry: Option<&Registry>) -> Option<Value> {
    let name = incoming.parameters.get("name").filter(|name| *name == "REGISTRY_POLICY_SCOPE")?;
    let scope = registry.and_then(|registry| registry.policy_scope.as_deref()).unwrap_or("V2");
    Some(json!({"name": name, "value": scope}))
}

/// The described images of the repository that is asked about, with their digests.
fn images<'a>(incoming: &Incoming, shapes: &'a Shapes) -> Option<Vec<(String, &'a Image)>> {
    let name = incoming.parameters.get("repositoryName")?;
    let mut all = shapes.account.repositories.iter().enumerate();
    let (repository, found) =
        all.find(|(_, one)| one.name == *name && one.region == incoming.request.region)?;
    let images = found.images.iter().enumerate();
    let images: Vec<_> =
        images.map(|(place, image)| (format!("sha256:{repository:032x}{place:032x}"), image)).collect();
    (!images.is_empty()).then_some(images)
}

fn detail(shapes: &Shapes, digest: &str, image: &Image) -> Value {
    let mut detail = serde_json::Map::from_iter([
        ("registryId".to_owned(), json!(shapes.account.id())),
        ("imageDigest".to_owned(), json!(digest)),
        ("imageSizeInBytes".to_owned(), json!(20_000_000)),
        ("imagePushedAt".to_owned(), json!(seconds(shapes, image.pushed_days))),
        ("imageManifestMediaType".to_owned(), json!("application/vnd.docker.distribution.manifest.v2+json")),
        ("artifactMediaType".to_owned(), json!("application/vnd.docker.container.image.v1+json")),
        ("imageStatus".to_owned(), json!("ACTIVE")),
    ]);
    if !image.tags.is_empty() {
        detail.insert("imageTags".to_owned(), json!(image.tags));
    }
    if let Some(days) = image.pulled_days {
        detail.insert("lastRecordedPullTime".to_owned(), json!(seconds(shapes, days)));
    }
    Value::Object(detail)
}

fn scan(incoming: &Incoming, shapes: &Shapes) -> Option<Answer> {
    let asked: Value = serde_json::from_str(incoming.parameters.get("imageId")?).ok()?;
    let images = images(incoming, shapes)?;
    let (digest, image) = images
        .into_iter()
        .find(|(digest, _)| asked.get("imageDigest").is_some_and(|asked| asked == digest))?;
    let Some(scan) = &image.scan else {
        let message = format!("Image scan does not exist for the image with '{digest}'.");
        return Some(error_format::error(Protocol::Json, 400, "ScanNotFoundException", &message));
    };
    let body = json!({
        "registryId": shapes.account.id(),
        "repositoryName": incoming.parameters.get("repositoryName"),
        "imageId": {"imageDigest": digest},
        "imageScanStatus": {"status": scan.status, "description": "Described."},
        "imageScanFindings": {
            "imageScanCompletedAt": seconds(shapes, scan.completed_days),
            "findingSeverityCounts": scan.findings,
            "findings": [],
        },
    });
    Some(Answer::new(200, "application/x-amz-json-1.1", body.to_string()))
}

/// So many days before the account was filled, as JSON services write times.
fn seconds(shapes: &Shapes, days: i64) -> i64 {
    let moment = shapes.filled_at.checked_sub(SignedDuration::from_hours(days.saturating_mul(24)));
    moment.map_or(0, jiff::Timestamp::as_second)
}
