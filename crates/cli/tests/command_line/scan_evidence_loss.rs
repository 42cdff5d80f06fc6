//! What is refused, breaks or goes away while an account is read never turns into a verdict.

use std::collections::BTreeSet;

use crate::scan_report::{Emulated, Finding, Report};
use palisade_emulator::{Account, Fault, Sizes, Target};
use palisade_snapshot::CALLS;

/// The one operation without which there is no account.
const CALLER: &str = "sts:GetCallerIdentity";

/// What is wrong with a report in which this operation was refused, compared with the undisturbed
/// one. Each finding keeps its verdict, or is unknown and names the operation; where its resource
/// could not be listed, an unknown of its rule stands for it.
fn changed_otherwise(before: &Report, after: &Report, operation: &str) -> Vec<String> {
    let found = after.by_id();
    let known: BTreeSet<_> = before.by_id().into_keys().collect();
    let stands_for = |lost: &Finding| {
        let mut gaps = after.findings.iter().filter(|finding| finding.is_gap() && finding.rule == lost.rule);
        gaps.any(|gap| gap.is_unknown_for(operation))
    };
    let kept = |finding: &Finding| match found.get(finding.id.as_str()) {
        Some(now) => now.verdict == finding.verdict || now.is_unknown_for(operation),
        None => stands_for(finding),
    };
    let told = |finding: &Finding| {
        let now = found.get(finding.id.as_str()).map_or("nothing", |now| now.verdict.as_str());
        format!(
            "{operation}: {} on {} was {} and is {now}",
            finding.rule, finding.resource.arn, finding.verdict
        )
    };
    let lost = before.findings.iter().filter(|finding| !kept(finding)).map(told);
    let new = after.findings.iter().filter(|finding| !known.contains(finding.id.as_str()));
    let new = new.filter(|finding| !finding.is_unknown_for(operation));
    let new = new.map(|finding| {
        format!("{operation}: new {} of {} on {}", finding.verdict, finding.rule, finding.resource.arn)
    });
    lost.chain(new).collect()
}

#[test]
fn a_credential_report_that_is_there_is_read_where_a_new_one_is_refused() {
    let emulated = Emulated::fixture("mixed");
    let (_, undisturbed) = emulated.scan(&[]);
    emulated.emulator.proxy().inject("iam:GenerateCredentialReport", Fault::Denied);
    let (ended, report) = emulated.scan(&[]);
    assert_eq!((ended.code, report.unreadable()), (Some(0), BTreeSet::new()), "{}", ended.stderr);
    assert_eq!(report.findings, undisturbed.findings);
}

#[test]
fn regions_that_the_user_named_are_enough_where_they_can_not_be_listed() {
    let emulated = Emulated::fixture("mixed");
    let named = ["--region", "us-east-1,eu-west-1"];
    let (_, undisturbed) = emulated.scan(&named);
    emulated.emulator.proxy().inject("account:ListRegions", Fault::Denied);
    let (ended, report) = emulated.scan(&named);
    assert_eq!((ended.code, report.unreadable()), (Some(0), BTreeSet::new()), "{}", ended.stderr);
    assert_eq!(report.findings, undisturbed.findings);
}

#[test]
fn regions_are_listed_for_a_rule_on_them_once_its_parameters_switch_it_on() {
    const RULE: &str = "account-region-optin-minimal";
    const LIST: &str = "account:ListRegions";
    let emulated = Emulated::fixture("mixed");
    let named = ["--rule", RULE, "--region", "us-east-1"];
    let asked = || emulated.emulator.proxy().counts().contains_key(LIST);
    let told = |code| {
        let (ended, report) = emulated.scan(&named);
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        let [finding] = report.findings.as_slice() else { panic!("{:?}", report.findings) };
        (finding.verdict.clone(), finding.is_unknown_for(LIST), report.coverage.planned)
    };
    assert_eq!(told(0), ("not_applicable".to_owned(), false, 0));
    assert!(!asked());
    emulated.place.write("palisade.toml", format!("[params.{RULE}]\nallowed_regions = [\"af-south-1\"]\n"));
    assert_eq!(told(0), ("pass".to_owned(), false, 1));
    assert!(asked());
    emulated.emulator.proxy().inject(LIST, Fault::Denied);
    assert_eq!(told(4), ("unknown".to_owned(), true, 1));
}

#[test]
fn without_a_caller_there_is_no_result() {
    let emulated = Emulated::fixture("mixed");
    emulated.emulator.proxy().inject(CALLER, Fault::Denied);
    emulated.place.run(&["scan"]).failed(1, &[CALLER]);
}

#[test]
fn when_everything_but_the_caller_is_refused_the_needed_policy_is_named() {
    let emulated = Emulated::fixture("mixed");
    for call in CALLS.iter().filter(|call| call.operation != CALLER) {
        emulated.emulator.proxy().inject(call.operation, Fault::Denied);
    }
    emulated.place.run(&["scan"]).failed(1, &["palisade permissions"]);
}

/// The listings in pages: size of a page, the kinds they hold, and how many the first two pages have.
const LISTINGS: &[(&str, usize, &str, usize)] = &[
    ("iam:GetAccountAuthorizationDetails", 10, "iam.user", 20),
    ("s3:ListBuckets", 5, "s3.bucket", 10),
    // Four of seven in one region, and all three in the other.
    ("ecr:DescribeRepositories", 2, "ecr.repository", 7),
];

#[test]
fn a_listing_that_breaks_on_its_third_page_keeps_two_and_says_so() {
    let emulated = Emulated::account(Account::generate(Sizes::MEDIUM));
    let proxy = emulated.emulator.proxy();
    for &(operation, page_size, kind, kept) in LISTINGS {
        proxy.clear();
        proxy.set_page_size(page_size);
        let (whole, undisturbed) = emulated.scan(&["--service", service(kind)]);
        assert_eq!(whole.code, Some(0), "{operation}");
        proxy.inject(Target::operation(operation).page(3), Fault::Denied);
        let (ended, report) = emulated.scan(&["--service", service(kind)]);
        assert_eq!(
            (ended.code, report.unreadable()),
            (Some(4), BTreeSet::from([operation])),
            "{}",
            ended.stderr
        );
        assert_eq!(report.resources(kind).len(), kept, "{operation}");
        assert!(report.resources(kind).is_subset(&undisturbed.resources(kind)));
        assert!(undisturbed.resources(kind).len() > kept);
        assert_eq!(changed_otherwise(&undisturbed, &report, operation), Vec::<String>::new());
    }
}

fn service(kind: &str) -> &str {
    kind.split('.').next().unwrap()
}

#[test]
fn what_was_deleted_after_it_was_listed_is_gone_and_nothing_else_changes() {
    // Buckets that no other depends on: no logs go to or from them.
    let gone = [
        (Target::operation("s3:*").resource("mixed-inbox"), "arn:aws:s3:::mixed-inbox"),
        (Target::operation("s3:GetBucketCors").resource("mixed-old"), "arn:aws:s3:::mixed-old"),
        (
            Target::operation("ecr:GetLifecyclePolicy").resource("mixed/shared"),
            "arn:aws:ecr:us-east-1:123456789012:repository/mixed/shared",
        ),
    ];
    let emulated = Emulated::fixture("mixed");
    let (_, undisturbed) = emulated.scan(&[]);
    for (target, arn) in gone {
        emulated.emulator.proxy().clear();
        emulated.emulator.proxy().inject(target, Fault::ResourceGone);
        let (ended, report) = emulated.scan(&[]);
        assert_eq!(ended.code, Some(0), "{arn}: {}", ended.stderr);
        let others: Vec<_> =
            undisturbed.findings.iter().filter(|finding| finding.resource.arn != arn).collect();
        assert!(others.len() < undisturbed.findings.len(), "{arn} was judged before");
        let kept: Vec<_> = report.findings.iter().collect();
        let changed: Vec<_> = kept.iter().filter(|one| !others.contains(one)).collect();
        assert!(changed.is_empty(), "{arn}: {changed:#?}");
        assert_eq!(kept.len(), others.len(), "{arn}");
    }
}
