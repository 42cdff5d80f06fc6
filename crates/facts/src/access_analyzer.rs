//! IAM Access Analyzer: which analyzers watch the account, and where.

use std::sync::Arc;

use palisade_snapshot::{Analyzer as Record, Evidence, Reason, RecordKind};

use crate::context::Context;
use crate::{Kind, Listed, Missing, Subject, facts};

facts! {
    /// A region that the account uses, as IAM Access Analyzer watches it.
    pub struct Region as "access_analyzer.region" {
        /// The region, such as `eu-west-1`.
        name: String, reads [];
        /// The account's analyzers there. Those of an organization are in the account that manages it or in its
        /// delegated administrator, and other accounts don't see them.
        analyzers: Listed<Analyzer>, reads [Analyzers];
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

/// Regions with their analyzers.
pub static KIND: Kind = Kind {
    name: "access_analyzer.region",
    variable: "region",
    object: &Region::OBJECT,
    listings: &[],
    reads: &[Evidence::Analyzers],
    wildcard_arn: |shared| arn(&shared.header.partition, "*", &shared.header.account_id),
    subjects,
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
        let here = context.shared.analyzers.iter().filter(|one| one.region == region);
        let facts = Region {
            name: region.clone(),
            analyzers: Listed {
                items: here.map(analyzer).collect(),
                incomplete: listing
                    .incomplete
                    .as_ref()
                    .map(|why| Missing::evidence(Evidence::Analyzers, why)),
            },
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

/// The analyzers of every region.
pub(crate) fn everywhere(context: &Context) -> Listed<Analyzer> {
    Listed {
        items: context.shared.analyzers.iter().map(analyzer).collect(),
        incomplete: context.incomplete(RecordKind::Analyzer),
    }
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
