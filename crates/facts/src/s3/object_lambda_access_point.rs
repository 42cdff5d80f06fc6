//! S3 Object Lambda access points.

use std::sync::Arc;

use palisade_snapshot::{Evidence, ObjectLambdaAccessPoint as Record, RecordKind};

use super::PublicAccessBlock;
use super::access_point::AccessPointPolicy;
use crate::context::Context;
use crate::{Kind, Known, Lazy, Subject, facts};

facts! {
    /// An S3 Object Lambda access point, in the regions that the account has buckets in.
    pub struct ObjectLambdaAccessPoint as "s3.object_lambda_access_point" {
        /// Its ARN.
        arn: String, reads [];
        /// Its name.
        name: String, reads [];
        /// The region it is in.
        region: String, reads [];
        /// Its own Block Public Access, which was set when it was made and never changes.
        public_access_block: PublicAccessBlock, reads [ObjectLambdaAccessPointPublicAccessBlock];
        /// Whether a public policy holds only for AWS services and this account: if the access point or the account
        /// says so.
        restricts_public_policies: Known<bool>, reads [ObjectLambdaAccessPointPublicAccessBlock, AccountBlockPublicAccess];
        /// Whether it has a policy.
        has_policy: Known<bool>, reads [ObjectLambdaAccessPointPolicy];
        /// Whether its policy, taken by itself, is public by AWS's definition, as Palisade reads it.
        policy_is_public: Lazy<Known<bool>>, reads [ObjectLambdaAccessPointPolicy];
    }
}

/// Object Lambda access points.
pub static KIND: Kind = Kind {
    name: "s3.object_lambda_access_point",
    variable: "object_lambda_access_point",
    object: &ObjectLambdaAccessPoint::OBJECT,
    listings: &[RecordKind::ObjectLambdaAccessPoint],
    reads: &[],
    wildcard_arn: |shared| {
        let header = &shared.header;
        format!("arn:{}:s3-object-lambda:*:{}:accesspoint/*", header.partition, header.account_id)
    },
    subjects: |context| {
        let points = &context.shared.object_lambda_access_points;
        Box::new(points.iter().map(|point| subject(context, point)))
    },
    hidden: |_| None,
};

fn subject(context: &Arc<Context>, point: &Record) -> Subject {
    let evidence = Evidence::ObjectLambdaAccessPointPublicAccessBlock;
    let own = PublicAccessBlock::observed(&point.public_access_block, evidence);
    let account = PublicAccessBlock::observed(
        &context.shared.account.public_access_block,
        Evidence::AccountBlockPublicAccess,
    );
    let policy =
        AccessPointPolicy { observed: &point.policy, evidence: Evidence::ObjectLambdaAccessPointPolicy };
    let facts = ObjectLambdaAccessPoint {
        arn: point.arn.clone(),
        name: point.name.clone(),
        region: point.region.clone(),
        restricts_public_policies: own.restrict_public_buckets.clone().or(account.restrict_public_buckets),
        public_access_block: own,
        has_policy: policy.exists(),
        policy_is_public: policy.is_public(),
    };
    Subject {
        kind: &KIND,
        arn: point.arn.clone(),
        name: point.name.clone(),
        region: Some(point.region.clone()),
        facts: Box::new(facts),
    }
}
