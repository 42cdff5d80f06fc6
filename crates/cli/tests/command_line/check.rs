//! `palisade check`: from a snapshot to a report, an exit code, and nothing else.

use crate::example_account::{changed, document};
use crate::harness::{Ended, Place, example};
use palisade_snapshot::{Reason, Unreadable};
use serde_json::Value;

const PUBLIC: &str = "s3-bucket-not-public";
const VERSIONING: &str = "s3-bucket-versioning-enabled";

/// The example, with the versioning of one bucket refused.
fn one_read_refused() -> Vec<u8> {
    changed(|snapshot| {
        let why = Unreadable::new("s3:GetBucketVersioning", "s3:GetBucketVersioning", Reason::Denied, "no");
        snapshot.buckets[0].versioning = why.into();
    })
}

/// The example with every listing refused.
fn nothing_listed() -> Vec<u8> {
    changed(|snapshot| {
        let shared = &mut snapshot.shared;
        for listing in &mut shared.listings {
            let why = Unreadable::new("iam:GetAccountAuthorizationDetails", "", Reason::Denied, "no");
            listing.incomplete = Some(why);
        }
        shared.users.clear();
        shared.groups.clear();
        shared.roles.clear();
        shared.policies.clear();
        snapshot.buckets.clear();
        snapshot.repositories.clear();
    })
}

fn verdict(report: &Value, rule: &str, name: &str) -> Option<String> {
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings.find(|finding| finding["rule"] == rule && finding["resource"]["name"] == name)?;
    Some(finding["verdict"].as_str().unwrap().to_owned())
}

/// `UPDATE_EXPECTED=1` writes it anew.
#[test]
fn the_example_that_ships_is_the_one_that_is_generated() {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(example(), document()).unwrap();
    }
    assert_eq!(std::fs::read(example()).unwrap(), document());
    assert!(crate::example_account::records(&document()).len() > 40);
}

#[test]
fn the_example_is_complete_and_has_good_and_bad_parts() {
    let place = Place::new();
    let ended = place.run(&[
        "check".as_ref(),
        example().as_os_str(),
        "-f".as_ref(),
        "json".as_ref(),
        "--all".as_ref(),
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let report = ended.json();
    let known = |rule, name| verdict(&report, rule, name).unwrap_or_else(|| "nothing".to_owned());
    assert_eq!(known(PUBLIC, "acme-website"), "fail");
    assert_eq!(known(PUBLIC, "acme-uploads"), "fail");
    assert_eq!(known(PUBLIC, "acme-customer-data"), "pass");
    assert_eq!(known(VERSIONING, "acme-customer-data"), "pass");
    assert_eq!(known("iam-user-console-mfa-enabled", "bob"), "fail");
    assert_eq!(known("iam-user-console-mfa-enabled", "alice"), "pass");
    assert_eq!(known("iam-role-trust-public-absent", "thumbnailer-dev"), "fail");
    assert_eq!(known("ecr-repository-policy-not-public", "base-image"), "fail");
    assert_eq!(known("ecr-repository-tags-immutable", "shop/api"), "pass");
    assert_eq!(report["coverage"]["unreadable"], serde_json::json!([]));
    assert!(report["summary"]["administrators"]["count"].as_u64().unwrap() >= 2, "{}", report["summary"]);
}

#[test]
fn the_table_begins_with_what_matters_and_ends_with_what_is_missing() {
    let place = Place::new();
    let ended = place.run(&["check".as_ref(), example().as_os_str()]);
    let first = ended.stdout.lines().next().unwrap();
    assert!(first.contains("administrator: ") && first.contains("acme-website"), "{first}");
    assert!(ended.stdout.lines().last().unwrap().starts_with("Complete: "));
    assert!(!ended.stdout.contains('\u{1b}'));
    place.write("denied.jsonl", one_read_refused());
    let ended = place.run(&["check", "denied.jsonl"]);
    let last = ended.stdout.lines().last().unwrap();
    assert!(
        last.contains("s3:GetBucketVersioning (denied)") && last.contains("palisade permissions"),
        "{last}"
    );
}

#[test]
fn reports_obey_their_schema() {
    let place = Place::new();
    let schema = place.run(&["schema", "report"]).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    place.write("denied.jsonl", one_read_refused());
    for arguments in
        [&["check", "-f", "json", "denied.jsonl"][..], &["check", "-f", "json", "--all", "denied.jsonl"]]
    {
        let report = place.run(arguments).json();
        let problems: Vec<_> = validator.iter_errors(&report).map(|problem| problem.to_string()).collect();
        assert_eq!(problems, Vec::<String>::new());
    }
}

#[test]
fn exit_codes_tell_gate_and_gaps_apart() {
    let place = Place::new();
    place.write("whole.jsonl", document());
    place.write("gap.jsonl", one_read_refused());
    let code = |snapshot: &str, more: &[&str]| {
        let selection = format!("--rule={PUBLIC},{VERSIONING}");
        place.run(&[&["check", snapshot, &selection][..], more].concat()).code
    };
    assert_eq!(code("whole.jsonl", &[]), Some(0));
    assert_eq!(code("whole.jsonl", &["--fail-on", "critical"]), Some(3));
    assert_eq!(code("whole.jsonl", &["--fail-on", "none"]), Some(0));
    assert_eq!(code("gap.jsonl", &[]), Some(4));
    assert_eq!(code("gap.jsonl", &["--allow-incomplete"]), Some(0));
    assert_eq!(code("gap.jsonl", &["--fail-on", "critical"]), Some(5));
    assert_eq!(code("gap.jsonl", &["--fail-on", "critical", "--allow-incomplete"]), Some(3));
    let mild = place.run(&["check", "whole.jsonl", "--rule", VERSIONING, "--fail-on", "critical"]);
    assert_eq!(mild.code, Some(0));
}

#[test]
fn an_account_in_which_nothing_could_be_listed_gives_no_report() {
    let place = Place::new();
    place.write("refused.jsonl", nothing_listed());
    let ended = place.run(&["check", "refused.jsonl", "-f", "json", "-o", "report.json"]);
    ended.failed(1, &["111122223333", "palisade permissions", "denied"]);
    assert_eq!(place.names(), ["refused.jsonl"]);
}

#[test]
fn the_same_snapshot_gives_the_same_bytes_whatever_is_around_it() {
    let check = |place: Place, name: &str, more: &[&str]| {
        place.write(name, document());
        let arguments = [&["check", name][..], more].concat();
        place.run(&arguments).stdout
    };
    for more in [&["-f", "json", "--all"][..], &["-f", "table"]] {
        let one = check(Place::new().with("RAYON_NUM_THREADS", "1"), "a.jsonl", more);
        let many = Place::new()
            .with("RAYON_NUM_THREADS", "7")
            .with("LC_ALL", "tr_TR.UTF-8")
            .with("TZ", "Pacific/Kiritimati")
            .with("COLUMNS", "60");
        assert!(!one.is_empty());
        assert_eq!(one, check(many, "another folder/b.jsonl", more));
    }
}

#[test]
fn a_compressed_snapshot_and_standard_input_give_the_same_report() {
    let place = Place::new();
    place.write("plain.jsonl", document());
    crate::example_account::snapshot().write_file(&place.path("small.jsonl.zst")).unwrap();
    let plain = place.run(&["check", "plain.jsonl", "-f", "json"]).stdout;
    assert_eq!(plain, place.run(&["check", "small.jsonl.zst", "-f", "json"]).stdout);
    assert_eq!(plain, place.run_with_input(&["check", "-", "-f", "json"], &document()).stdout);
}

#[test]
fn several_accounts_are_reported_in_the_order_of_their_ids() {
    let place = Place::new();
    let other = changed(|snapshot| {
        snapshot.shared.header.account_id = "000011112222".to_owned();
        snapshot.shared.account.id = "000011112222".to_owned();
    });
    place.write("first.jsonl", document());
    place.write("second.jsonl", other);
    let together = place.run(&["check", "first.jsonl", "second.jsonl", "-f", "json"]).json();
    let accounts: Vec<_> =
        together.as_array().unwrap().iter().map(|report| &report["run"]["account"]).collect();
    assert_eq!(accounts, ["000011112222", "111122223333"]);
    let alone = place.run(&["check", "first.jsonl", "-f", "json"]).json();
    assert_eq!(together[1], alone);
    let tables = place.run(&["check", "first.jsonl", "second.jsonl"]).stdout;
    assert_eq!(tables.lines().filter(|line| line.starts_with("Account ")).count(), 2);
    place
        .run(&["check", "first.jsonl", "first.jsonl"])
        .failed(2, &["both snapshots of account 111122223333"]);
    place.run(&["check", "-", "-"]).failed(2, &["standard input"]);
}

#[test]
fn another_clock_makes_keys_older() {
    let place = Place::new();
    place.write("a.jsonl", document());
    let check = |more: &[&str]| {
        let arguments =
            [&["check", "a.jsonl", "-f", "json", "--rule", "iam-access-key-rotated"][..], more].concat();
        place.run(&arguments).json()
    };
    let (now, later) = (check(&[]), check(&["--now", "2027-11-02T05:00:00Z"]));
    let fails = |report: &Value| report["summary"]["verdicts"]["fail"].as_u64().unwrap();
    assert!(fails(&later) > fails(&now));
    assert_eq!(later["run"]["now"], "2027-11-02T05:00:00Z");
    assert_eq!(later["run"]["taken_at"], now["run"]["taken_at"]);
}

#[test]
fn settings_change_verdicts_and_the_digest_of_the_configuration() {
    let place = Place::new();
    place.write("a.jsonl", document());
    let report = || place.run(&["check", "a.jsonl", "-f", "json", "--rule", PUBLIC]).json();
    let before = report();
    place.write(
        "palisade.toml",
        "[[waivers]]\nrule = \"s3-bucket-not-public\"\nresource = \"arn:aws:s3:::acme-website\"\n\
         reason = \"it is our website\"\nowner = \"web team\"\nexpires = \"2026-12-31\"\n",
    );
    let after = report();
    assert_eq!(before["summary"]["waived"], 0);
    assert_eq!(after["summary"]["waived"], 1);
    assert_eq!(after["findings"].as_array().unwrap().len(), before["findings"].as_array().unwrap().len());
    assert_ne!(before["run"]["digests"]["configuration"], after["run"]["digests"]["configuration"]);
}

#[test]
fn the_configuration_in_the_readme_is_one() {
    let readme = include_str!("../../../../README.md");
    let configuration = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let place = Place::new();
    place.write("a.jsonl", document());
    place.write("palisade.toml", configuration);
    let report = place.run(&["check", "a.jsonl", "-f", "json"]).json();
    let manual = |one: &Value| one["rule"] == "account-billing-iam-access-activated";
    assert!(!report["findings"].as_array().unwrap().iter().any(manual), "it is attested");
}

#[test]
fn colours_are_for_terminals_and_those_who_ask() {
    let colours = |place: Place, more: &[&str]| {
        place.write("a.jsonl", document());
        let ended = place.run(&[&["check", "a.jsonl"][..], more].concat());
        ended.stdout.contains('\u{1b}')
    };
    assert!(!colours(Place::new(), &[]));
    assert!(colours(Place::new(), &["--color", "always"]));
    assert!(colours(Place::new().with("FORCE_COLOR", "1"), &[]));
    assert!(colours(Place::new().with("CLICOLOR_FORCE", "1"), &[]));
    assert!(!colours(Place::new().with("CLICOLOR_FORCE", "0"), &[]));
    assert!(!colours(Place::new().with("NO_COLOR", "1").with("FORCE_COLOR", "1"), &[]));
    assert!(colours(Place::new().with("NO_COLOR", "1"), &["--color", "always"]));
}

#[test]
fn a_torn_snapshot_is_judged_only_when_asked_and_what_is_missing_is_unknown() {
    let place = Place::new();
    let whole = document();
    let at = whole.len() * 9 / 10;
    place.write("torn.jsonl", &whole[..at]);
    place.run(&["check", "torn.jsonl"]).failed(1, &["torn", "--allow-torn"]);
    let ended: Ended = place.run(&["check", "torn.jsonl", "--allow-torn", "-f", "json"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert!(ended.json()["summary"]["verdicts"]["unknown"].as_u64().unwrap() > 0);
}

#[test]
fn lines_say_what_the_document_says() {
    let place = Place::new();
    let example = example();
    let report = |format: &str| place.run(&["check", example.to_str().unwrap(), "-f", format]);
    let (document, lines) = (report("json"), report("ndjson"));
    assert_eq!(lines.code, document.code);
    let findings: Vec<Value> = (lines.stdout.lines())
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["record"] == "finding")
        .map(|mut line| {
            line.as_object_mut().unwrap().remove("record");
            line
        })
        .collect();
    assert!(!findings.is_empty());
    assert_eq!(Value::from(findings), document.json()["findings"]);
}
