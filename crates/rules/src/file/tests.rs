use super::{LoadProblem, read_rule, rule_schema};
use crate::rule::Rule;
use crate::{ParameterValue, Severity, Verdict};

const GOOD: &str = r#"title: Old object versions can't be brought back
severity: medium
resource: s3.bucket
applies_when: bucket.encryption != null
pass_when: >-
  bucket.versioning == "enabled" &&
  bucket.encryption.algorithm in params.algorithms
evidence: [bucket.versioning, account.id]
params:
  algorithms: {default: [AES256, "aws:kms"], doc: What counts.}
  days: 90
why: A deletion is final.
fix:
  summary: Turn versioning on for {bucket.name}
  cli: ["aws s3api put-bucket-versioning --bucket {bucket.name} --versioning-configuration Status=Enabled"]
frameworks: {fsbp: [S3.14]}
references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"]
aliases: [s3-versioning]
examples:
  - {name: on, expect: pass, given: {versioning: Enabled}}
  - {name: off, expect: fail, given: {versioning: Suspended}, params: {days: 3}}
  - {name: unread, expect: unknown, given: {versioning: {unreadable: s3:GetBucketVersioning}}}
"#;

fn load(text: &str) -> Result<Rule, Vec<LoadProblem>> {
    read_rule("rules/s3/s3-x.yaml", "s3", "s3-x", text)
}

/// The problems as `line:column: message`.
fn problems(text: &str) -> Vec<String> {
    let problems = load(text).err().unwrap_or_default();
    problems.iter().map(|p| format!("{}:{}: {}", p.line, p.column, p.message)).collect()
}

/// The problems after replacing a part of the good rule.
fn broken(from: &str, to: &str) -> Vec<String> {
    assert!(GOOD.contains(from), "{from}");
    problems(&GOOD.replace(from, to))
}

#[test]
fn a_rule_is_its_file() {
    let rule = load(GOOD).unwrap();
    assert_eq!((rule.id.as_str(), rule.service.as_str(), rule.severity), ("s3-x", "s3", Severity::Medium));
    assert_eq!(rule.evidence().collect::<Vec<_>>(), ["bucket.versioning", "account.id"]);
    assert_eq!(rule.params[0].doc.as_deref(), Some("What counts."));
    assert_eq!(rule.params[1].default, ParameterValue::Int(90));
    assert_eq!(rule.aliases, ["s3-versioning"]);
    assert_eq!(rule.examples.as_ref().unwrap()[1].expect, Verdict::Fail);
    let read: Vec<_> = rule.reads().into_iter().map(palisade_facts::Evidence::name).collect();
    assert_eq!(read, ["s3.bucket", "s3.bucket.encryption", "s3.bucket.versioning"]);
}

#[test]
fn problems_of_yaml_have_their_place() {
    assert_eq!(
        problems("title: [1, 2\nfix: 3"),
        ["2:4: this is not valid YAML: illegal placement of ':' indicator"]
    );
    assert_eq!(
        problems("a: 1\na: 2\n")[0].split(';').next(),
        Some(
            "2:1: this is not valid YAML: duplicate mapping key: a, set DuplicateKeyPolicy in Options if acceptable"
        )
    );
    assert_eq!(problems("- a"), ["1:1: a rule is a mapping, not a list"]);
    assert_eq!(problems(""), ["1:1: a rule is a mapping, not nothing"]);
    assert_eq!(problems(&" ".repeat(300_000)), ["0:0: the file has 300000 bytes; 262144 are the limit"]);
    assert!(problems("a: &a [*a]")[0].starts_with("1:"));
    assert!(problems(&"[".repeat(100_000))[0].contains("this is not valid YAML"));
}

#[test]
fn unknown_keys_and_words_come_with_the_nearest() {
    assert_eq!(
        broken("severity: medium", "severity: medum"),
        ["2:11: `medum` is no severity; did you mean `medium`?"]
    );
    assert_eq!(
        broken("resource: s3.bucket", "resource: s3.buckets"),
        ["3:11: `s3.buckets` is no resource; did you mean `s3.bucket`?"]
    );
    assert_eq!(
        broken("why:", "whyy:"),
        ["1:1: a rule lacks `why`", "12:1: unknown key `whyy`; did you mean `why`?"]
    );
    assert_eq!(
        broken("  summary:", "  sumary:"),
        ["14:3: `fix` lacks `summary`", "14:3: unknown key `sumary`; did you mean `summary`?"]
    );
    assert_eq!(
        broken("expect: pass, given", "expect: pass, givn"),
        ["20:30: unknown key `givn`; did you mean `given`?"]
    );
    assert_eq!(
        broken("params: {days: 3}", "params: {day: 3}"),
        ["21:72: there is no parameter `day`; did you mean `days`?"]
    );
    assert_eq!(broken("params: {days: 3}", "params: {days: x}"), ["21:72: `days` is a number, not `\"x\"`"]);
    assert_eq!(
        broken("[bucket.versioning, account.id]", "[bucket.versionin, bucket, user.name, bucket.name.x]"),
        [
            "8:12: `s3.bucket` has no attribute `versionin`; did you mean `versioning`?",
            "8:30: `bucket` is the whole resource; name one of its facts",
            "8:38: `user.name` is no fact: facts of `s3.bucket` begin with `bucket.`, those of the account with `account.`",
            "8:49: `bucket.name.x` is no fact: what comes before `x` has no attributes",
        ]
    );
    assert_eq!(
        broken("on for {bucket.name}", "on for {bucket.nam}"),
        ["14:36: `s3.bucket` has no attribute `nam`; did you mean `name`?"]
    );
}

#[test]
fn conditions_have_their_place_however_they_are_written() {
    let message = "`s3.bucket` has no attribute `versionin`; did you mean `versioning`?";
    assert_eq!(broken("  bucket.versioning ==", "  bucket.versionin =="), [format!("6:10: {message}")]);
    let written = |condition: &str| {
        let text = GOOD.replace(
            "pass_when: >-\n  bucket.versioning == \"enabled\" &&\n  bucket.encryption.algorithm in params.algorithms\n",
            condition,
        );
        problems(&text)
    };
    for (condition, place) in [
        ("pass_when: bucket.versionin == \"Enabled\"\n", "5:19"),
        ("pass_when: 'bucket.name != \"é\" && bucket.versionin == \"Enabled\"'\n", "5:42"),
        ("pass_when: \"bucket.versionin == \\\"Enabled\\\"\"\n", "5:20"),
        ("pass_when: |\n  bucket.has_policy &&\n    bucket.versionin == \"Enabled\"\n", "7:12"),
        ("pass_when: bucket.has_policy &&\n  bucket.versionin == \"Enabled\"\n", "6:10"),
    ] {
        assert_eq!(written(condition), [format!("{place}: {message}")], "{condition}");
    }
    assert_eq!(
        broken("== \"enabled\"", "== \"Enabled\""),
        ["6:24: \"Enabled\" is not one of \"never\", \"enabled\", \"suspended\"; did you mean `enabled`?"]
    );
}

#[test]
fn the_condition_of_applying_guards_the_requirement() {
    let found = broken("applies_when: bucket.encryption != null", "applies_when: bucket.has_policy");
    assert_eq!(
        found,
        ["7:20: `bucket.encryption` may be null: guard it, as in `bucket.encryption != null && …`"]
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = GOOD
        .replace("severity: medium", "severity: 3")
        .replace("[bucket.versioning", "[bucket.versionin")
        .replace("days: 90", "days: 1.5")
        .replace("https://docs", "http://docs")
        .replace("expect: unknown", "expect: unknwn");
    let found: Vec<_> =
        problems(&text).iter().map(|problem| problem.split_once(": ").unwrap().1.to_owned()).collect();
    assert_eq!(
        found,
        [
            "a text is needed here, not a number",
            "`s3.bucket` has no attribute `versionin`; did you mean `versioning`?",
            "a parameter is true or false, a whole number, a text, or a list of one of these",
            "`http://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html` is no address that begins with https://",
            "`unknwn` is no expect; did you mean `unknown`?",
        ]
    );
}

#[test]
fn texts_of_parameters_are_checked_like_the_rest() {
    let chosen = |states: &str| {
        let text = GOOD.replace("== \"enabled\"", "in params.states");
        problems(&text.replace("  days: 90", &format!("  days: 90\n  states: {states}")))
    };
    assert_eq!(chosen("[enabled]"), [""; 0]);
    assert_eq!(
        chosen("[Enabled]"),
        [
            "6:3: the default of a parameter does not fit: `states` is one of never, enabled, suspended, not `Enabled`"
        ]
    );
    assert_eq!(
        broken("  days: 90", "  Days: 90")[0],
        "11:3: `Days` is no name of a parameter: use small letters, digits and underscores"
    );
    assert_eq!(broken("  days: 90", "  days: [1, a]").len(), 1);
}

#[test]
fn examples_are_required() {
    let without = |name: &str| {
        let line = GOOD.lines().find(|line| line.contains(&format!("name: {name},"))).unwrap();
        problems(&GOOD.replace(&format!("{line}\n"), ""))
    };
    assert_eq!(without("on"), ["20:3: the examples lack one that expects `pass`"]);
    assert_eq!(without("off"), ["20:3: the examples lack one that expects `fail`"]);
    assert_eq!(without("unread"), ["20:3: the examples lack one that expects `unknown`"]);
    assert_eq!(broken("name: off", "name: on"), ["20:3: two examples are called `on`"]);
}

#[test]
fn manual_rules_have_steps_and_attestations() {
    let manual = r#"title: Nobody can see the bills
severity: low
resource: account
manual: {steps: [Look.]}
why: Costs show abuse.
fix: {summary: Turn it on}
examples:
  - {name: nothing, expect: manual}
  - {name: good, expect: pass, attestation: {value: pass, when: 2026-06-01, expires: 2026-12-31}}
  - {name: bad, expect: fail, attestation: {value: fail, when: 2026-06-01, expires: 2026-12-31}}
"#;
    assert!(load(manual).unwrap().takes_attestations());
    assert_eq!(
        problems(&manual.replace("value: pass", "value: yes")),
        ["9:53: `yes` is no value; it is one of pass, fail"]
    );
    assert_eq!(
        problems(&manual.replace(
            "when: 2026-06-01, expires: 2026-12-31}}\n  - {name: bad",
            "when: 2026-06-31, expires: 2026-12-31}}\n  - {name: bad"
        )),
        ["9:65: `2026-06-31` is no date; write it as `2026-03-31`"]
    );
    let both = manual.replace("manual:", "pass_when: account.alias != null\nmanual:");
    assert_eq!(
        problems(&both),
        ["9:3: the examples lack one that expects `unknown`"],
        "what rests on facts may be unknown"
    );
    assert_eq!(
        problems(&manual.replace("manual: {steps: [Look.]}\n", "")),
        ["1:1: a rule lacks `pass_when` (or `manual`, where no API can tell)"]
    );
}

#[test]
fn what_is_always_so_is_no_rule() {
    let found = broken("evidence: [bucket.versioning, account.id]", "evidence: []");
    assert_eq!(found, ["8:11: a rule shows at least one fact with a fail"]);
}

#[test]
fn ids_are_words_joined_by_hyphens() {
    for id in ["S3-x", "s3--x", "-s3", "s3_x", "s3 x", ""] {
        let found = read_rule("rules/s3/x.yaml", "s3", id, GOOD).unwrap_err();
        assert_eq!(
            found[0].message,
            format!("`{id}` is no id: use small letters, digits and single hyphens")
        );
    }
}

#[test]
fn the_schema_accepts_the_rule_and_refuses_what_the_reader_refuses() {
    let schema = jsonschema::validator_for(&rule_schema()).unwrap();
    let json = |text: &str| super::document::parse(text).unwrap().to_json();
    assert!(schema.is_valid(&json(GOOD)));
    for (from, to) in [
        ("why:", "whyy:"),
        ("severity: medium", "severity: medum"),
        ("resource: s3.bucket", "resource: s3.buckets"),
        ("pass_when:", "manual: {steps: [a]}\npass_when:"),
        ("https://docs", "http://docs"),
        ("  summary:", "  sumary:"),
    ] {
        assert!(!schema.is_valid(&json(&GOOD.replace(from, to))), "{to}");
        assert!(!broken(from, to).is_empty(), "{to}");
    }
}
