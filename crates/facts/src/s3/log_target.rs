//! The bucket that a bucket's server access logs go to, and whether they get there
//! ("Enabling Amazon S3 server access logging" in the S3 User Guide).

use std::sync::Arc;

use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context as RequestContext;
use palisade_policy::document::PolicyDocument;
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::request::{Action, Request, Resource};
use palisade_snapshot::{AccessControlList, Bucket, Evidence, Grantee, Logging, Observed};

use super::settings::{self, ObjectOwnership};
use super::{Encryption, object_lock};
use crate::context::Context;
use crate::exposure::document;
use crate::{Access, Known, Lazy, facts};

facts! {
    /// The bucket that server access logs go to. Of a bucket that is not one of the account's, nothing but its name
    /// is known: the rest is then as if it were in the wrong place.
    pub struct LogTarget as "log_target" {
        /// Its name.
        name: String, reads [];
        /// Whether the account has a bucket of that name in the same region as the bucket whose logs it gets; logs
        /// go nowhere else.
        in_place: Known<bool>, reads [BucketRegion];
        /// Whether who asks pays there: logs are then not delivered.
        requester_pays: Known<bool>, reads [BucketRequestPayment];
        /// Whether its Object Lock has a default retention: logs are then not delivered.
        default_retention: Known<bool>, reads [BucketObjectLock];
        /// Its default encryption; null if none is configured.
        encryption: Known<Option<Encryption>>, reads [BucketEncryption];
        /// Whether S3's log delivery may write there: its policy lets `logging.s3.amazonaws.com` put objects for this
        /// bucket, or ACLs are on and grant `WRITE` to the log delivery group. `conditional` where that hangs on
        /// something that is not known of these requests. Resource control policies are left out.
        delivery: Lazy<Known<Access>>, reads [BucketPolicy, BucketAcl, BucketOwnershipControls];
    }
}

/// The service that writes the logs.
const LOG_DELIVERY: &str = "logging.s3.amazonaws.com";
/// The group that wrote them before, by access control list ("Amazon S3 predefined groups").
const LOG_DELIVERY_GROUP: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
/// What no request of a service carries: an identity of its own, and the network of a customer.
const ABSENT: [&str; 7] = [
    "aws:CalledVia*",
    "aws:FederatedProvider",
    "aws:Principal*",
    "aws:SourceVpc*",
    "aws:VpceOrgID",
    "aws:userid",
    "aws:username",
];

/// The target of a bucket's logs; null if they are off.
pub(super) fn log_target(context: &Arc<Context>, bucket: &Bucket) -> Lazy<Known<Option<LogTarget>>> {
    let context = Arc::clone(context);
    let source = Source {
        arn: bucket.arn.clone(),
        name: bucket.name.clone(),
        region: settings::region(&bucket.region),
    };
    let logging = bucket.logging.clone();
    Lazy::new(move || {
        let logging =
            Known::observed(&logging, Evidence::BucketLogging, || None, |logging| Some(logging.clone()));
        logging.and_then(|logging| match logging {
            None => Known::Known(None),
            Some(logging) => target(&context, source, logging).map(Some),
        })
    })
}

/// The bucket that is logged.
#[derive(Debug)]
struct Source {
    arn: String,
    name: String,
    region: Known<String>,
}

fn target(context: &Arc<Context>, source: Source, logging: Logging) -> Known<LogTarget> {
    let name = logging.target_bucket.clone();
    let bucket = match context.buckets.log_target(context, &name) {
        Known::Known(Some(bucket)) => bucket,
        Known::Known(None) => return Known::Known(elsewhere(name)),
        Known::Unknown(missing) => return Known::Unknown(missing),
    };
    let in_place = settings::region(&bucket.region).and(source.region.clone(), |here, there| here == there);
    let asking = Arc::clone(context);
    Known::Known(LogTarget {
        name,
        in_place,
        requester_pays: settings::requester_pays(&bucket.payer),
        default_retention: object_lock::object_lock(&bucket.object_lock)
            .map(|lock| lock.is_some_and(|lock| lock.default_mode.is_some())),
        encryption: settings::encryption(context, &bucket.encryption),
        delivery: Lazy::new(move || {
            let target = asking.buckets.log_target(&asking, &logging.target_bucket);
            target.and_then(|target| match target {
                Some(target) => delivery(&asking, target, &source, &logging),
                None => Known::Known(Access::No),
            })
        }),
    })
}

/// A target that is no bucket of the account.
fn elsewhere(name: String) -> LogTarget {
    LogTarget {
        name,
        in_place: Known::Known(false),
        requester_pays: Known::Known(false),
        default_retention: Known::Known(false),
        encryption: Known::Known(None),
        delivery: Lazy::new(|| Known::Known(Access::No)),
    }
}

/// Whether logs may be written, by the policy or, where it is silent and ACLs count, by the ACL.
fn delivery(context: &Context, target: &Bucket, source: &Source, logging: &Logging) -> Known<Access> {
    let policy = document(&target.policy, Evidence::BucketPolicy);
    policy.and_then(|policy| {
        let policy = policy.as_ref();
        let decision = put(context, target, source, logging, policy, false);
        if !matches!(decision, Decision::ImplicitlyDenied | Decision::Conditional) {
            return Known::Known(access(decision));
        }
        by_acl(target).map(|by_acl| match by_acl {
            true => access(put(context, target, source, logging, policy, true)),
            false => access(decision),
        })
    })
}

/// Whether the ACL lets the log delivery group write.
fn by_acl(target: &Bucket) -> Known<bool> {
    let delivers = |grant: &palisade_snapshot::Grant| {
        matches!(&grant.grantee, Grantee::Group(group) if group == LOG_DELIVERY_GROUP)
            && matches!(grant.permission.as_str(), "WRITE" | "FULL_CONTROL")
    };
    let granted = |acl: &AccessControlList| acl.grants.iter().any(delivers);
    let counts = settings::object_ownership(&target.object_ownership)
        .map(|ownership| ownership != ObjectOwnership::BucketOwnerEnforced);
    let acl: &Observed<AccessControlList> = &target.acl;
    Known::all([counts, Known::observed(acl, Evidence::BucketAcl, || false, granted)])
}

/// What the policy engine says of the request by which S3 writes a log, with one of the two formats of keys: the
/// better answer counts, as the snapshot does not tell which is chosen.
fn put(
    context: &Context,
    target: &Bucket,
    source: &Source,
    logging: &Logging,
    policy: Option<&PolicyDocument>,
    granted: bool,
) -> Decision {
    let account = &context.shared.header.account_id;
    let region = target.region.present().map_or("", String::as_str);
    let at = context.now().strftime("%Y-%m-%d-%H-%M-%S").to_string();
    let day = context.now().strftime("%Y/%m/%d").to_string();
    let prefix = &logging.target_prefix;
    let simple = format!("{}/{prefix}{at}-0123456789ABCDEF", target.arn);
    let partitioned =
        format!("{}/{prefix}{account}/{region}/{}/{day}/{at}-0123456789ABCDEF", target.arn, source.name);
    let own = policy.map(|policy| Arc::new(CompiledPolicy::new(&target.arn, policy)));
    let policies: Vec<_> = own.into_iter().chain(granted.then(acl_as_policy).flatten()).collect();
    let resource = ResourcePolicies {
        policy: (!policies.is_empty()).then(|| PolicySet::for_few_requests(policies)),
        ..Default::default()
    };
    let decisions = [simple, partitioned].map(|key| ask(account, &source.arn, &key, &resource));
    let [one, other] = decisions;
    if access(one) >= access(other) { one } else { other }
}

fn ask(account: &str, source: &str, key: &str, resource_policies: &ResourcePolicies) -> Decision {
    let principal = Principal::service(LOG_DELIVERY);
    let mut request = RequestContext::new();
    request.mark_unknown("*");
    ABSENT.iter().for_each(|key| request.mark_absent(key));
    request.extend(&principal.implied_context());
    request.set("aws:SecureTransport", "true");
    request.set("aws:ViaAWSService", "false");
    request.set("aws:ResourceAccount", account);
    request.set("aws:SourceAccount", account);
    request.set("aws:SourceArn", source);
    let Some(action) = Action::parse("s3:PutObject") else { return Decision::ImplicitlyDenied };
    let resource = Resource::new(key).owned_by(account);
    let request = Request { principal: &principal, action: &action, resource: &resource, context: &request };
    let (principal, resource) = (&PrincipalPolicies::default(), resource_policies);
    decide(request, Policies { principal, resource, management_account: None })
}

/// A grant to the log delivery group, as a statement about the service that writes today.
fn acl_as_policy() -> Option<Arc<CompiledPolicy>> {
    let text = serde_json::json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": LOG_DELIVERY}, "Action": "s3:PutObject", "Resource": "*",
    }});
    CompiledPolicy::from_text("access control list", &text.to_string()).ok().map(Arc::new)
}

fn access(decision: Decision) -> Access {
    match decision {
        Decision::Allowed => Access::Yes,
        Decision::Conditional => Access::Conditional,
        Decision::ImplicitlyDenied | Decision::ExplicitlyDenied => Access::No,
    }
}
