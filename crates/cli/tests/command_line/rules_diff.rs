//! What newer rules judge otherwise.

use crate::harness::Place;
use serde_json::json;

const RULE: &str = r#"title: Objects of this bucket can be lost
severity: low
resource: s3.bucket
pass_when: bucket.versioning == "enabled" || bucket.name in params.exempt
params: {exempt: {default: [scratch]}}
evidence: [bucket.versioning]
why: Somebody may delete them.
fix: {summary: Enable versioning}
references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"]
examples:
  - {name: never, expect: fail, given: {versioning: null}}
  - {name: enabled, expect: pass, given: {versioning: {status: Enabled, mfa_delete: false}}}
  - {name: unreadable, expect: unknown, given: {versioning: {unreadable: s3:GetBucketVersioning}}}
"#;

fn place() -> Place {
    let place = Place::new();
    for kept in ["old/s3/same.yaml", "new/s3/same.yaml", "old/s3/away.yaml", "old/s3/former.yaml"] {
        place.write(kept, RULE);
    }
    place.write("old/s3/other.yaml", RULE);
    let stricter = RULE.replace("severity: low", "severity: high").replace("[scratch]", "[]");
    place.write("new/s3/other.yaml", stricter.replace("== \"enabled\"", "!= \"never\""));
    place.write("new/s3/later.yaml", format!("{RULE}aliases: [former]\n"));
    place.write("new/s3/more.yaml", RULE);
    place
}

#[test]
fn a_difference_is_told_to_programs() {
    let ended = place().run(&["rules", "diff", "old", "new", "-f", "json"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let condition = |compared: &str| format!("bucket.versioning {compared} || bucket.name in params.exempt");
    assert_eq!(
        ended.json(),
        json!({
            "added": ["more"],
            "removed": ["away"],
            "renamed": [{ "from": "former", "to": "later" }],
            "changed": [{ "rule": "other", "changes": [
                { "what": "severity", "old": "low", "new": "high" },
                { "what": "pass_when", "old": condition("== \"enabled\""), "new": condition("!= \"never\"") },
                { "what": "params.exempt", "old": "[\"scratch\"]", "new": "[]" },
            ] }],
        })
    );
}

#[test]
fn a_difference_is_told_to_people() {
    let place = place();
    let table = place.run(&["rules", "diff", "old", "new"]).stdout;
    assert!(
        table.starts_with("added    more\nremoved  away\nrenamed  former -> later\nchanged  other\n"),
        "{table}"
    );
    assert!(table.contains("  severity\n    - low\n    + high\n"), "{table}");
    assert_eq!(place.run(&["rules", "diff", "old", "old"]).stdout, "no difference\n");
}

#[test]
fn own_rules_are_compared_with_those_that_ship_and_bad_ones_are_refused() {
    let place = place();
    let shipped = place.run(&["rules", "diff", "old", "-f", "json"]).json();
    assert_eq!(shipped["removed"], json!(["away", "former", "other", "same"]));
    assert!(shipped["added"].as_array().unwrap().contains(&json!("s3-bucket-not-public")));
    place.run(&["rules", "diff", "old", "absent"]).failed(2, &["absent"]);
}
