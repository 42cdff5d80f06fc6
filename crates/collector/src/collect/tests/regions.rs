//! Which regions and buckets are looked at.

use palisade_emulator::Fault;

use super::*;

fn in_regions(regions: &[&str], excluded: &[&str]) -> Options {
    let mut options = everything();
    options.regions = regions.iter().map(|region| (*region).to_owned()).collect();
    options.excluded_regions = excluded.iter().map(|region| (*region).to_owned()).collect();
    options
}

fn regions_of(snapshot: &Snapshot) -> BTreeSet<&str> {
    let buckets = snapshot.buckets.iter().filter_map(|bucket| bucket.region.present());
    buckets.chain(snapshot.repositories.iter().map(|one| &one.region)).map(String::as_str).collect()
}

#[test]
fn a_named_region_limits_buckets_and_repositories() {
    let emulator = mixed();
    let whole = collected(emulator.proxy(), &everything());
    assert_eq!(regions_of(&whole), BTreeSet::from(["eu-west-1", "us-east-1"]));
    assert!(!whole.shared.header.scope.limited_to_regions && whole.shared.header.scope.regions_listed);
    let limited = collected(emulator.proxy(), &in_regions(&["eu-west-1"], &[]));
    assert_eq!(regions_of(&limited), BTreeSet::from(["eu-west-1"]));
    assert_eq!(limited.shared.users, whole.shared.users);
    assert!(limited.shared.header.scope.limited_to_regions);
    assert_eq!(limited.shared.header.scope.regions, ["eu-west-1"]);
    assert!(limited.shared.header.scope.excluded_regions.contains(&"us-east-1".to_owned()));
    let rest = collected(emulator.proxy(), &in_regions(&[], &["eu-west-1"]));
    assert_eq!(regions_of(&rest), BTreeSet::from(["us-east-1"]));
}

#[test]
fn a_bucket_whose_location_is_unreadable_is_in_scope() {
    let emulator = mixed();
    emulator.proxy().inject("s3:GetBucketLocation", Fault::Denied);
    let limited = collected(emulator.proxy(), &in_regions(&["eu-west-1"], &[]));
    let whole = collected(emulator.proxy(), &everything());
    assert_eq!(limited.buckets.len(), whole.buckets.len());
}

#[test]
fn regions_that_cannot_be_listed_are_said_to_be_unlisted() {
    let emulator = mixed();
    emulator.proxy().inject("account:ListRegions", Fault::Denied);
    let snapshot = collected(emulator.proxy(), &everything());
    assert_eq!(snapshot.shared.header.scope.regions, ["us-east-1"]);
    assert!(!snapshot.shared.header.scope.regions_listed);
    assert_eq!(snapshot.shared.listings_of(RecordKind::Repository).count(), 1);
}

#[test]
fn an_unknown_region_is_an_error() {
    let emulator = mixed();
    let options = in_regions(&["eu-wset-1"], &[]);
    let error = try_with(emulator.proxy(), &options, Arc::new(()), &Cancel::new()).unwrap_err();
    assert!(matches!(&error, CollectError::UnknownRegion { region, .. } if region == "eu-wset-1"), "{error}");
}
