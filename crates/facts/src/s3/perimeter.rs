//! Fences around a bucket: an organization that principals must be of, and networks that requests must come from ("Data
//! perimeters on AWS", "IAM data perimeter").

use std::collections::BTreeSet;
use std::sync::Arc;

use palisade_policy::document::{Effect, PolicyDocument};
use palisade_policy::principal::Principal;
use palisade_snapshot::Bucket;

use super::refusals::{On, Refusals, Sent};
use crate::context::Context;
use crate::exposure::{ReadPolicy, assumes, limited};
use crate::{Known, Lazy, facts};

facts! {
    /// Whom a bucket's policy, and resource control policies, keep out whatever else allows them.
    pub struct Perimeter as "perimeter" {
        /// The organizations whose principals are not kept out, where everybody else is; null without such a fence.
        organizations: Option<Vec<String>>, reads [];
        /// The VPCs, VPC endpoints and ranges of addresses from which requests are not kept out, where all others are, also
        /// those of the bucket's own account; null without such a fence.
        networks: Option<Vec<String>>, reads [];
        /// What is taken for granted because it could not be read: `rcp_not_read`.
        assumes: Vec<String>, reads [];
    }
}

const ORGANIZATION: &str = "aws:PrincipalOrgID";
const NETWORKS: [&str; 4] = ["aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"];
/// What stands for all that somebody does with a bucket.
const USES: [(&str, On); 4] = [
    ("s3:DeleteObject", On::AnyObject),
    ("s3:GetObject", On::AnyObject),
    ("s3:ListBucket", On::Bucket),
    ("s3:PutObject", On::AnyObject),
];
/// Requests that people and programs make by themselves, without a tag or a service that fences leave through.
const PLAIN: [Sent<'_>; 8] = [
    ("aws:CalledVia*", None),
    ("aws:PrincipalIsAWSService", Some("false")),
    ("aws:PrincipalServiceName", None),
    ("aws:PrincipalServiceNamesList", None),
    ("aws:PrincipalTag/*", None),
    ("aws:SourceAccount", None),
    ("aws:SourceArn", None),
    ("aws:ViaAWSService", Some("false")),
];
/// An organization, a VPC, an endpoint and addresses that no policy names: two, because a range may hold one of them.
const NO_ORGANIZATION: &str = "o-7q0unnamed0";
const NO_VPC: &str = "vpc-7q0unnamed0";
const NO_ENDPOINT: &str = "vpce-7q0unnamed0";
const ADDRESSES: [&str; 2] = ["198.51.100.77", "203.0.113.201"];

/// The fences around a bucket.
pub(super) fn of(
    context: &Arc<Context>,
    bucket: &Bucket,
    policy: &Arc<Lazy<ReadPolicy>>,
) -> Lazy<Known<Perimeter>> {
    let (context, arn, policy) = (Arc::clone(context), bucket.arn.clone(), Arc::clone(policy));
    Lazy::new(move || {
        let limited = limited(policy.get(), &context.organization.rcps);
        limited.as_ref().as_ref().map(|policy| {
            let fences = policy
                .as_ref()
                .filter(|policy| policy.statements.iter().any(|one| one.effect == Effect::Deny));
            let fences = fences.map(|policy| (Refusals::new(&context, &arn, policy), policy));
            Perimeter {
                organizations: fences.as_ref().and_then(|(refusals, policy)| organizations(refusals, policy)),
                networks: fences.as_ref().and_then(|(refusals, policy)| networks(refusals, policy)),
                assumes: assumes(&context.organization.rcps),
            }
        })
    })
}

fn organizations(refusals: &Refusals, policy: &PolicyDocument) -> Option<Vec<String>> {
    let named = named(policy, &[ORGANIZATION]);
    let [anonymous, stranger] = &refusals.outsiders;
    let of = |organization: &str| refuses_all(refusals, stranger, &[(ORGANIZATION, Some(organization))]);
    let is_fence =
        !named.is_empty() && refuses_all(refusals, anonymous, &[(ORGANIZATION, None)]) && of(NO_ORGANIZATION);
    is_fence.then(|| named.into_iter().filter(|organization| !of(organization)).collect())
}

fn networks(refusals: &Refusals, policy: &PolicyDocument) -> Option<Vec<String>> {
    let named = named(policy, &NETWORKS);
    let by_internet = |address: &'static str| {
        [
            ("aws:SourceIp", Some(address)),
            ("aws:SourceVpc", None),
            ("aws:SourceVpce", None),
            ("aws:VpcSourceIp", None),
        ]
    };
    let by_endpoint = [
        ("aws:SourceIp", None),
        ("aws:SourceVpc", Some(NO_VPC)),
        ("aws:SourceVpce", Some(NO_ENDPOINT)),
        ("aws:VpcSourceIp", Some("10.7.0.7")),
    ];
    let is_fence = !named.is_empty()
        && refusals.everybody().all(|principal| {
            refuses_all(refusals, principal, &by_endpoint)
                && ADDRESSES.iter().all(|address| refuses_all(refusals, principal, &by_internet(address)))
        });
    is_fence.then(|| named.into_iter().collect())
}

fn refuses_all(refusals: &Refusals, principal: &Principal, sent: &[Sent<'_>]) -> bool {
    let sent: Vec<Sent<'_>> = PLAIN.iter().chain(sent).copied().collect();
    USES.iter().all(|(action, on)| refusals.refuses_to(principal, action, *on, &sent))
}

/// The values that Deny statements compare these condition keys with.
fn named(policy: &PolicyDocument, keys: &[&str]) -> BTreeSet<String> {
    let denies = policy.statements.iter().filter(|statement| statement.effect == Effect::Deny);
    let conditions = denies.flat_map(|statement| &statement.conditions);
    let about = conditions.filter(|condition| keys.iter().any(|key| condition.key.eq_ignore_ascii_case(key)));
    about.flat_map(|condition| condition.values.items.iter().cloned()).collect()
}
