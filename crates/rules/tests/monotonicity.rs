//! The law of the product: whatever can't be read, each verdict stays or becomes unknown, and no finding
//! goes away without a finding that stands for it. Judging takes a third of a second here, which bounds
//! the number of cases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what tests prepare must be there")]

mod snapshots;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::{Infallible, identity};
use std::sync::LazyLock;

use palisade_facts::{AccountType, Declarations, Facts, MachineServices, PublicBucket};
use palisade_rules::{Finding, Judging, RuleSet, Settings, Verdict, judge};
use palisade_snapshot::{Evidence, Snapshot};
use proptest::prelude::{ProptestConfig, proptest};
use proptest::prop_assert;
use proptest::sample::select;
use snapshots::{answered, changes, example, lose, losses};

static RULES: LazyLock<RuleSet> = LazyLock::new(|| RuleSet::built_in().unwrap());
static EXAMPLE: LazyLock<Snapshot> = LazyLock::new(example);

/// It contains some of what buckets of the example grant.
const BASELINE: &str =
    r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}}"#;

/// What rules ask for that apply only to what is declared.
fn declared(account_type: AccountType) -> Declarations {
    let machine = MachineServices {
        users: vec!["*".to_owned()],
        services: vec!["s3".to_owned()],
        ..Default::default()
    };
    Declarations {
        account_types: BTreeMap::from([(EXAMPLE.shared.header.account_id.clone(), account_type)]),
        cicd_principals: vec!["ci*".to_owned()],
        machine_services: vec![machine],
        bucket_policy_baseline: Some(BASELINE.to_owned()),
        public_buckets: ["acme-website", "acme-exports", "no-such-bucket"].map(public_bucket).to_vec(),
        ..Default::default()
    }
}

fn public_bucket(name: &str) -> PublicBucket {
    PublicBucket {
        bucket: name.to_owned(),
        account: None,
        reason: "downloads".to_owned(),
        owner: "ops@example.com".to_owned(),
        expires: "2099-12-31".parse().unwrap(),
    }
}

/// Every finding, passes included, by its id.
fn findings(snapshot: &Snapshot, declarations: &Declarations) -> BTreeMap<String, Finding> {
    let facts = Facts::new(&snapshot.shared, declarations);
    let settings = Settings::default();
    let judging = Judging { rules: &RULES, facts: &facts, settings: &settings, all: true };
    let mut findings = BTreeMap::new();
    let resources = snapshot.resources().map(Ok::<_, Infallible>);
    judge(judging, resources, Ok, identity, |finding| {
        findings.insert(finding.id.clone(), finding);
        Ok::<_, Infallible>(())
    })
    .unwrap();
    findings
}

/// Whether it stands for resources that nobody could list.
fn is_gap(finding: &Finding) -> bool {
    finding.resource.name == "*"
}

/// Whether a verdict may turn into another by a loss.
fn stays_or_becomes_unknown(before: Verdict, after: Verdict) -> bool {
    after == before || after == Verdict::Unknown
}

/// What a loss of evidence did beside making verdicts unknown.
fn violations(before: &BTreeMap<String, Finding>, after: &BTreeMap<String, Finding>) -> Vec<String> {
    let told = |finding: &Finding, now: &str| {
        format!("{} on {} was {:?} and is {now}", finding.rule, finding.resource.arn, finding.verdict)
    };
    let mut violations = Vec::new();
    for (id, finding) in before {
        match after.get(id) {
            Some(now) if stays_or_becomes_unknown(finding.verdict, now.verdict) => {}
            Some(now) => violations.push(told(finding, &format!("{:?}", now.verdict))),
            None if after.values().any(|gap| {
                is_gap(gap)
                    && gap.rule == finding.rule
                    && stays_or_becomes_unknown(finding.verdict, gap.verdict)
            }) => {}
            None => violations.push(told(finding, "gone")),
        }
    }
    // A rule that is off is not applicable to what nobody tried to list.
    let settings = Settings::default();
    let is_off = |gap: &Finding| RULES.find(&gap.rule).is_some_and(|rule| settings.is_off(rule));
    let stands_for_nothing =
        |now: &Finding| is_gap(now) && now.verdict == Verdict::NotApplicable && is_off(now);
    let new = after.iter().filter(|(id, now)| {
        !before.contains_key(*id) && now.verdict != Verdict::Unknown && !stands_for_nothing(now)
    });
    violations.extend(new.map(|(_, now)| format!("new: {}", told(now, "there"))));
    let unknown =
        after.values().filter(|now| now.verdict != Verdict::NotApplicable && !is_gap(now) && is_off(now));
    violations.extend(unknown.map(|now| format!("off: {}", told(now, "judged"))));
    violations
}

#[test]
fn losing_nothing_changes_nothing_and_losing_much_is_noticed() {
    let declarations = declared(AccountType::Prod);
    let before = findings(&EXAMPLE, &declarations);
    assert!(before.values().filter(|finding| finding.verdict == Verdict::Pass).count() > 50);
    assert!(before.values().filter(|finding| finding.verdict == Verdict::Fail).count() > 20);
    assert_eq!(violations(&before, &before), Vec::<String>::new());
    let mut other = EXAMPLE.clone();
    other.buckets.pop();
    assert!(
        !violations(&before, &findings(&other, &declarations)).is_empty(),
        "a bucket that goes away silently"
    );
}

#[test]
fn every_evidence_is_there_to_be_lost() {
    let mut places: BTreeSet<_> =
        answered(&mut EXAMPLE.clone()).into_iter().map(|(_, evidence)| evidence).collect();
    // Without a caller there is no snapshot.
    places.insert(Evidence::Caller);
    assert_eq!(places, Evidence::ALL.iter().copied().collect());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_lost_makes_verdicts_unknown_and_nothing_else(
        changes in changes(),
        lost in losses(),
        lost_more in losses(),
        account_type in select(&[AccountType::Prod, AccountType::Dev, AccountType::Users][..]),
    ) {
        let declarations = declared(account_type);
        let mut snapshot = EXAMPLE.clone();
        changes.iter().for_each(|change| change.make(&mut snapshot));
        snapshot.sort();
        lose(&mut snapshot, &lost);
        let before = findings(&snapshot, &declarations);
        lose(&mut snapshot, &lost_more);
        let violations = violations(&before, &findings(&snapshot, &declarations));
        prop_assert!(violations.is_empty(), "{violations:#?}");
    }
}
