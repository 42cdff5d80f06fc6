//! The one list of what rules may name.

use std::collections::BTreeSet;

use palisade_snapshot::Evidence;

use crate::{Declarations, KINDS, vocabulary};

#[test]
fn names_are_unique_and_documented() {
    let names: BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
    let variables: BTreeSet<_> = KINDS.iter().map(|kind| kind.variable).collect();
    assert_eq!((names.len(), variables.len()), (KINDS.len(), KINDS.len()));
    for kind in KINDS {
        assert_eq!(kind.object.name, kind.name);
        let attributes = vocabulary::attributes(kind.object);
        let paths: BTreeSet<_> = attributes.iter().map(|(path, _)| path).collect();
        assert_eq!(paths.len(), attributes.len(), "{}", kind.name);
        for (path, field) in attributes {
            assert!(field.doc.ends_with('.') && field.doc.len() > 5, "{}.{path}: {:?}", kind.name, field.doc);
        }
    }
}

#[test]
fn evidence_adds_up_along_a_path() {
    let bucket = vocabulary::kind("s3.bucket").unwrap();
    let of = |path: &[&str]| vocabulary::evidence_of_path(bucket.object, path);
    assert_eq!(of(&["name"]), Some(BTreeSet::new()));
    assert_eq!(of(&["versioning"]), Some(BTreeSet::from([Evidence::BucketVersioning])));
    assert_eq!(of(&["exposure", "grants", "sid"]).unwrap().len(), 12);
    assert_eq!(of(&["exposure", "nothing"]), None);
    assert_eq!(of(&["name", "length"]), None);
}

#[test]
fn the_reference_names_every_kind_object_and_attribute() {
    let page = vocabulary::reference();
    for kind in KINDS {
        assert!(page.contains(&format!("## `{}`", kind.name)));
        for (path, field) in vocabulary::attributes(kind.object) {
            assert!(page.contains(&format!("| `{}` |", field.name)), "{}.{path}", kind.name);
        }
    }
    assert_eq!(page.matches("## `public_access_block`").count(), 1);
}

#[test]
fn declarations_refuse_what_they_do_not_know() {
    let read = |text: &str| serde_json::from_str::<Declarations>(text).map_err(|error| error.to_string());
    assert_eq!(read("{}"), Ok(Declarations::default()));
    assert!(read(r#"{"trusted_acounts": []}"#).unwrap_err().contains("trusted_acounts"));
    let policy = |expires: &str| {
        format!(
            r#"{{"emergency_inline_policies": [{{"principal": "a", "policy": "p", "reason": "r", "owner": "o", "expires": "{expires}"}}]}}"#
        )
    };
    assert!(read(&policy("2026-02-28")).is_ok());
    assert!(read(r#"{"bucket_policy_baseline": "{\"Statement\": []}"}"#).is_ok());
    assert!(read(r#"{"bucket_policy_baseline": "all"}"#).unwrap_err().contains("is not a policy"));
    assert!(read(&policy("2026-02-30")).unwrap_err().contains("a date as text"));
}
