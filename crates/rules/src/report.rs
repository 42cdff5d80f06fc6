//! What a report says: `palisade-report/1` as plain types. Formats own how it is written.

use std::fmt;

use palisade_facts::{MissingCall, Reason};
use serde::Deserialize;

use crate::Headline;

/// How bad it is if the title of the rule is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, no risk by itself.
    Info,
    /// Weakens the defence.
    Low,
    /// Helps an attacker who is already inside.
    Medium,
    /// Opens a way in, or to more rights.
    High,
    /// Data or control are exposed now.
    Critical,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name as it stands in rule files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// What a rule says about a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The requirement is broken.
    Fail,
    /// Evidence is missing: nobody can tell.
    Unknown,
    /// No API can tell: it needs an attestation, and there is no valid one.
    Manual,
    /// The requirement is met.
    Pass,
    /// The requirement is not about this resource.
    NotApplicable,
}

impl Verdict {
    /// Every verdict, the one that needs most attention first.
    pub const ALL: [Self; 5] = [Self::Fail, Self::Unknown, Self::Manual, Self::Pass, Self::NotApplicable];

    /// The name as it stands in rule files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Manual => "manual",
            Self::Pass => "pass",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// Whether a report shows it without being asked for everything.
    #[must_use]
    pub fn is_shown_by_default(self) -> bool {
        matches!(self, Self::Fail | Self::Unknown | Self::Manual)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// One rule's verdict about one resource, with its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Lower-case hexadecimal digest of the rule's id, the resource's ARN, and the account where the
    /// ARN names none: the same for ever.
    pub id: String,
    /// The rule's id.
    pub rule: String,
    /// The rule's title, which states the danger.
    pub title: String,
    /// How bad it is if the title is true.
    pub severity: Severity,
    /// The twelve digits of the account.
    pub account: String,
    /// The resource's region; none for global resources.
    pub region: Option<String>,
    /// What was judged.
    pub resource: ResourceName,
    /// What the rule says.
    pub verdict: Verdict,
    /// The facts that the rule names as its proof, in the rule's order.
    pub evidence: Vec<EvidenceFact>,
    /// What was taken for granted, such as `scp_not_read`; sorted.
    pub assumes: Vec<String>,
    /// For a fail about access: a request, or a chain of steps, that the policy engine confirms as
    /// allowed, with the conditions that remain.
    pub witness: Option<serde_json::Value>,
    /// The calls without which nobody can tell; empty unless the verdict is unknown. Sorted.
    pub unknown_because: Vec<UnknownBecause>,
    /// Who accepted this fail, and until when.
    pub waiver: Option<Waiver>,
    /// What to do about it; none for passes and what is not applicable.
    pub fix: Option<Fix>,
}

/// The resource of a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceName {
    /// Its kind, such as `s3.bucket`.
    pub kind: String,
    /// Its ARN or what stands for one, unique within the kind; a wildcard such as `arn:aws:s3:::*`
    /// for resources that nobody could list.
    pub arn: String,
    /// Its name for people; `*` for resources that nobody could list.
    pub name: String,
}

/// A fact shown as proof.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceFact {
    /// The path that the rule names, such as `bucket.exposure.grants`.
    pub fact: String,
    /// Its value. Objects have their attributes as keys, times are RFC 3339. An unknown value is
    /// `{"$unknown": ["s3:GetBucketPolicy"]}` with the missing operations; an incomplete list ends
    /// with one such element.
    pub value: serde_json::Value,
}

/// A call without whose answer nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownBecause {
    /// The operation, such as `s3:GetBucketPolicy`.
    pub operation: String,
    /// The IAM action that would settle it; empty where AWS asks for none.
    pub iam_action: String,
    /// Why there is no answer.
    pub reason: Reason,
}

impl From<&MissingCall> for UnknownBecause {
    fn from(call: &MissingCall) -> Self {
        Self { operation: call.operation.clone(), iam_action: call.iam_action.clone(), reason: call.reason }
    }
}

/// An accepted fail: it stays in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Why it is accepted.
    pub reason: String,
    /// Who accepted it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: String,
}

/// What to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// One sentence that begins with a verb.
    pub summary: String,
    /// AWS CLI commands with the resource's names filled in and quoted for POSIX shells.
    pub cli: Vec<String>,
    /// The way through the AWS console, where the rule tells one.
    pub console: Option<String>,
}

/// What the snapshot and the command say about a run: nothing volatile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The twelve digits of the account.
    pub account: String,
    /// The partition, such as `aws`.
    pub partition: String,
    /// The ARN of who collected.
    pub caller: String,
    /// When collecting began, RFC 3339 in UTC: the clock of every rule, unless `now` is another.
    pub taken_at: String,
    /// The time by which ages and expiries were judged, where the command named one.
    pub now: Option<String>,
    /// What was looked at.
    pub scope: RunScope,
    /// The version of Palisade that judged.
    pub tool_version: String,
    /// What the report can be made again from.
    pub digests: Digests,
}

/// What a run looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunScope {
    /// The regions that were asked, sorted.
    pub regions: Vec<String>,
    /// Enabled regions that were left out on purpose, sorted.
    pub excluded_regions: Vec<String>,
    /// Whether the enabled regions are known; if not, others were not looked at.
    pub regions_listed: bool,
    /// Whether the user chose the regions, so that buckets elsewhere were left out.
    pub limited_to_regions: bool,
    /// The ids of the rules that judged, sorted.
    pub rules: Vec<String>,
}

/// SHA-256 digests, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// Of the snapshot.
    pub snapshot: String,
    /// Of the rules that judged.
    pub rules: String,
    /// Of the settings that apply to them.
    pub configuration: String,
}

/// What the selected rules needed to know, and what of it was answered. Counted per piece of
/// evidence and resource (or region, or account): one bucket policy is one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// How many answers the rules needed: answered and unreadable together.
    pub planned: u64,
    /// How many came, "not configured" included.
    pub answered: u64,
    /// How many questions this account, region or partition can't answer; never planned.
    pub not_offered: u64,
    /// What did not come, sorted.
    pub unreadable: Vec<UnreadableCalls>,
}

impl Coverage {
    /// Whether planned evidence is missing.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !self.unreadable.is_empty()
    }
}

/// Answers that did not come, for one operation, reason and region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnreadableCalls {
    /// The operation, such as `s3:GetBucketPolicy`.
    pub operation: String,
    /// The IAM action that would settle it; empty where AWS asks for none.
    pub iam_action: String,
    /// Why there is no answer.
    pub reason: Reason,
    /// Where; none for global calls.
    pub region: Option<String>,
    /// How many answers are missing.
    pub count: u64,
    /// The ids of the rules that needed them, sorted.
    pub rules: Vec<String>,
}

/// How many findings there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Resources judged by at least one rule, gaps in listings not counted.
    pub resources: u64,
    /// All verdicts; waived fails count as fails here.
    pub verdicts: VerdictCounts,
    /// Fails without a waiver per severity, in the order of [`Severity::ALL`].
    pub fails: [u64; Severity::ALL.len()],
    /// Fails with a waiver.
    pub waived: u64,
    /// Who is administrator, and what is public.
    pub headline: Headline,
}

/// A number per verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VerdictCounts {
    /// Broken requirements.
    pub fail: u64,
    /// Missing evidence.
    pub unknown: u64,
    /// Attestations needed.
    pub manual: u64,
    /// Requirements met.
    pub pass: u64,
    /// Requirements about something else.
    pub not_applicable: u64,
}

impl Summary {
    /// Counts one finding.
    pub fn count(&mut self, verdict: Verdict, severity: Severity, waived: bool) {
        let counter = match verdict {
            Verdict::Fail => &mut self.verdicts.fail,
            Verdict::Unknown => &mut self.verdicts.unknown,
            Verdict::Manual => &mut self.verdicts.manual,
            Verdict::Pass => &mut self.verdicts.pass,
            Verdict::NotApplicable => &mut self.verdicts.not_applicable,
        };
        *counter += 1;
        if verdict != Verdict::Fail {
            return;
        }
        if waived {
            self.waived += 1;
        } else if let Some(fails) = self.fails.get_mut(severity as usize) {
            *fails += 1;
        }
    }

    /// The worst severity of a fail without a waiver.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        Severity::ALL
            .into_iter()
            .zip(self.fails)
            .rev()
            .find(|(_, count)| *count > 0)
            .map(|(severity, _)| severity)
    }
}

/// A whole report, for formats that must see everything before they write.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was judged, by what.
    pub run: Run,
    /// The findings in the order in which they were judged: see [`judge`](crate::judge).
    pub findings: Vec<Finding>,
    /// What was answered and what was not.
    pub coverage: Coverage,
    /// The numbers.
    pub summary: Summary,
}
