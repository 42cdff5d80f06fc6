//! Whole snapshots through rules: findings, their order, coverage, settings.
#![expect(clippy::unwrap_used, reason = "what tests prepare must be there")]

mod account;

use std::collections::BTreeSet;
use std::convert::{Infallible, identity};
use std::fs;

use account::{bucket, shared};
use palisade_facts::{Declarations, Evidence, Facts, Resource};
use palisade_rules::{
    Coverage, EvaluationError, Finding, JudgeError, Judged, Judging, RuleSet, Settings, UnreadableCalls,
    Verdict, judge,
};
use palisade_snapshot::{Bucket, Listing, Observed, Reason, RecordKind, Shared, Unreadable};
use serde_json::json;

const VERSIONED: &str = r#"
title: Old versions can't be brought back
severity: medium
resource: s3.bucket
pass_when: bucket.versioning == "enabled"
why: A deletion is final.
fix: {summary: "Turn versioning on for {bucket.name}", cli: ["x --bucket {bucket.name} --kms {bucket.encryption.kms_key}"]}
examples:
  - {name: on, expect: pass, given: {versioning: Enabled}}
  - {name: off, expect: fail, given: {versioning: Suspended}}
  - {name: unread, expect: unknown, given: {versioning: {unreadable: s3:GetBucketVersioning}}}
"#;

/// Rules from texts, each with `service/id` as its name.
fn rules(files: &[(&str, &str)]) -> RuleSet {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name).with_extension("yaml");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    RuleSet::folder(folder.path()).unwrap()
}

fn denied(operation: &str) -> Unreadable {
    Unreadable::new(operation, operation, Reason::Denied, "no")
}

struct Judgement {
    findings: Vec<Finding>,
    judged: Judged,
}

fn judge_all(rules: &RuleSet, shared: &Shared, buckets: &[Bucket], settings: &Settings) -> Judgement {
    let facts = Facts::new(shared, &Declarations::default());
    let resources = buckets.iter().map(|one| Ok::<_, Infallible>(Resource::Bucket(Box::new(one.clone()))));
    let mut findings = Vec::new();
    let judging = Judging { rules, facts: &facts, settings, all: true };
    let judged = judge(judging, resources, Ok, identity, |finding| {
        findings.push(finding);
        Ok::<_, Infallible>(())
    });
    Judgement { findings, judged: judged.unwrap() }
}

fn verdicts(findings: &[Finding]) -> Vec<(&str, Verdict)> {
    findings.iter().map(|finding| (finding.resource.name.as_str(), finding.verdict)).collect()
}

#[test]
fn a_finding_has_its_proof_and_its_fix() {
    let rules = rules(&[("s3/s3-versioned", VERSIONED)]);
    let mut one = bucket("logs");
    one.versioning = Observed::Absent;
    let found = judge_all(&rules, &shared(), &[one], &Settings::default());
    let [finding] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
    assert_eq!(finding.verdict, Verdict::Fail);
    assert_eq!(finding.id, "3671b3df82ebc49d545447c721f92541", "ids are frozen");
    assert_eq!((finding.account.as_str(), finding.region.as_deref()), ("111122223333", Some("eu-west-1")));
    assert_eq!(finding.resource.arn, "arn:aws:s3:::logs");
    assert_eq!(finding.evidence[0].fact, "bucket.versioning");
    assert_eq!(finding.evidence[0].value, json!("never"));
    let fix = finding.fix.as_ref().unwrap();
    assert_eq!(fix.summary, "Turn versioning on for logs");
    assert_eq!(
        fix.cli,
        ["x --bucket logs --kms '{bucket.encryption.kms_key}'"],
        "what is not there stays a placeholder"
    );
    assert_eq!((found.judged.summary.verdicts.fail, found.judged.summary.resources), (1, 1));
    assert!(!found.judged.coverage.is_incomplete());
}

#[test]
fn what_is_missing_is_unknown_and_counted() {
    let rules = rules(&[("s3/s3-versioned", VERSIONED)]);
    let mut buckets = vec![bucket("a"), bucket("b"), bucket("c")];
    buckets[1].versioning = denied("s3:GetBucketVersioning").into();
    buckets[2].policy = denied("s3:GetBucketPolicy").into();
    let found = judge_all(&rules, &shared(), &buckets, &Settings::default());
    assert_eq!(
        verdicts(&found.findings),
        [("a", Verdict::Pass), ("b", Verdict::Unknown), ("c", Verdict::Pass)]
    );
    assert_eq!(found.findings[1].unknown_because[0].operation, "s3:GetBucketVersioning");
    assert_eq!(found.findings[1].evidence[0].value, json!({"$unknown": ["s3:GetBucketVersioning"]}));
    let coverage = &found.judged.coverage;
    // One listing, three buckets; what the rule does not need, such as the policy, does not count.
    assert_eq!((coverage.planned, coverage.answered, coverage.not_offered), (4, 3, 0));
    let lost = UnreadableCalls {
        operation: "s3:GetBucketVersioning".to_owned(),
        iam_action: "s3:GetBucketVersioning".to_owned(),
        reason: Reason::Denied,
        region: Some("eu-west-1".to_owned()),
        count: 1,
        rules: vec!["s3-versioned".to_owned()],
    };
    assert_eq!(coverage.unreadable, [lost]);
}

#[test]
fn resources_that_nobody_could_list_are_one_unknown_per_rule() {
    let rules = rules(&[("s3/s3-versioned", VERSIONED), ("s3/s3-versioned-too", VERSIONED)]);
    let mut shared = shared();
    let listing = shared.listings.iter_mut().find(|listing| listing.kind == RecordKind::Bucket).unwrap();
    listing.incomplete = Some(denied("s3:ListBuckets"));
    let found = judge_all(&rules, &shared, &[bucket("a")], &Settings::default());
    assert_eq!(
        verdicts(&found.findings),
        [("*", Verdict::Unknown), ("*", Verdict::Unknown), ("a", Verdict::Pass), ("a", Verdict::Pass)]
    );
    assert_eq!(found.findings[0].resource.arn, "arn:aws:s3:::*");
    assert_eq!(found.findings[0].unknown_because[0].operation, "s3:ListBuckets");
    let ids: BTreeSet<_> = found.findings.iter().map(|finding| &finding.id).collect();
    assert_eq!(ids.len(), found.findings.len());
    let coverage = &found.judged.coverage;
    assert_eq!((coverage.planned, coverage.answered), (2, 1));
    assert_eq!(coverage.unreadable[0].rules, ["s3-versioned", "s3-versioned-too"]);
}

#[test]
fn a_rule_that_its_parameters_switch_off_needs_nothing_and_is_never_unknown() {
    let text = VERSIONED
        .replace("pass_when: ", "applies_when: bucket.has_policy && size(params.states) > 0\npass_when: ")
        .replace("== \"enabled\"", "in params.states")
        .replace("why:", "params: {states: []}\nwhy:");
    let (rule, examples) = text.split_once("examples:").unwrap();
    let examples = examples.replace("given:", "params: {states: [enabled]}, given:");
    let text = format!("{rule}examples:{examples}");
    let rules = rules(&[("s3/s3-versioned", &text)]);
    let set: Settings =
        serde_json::from_value(json!({"params": {"s3-versioned": {"states": ["never"]}}})).unwrap();
    let default = Settings::default();
    let rule = rules.find("s3-versioned").unwrap();
    assert_eq!((default.is_off(rule), set.is_off(rule)), (true, false));
    assert_eq!(rules.reads(&default), BTreeSet::new());
    assert!(rules.reads(&set).contains(&Evidence::BucketVersioning));

    let mut unread = bucket("logs");
    unread.policy = denied("s3:GetBucketPolicy").into();
    unread.versioning = denied("s3:GetBucketVersioning").into();
    let mut shared = shared();
    let listing = shared.listings.iter_mut().find(|listing| listing.kind == RecordKind::Bucket).unwrap();
    listing.incomplete = Some(denied("s3:ListBuckets"));
    let off = judge_all(&rules, &shared, &[unread.clone()], &default);
    // Whoever tried to list them and could not is told so by every rule.
    assert_eq!(verdicts(&off.findings), [("*", Verdict::Unknown), ("logs", Verdict::NotApplicable)]);
    let calls: Vec<_> = off.judged.coverage.unreadable.iter().map(|calls| calls.operation.as_str()).collect();
    assert_eq!(calls, ["s3:ListBuckets"]);
    let on = judge_all(&rules, &shared, &[unread.clone()], &set);
    assert_eq!(verdicts(&on.findings), [("*", Verdict::Unknown), ("logs", Verdict::Unknown)]);
    let ids =
        |judgement: &Judgement| -> Vec<_> { judgement.findings.iter().map(|one| one.id.clone()).collect() };
    assert_eq!(ids(&off), ids(&on));
    assert!(on.judged.coverage.is_incomplete());

    let listing = shared.listings.iter_mut().find(|listing| listing.kind == RecordKind::Bucket).unwrap();
    listing.incomplete = Some(Unreadable { reason: Reason::NotCollected, ..denied("s3:ListBuckets") });
    let off = judge_all(&rules, &shared, &[unread], &default);
    assert_eq!(verdicts(&off.findings), [("*", Verdict::NotApplicable), ("logs", Verdict::NotApplicable)]);
    assert!(off.findings.iter().all(|finding| finding.unknown_because.is_empty() && finding.fix.is_none()));
    assert_eq!(off.judged.coverage, Coverage::default());
}

#[test]
fn regions_have_their_own_gaps() {
    let rules = RuleSet::built_in().unwrap();
    let id = "ecr-repository-tags-immutable";
    let rules = rules
        .select(&palisade_rules::Selection { rules: vec![id.to_owned()], ..Default::default() })
        .unwrap();
    let mut shared = shared();
    shared.listings.retain(|listing| listing.kind != RecordKind::Repository);
    for region in ["eu-west-1", "us-east-1"] {
        let mut listing = Listing::complete(RecordKind::Repository, Some(region));
        listing.incomplete = Some(denied("ecr:DescribeRepositories"));
        shared.listings.push(listing);
    }
    let found = judge_all(&rules, &shared, &[], &Settings::default());
    let regions: Vec<_> = found.findings.iter().map(|finding| finding.region.as_deref()).collect();
    assert_eq!(regions, [Some("eu-west-1"), Some("us-east-1")]);
    assert_eq!(found.findings[1].resource.arn, "arn:aws:ecr:us-east-1:111122223333:repository/*");
    assert_ne!(found.findings[0].id, found.findings[1].id);
}

#[test]
fn an_undecided_application_is_unknown_even_if_the_requirement_is_met() {
    let text = VERSIONED.replace("pass_when", "applies_when: bucket.has_policy\npass_when");
    let rules = rules(&[("s3/s3-versioned", &text)]);
    let unread = || denied("s3:GetBucketPolicy").into();
    let mut buckets = vec![bucket("met"), bucket("broken"), bucket("both"), bucket("none")];
    buckets.iter_mut().take(3).for_each(|one| one.policy = unread());
    buckets[1].versioning = Observed::Absent;
    buckets[2].versioning = denied("s3:GetBucketVersioning").into();
    let found = judge_all(&rules, &shared(), &buckets, &Settings::default());
    assert_eq!(
        verdicts(&found.findings),
        [
            ("met", Verdict::Unknown),
            ("broken", Verdict::Unknown),
            ("both", Verdict::Unknown),
            ("none", Verdict::NotApplicable)
        ]
    );
    let because = |index: usize| -> Vec<_> {
        found.findings[index].unknown_because.iter().map(|call| call.operation.as_str()).collect()
    };
    assert_eq!(because(0), ["s3:GetBucketPolicy"]);
    assert_eq!(because(1), ["s3:GetBucketPolicy"]);
    assert_eq!(because(2), ["s3:GetBucketPolicy", "s3:GetBucketVersioning"]);
}

#[test]
fn settings_change_parameters_and_accept_fails_until_they_expire() {
    let text = VERSIONED
        .replace("== \"enabled\"", "in params.states")
        .replace("why:", "params: {states: [enabled]}\naliases: [s3-old]\nwhy:");
    let rules = rules(&[("s3/s3-versioned", &text)]);
    let mut one = bucket("logs");
    one.versioning = Observed::Absent;
    let judged = |settings: serde_json::Value| {
        let settings: Settings = serde_json::from_value(settings).unwrap();
        settings.check(&rules).unwrap();
        judge_all(&rules, &shared(), &[one.clone()], &settings).findings.remove(0)
    };
    assert_eq!(judged(json!({})).verdict, Verdict::Fail);
    assert_eq!(judged(json!({"params": {"s3-versioned": {"states": ["never"]}}})).verdict, Verdict::Pass);
    assert_eq!(judged(json!({"params": {"s3-old": {"states": ["never"]}}})).verdict, Verdict::Pass);
    let waiver = |resource: &str, expires: &str| {
        let waiver = json!({"rule": "s3-versioned", "resource": resource, "reason": "r", "owner": "o", "expires": expires});
        judged(json!({"waivers": [waiver]}))
    };
    // The snapshot was taken on 2026-07-01: the last day counts.
    let waived = waiver("arn:aws:s3:::l*", "2026-07-01");
    assert_eq!((waived.verdict, waived.waiver.unwrap().expires.as_str()), (Verdict::Fail, "2026-07-01"));
    assert_eq!(waiver("arn:aws:s3:::l*", "2026-06-30").waiver, None);
    assert_eq!(waiver("arn:aws:s3:::other", "2026-07-01").waiver, None);
}

#[test]
fn attestations_decide_manual_rules_while_they_hold() {
    let manual = "title: Nobody can see the bills\nseverity: low\nresource: account\nmanual: {steps: [Look.]}\n\
        why: Costs show abuse.\nfix: {summary: Turn it on}\nexamples:\n  - {name: a, expect: manual}\n  \
        - {name: b, expect: pass, attestation: {value: pass, when: 2026-06-01, expires: 2026-12-31}}\n  \
        - {name: c, expect: fail, attestation: {value: fail, when: 2026-06-01, expires: 2026-12-31}}\n";
    let rules = rules(&[("account/account-bills", manual)]);
    assert!(rules.test().unwrap().iter().all(palisade_rules::ExampleOutcome::is_met));
    let judged = |value: &str, when: &str, expires: &str, account: &str| {
        let attestation = json!({"rule": "account-bills", "value": value, "who": "w", "when": when, "expires": expires, "account": account});
        let settings: Settings = serde_json::from_value(json!({"attestations": [attestation]})).unwrap();
        settings.check(&rules).unwrap();
        judge_all(&rules, &shared(), &[], &settings).findings.remove(0)
    };
    let us = "111122223333";
    assert_eq!(judged("pass", "2026-01-01", "2026-07-01", us).verdict, Verdict::Pass);
    let failed = judged("fail", "2026-01-01", "2026-07-01", us);
    assert_eq!(failed.verdict, Verdict::Fail);
    assert_eq!(failed.evidence[0].value["who"], "w");
    assert_eq!(judged("pass", "2026-01-01", "2026-06-30", us).verdict, Verdict::Manual);
    assert_eq!(judged("pass", "2026-07-02", "2026-12-31", us).verdict, Verdict::Manual);
    assert_eq!(judged("pass", "2026-01-01", "2026-07-01", "444455556666").verdict, Verdict::Manual);
}

#[test]
fn a_rule_that_fails_to_evaluate_is_named() {
    let text = VERSIONED.replace(
        "bucket.versioning == \"enabled\"",
        "bucket.name.size() * 9223372036854775807 > 1 || bucket.versioning == \"enabled\"",
    );
    let rules = rules(&[("s3/s3-versioned", &text)]);
    let facts = Facts::new(&shared(), &Declarations::default());
    let judging = Judging { rules: &rules, facts: &facts, settings: &Settings::default(), all: false };
    let resources = [Ok::<_, Infallible>(Resource::Bucket(Box::new(bucket("logs"))))];
    let error = judge(judging, resources, Ok, identity, |_| Ok::<_, Infallible>(())).unwrap_err();
    let JudgeError::Rule { rule, resource, source } = error;
    assert_eq!((rule.as_str(), resource.as_str()), ("s3-versioned", "arn:aws:s3:::logs"));
    assert_eq!(source, EvaluationError::Overflow);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let rules = RuleSet::built_in().unwrap();
    let mut buckets: Vec<_> = (0..1500).map(|number| bucket(&format!("bucket-{number:05}"))).collect();
    for (number, one) in buckets.iter_mut().enumerate() {
        if number % 3 == 0 {
            one.versioning = Observed::Absent;
        }
        if number % 7 == 0 {
            one.policy = denied("s3:GetBucketPolicy").into();
        }
    }
    let with_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| judge_all(&rules, &shared(), &buckets, &Settings::default()))
    };
    let alone = with_threads(1);
    assert!(alone.findings.len() > 1500 * 20);
    for threads in [2, 5] {
        let together = with_threads(threads);
        assert!(alone.findings == together.findings, "{threads} threads");
        assert_eq!(alone.judged, together.judged, "{threads} threads");
    }
    let ids: BTreeSet<_> = alone.findings.iter().map(|finding| &finding.id).collect();
    assert_eq!(ids.len(), alone.findings.len(), "ids are unique");
}

#[test]
fn without_an_answer_to_what_it_reads_no_rule_on_buckets_passes_or_fails_otherwise() {
    let rules = RuleSet::built_in().unwrap();
    let whole = judge_all(&rules, &shared(), &[bucket("logs")], &Settings::default());
    for evidence in Evidence::ALL {
        let mut one = bucket("logs");
        palisade_snapshot::Observations::withhold(&mut one, *evidence, &denied("withheld:Call"));
        let less = judge_all(&rules, &shared(), &[one], &Settings::default());
        assert_eq!(whole.findings.len(), less.findings.len(), "{evidence}");
        for (before, after) in whole.findings.iter().zip(&less.findings) {
            assert_eq!(before.id, after.id, "{evidence}");
            let changed = before.verdict != after.verdict;
            assert!(!changed || after.verdict == Verdict::Unknown, "{}: {evidence}", after.rule);
            if changed {
                let reads = rules.find(&after.rule).unwrap().reads();
                assert!(reads.contains(evidence), "{} does not declare {evidence}", after.rule);
                let named = after.unknown_because.iter().any(|call| call.operation == "withheld:Call");
                assert!(named, "{}: {:?}", after.rule, after.unknown_because);
            }
        }
    }
}
