//! Which images count, and which is the newest.

use aws_smithy_types::DateTime;

use super::*;

const IMAGE: &str = "application/vnd.docker.container.image.v1+json";

fn detail(digest: &str, tags: &[&str], pushed: i64) -> aws_sdk_ecr::types::builders::ImageDetailBuilder {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    ImageDetail::builder()
        .image_digest(digest)
        .set_image_tags(Some(tags).filter(|tags| !tags.is_empty()))
        .image_pushed_at(DateTime::from_secs(pushed))
        .artifact_media_type(IMAGE)
}

fn counted(details: Vec<ImageDetail>) -> ImageSummary {
    let mut all = Counted::default();
    for detail in details {
        let mut page = Counted::default();
        page.count(detail).unwrap();
        all.add(page);
    }
    all.whole()
}

fn digest(image: Option<&Image>) -> &str {
    image.map_or("none", |image| image.digest.as_str())
}

#[test]
fn signatures_charts_and_what_refers_to_an_image_are_no_images() {
    let summary = counted(vec![
        detail("app", &["1.0"], 100).build(),
        detail("signature", &["sha256-abc.sig"], 200).build(),
        detail("chart", &["chart"], 300)
            .artifact_media_type("application/vnd.cncf.helm.config.v1+json")
            .build(),
        detail("referrer", &[], 400).subject_manifest_digest("sha256:app").build(),
    ]);
    assert_eq!((summary.images, summary.artifacts, summary.untagged), (1, 3, 0));
    assert_eq!(digest(summary.newest.as_ref()), "app");
}

#[test]
fn the_newest_is_by_time_of_push_and_an_index_goes_before_its_parts() {
    let index = "application/vnd.oci.image.index.v1+json";
    let mut details = vec![
        detail("old", &["latest"], 50).build(),
        detail("part-a", &[], 100).build(),
        detail("whole", &["2.0"], 100).image_manifest_media_type(index).build(),
        detail("part-b", &[], 100).build(),
    ];
    let summary = counted(details.clone());
    assert_eq!((summary.images, summary.indexes, summary.untagged), (4, 1, 2));
    assert_eq!(digest(summary.newest.as_ref()), "whole");
    details.reverse();
    assert_eq!(counted(details), summary, "the order of the pages does not matter");
}

#[test]
fn the_most_idle_image_is_tagged_and_not_archived() {
    let pulled = |builder: aws_sdk_ecr::types::builders::ImageDetailBuilder, at| {
        builder.last_recorded_pull_time(DateTime::from_secs(at)).build()
    };
    let summary = counted(vec![
        pulled(detail("pulled", &["1"], 10), 900),
        detail("idle", &["2"], 500).build(),
        detail("untagged", &[], 5).build(),
        detail("archived", &["3"], 1).image_status(aws_sdk_ecr::types::ImageStatus::Archived).build(),
    ]);
    assert_eq!(digest(summary.most_idle.as_ref()), "idle");
    assert_eq!(summary.last_pulled_at.map(Timestamp::as_second), Some(900));
}

#[test]
fn the_oldest_images_are_those_pushed_or_restored_first() {
    let restored = detail("restored", &["0"], 1).last_activated_at(DateTime::from_secs(900)).build();
    let archived =
        detail("archived", &["1"], 2).image_status(aws_sdk_ecr::types::ImageStatus::Archived).build();
    let mut details = vec![restored, archived];
    details.extend((0..50).map(|number| detail(&format!("image-{number:02}"), &[], 1000 - number).build()));
    let oldest = counted(details.clone()).oldest.unwrap();
    assert_eq!((oldest.count, oldest.first.len()), (51, OLDEST));
    let first: Vec<_> = oldest.first.iter().take(3).map(|image| image.digest.as_str()).collect();
    assert_eq!(first, ["restored", "image-49", "image-48"]);
    details.reverse();
    assert_eq!(counted(details).oldest.unwrap(), oldest, "the order of the pages does not matter");
}
