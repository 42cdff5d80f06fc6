//! The images of a repository, in figures, and the scan of the newest.

use jiff::Timestamp;
use palisade_snapshot::{
    Evidence, Image as Record, ImageScan as ScanRecord, ImageSummary, Observed, Repository,
};

use crate::clock::days_since;
use crate::{Known, Missing, facts};

facts! {
    /// What a repository holds. Signatures, charts and other artifacts are no images.
    pub struct RepositoryImages as "repository_images" {
        /// How many images there are, indexes of several platforms included.
        total: i64, reads [];
        /// How many of them are indexes.
        indexes: i64, reads [];
        /// How many have no tag. The images that an index points to have none either, and AWS does not tell them
        /// apart from others.
        untagged: i64, reads [];
        /// The image that was pushed last; null if there is none.
        newest: Option<Image>, reads [];
        /// How many days ago an image was last pushed or pulled; null if there is none.
        idle_days: Option<i64>, reads [];
        /// The tagged image that nobody has pushed or pulled for the longest time, archived ones aside; null if
        /// there is none.
        most_idle: Option<Image>, reads [];
    }
}

facts! {
    /// An image of a repository.
    pub struct Image as "image" {
        /// Its digest.
        digest: String, reads [];
        /// Its tags.
        tags: Vec<String>, reads [];
        /// When it was pushed.
        pushed_at: Timestamp, reads [];
        /// How many minutes ago it was pushed.
        pushed_minutes: i64, reads [];
        /// How many days ago it was last pushed or pulled.
        idle_days: i64, reads [];
        /// Whether it is an index, which points to the images of several platforms and is not scanned itself.
        index: bool, reads [];
        /// Whether it is archived, so that it can't be pulled.
        archived: bool, reads [];
    }
}

facts! {
    /// The scan of an image.
    pub struct ImageScan as "image_scan" {
        /// `COMPLETE` and `ACTIVE` (scanned again and again) have a result; `PENDING` and `IN_PROGRESS` will;
        /// others such as `FAILED` or `UNSUPPORTED_IMAGE` have none.
        status: String, reads [];
        /// How many days ago it was completed; null if AWS does not say.
        completed_days: Option<i64>, reads [];
        /// The number of critical findings.
        critical: i64, reads [];
        /// The number of high findings.
        high: i64, reads [];
        /// The number of medium findings.
        medium: i64, reads [];
        /// The number of low findings.
        low: i64, reads [];
        /// The number of findings whose severity is not known yet.
        undefined: i64, reads [];
    }
}

/// What a repository holds; unknown if it was not counted to the end.
pub(super) fn images(repository: &Repository, now: Timestamp) -> Known<RepositoryImages> {
    let evidence = Evidence::RepositoryImages;
    match &repository.images {
        Observed::Present(ImageSummary { incomplete: Some(why), .. }) => {
            Known::Unknown(Missing::evidence(evidence, why))
        }
        images => {
            let none = || summary(&ImageSummary::default(), now);
            Known::observed(images, evidence, none, |images| summary(images, now))
        }
    }
}

fn summary(images: &ImageSummary, now: Timestamp) -> RepositoryImages {
    let newest = images.newest.as_ref();
    let last_used = newest.map(|image| image.pushed_at).max(images.last_pulled_at);
    RepositoryImages {
        total: count(images.images),
        indexes: count(images.indexes),
        untagged: count(images.untagged),
        newest: newest.map(|newest| image(newest, now)),
        idle_days: last_used.map(|time| days_since(time, now)),
        most_idle: images.most_idle.as_ref().map(|idle| image(idle, now)),
    }
}

fn image(image: &Record, now: Timestamp) -> Image {
    const SECONDS_PER_MINUTE: i64 = 60;
    let last_used = image.last_pulled_at.map_or(image.pushed_at, |pulled| pulled.max(image.pushed_at));
    Image {
        digest: image.digest.clone(),
        tags: image.tags.clone(),
        pushed_at: image.pushed_at,
        pushed_minutes: (now.as_second() - image.pushed_at.as_second()) / SECONDS_PER_MINUTE,
        idle_days: days_since(last_used, now),
        index: image.index,
        archived: image.status.as_deref() == Some("ARCHIVED"),
    }
}

/// The scan of the newest image; null if it was never scanned.
pub(super) fn latest_scan(repository: &Repository, now: Timestamp) -> Known<Option<ImageScan>> {
    Known::observed(&repository.latest_scan, Evidence::LatestImageScan, || None, |one| Some(scan(one, now)))
}

fn scan(scan: &ScanRecord, now: Timestamp) -> ImageScan {
    let of = |severity: &str| scan.severity_counts.get(severity).copied().map_or(0, count);
    ImageScan {
        status: scan.status.clone(),
        completed_days: scan.completed_at.map(|time| days_since(time, now)),
        critical: of("CRITICAL"),
        high: of("HIGH"),
        medium: of("MEDIUM"),
        low: of("LOW"),
        undefined: of("UNDEFINED") + of("UNTRIAGED"),
    }
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
