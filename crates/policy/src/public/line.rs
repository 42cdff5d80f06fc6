//! `palisade public`: one JSON object in, one out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::context::ContextValue;
use crate::document::PolicyDocument;

use super::answer::{Access, Answer, Input};
use super::{
    AccessPoint, BlockPublicAccess, Bucket, CapabilityExposure, Exposure, Grant, ObjectOwnership,
    PolicyResource, PublicGrant, RegistryPolicyScope, Witness, bucket_exposure, resource_exposure,
};

/// A line of input.
#[derive(Deserialize)]
struct Line<'l> {
    #[serde(default, borrow)]
    id: Option<&'l RawValue>,
    service: String,
    #[serde(default, borrow)]
    policy: Option<&'l RawValue>,
    #[serde(default)]
    acl: Option<Vec<Grant>>,
    #[serde(default)]
    bpa_account: Option<BlockPublicAccess>,
    #[serde(default)]
    bpa_bucket: Option<BlockPublicAccess>,
    #[serde(default)]
    object_ownership: Option<ObjectOwnership>,
    #[serde(default)]
    resource_account: Option<String>,
    /// The resource's ARN; without it the resource that the policy names.
    #[serde(default)]
    resource: Option<String>,
    #[serde(default, borrow)]
    registry_policy: Option<&'l RawValue>,
    #[serde(default)]
    registry_policy_scope: Option<RegistryPolicyScope>,
    #[serde(default, borrow)]
    access_points: Option<Vec<Point<'l>>>,
}

/// An access point in a line of input, in AWS's spelling or in that of the line.
#[derive(Deserialize)]
struct Point<'l> {
    #[serde(default, alias = "AccessPointArn", alias = "Arn")]
    arn: Option<String>,
    #[serde(default, alias = "Name")]
    name: Option<String>,
    #[serde(default, alias = "NetworkOrigin")]
    network_origin: NetworkOrigin,
    #[serde(default, alias = "Policy", borrow)]
    policy: Option<&'l RawValue>,
    #[serde(default, alias = "PublicAccessBlockConfiguration")]
    bpa: Option<BlockPublicAccess>,
}

/// Where an access point takes requests from.
#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
enum NetworkOrigin {
    #[default]
    #[serde(alias = "internet")]
    Internet,
    #[serde(rename = "VPC", alias = "vpc")]
    Vpc,
}

/// A line of output.
#[derive(Serialize)]
struct Output<'l> {
    id: Option<&'l RawValue>,
    public: bool,
    capabilities: Vec<&'static str>,
    latent: Vec<Statement<'l>>,
    statements: Vec<Statement<'l>>,
    witness: Option<BTreeMap<&'static str, Request<'l>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[derive(Serialize)]
struct Statement<'e> {
    policy: &'e str,
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'e str>,
    path: &'e str,
}

#[derive(Serialize)]
struct Request<'e> {
    principal: &'e str,
    action: &'e str,
    resource: &'e str,
    context: BTreeMap<&'e str, Values<'e>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Values<'e> {
    Single(&'e str),
    Many(&'e [String]),
}

impl<'e> From<&'e ContextValue> for Values<'e> {
    fn from(value: &'e ContextValue) -> Self {
        match value {
            ContextValue::Single(value) => Self::Single(value),
            ContextValue::Many(values) => Self::Many(values),
        }
    }
}

/// Answers one line of `palisade public`.
///
/// In: `{"id", "service", "policy", "acl", "bpa_account", "bpa_bucket", "object_ownership", "resource_account"}`, and
/// optionally `"resource"` (an ARN), `"registry_policy"`, `"registry_policy_scope"`, and `"access_points"`: a list of
/// `{"name" or "arn", "network_origin", "policy", "bpa"}`. Policies are objects or strings; `null` or missing is none.
/// Out: `{"id", "public", "capabilities", "latent", "statements", "witness"}`, with `"why"` if it is public and nothing
/// is left of it. `witness` has a request for each capability.
///
/// # Errors
/// One sentence, if the line is no such object or a policy in it does not parse.
///
/// ```
/// let answer = palisade_policy::public::public_line(
///     r#"{"id": 1, "service": "s3", "resource_account": "111122223333", "policy": {"Version": "2012-10-17",
///         "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}}"#,
/// )?;
/// assert!(answer.starts_with(r#"{"id":1,"public":true,"capabilities":["read"],"#));
/// # Ok::<(), String>(())
/// ```
pub fn public_line(line: &str) -> Result<String, String> {
    let line: Line<'_> =
        serde_json::from_str(line).map_err(|error| format!("cannot read the line: {error}"))?;
    let policy = document(line.policy, "policy")?;
    let exposure = if line.service.eq_ignore_ascii_case("s3") {
        of_bucket(&line, policy.as_ref())?
    } else {
        of_resource(&line, policy.as_ref())?
    };
    serde_json::to_string(&output(line.id, &exposure))
        .map_err(|error| format!("cannot write the answer: {error}"))
}

/// Reads a policy that is an object, a string or null.
fn document(written: Option<&RawValue>, field: &str) -> Result<Option<PolicyDocument>, String> {
    let Some(written) = written.map(RawValue::get).filter(|written| *written != "null") else {
        return Ok(None);
    };
    let fault = |error: &dyn std::fmt::Display| format!("{field}: {error}");
    let parsed = if written.starts_with('"') {
        let text: String = serde_json::from_str(written).map_err(|error| fault(&error))?;
        PolicyDocument::from_text(&text)
    } else {
        PolicyDocument::from_text(written)
    };
    parsed.map(Some).map_err(|error| fault(&error))
}

fn of_bucket(line: &Line<'_>, policy: Option<&PolicyDocument>) -> Result<Exposure, String> {
    let account = line.resource_account.as_deref();
    let points = line.access_points.as_deref().unwrap_or_default();
    let mut documents = Vec::with_capacity(points.len());
    for (index, point) in points.iter().enumerate() {
        let name = point.name.as_deref().unwrap_or("example");
        let arn = point.arn.clone().unwrap_or_else(|| {
            // The alias of a Multi-Region Access Point ends so; it belongs to no region.
            let region = if name.ends_with(".mrap") { "" } else { "us-east-1" };
            format!("arn:aws:s3:{region}:{}:accesspoint/{name}", account.unwrap_or_default())
        });
        documents.push((arn, document(point.policy, &format!("access_points/{index}/policy"))?));
    }
    let access_points: Vec<_> = points
        .iter()
        .zip(&documents)
        .map(|(point, (arn, policy))| AccessPoint {
            arn,
            is_on_internet: point.network_origin == NetworkOrigin::Internet,
            policy: Input::Known(policy.as_ref()),
            block: Input::Known(point.bpa.unwrap_or_default()),
        })
        .collect();
    Ok(bucket_exposure(&Bucket {
        arn: line.resource.as_deref(),
        account,
        partition: "aws",
        policy: Input::Known(policy),
        acl: Input::Known(line.acl.as_deref().unwrap_or_default()),
        ownership: Input::Known(line.object_ownership.unwrap_or_default()),
        account_block: Input::Known(line.bpa_account.unwrap_or_default()),
        bucket_block: Input::Known(line.bpa_bucket.unwrap_or_default()),
        access_points: Input::Known(&access_points),
    }))
}

fn of_resource(line: &Line<'_>, policy: Option<&PolicyDocument>) -> Result<Exposure, String> {
    let registry_policy = document(line.registry_policy, "registry_policy")?;
    Ok(resource_exposure(&PolicyResource {
        service: &line.service.to_ascii_lowercase(),
        arn: line.resource.as_deref(),
        account: line.resource_account.as_deref(),
        partition: "aws",
        policy: Input::Known(policy),
        registry_policy: Input::Known(registry_policy.as_ref()),
        registry_scope: Input::Known(line.registry_policy_scope.unwrap_or_default()),
    }))
}

fn output<'e>(id: Option<&'e RawValue>, exposure: &'e Exposure) -> Output<'e> {
    let public = exposure.public == Answer::Known(true);
    let mut capabilities = Vec::new();
    let mut witnesses = BTreeMap::new();
    for (capability, found) in exposure.capabilities.iter().filter(|(_, found)| found.is_public) {
        if !capabilities.contains(&capability.name()) {
            capabilities.push(capability.name());
        }
        if let Some(witness) = &found.witness {
            witnesses.entry(capability.name()).or_insert_with(|| request(witness));
        }
    }
    let why = (public && capabilities.is_empty()).then(|| nothing_left(exposure));
    Output {
        id,
        public,
        capabilities,
        latent: statements(&exposure.latent),
        statements: statements(&exposure.grants),
        witness: (!witnesses.is_empty()).then_some(witnesses),
        why,
    }
}

/// Why a public resource lets nobody do anything.
fn nothing_left(exposure: &Exposure) -> String {
    let conditional = |found: &&CapabilityExposure| found.access == Answer::Known(Access::Conditional);
    let residual = exposure.capabilities.values().filter(conditional).flat_map(|found| &found.residual);
    let mut keys: Vec<&str> = residual.map(|condition| condition.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        "a Deny takes away what is granted, its conditions cannot be met, or it allows no action on this resource"
            .to_owned()
    } else {
        format!("what is left hangs on who or where the caller is: {}", keys.join(", "))
    }
}

fn statements(grants: &Answer<Vec<PublicGrant>>) -> Vec<Statement<'_>> {
    let known = grants.known().into_iter().flatten();
    known
        .map(|grant| Statement {
            policy: &grant.source,
            index: grant.index,
            sid: grant.sid.as_deref(),
            path: &grant.path,
        })
        .collect()
}

fn request(witness: &Witness) -> Request<'_> {
    Request {
        principal: &witness.principal,
        action: &witness.action,
        resource: &witness.resource,
        context: witness.context.iter().map(|(key, value)| (key, value.into())).collect(),
    }
}
