//! What a repository holds, counted page by page, so that no list of images is ever in memory.

use aws_sdk_ecr::operation::describe_image_scan_findings::DescribeImageScanFindingsOutput;
use aws_sdk_ecr::types::{ImageDetail, ImageIdentifier};
use jiff::Timestamp;
use palisade_snapshot::{Image, ImageScan, ImageSummary, OldestImages};

use super::RegionalRegistry;
use crate::document::{optional_timestamp, timestamp};
use crate::failure::Failure;
use crate::operation::{DESCRIBE_IMAGE_SCAN_FINDINGS, DESCRIBE_IMAGES};
use crate::reader::{Missing, required};

/// The tags under which signatures, attestations and bills of material of an image are stored that do not
/// refer to it otherwise (cosign's tag scheme).
const ARTIFACT_TAGS: [&str; 3] = [".sig", ".att", ".sbom"];

/// Media types of the configuration of an image; anything else is an artifact.
const IMAGE_CONFIGURATIONS: [&str; 2] =
    ["application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"];

/// Media types of manifests that point to the images of several platforms.
const INDEXES: [&str; 2] =
    ["application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json"];

impl RegionalRegistry<'_> {
    /// What a repository holds.
    pub(super) async fn images(&self, name: &str) -> Result<ImageSummary, Failure> {
        let pages = self.reader.pages(&DESCRIBE_IMAGES, |token| {
            let request = self.client.describe_images().repository_name(name).max_results(1000);
            let call = request.set_next_token(token).send();
            self.reader.read(&DESCRIBE_IMAGES, self.region, call, |page| {
                let mut counted = Counted::default();
                for detail in required(page.image_details, "imageDetails")? {
                    counted.count(detail)?;
                }
                Ok((vec![counted], page.next_token.filter(|token| !token.is_empty())))
            })
        });
        let pages = pages.await.into_paged()?;
        let mut all = Counted::default();
        for page in pages.items {
            all.add(page);
        }
        Ok(ImageSummary { incomplete: pages.incomplete, ..all.whole() })
    }

    /// The scan of an image. One finding is asked for: the counts are in every page.
    pub(super) async fn scan(&self, name: &str, digest: &str) -> Result<ImageScan, Failure> {
        let image = ImageIdentifier::builder().image_digest(digest).build();
        let request = self.client.describe_image_scan_findings().repository_name(name).image_id(image);
        let call = request.max_results(1).send();
        self.reader.read(&DESCRIBE_IMAGE_SCAN_FINDINGS, self.region, call, scan).await
    }
}

fn scan(answer: DescribeImageScanFindingsOutput) -> Result<ImageScan, Missing> {
    let status = answer.image_scan_status.and_then(|status| status.status);
    let findings = answer.image_scan_findings;
    let completed_at = findings.as_ref().and_then(|findings| findings.image_scan_completed_at.as_ref());
    let completed_at = optional_timestamp(completed_at)?;
    let counts = findings.and_then(|findings| findings.finding_severity_counts).unwrap_or_default();
    let counts = counts
        .into_iter()
        .map(|(severity, count)| (severity.as_str().to_owned(), u64::try_from(count).unwrap_or_default()));
    Ok(ImageScan {
        status: required(status, "imageScanStatus.status")?.as_str().to_owned(),
        completed_at,
        severity_counts: counts.collect(),
    })
}

/// The images of one page or more.
#[derive(Default)]
struct Counted {
    summary: ImageSummary,
    oldest: OldestImages,
}

/// How many of the oldest images are kept: enough for most repositories, and to see what lifecycle policies leave.
const OLDEST: usize = 20;

impl Counted {
    fn count(&mut self, detail: ImageDetail) -> Result<(), Missing> {
        if is_artifact(&detail) {
            self.summary.artifacts += 1;
            return Ok(());
        }
        let image = image(detail)?;
        self.summary.images += 1;
        self.summary.indexes += u64::from(image.index);
        self.summary.untagged += u64::from(image.tags.is_empty());
        self.summary.last_pulled_at = self.summary.last_pulled_at.max(image.last_pulled_at);
        let is_kept = !image.tags.is_empty() && image.status.as_deref() != Some("ARCHIVED");
        if is_kept {
            keep(&mut self.summary.most_idle, image.clone(), |one, other| {
                idle_since(one) < idle_since(other)
            });
        }
        if image.status.as_deref().is_none_or(|status| status == "ACTIVE") {
            self.oldest.count += 1;
            self.oldest.first.push(image.clone());
            if self.oldest.first.len() >= 2 * OLDEST {
                self.forget_younger();
            }
        }
        keep(&mut self.summary.newest, image, is_newer);
        Ok(())
    }

    fn forget_younger(&mut self) {
        let first = &mut self.oldest.first;
        first.sort_by(|a, b| (a.standing_since(), &a.digest).cmp(&(b.standing_since(), &b.digest)));
        first.truncate(OLDEST);
    }

    /// The summary of all that was counted.
    fn whole(mut self) -> ImageSummary {
        self.forget_younger();
        ImageSummary { oldest: Some(self.oldest), ..self.summary }
    }

    fn add(&mut self, other: Self) {
        self.oldest.count += other.oldest.count;
        self.oldest.first.extend(other.oldest.first);
        self.forget_younger();
        let (summary, more) = (&mut self.summary, other.summary);
        summary.images += more.images;
        summary.indexes += more.indexes;
        summary.untagged += more.untagged;
        summary.artifacts += more.artifacts;
        summary.last_pulled_at = summary.last_pulled_at.max(more.last_pulled_at);
        if let Some(image) = more.most_idle {
            keep(&mut summary.most_idle, image, |one, other| idle_since(one) < idle_since(other));
        }
        if let Some(image) = more.newest {
            keep(&mut summary.newest, image, is_newer);
        }
    }
}

/// Keeps the better of two; of equals the one with the lower digest, whatever order they come in.
fn keep(kept: &mut Option<Image>, image: Image, is_better: impl Fn(&Image, &Image) -> bool) {
    let replaces = kept.as_ref().is_none_or(|kept| {
        is_better(&image, kept) || (!is_better(kept, &image) && image.digest < kept.digest)
    });
    if replaces {
        *kept = Some(image);
    }
}

/// The image of several platforms is pushed right after its parts, which may show the same second.
fn is_newer(one: &Image, other: &Image) -> bool {
    (one.pushed_at, one.index) > (other.pushed_at, other.index)
}

fn idle_since(image: &Image) -> Timestamp {
    image.last_pulled_at.map_or(image.pushed_at, |pulled| pulled.max(image.pushed_at))
}

fn image(detail: ImageDetail) -> Result<Image, Missing> {
    let media_type = detail.image_manifest_media_type.unwrap_or_default();
    let mut tags = detail.image_tags.unwrap_or_default();
    tags.sort();
    Ok(Image {
        digest: required(detail.image_digest, "imageDigest")?,
        tags,
        pushed_at: timestamp(&required(detail.image_pushed_at, "imagePushedAt")?)?,
        last_pulled_at: optional_timestamp(detail.last_recorded_pull_time.as_ref())?,
        index: INDEXES.contains(&media_type.as_str()),
        status: detail.image_status.map(|status| status.as_str().to_owned()),
        activated_at: optional_timestamp(detail.last_activated_at.as_ref())?,
    })
}

/// Whether it is something else than an image: what refers to one, or what has no image's configuration.
fn is_artifact(detail: &ImageDetail) -> bool {
    let is_tagged_so =
        |tag: &String| tag.starts_with("sha256-") && ARTIFACT_TAGS.iter().any(|ending| tag.ends_with(ending));
    let tags = detail.image_tags.as_deref().unwrap_or_default();
    let configuration = detail.artifact_media_type.as_deref();
    detail.subject_manifest_digest.is_some()
        || tags.iter().any(is_tagged_so)
        || configuration.is_some_and(|kind| !kind.is_empty() && !IMAGE_CONFIGURATIONS.contains(&kind))
}

#[cfg(test)]
mod tests;
