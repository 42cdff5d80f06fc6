//! What goes wrong is said in one sentence, with the right exit code, and nothing is written.

use crate::example_account::document;
use crate::harness::Place;

fn place() -> Place {
    let place = Place::new();
    place.write("a.jsonl", document());
    place
}

/// Runs `check` with a report file, and sees to it that none appears.
fn check(place: &Place, arguments: &[&str]) -> crate::harness::Ended {
    let before = place.names();
    let ended = place.run(&[&["check", "-o", "report.json", "-f", "json"][..], arguments].concat());
    assert_eq!(place.names(), before, "something was written");
    ended
}

#[test]
fn snapshots_that_are_none() {
    let place = place();
    check(&place, &["absent.jsonl"]).failed(1, &["absent.jsonl"]);
    place.write("empty.jsonl", "");
    check(&place, &["empty.jsonl"])
        .failed(1, &["`empty.jsonl` is not a Palisade snapshot", "palisade collect"]);
    place.write("foreign.json", r#"{"Users": []}"#);
    check(&place, &["foreign.json"]).failed(1, &["is not a Palisade snapshot"]);
    place.write("binary", [0xff_u8, 0, 1, 2]);
    check(&place, &["binary"]).failed(1, &["is not a Palisade snapshot"]);
    place.write("newer.jsonl", r#"{"header":{"format":"palisade-snapshot/9"}}"#.to_owned() + "\n");
    check(&place, &["newer.jsonl"]).failed(1, &["palisade-snapshot/9", "newer palisade"]);
    let changed = String::from_utf8(document()).unwrap().replace("acme-website", "acme-wobsite");
    place.write("changed.jsonl", changed);
    check(&place, &["changed.jsonl"]).failed(1, &["torn", "digest"]);
    check(&place, &["."]).failed(1, &["`.`"]);
}

#[test]
fn configurations_with_mistakes() {
    let place = place();
    check(&place, &["--config", "absent.toml", "a.jsonl"]).failed(2, &["absent.toml"]);
    place.write("broken.toml", "trusted_accounts = [");
    check(&place, &["--config", "broken.toml", "a.jsonl"]).failed(2, &["broken.toml", "line 1"]);
    place.write("unknown.toml", "\ntrusted_acounts = []\n");
    check(&place, &["--config", "unknown.toml", "a.jsonl"])
        .failed(2, &["line 2", "did you mean `trusted_accounts`"]);
    place.write("rule.toml", "[params.s3-bucket-not-pubic]\nx = 1\n");
    check(&place, &["--config", "rule.toml", "a.jsonl"]).failed(2, &["did you mean `s3-bucket-not-public`"]);
    let place = place.with("PALISADE_CONFIG", "broken.toml");
    check(&place, &["a.jsonl"]).failed(2, &["broken.toml"]);
}

#[test]
fn rules_with_mistakes() {
    let place = place();
    check(&place, &["--rule", "s3-bucket-not-pubic", "a.jsonl"])
        .failed(2, &["did you mean `s3-bucket-not-public`"]);
    check(&place, &["--service", "s4", "a.jsonl"]).failed(2, &["s4"]);
    check(&place, &["--rules", "absent", "a.jsonl"]).failed(2, &["absent"]);
    place.write("own/s3/my-rule.yaml", "title: [");
    let ended = place.run(&["check", "--rules", "own", "a.jsonl"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("my-rule.yaml"), "{}", ended.stderr);
}

#[test]
fn flags_with_mistakes() {
    let place = place();
    for arguments in [
        &["check"][..],
        &["check", "a.jsonl", "--fail-on", "awful"],
        &["check", "a.jsonl", "-f", "yaml"],
        &["check", "a.jsonl", "--now", "yesterday"],
        &["check", "a.jsonl", "--region", "eu-west-1"],
        &["scan", "--external-id", "x"],
        &["frobnicate"],
        &[],
    ] {
        let ended = place.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!ended.stderr.is_empty());
    }
}

#[test]
fn scans_without_credentials() {
    let place = Place::new();
    let ended = place.run(&["scan", "--snapshot", "kept.jsonl", "-o", "report.txt"]);
    ended.failed(1, &["no usable AWS credentials", "--profile"]);
    assert_eq!(place.names(), Vec::<String>::new());
    place.run(&["collect", "-o", "kept.jsonl", "--profile", "absent"]).failed(1, &["credentials"]);
    assert_eq!(place.names(), Vec::<String>::new());
}

#[test]
fn scans_without_a_network() {
    let place = Place::new()
        .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .with("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .with("AWS_MAX_ATTEMPTS", "1");
    // Nobody listens there.
    let ended = place.run(&["scan", "--endpoint-url", "http://127.0.0.1:9", "--snapshot", "kept.jsonl"]);
    ended.failed(1, &["sts:GetCallerIdentity"]);
    assert_eq!(place.names(), Vec::<String>::new());
}
