//! What a lifecycle policy does with images of certain kinds, worked out for made-up ones.

use super::Rule;
use crate::{fact_enum, facts};

fact_enum! {
    /// A kind of image, told by its tags.
    pub enum ImageFamily {
        /// Tagged `testing` or `testing-…`.
        Testing = "testing",
        /// Tagged `builder` or `builder-…`.
        Builder = "builder",
        /// Tagged with the short hash of a Git commit, one image for each first digit.
        GitSha = "git_sha",
        /// Tagged as a release or as what runs: `1.4.2`, `v1.4.2`, `release-1.4`, `prod`, `stable`, `latest`, …
        Release = "release",
        /// A release that is tagged with the hash of its commit as well.
        ReleaseWithGitSha = "release_with_git_sha",
    }
}

facts! {
    /// What a lifecycle policy does with an image that has these tags, and no other.
    pub struct Retention as "retention" {
        /// The kind of image.
        family: ImageFamily, reads [];
        /// Its tags.
        tags: Vec<String>, reads [];
        /// The priority of the rule that decides; null if no rule selects it.
        priority: Option<i64>, reads [];
        /// After how many days since its push it is expired, whatever other images there are; null if it is not.
        expires_after_days: Option<i64>, reads [];
        /// How many images like it are kept before the oldest are expired; null if they are not counted.
        keeps_count: Option<i64>, reads [];
    }
}

/// Release tags and those of what runs.
const RELEASES: [&str; 9] =
    ["1.4.2", "v1.4.2", "release-1.4", "prod", "production", "stable", "latest", "master", "main"];

/// What becomes of made-up images of each kind. `rules` are by priority.
pub(super) fn of(rules: &[Rule]) -> Vec<Retention> {
    let mut all = Vec::new();
    for tag in ["testing", "testing-x"] {
        all.push(retention(ImageFamily::Testing, &[tag], rules));
    }
    for tag in ["builder", "builder-x"] {
        all.push(retention(ImageFamily::Builder, &[tag], rules));
    }
    let hashes = "0123456789abcdef".chars().map(|first| format!("{first}7c5e1b")).collect::<Vec<_>>();
    for hash in &hashes {
        all.push(retention(ImageFamily::GitSha, &[hash], rules));
    }
    for tag in RELEASES {
        all.push(retention(ImageFamily::Release, &[tag], rules));
    }
    for hash in &hashes {
        all.push(retention(ImageFamily::ReleaseWithGitSha, &["1.4.2", hash], rules));
    }
    all
}

/// The first rule that selects an image decides: an image that fits the tags of a rule can't be expired by one
/// with a lower priority ("How lifecycle policies work" in the ECR User Guide).
fn retention(family: ImageFamily, tags: &[&str], rules: &[Rule]) -> Retention {
    let mut active = rules.iter().filter(|rule| rule.selection.storage_class != "archive");
    let decides = active.find(|rule| rule.selects(tags));
    let expires = |count_type: &str| {
        decides
            .filter(|rule| rule.expires() && rule.selection.count_type == count_type)
            .map(|rule| rule.selection.count_number)
    };
    Retention {
        family,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        priority: decides.map(|rule| rule.rule_priority),
        expires_after_days: expires("sinceImagePushed"),
        keeps_count: expires("imageCountMoreThan"),
    }
}
