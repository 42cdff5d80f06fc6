//! Findings of an account that has a bit of everything, hostile names included.

use palisade_rules::{
    Coverage, Digests, EvidenceFact, Finding, Fix, Headline, Named, Reason, Report, ResourceName, Run,
    RunScope, Severity, Summary, UnknownBecause, UnreadableCalls, Verdict, Waiver,
};
use serde_json::json;

const ACCOUNT: &str = "123456789012";

/// The report of one account.
pub(crate) fn report() -> Report {
    let mut findings = public_buckets();
    findings.extend([
        hostile_user(),
        waived_repository(),
        undecided("s3-bucket-not-public", "acme-vault"),
        undecided("s3-bucket-tls-required", "acme-vault"),
        billing(),
        finding("s3-bucket-versioning-enabled", Severity::Medium, Verdict::Pass, bucket("acme-website")),
        finding(
            "s3-bucket-mfa-delete-enabled",
            Severity::Low,
            Verdict::NotApplicable,
            bucket("acme-website"),
        ),
    ]);
    let mut summary = Summary { resources: 21, ..Summary::default() };
    for finding in &findings {
        summary.count(finding.verdict, finding.severity, finding.waiver.is_some());
    }
    summary.headline = Headline {
        administrators: Named {
            names: vec![resource("iam.user", "arn:aws:iam::123456789012:user/alice", "alice")],
            count: 5,
            undecided: false,
        },
        public: Named { names: vec![bucket("acme-website")], count: 1, undecided: true },
    };
    Report { run: run(), findings, coverage: coverage(), summary }
}

fn run() -> Run {
    Run {
        account: ACCOUNT.to_owned(),
        partition: "aws".to_owned(),
        caller: "arn:aws:sts::123456789012:assumed-role/audit/palisade".to_owned(),
        taken_at: "2026-11-20T06:00:00Z".to_owned(),

        now: None,
        scope: RunScope {
            regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
            excluded_regions: Vec::new(),
            regions_listed: true,
            limited_to_regions: false,
            rules: vec!["s3-bucket-not-public".to_owned(), "s3-bucket-tls-required".to_owned()],
        },
        tool_version: "0.1.0".to_owned(),
        digests: Digests {
            snapshot: "aa".repeat(32),
            rules: "bb".repeat(32),
            configuration: "cc".repeat(32),
        },
    }
}

fn coverage() -> Coverage {
    let unreadable = |operation: &str, action: &str, region: Option<&str>| UnreadableCalls {
        operation: operation.to_owned(),
        iam_action: action.to_owned(),
        reason: Reason::Denied,
        region: region.map(str::to_owned),
        count: 1,
        rules: vec!["s3-bucket-not-public".to_owned()],
    };
    Coverage {
        planned: 212,
        answered: 210,
        not_offered: 1,
        unreadable: vec![
            unreadable("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration", Some("eu-west-1")),
            unreadable("s3:GetBucketPolicy", "s3:GetBucketPolicy", Some("eu-west-1")),
        ],
    }
}

fn resource(kind: &str, arn: &str, name: &str) -> ResourceName {
    ResourceName { kind: kind.to_owned(), arn: arn.to_owned(), name: name.to_owned() }
}

fn bucket(name: &str) -> ResourceName {
    resource("s3.bucket", &format!("arn:aws:s3:::{name}"), name)
}

fn finding(rule: &str, severity: Severity, verdict: Verdict, resource: ResourceName) -> Finding {
    Finding {
        id: format!("{rule}/{}", resource.arn).bytes().map(|byte| format!("{byte:02x}")).collect(),
        rule: rule.to_owned(),
        title: "Anyone on the internet, or any AWS account, can use this bucket".to_owned(),
        severity,
        account: ACCOUNT.to_owned(),
        region: Some("eu-west-1".to_owned()),
        resource,
        verdict,
        evidence: Vec::new(),
        assumes: Vec::new(),
        witness: None,
        unknown_because: Vec::new(),
        waiver: None,
        fix: None,
    }
}

fn fix(summary: &str, cli: &[&str]) -> Option<Fix> {
    let cli = cli.iter().map(|&command| command.to_owned()).collect();
    Some(Fix { summary: summary.to_owned(), cli, console: None })
}

fn public_buckets() -> Vec<Finding> {
    let public = |number: usize| {
        let name = if number == 0 { "acme-website".to_owned() } else { format!("acme-share-{number:02}") };
        let mut finding = finding("s3-bucket-not-public", Severity::Critical, Verdict::Fail, bucket(&name));
        finding.evidence = vec![EvidenceFact {
            fact: "bucket.exposure.grants".to_owned(),
            value: json!([{
                "source": "policy", "pointer": "/Statement/0", "sid": "PublicRead", "principal": "everyone",
                "capabilities": ["read"], "access": "yes", "conditions": [],
            }]),
        }];
        finding.witness = Some(json!({
            "principal": "anonymous", "action": "s3:GetObject", "resource": format!("arn:aws:s3:::{name}/any"),
        }));
        finding.assumes = vec!["scp_not_read".to_owned()];
        finding.fix = fix(
            "Turn on all four Block Public Access settings of the bucket.",
            &[&format!(
                "aws s3api put-public-access-block --bucket '{name}' --public-access-block-configuration \
                 BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
            )],
        );
        finding
    };
    (0..13).map(public).collect()
}

/// A name with an escape sequence, line breaks, an overriding direction, and great length.
fn hostile_user() -> Finding {
    let name = format!("mallory\u{1b}[2J\r\n\u{202e}nimda{}", "x".repeat(3_000));
    let user = resource("iam.user", &format!("arn:aws:iam::123456789012:user/{name}"), &name);
    let mut finding = finding("iam-user-console-mfa-enabled", Severity::High, Verdict::Fail, user);
    finding.title = "A password alone opens the console for this user".to_owned();
    finding.region = None;
    finding.evidence =
        vec![EvidenceFact { fact: "user.tags".to_owned(), value: json!(["a\u{1b}]0;x\u{7}"]) }];
    finding.fix = fix("Assign an MFA device to the user, or delete the password.", &[]);
    finding
}

fn waived_repository() -> Finding {
    let base = resource("ecr.repository", "arn:aws:ecr:eu-west-1:123456789012:repository/base", "base");
    let mut finding = finding("ecr-repository-tags-immutable", Severity::Medium, Verdict::Fail, base);
    finding.title = "A tag of this repository can be made to point to another image".to_owned();
    finding.waiver = Some(Waiver {
        reason: "`latest` moves on purpose".to_owned(),
        owner: "platform@example.com".to_owned(),
        expires: "2027-03-31".to_owned(),
    });
    finding
}

fn undecided(rule: &str, name: &str) -> Finding {
    let mut finding = finding(rule, Severity::Critical, Verdict::Unknown, bucket(name));
    finding.unknown_because = vec![UnknownBecause {
        operation: "s3:GetBucketPolicy".to_owned(),
        iam_action: "s3:GetBucketPolicy".to_owned(),
        reason: Reason::Denied,
    }];
    finding
}

fn billing() -> Finding {
    let account = resource("account", "arn:aws:iam::123456789012:root", ACCOUNT);
    let mut finding = finding("account-billing-access-activated", Severity::Low, Verdict::Manual, account);
    finding.title = "IAM identities can't see what the account costs".to_owned();
    finding.region = None;
    finding.fix = Some(Fix {
        summary: "Look at the setting, then attest it in palisade.toml with who, when and until when."
            .to_owned(),
        cli: Vec::new(),
        console: Some(
            "As root: Account, section \"IAM user and role access to Billing information\", Activate."
                .to_owned(),
        ),
    });
    finding
}
