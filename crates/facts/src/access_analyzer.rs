//! IAM Access Analyzer: which analyzers watch the account, and where.

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_snapshot::{
    self as snapshot, Analyzer as Record, Evidence, Observed, Paged, Reason, RecordKind,
};

use crate::context::Context;
use crate::{Kind, Listed, Missing, Subject, facts, listed, resource_policy};

facts! {
    /// A region that the account uses, as IAM Access Analyzer watches it.
    pub struct Region as "access_analyzer.region" {
        /// The region, such as `eu-west-1`.
        name: String, reads [];
        /// The account's analyzers there. Those of an organization are in the account that manages it or in its
        /// delegated administrator, and other accounts don't see them.
        analyzers: Listed<Analyzer>, reads [Analyzers];
        /// The resources of this account that they found open to strangers, and that nobody has archived or closed.
        findings: Listed<ExternalAccess>, reads [Analyzers, AnalyzerFindings];
        /// The rules by which they archive findings.
        archive_rules: Listed<ArchiveRule>, reads [Analyzers, AnalyzerArchiveRules];
    }
}

facts! {
    /// An analyzer of IAM Access Analyzer.
    pub struct Analyzer as "analyzer" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// The region it is in.
        region: String, reads [];
        /// What it looks for, and where: `ACCOUNT` and `ORGANIZATION` look for access from outside, the others have
        /// `_UNUSED_ACCESS` or `_INTERNAL_ACCESS` at the end.
        analyzer_type: String, reads [];
        /// Whether it works; otherwise it is being made, switched off or broken.
        active: bool, reads [];
        /// The days after which it calls access unused; null where it doesn't look for unused access.
        unused_access_age_days: Option<i64>, reads [];
        /// The ARNs of the resources to which it looks for access from inside, where it names them.
        internal_resource_arns: Vec<String>, reads [];
        /// The types of which it looks for access from inside to every resource, such as `AWS::S3::Bucket`.
        internal_resource_types: Vec<String>, reads [];
    }
}

facts! {
    /// A resource that an analyzer found open to strangers.
    pub struct ExternalAccess as "external_access" {
        /// The resource's ARN.
        resource: String, reads [];
        /// Its type, such as `AWS::S3::Bucket`.
        resource_type: String, reads [];
        /// Whether anybody can reach it.
        public: bool, reads [];
        /// How many active findings there are about it.
        findings: i64, reads [];
    }
}

facts! {
    /// A rule by which an analyzer archives findings, so that nobody sees them.
    pub struct ArchiveRule as "archive_rule" {
        /// Its name.
        name: String, reads [];
        /// Whether it archives whole classes of findings: it names neither a finding, a resource, who is let in nor a
        /// condition.
        broad: bool, reads [];
        /// The accounts that it names, besides this one and those that `palisade.toml` declares as trusted.
        undeclared_accounts: Vec<String>, reads [];
    }
}

/// Regions with their analyzers.
pub static KIND: Kind = Kind {
    name: "access_analyzer.region",
    variable: "region",
    object: &Region::OBJECT,
    listings: &[],
    reads: &[Evidence::Analyzers],
    wildcard_arn: |shared| arn(&shared.header.partition, "*", &shared.header.account_id),
    subjects: |context| Box::new(subjects(context).into_iter()),
    hidden,
};

fn arn(partition: &str, region: &str, account: &str) -> String {
    format!("arn:{partition}:access-analyzer:{region}:{account}:analyzer/*")
}

/// One subject per region that was asked and has the service.
fn subjects(context: &Arc<Context>) -> Vec<Subject> {
    let header = &context.shared.header;
    let listings = context.shared.listings_of(RecordKind::Analyzer);
    let subject = |listing: &palisade_snapshot::Listing| {
        let region = listing.region.clone().filter(|_| listing.not_offered.is_none())?;
        let here = || context.shared.analyzers.iter().filter(|one| one.region == region);
        let hidden = listing.incomplete.as_ref().map(|why| Missing::evidence(Evidence::Analyzers, why));
        let facts = Region {
            name: region.clone(),
            findings: findings(here(), hidden.clone()),
            archive_rules: together(
                here(),
                hidden.clone(),
                Evidence::AnalyzerArchiveRules,
                |one| &one.archive_rules,
                |rule| archive_rule(context, rule),
            ),
            analyzers: Listed { items: here().map(analyzer).collect(), incomplete: hidden },
        };
        Some(Subject {
            kind: &KIND,
            arn: arn(&header.partition, &region, &header.account_id),
            name: region.clone(),
            region: Some(region),
            facts: Box::new(facts),
        })
    };
    listings.filter_map(subject).collect()
}

/// Regions that nobody asked: all, those after a tear of the snapshot, or those that AWS did not name.
fn hidden(context: &Context) -> Option<Missing> {
    let mut listings = context.shared.listings_of(RecordKind::Analyzer).peekable();
    if listings.peek().is_none() {
        return Some(Missing::because(Evidence::Analyzers, Reason::NotCollected));
    }
    let torn =
        listings.filter(|listing| listing.region.is_none()).find_map(|listing| listing.incomplete.as_ref());
    let torn = torn.map(|why| Missing::evidence(Evidence::Analyzers, why));
    Missing::either(torn, crate::ecr::in_other_regions(context))
}

/// Why there may be more analyzers: a region could not be read, or nobody knows which regions there are.
fn hidden_anywhere(context: &Context) -> Option<Missing> {
    Missing::either(context.incomplete(RecordKind::Analyzer), crate::ecr::in_other_regions(context))
}

/// The analyzers of every region.
pub(crate) fn everywhere(context: &Context) -> Listed<Analyzer> {
    Listed {
        items: context.shared.analyzers.iter().map(analyzer).collect(),
        incomplete: hidden_anywhere(context),
    }
}

/// The properties of findings that tell one from others of its kind ("IAM Access Analyzer filter keys").
const TELLING: [&str; 3] = ["id", "resource", "error"];
/// The beginnings of such properties: who is let in, and under which condition.
const TELLING_GROUPS: [&str; 2] = ["principal.", "condition."];

fn archive_rule(context: &Context, record: &snapshot::ArchiveRule) -> ArchiveRule {
    let tells = |criterion: &&snapshot::ArchiveCriterion| {
        let property = criterion.property.as_str();
        let is_named = |values: &[String]| {
            !values.is_empty() && values.iter().all(|value| !value.is_empty() && value != "*")
        };
        (TELLING.contains(&property) || TELLING_GROUPS.iter().any(|group| property.starts_with(group)))
            && (is_named(&criterion.equal) || is_named(&criterion.contains))
    };
    let values = record.criteria.iter().filter(tells).flat_map(|one| one.equal.iter().chain(&one.contains));
    let is_foreign = |account: &&str| {
        *account != context.shared.header.account_id
            && !context.declarations.trusted_accounts.iter().any(|trusted| trusted == account)
    };
    let accounts: BTreeSet<&str> =
        values.filter_map(|value| resource_policy::account_of(value)).filter(is_foreign).collect();
    ArchiveRule {
        name: record.name.clone(),
        broad: !record.criteria.iter().any(|one| tells(&one)),
        undeclared_accounts: accounts.into_iter().map(str::to_owned).collect(),
    }
}

fn external_access(record: &snapshot::ExternalAccess) -> ExternalAccess {
    ExternalAccess {
        resource: record.resource.clone(),
        resource_type: record.resource_type.clone(),
        public: record.public,
        findings: i64::try_from(record.findings).unwrap_or(i64::MAX),
    }
}

/// What analyzers hold, together; `hidden` is what hides analyzers.
fn together<'a, R: 'a, T>(
    analyzers: impl Iterator<Item = &'a Record>,
    hidden: Option<Missing>,
    evidence: Evidence,
    of: impl Fn(&'a Record) -> &'a Observed<Paged<R>>,
    read: impl Fn(&'a R) -> T,
) -> Listed<T> {
    let mut all = Listed { items: Vec::new(), incomplete: hidden };
    for list in analyzers.map(of) {
        all.items.extend(listed::items(list).iter().map(&read));
        all.incomplete = Missing::either(all.incomplete.take(), listed::hidden(list, evidence));
    }
    all
}

/// The findings of every region.
pub(crate) fn external_findings(context: &Context) -> Listed<ExternalAccess> {
    findings(context.shared.analyzers.iter(), hidden_anywhere(context))
}

fn findings<'a>(
    analyzers: impl Iterator<Item = &'a Record>,
    hidden: Option<Missing>,
) -> Listed<ExternalAccess> {
    together(analyzers, hidden, Evidence::AnalyzerFindings, |one| &one.findings, external_access)
}

fn analyzer(record: &Record) -> Analyzer {
    let criteria = || record.internal_access.iter();
    // Criteria of one rule hold together: what names resources is not about every one of a type.
    let whole = criteria().filter(|one| one.resource_arns.is_empty());
    Analyzer {
        arn: record.arn.clone(),
        name: record.name.clone(),
        region: record.region.clone(),
        analyzer_type: record.analyzer_type.clone(),
        active: record.status == "ACTIVE",
        unused_access_age_days: record.unused_access_age,
        internal_resource_arns: criteria().flat_map(|one| one.resource_arns.iter().cloned()).collect(),
        internal_resource_types: whole.flat_map(|one| one.resource_types.iter().cloned()).collect(),
    }
}
