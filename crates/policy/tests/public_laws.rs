//! Laws of public access, over generated buckets and requests.
#![expect(clippy::unwrap_used, reason = "a failed assertion is how a test speaks")]

use std::sync::Arc;

use palisade_policy::actions::table;
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::context::Context;
use palisade_policy::document::PolicyDocument;
use palisade_policy::evaluate::{Decision, decide};
use palisade_policy::policies::{Policies, PolicySet, PrincipalPolicies, ResourcePolicies};
use palisade_policy::principal::Principal;
use palisade_policy::public::{
    Access, Answer, BlockPublicAccess, Bucket, Capability, Exposure, Grant, Input, ObjectOwnership,
    PolicyKind, bucket_exposure, is_public_statement,
};
use palisade_policy::request::{Action, Request, Resource};
use proptest::prelude::*;
use serde_json::{Value, json};

const OWNER: &str = "123456789012";
const STRANGER: &str = "arn:aws:iam::888888888888:user/stranger";
const ACTIONS: [&str; 8] = [
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:GetBucketAcl",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:GetBucketLocation",
];
const BUCKET: &str = "arn:aws:s3:::b";
const OBJECTS: [&str; 2] = ["arn:aws:s3:::b/public/x", "arn:aws:s3:::b/secret"];
const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// Everything that decides who can use a bucket.
#[derive(Debug, Clone)]
struct World {
    policy: Option<Value>,
    acl: Vec<Grant>,
    ownership: ObjectOwnership,
    account_block: BlockPublicAccess,
    bucket_block: BlockPublicAccess,
}

fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({})),
        Just(json!({})),
        Just(json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}})),
        Just(json!({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})),
        Just(json!({"StringLike": {"aws:SourceVpc": "vpc-*"}})),
        Just(json!({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}})),
        Just(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
        Just(json!({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "128.0.0.0/1"]}})),
        Just(json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})),
        Just(json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})),
        Just(json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})),
        Just(json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}})),
        Just(json!({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}})),
        Just(json!({"Bool": {"aws:SecureTransport": "true"}})),
        Just(json!({"Bool": {"aws:SecureTransport": "false"}})),
        Just(json!({"StringLike": {"aws:Referer": "https://example.com/*"}})),
        Just(json!({"Null": {"aws:PrincipalArn": "true"}})),
        Just(json!({"Null": {"aws:PrincipalArn": "false"}})),
        Just(json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}})),
        Just(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}})),
        Just(json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})),
        Just(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        Just(
            json!({"StringEquals": {"aws:PrincipalTag/team": "blue"}, "Bool": {"aws:SecureTransport": "true"}})
        ),
        Just(json!({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})),
        Just(json!({"NumericLessThan": {"s3:max-keys": "10"}})),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let principal = prop_oneof![
        4 => Just(("Principal", json!("*"))),
        1 => Just(("Principal", json!({"AWS": "*"}))),
        1 => Just(("Principal", json!({"AWS": "arn:aws:iam::111122223333:root"}))),
        1 => Just(("NotPrincipal", json!({"AWS": "arn:aws:iam::111122223333:root"}))),
    ];
    let actions = prop_oneof![
        proptest::sample::subsequence(&ACTIONS[..], 1..3).prop_map(|names| json!(names)),
        Just(json!("s3:*")),
        Just(json!("s3:Get*")),
    ];
    let resources = prop_oneof![
        Just(("Resource", json!("*"))),
        Just(("Resource", json!(["arn:aws:s3:::b", "arn:aws:s3:::b/*"]))),
        Just(("Resource", json!("arn:aws:s3:::b/public/*"))),
        Just(("NotResource", json!("arn:aws:s3:::b/public/*"))),
    ];
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    (effect, principal, actions, resources, condition()).prop_map(|(effect, who, actions, on, condition)| {
        json!({"Effect": effect, who.0: who.1, "Action": actions, on.0: on.1, "Condition": condition})
    })
}

fn block() -> impl Strategy<Value = BlockPublicAccess> {
    (any::<bool>(), proptest::bool::weighted(0.2), any::<bool>(), proptest::bool::weighted(0.2)).prop_map(
        |(block_public_acls, ignore_public_acls, block_public_policy, restrict_public_buckets)| {
            BlockPublicAccess {
                block_public_acls,
                ignore_public_acls,
                block_public_policy,
                restrict_public_buckets,
            }
        },
    )
}

fn grant() -> impl Strategy<Value = Grant> {
    let group = prop_oneof![
        Just(ALL_USERS),
        Just(AUTHENTICATED_USERS),
        Just("http://acs.amazonaws.com/groups/s3/LogDelivery")
    ];
    let permission =
        prop_oneof![Just("READ"), Just("WRITE"), Just("READ_ACP"), Just("WRITE_ACP"), Just("FULL_CONTROL")];
    (group, permission).prop_map(|(group, permission)| {
        serde_json::from_value(json!({"Grantee": {"URI": group}, "Permission": permission})).unwrap()
    })
}

fn world() -> impl Strategy<Value = World> {
    let policy = proptest::option::weighted(0.9, proptest::collection::vec(statement(), 1..4));
    let ownership = prop_oneof![
        Just(ObjectOwnership::ObjectWriter),
        Just(ObjectOwnership::BucketOwnerPreferred),
        Just(ObjectOwnership::BucketOwnerEnforced)
    ];
    (policy, proptest::collection::vec(grant(), 0..3), ownership, block(), block()).prop_map(
        |(policy, acl, ownership, account_block, bucket_block)| World {
            policy: policy.map(|statements| json!({"Version": "2012-10-17", "Statement": statements})),
            acl,
            ownership,
            account_block,
            bucket_block,
        },
    )
}

impl World {
    fn document(&self) -> Option<PolicyDocument> {
        self.policy.as_ref().map(|policy| PolicyDocument::from_value(policy).unwrap())
    }

    fn exposure(&self) -> Exposure {
        self.exposure_reading([true; 5])
    }

    /// The exposure when only some inputs are readable: policy, ACL, ownership, account block, bucket block.
    fn exposure_reading(&self, readable: [bool; 5]) -> Exposure {
        fn input<T>(is_readable: bool, value: T) -> Input<T> {
            if is_readable { Input::Known(value) } else { Input::Unreadable }
        }
        let document = self.document();
        let [policy, acl, ownership, account, bucket] = readable;
        bucket_exposure(&Bucket {
            arn: Some(BUCKET),
            account: Some(OWNER),
            partition: "aws",
            policy: input(policy, document.as_ref()),
            acl: input(acl, &self.acl[..]),
            ownership: input(ownership, self.ownership),
            account_block: input(account, self.account_block),
            bucket_block: input(bucket, self.bucket_block),
            access_points: Input::Known(&[]),
        })
    }

    /// What S3 would answer, worked out request by request.
    fn allows(&self, principal: &str, action: &str, resource: &str, context: &Context) -> bool {
        let restricted =
            self.account_block.restrict_public_buckets || self.bucket_block.restrict_public_buckets;
        let ignored = self.account_block.ignore_public_acls || self.bucket_block.ignore_public_acls;
        let document = self.document();
        let is_public = document.as_ref().is_some_and(|document| {
            document.statements.iter().any(|statement| is_public_statement(statement, PolicyKind::S3Bucket))
        });
        let decision = by_policy(document.as_ref(), principal, action, resource, context);
        let acl_counts = !ignored && self.ownership != ObjectOwnership::BucketOwnerEnforced;
        let by_acl =
            acl_counts && self.acl.iter().any(|grant| acl_allows(grant, principal, action, resource));
        (decision == Decision::Allowed && !(restricted && is_public))
            || (by_acl && decision != Decision::ExplicitlyDenied)
    }
}

fn by_policy(
    document: Option<&PolicyDocument>,
    principal: &str,
    action: &str,
    resource: &str,
    context: &Context,
) -> Decision {
    let everything =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let own = CompiledPolicy::from_text("own", &everything.to_string()).unwrap();
    let principal_side =
        PrincipalPolicies { identity: PolicySet::new(vec![Arc::new(own)]), ..PrincipalPolicies::default() };
    let resource_side = ResourcePolicies {
        policy: document
            .map(|document| PolicySet::new(vec![Arc::new(CompiledPolicy::new("policy", document))])),
        ..ResourcePolicies::default()
    };
    decide(
        Request {
            principal: &Principal::parse(principal),
            action: &Action::parse(action).unwrap(),
            resource: &Resource::new(resource).owned_by(OWNER),
            context,
        },
        Policies { principal: &principal_side, resource: &resource_side, management_account: None },
    )
}

fn acl_allows(grant: &Grant, principal: &str, action: &str, resource: &str) -> bool {
    let is_reached = match grant.grantee.uri.as_deref() {
        Some(ALL_USERS) => true,
        Some(AUTHENTICATED_USERS) => principal != "anonymous",
        _ => false,
    };
    let is_object = resource.contains('/');
    let needed = match action {
        "s3:ListBucket" if !is_object => "READ",
        "s3:PutObject" if is_object => "WRITE",
        "s3:GetBucketAcl" if !is_object => "READ_ACP",
        "s3:PutBucketAcl" if !is_object => "WRITE_ACP",
        _ => return false,
    };
    is_reached && (grant.permission == needed || grant.permission == "FULL_CONTROL")
}

/// Requests of somebody whom no policy names.
fn outsiders_request() -> impl Strategy<Value = (&'static str, &'static str, &'static str, Context)> {
    let principal =
        prop_oneof![Just("anonymous"), Just(STRANGER), Just("arn:aws:iam::888888888888:role/admin")];
    let keys = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (principal, proptest::sample::select(&ACTIONS[..]), proptest::sample::select(&OBJECTS[..]), keys)
        .prop_map(|(principal, action, resource, (tls, vpc, referer, organization, old))| {
            let is_on_objects = matches!(action, "s3:GetObject" | "s3:PutObject" | "s3:DeleteObject");
            let resource = if is_on_objects { resource } else { BUCKET };
            let mut context = Principal::parse(principal).implied_context();
            context.set("aws:ResourceAccount", OWNER);
            context.set("aws:SecureTransport", tls.to_string());
            context.set("aws:SourceIp", if old { "198.51.100.200" } else { "8.8.8.8" });
            context.set("aws:CurrentTime", if old { "2020-01-01T00:00:00Z" } else { "2035-01-01T00:00:00Z" });
            if vpc {
                context.set("aws:SourceVpc", "vpc-outside");
                context.set("aws:SourceVpce", "vpce-outside");
            }
            if referer {
                context.set("aws:Referer", "https://example.com/page");
                context.set("s3:max-keys", "5");
            }
            if organization && principal != "anonymous" {
                context.set("aws:PrincipalOrgID", "o-outside");
                context.set_many("aws:PrincipalOrgPaths", ["o-outside/r-x/"]);
                context.set("aws:PrincipalTag/team", "blue");
            }
            (principal, action, resource, context)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every witness is allowed by policies, ACL and Block Public Access together.
    #[test]
    fn witnesses_are_allowed(world in world()) {
        let exposure = world.exposure();
        for (capability, found) in &exposure.capabilities {
            let has_access = found.access != Answer::Known(Access::No);
            prop_assert_eq!(has_access, found.witness.is_some(), "{:?}", capability);
            if let Some(witness) = &found.witness {
                let allowed = world.allows(&witness.principal, &witness.action, &witness.resource, &witness.context);
                prop_assert!(allowed, "{:?}", witness);
            }
        }
    }

    /// If it is not public, nobody whom no policy names is let in; if a capability is not `yes`, nobody uses it.
    #[test]
    fn outsiders_stay_outside(world in world(), requests in proptest::collection::vec(outsiders_request(), 40)) {
        let exposure = world.exposure();
        for (principal, action, resource, context) in requests {
            if world.allows(principal, action, resource, &context) {
                let capability = Capability::of(&table().action(action).unwrap());
                prop_assert_eq!(&exposure.public, &Answer::Known(true), "{} {} {:?}", principal, action, context);
                let access = &exposure.capabilities[&capability].access;
                prop_assert_eq!(access, &Answer::Known(Access::Yes), "{} {} {:?}", principal, action, context);
            }
        }
    }

    /// What is answered without some of the inputs holds whatever they are.
    #[test]
    fn answers_without_inputs_hold_for_all_of_them(
        world in world(),
        other in world(),
        readable in any::<[bool; 5]>(),
    ) {
        let partly = world.exposure_reading(readable);
        let [policy, acl, ownership, account, bucket] = readable;
        let mixed = World {
            policy: if policy { world.policy.clone() } else { other.policy },
            acl: if acl { world.acl.clone() } else { other.acl },
            ownership: if ownership { world.ownership } else { other.ownership },
            account_block: if account { world.account_block } else { other.account_block },
            bucket_block: if bucket { world.bucket_block } else { other.bucket_block },
        };
        let whole = mixed.exposure();
        if let Answer::Known(_) = partly.public {
            prop_assert_eq!(&partly.public, &whole.public);
        }
        for (capability, found) in &partly.capabilities {
            let full = &whole.capabilities[capability];
            if let Answer::Known(_) = found.access {
                prop_assert_eq!(&found.access, &full.access, "{:?}", capability);
            }
            if let Answer::Known(_) = found.anybody {
                prop_assert_eq!(&found.anybody, &full.anybody, "{:?}", capability);
            }
        }
    }

    /// Everything is known when everything was read.
    #[test]
    fn nothing_is_unknown_when_all_is_read(world in world()) {
        let exposure = world.exposure();
        prop_assert!(exposure.public.known().is_some() && exposure.grants.known().is_some());
        prop_assert!(exposure.capabilities.values().all(|found| found.access.known().is_some()));
        prop_assert_eq!(exposure.public == Answer::Known(true), !exposure.grants.known().unwrap().is_empty());
    }

    /// The order of statements does not matter, and a Deny never opens anything nor changes the classification.
    #[test]
    fn denies_only_take_away(world in world(), deny in statement()) {
        let before = world.exposure();
        let mut denied = world.clone();
        let Some(policy) = denied.policy.as_mut() else { return Ok(()) };
        let mut deny = deny;
        deny["Effect"] = json!("Deny");
        policy["Statement"].as_array_mut().unwrap().insert(0, deny);
        let after = denied.exposure();
        prop_assert_eq!(&before.public, &after.public);
        for (capability, found) in &after.capabilities {
            prop_assert!(found.access.known() <= before.capabilities[capability].access.known(), "{:?}", capability);
        }
        policy_reversed(&mut denied);
        let reversed = denied.exposure();
        for (capability, found) in &reversed.capabilities {
            prop_assert_eq!(&found.access, &after.capabilities[capability].access);
        }
    }
}

fn policy_reversed(world: &mut World) {
    if let Some(policy) = world.policy.as_mut() {
        policy["Statement"].as_array_mut().unwrap().reverse();
    }
}
