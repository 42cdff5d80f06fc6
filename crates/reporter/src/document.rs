//! The wire format. It is told apart from the internal types on purpose: they may change, it may not.

use std::collections::BTreeMap;

use palisade_rules as rules;
use palisade_rules::{Severity, Verdict};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

/// The JSON Schema of `palisade-report/1`, made from the types that write it.
#[must_use]
pub fn report_schema() -> Value {
    let mut schema = schemars::schema_for!(Report<'_>).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), crate::REPORT_FORMAT.into());
    }
    schema
}

/// What Palisade found in one account.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "a report is written piece by piece; this type is its schema")]
struct Report<'a> {
    /// The name and version of this format.
    #[schemars(schema_with = "format_name")]
    format: &'a str,
    /// What was judged, by what. Nothing in it depends on when or where the report was made.
    run: Run<'a>,
    /// In the order in which they were judged. Fails, unknowns and manuals; all with `--all`.
    findings: Vec<Finding<'a>>,
    /// What was answered and what was not.
    coverage: Coverage<'a>,
    /// The numbers, of the findings that are not shown too.
    summary: Summary<'a>,
}

fn format_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": crate::REPORT_FORMAT })
}

fn severity(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Severity::ALL.map(Severity::name) })
}

fn verdict(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Verdict::ALL.map(Verdict::name) })
}

fn reason(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": rules::Reason::ALL.map(rules::Reason::name) })
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Run<'a> {
    /// The twelve digits of the account.
    account: &'a str,
    /// The partition, such as `aws`.
    partition: &'a str,
    /// The ARN of who collected.
    caller: &'a str,
    /// When collecting began: the clock of every rule, unless `now` is another.
    #[schemars(extend("format" = "date-time"))]
    taken_at: &'a str,
    /// The time by which ages and expiries were judged; null unless the command named one.
    #[schemars(extend("format" = "date-time"))]
    now: Option<&'a str>,
    /// What was looked at.
    scope: Scope<'a>,
    /// The version of Palisade that judged.
    tool_version: &'a str,
    /// What the report can be made again from.
    digests: Digests<'a>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Scope<'a> {
    /// The regions that were asked, sorted.
    regions: &'a [String],
    /// Enabled regions that were left out on purpose, sorted.
    excluded_regions: &'a [String],
    /// Whether the enabled regions are known; if not, others were not looked at.
    regions_listed: bool,
    /// Whether the user chose the regions, so that buckets elsewhere were left out.
    limited_to_regions: bool,
    /// The ids of the rules that judged, sorted.
    rules: &'a [String],
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Digests<'a> {
    /// SHA-256 of the snapshot, in lower-case hexadecimal.
    snapshot: &'a str,
    /// SHA-256 of the rules that judged.
    rules: &'a str,
    /// SHA-256 of the settings that apply to them.
    configuration: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Finding<'a> {
    /// Hexadecimal; made of the rule's id and the resource's ARN, so that it stays the same for ever.
    id: &'a str,
    /// The rule's id.
    rule: &'a str,
    /// The danger, as a sentence.
    title: &'a str,
    /// How bad it is if the title is true.
    #[schemars(schema_with = "severity")]
    severity: &'static str,
    /// The twelve digits of the account.
    account: &'a str,
    /// The resource's region; null for global resources.
    region: Option<&'a str>,
    /// What was judged.
    resource: Resource<'a>,
    /// What the rule says.
    #[schemars(schema_with = "verdict")]
    verdict: &'static str,
    /// The facts that prove it.
    evidence: Vec<Evidence<'a>>,
    /// What was taken for granted, such as `scp_not_read`.
    assumes: &'a [String],
    /// A request, or a chain of steps, that the policy engine confirms as allowed; null where the
    /// rule is not about access.
    witness: Option<&'a Value>,
    /// The calls without which nobody can tell; empty unless the verdict is `unknown`.
    unknown_because: Vec<UnknownBecause<'a>>,
    /// Who accepted this fail; null where nobody did.
    waiver: Option<Waiver<'a>>,
    /// What to do about it; null where there is nothing to do.
    fix: Option<Fix<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Resource<'a> {
    /// Its kind, such as `s3.bucket`.
    kind: &'a str,
    /// Its ARN, or what stands for one; unique within the kind.
    arn: &'a str,
    /// Its name; `*` for resources that nobody could list.
    name: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Evidence<'a> {
    /// The fact's path, such as `bucket.exposure.grants`.
    fact: &'a str,
    /// Its value; `{"$unknown": [operations]}` where it could not be read.
    value: &'a Value,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct UnknownBecause<'a> {
    /// The operation, such as `s3:GetBucketPolicy`.
    operation: &'a str,
    /// The IAM action that would settle it; empty where AWS asks for none.
    iam_action: &'a str,
    /// Why there is no answer.
    #[schemars(schema_with = "reason")]
    reason: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Waiver<'a> {
    /// Why the fail is accepted.
    reason: &'a str,
    /// Who accepted it.
    owner: &'a str,
    /// The last day on which that holds.
    expires: &'a str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Fix<'a> {
    /// What to do, in one sentence.
    summary: &'a str,
    /// AWS CLI commands, quoted for POSIX shells.
    cli: &'a [String],
    /// The way through the AWS console; null where the rule tells none.
    console: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Coverage<'a> {
    /// How many answers the rules needed: answered and unreadable together.
    planned: u64,
    /// How many came, "not configured" included.
    answered: u64,
    /// How many questions this account, region or partition can't answer; never planned.
    not_offered: u64,
    /// What did not come, sorted.
    unreadable: Vec<Unreadable<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Unreadable<'a> {
    /// The operation, such as `s3:GetBucketPolicy`.
    operation: &'a str,
    /// The IAM action that would settle it; empty where AWS asks for none.
    iam_action: &'a str,
    /// Why there is no answer.
    #[schemars(schema_with = "reason")]
    reason: &'static str,
    /// Where; null for global calls.
    region: Option<&'a str>,
    /// How many answers are missing.
    count: u64,
    /// The ids of the rules that needed them, sorted.
    rules: &'a [String],
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Summary<'a> {
    /// Resources judged by at least one rule.
    resources: u64,
    /// Findings per verdict; fails with a waiver count as fails here.
    verdicts: Verdicts,
    /// Fails without a waiver, per severity.
    #[schemars(schema_with = "counts_per_severity")]
    fails: BTreeMap<&'static str, u64>,
    /// Fails with a waiver.
    waived: u64,
    /// Users, groups and roles to whom a policy gives full administration.
    administrators: Named<'a>,
    /// Resources that everybody on the internet, or everybody with an AWS account, can use.
    public: Named<'a>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Named<'a> {
    /// How many there are.
    count: u64,
    /// The first of them.
    names: Vec<Resource<'a>>,
    /// Whether there may be others, because something could not be read.
    undecided: bool,
}

fn counts_per_severity(_: &mut SchemaGenerator) -> Schema {
    let names = Severity::ALL.map(Severity::name);
    let count = serde_json::json!({ "type": "integer", "minimum": 0 });
    let counts: BTreeMap<_, _> = names.into_iter().map(|name| (name, count.clone())).collect();
    json_schema!({ "type": "object", "properties": counts, "required": names, "additionalProperties": false })
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Verdicts {
    /// Broken requirements.
    fail: u64,
    /// Missing evidence.
    unknown: u64,
    /// Attestations needed.
    manual: u64,
    /// Requirements met.
    pass: u64,
    /// Requirements about something else.
    not_applicable: u64,
}

impl<'a> From<&'a rules::Run> for Run<'a> {
    fn from(run: &'a rules::Run) -> Self {
        Self {
            account: &run.account,
            partition: &run.partition,
            caller: &run.caller,
            taken_at: &run.taken_at,
            now: run.now.as_deref(),
            scope: Scope {
                regions: &run.scope.regions,
                excluded_regions: &run.scope.excluded_regions,
                regions_listed: run.scope.regions_listed,
                limited_to_regions: run.scope.limited_to_regions,
                rules: &run.scope.rules,
            },
            tool_version: &run.tool_version,
            digests: Digests {
                snapshot: &run.digests.snapshot,
                rules: &run.digests.rules,
                configuration: &run.digests.configuration,
            },
        }
    }
}

impl<'a> From<&'a rules::Finding> for Finding<'a> {
    fn from(finding: &'a rules::Finding) -> Self {
        Self {
            id: &finding.id,
            rule: &finding.rule,
            title: &finding.title,
            severity: finding.severity.name(),
            account: &finding.account,
            region: finding.region.as_deref(),
            resource: Resource::from(&finding.resource),
            verdict: finding.verdict.name(),
            evidence: (finding.evidence.iter())
                .map(|shown| Evidence { fact: &shown.fact, value: &shown.value })
                .collect(),
            assumes: &finding.assumes,
            witness: finding.witness.as_ref(),
            unknown_because: (finding.unknown_because.iter())
                .map(|call| UnknownBecause {
                    operation: &call.operation,
                    iam_action: &call.iam_action,
                    reason: call.reason.name(),
                })
                .collect(),
            waiver: finding.waiver.as_ref().map(|waiver| Waiver {
                reason: &waiver.reason,
                owner: &waiver.owner,
                expires: &waiver.expires,
            }),
            fix: finding.fix.as_ref().map(|fix| Fix {
                summary: &fix.summary,
                cli: &fix.cli,
                console: fix.console.as_deref(),
            }),
        }
    }
}

impl<'a> From<&'a rules::Coverage> for Coverage<'a> {
    fn from(coverage: &'a rules::Coverage) -> Self {
        let unreadable = coverage.unreadable.iter().map(|calls| Unreadable {
            operation: &calls.operation,
            iam_action: &calls.iam_action,
            reason: calls.reason.name(),
            region: calls.region.as_deref(),
            count: calls.count,
            rules: &calls.rules,
        });
        Self {
            planned: coverage.planned,
            answered: coverage.answered,
            not_offered: coverage.not_offered,
            unreadable: unreadable.collect(),
        }
    }
}

impl<'a> From<&'a rules::ResourceName> for Resource<'a> {
    fn from(resource: &'a rules::ResourceName) -> Self {
        Self { kind: &resource.kind, arn: &resource.arn, name: &resource.name }
    }
}

impl<'a> From<&'a rules::Named> for Named<'a> {
    fn from(named: &'a rules::Named) -> Self {
        let names = named.names.iter().map(Resource::from).collect();
        Self { count: named.count, names, undecided: named.undecided }
    }
}

impl<'a> From<&'a rules::Summary> for Summary<'a> {
    fn from(summary: &'a rules::Summary) -> Self {
        let verdicts = summary.verdicts;
        Self {
            resources: summary.resources,
            verdicts: Verdicts {
                fail: verdicts.fail,
                unknown: verdicts.unknown,
                manual: verdicts.manual,
                pass: verdicts.pass,
                not_applicable: verdicts.not_applicable,
            },
            fails: Severity::ALL.map(Severity::name).into_iter().zip(summary.fails).collect(),
            waived: summary.waived,
            administrators: Named::from(&summary.headline.administrators),
            public: Named::from(&summary.headline.public),
        }
    }
}
