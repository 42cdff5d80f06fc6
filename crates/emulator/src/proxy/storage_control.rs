//! Object Lambda access points and S3 Access Grants, which the emulator lacks ("Amazon S3 Control" in the Amazon S3 API
//! Reference).

use serde_json::Value;
use xmltree::{Element, XMLNode};

use super::Shapes;
use super::answer::Answer;
use super::error_format;
use super::mend::{child, written};
use super::operation::Protocol;
use super::request::Incoming;
use crate::account::{AccessGrant, AccessGrants, ObjectLambdaAccessPoint};

/// The answer to an operation on one of the two, for the region that is asked.
pub(super) fn answer(incoming: &Incoming, shapes: &Shapes) -> Option<Answer> {
    let operation = incoming.request.operation.strip_prefix("s3control:")?;
    let view = View { incoming, shapes };
    let found = match operation {
        "ListAccessPointsForObjectLambda" => Ok(view.points()),
        "GetAccessPointForObjectLambda" => view.point().map(settings),
        "GetAccessPointPolicyForObjectLambda" => {
            view.point().and_then(|point| policy(point.policy.as_ref(), "NoSuchAccessPointPolicy"))
        }
        "ListAccessGrantsInstances" => Ok(view.instances()),
        "ListAccessGrants" => {
            view.grants().map(|grants| list("AccessGrantsList", grants.grants.iter().map(entry)))
        }
        "GetAccessGrantsInstanceResourcePolicy" => view
            .grants()
            .and_then(|grants| policy(grants.policy.as_ref(), "AccessGrantsInstanceResourcePolicyNotExists")),
        _ => return None,
    };
    let content = match found {
        Ok(content) => content,
        Err(code) => return Some(error_format::error(Protocol::S3Control, 404, code, "There is none.")),
    };
    let mut document = Element::new(&format!("{operation}Result"));
    document.children = content;
    Some(Answer::new(200, "text/xml", written(&document)?))
}

/// What an answer holds, or the code of the error that says that there is none.
type Found = Result<Vec<XMLNode>, &'static str>;

struct View<'a> {
    incoming: &'a Incoming,
    shapes: &'a Shapes,
}

impl<'a> View<'a> {
    fn region(&self) -> &'a str {
        &self.incoming.request.region
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region(), self.shapes.account.id())
    }

    fn points_here(&self) -> impl Iterator<Item = &'a ObjectLambdaAccessPoint> {
        let region = self.region();
        self.shapes.account.object_lambda_access_points.iter().filter(move |point| point.region == region)
    }

    fn points(&self) -> Vec<XMLNode> {
        let entry = |point: &ObjectLambdaAccessPoint| {
            let arn = self.arn("s3-object-lambda", &format!("accesspoint/{}", point.name));
            let name = child("Name", &point.name);
            element("ObjectLambdaAccessPoint", vec![name, child("ObjectLambdaAccessPointArn", arn)])
        };
        list("ObjectLambdaAccessPointList", self.points_here().map(entry))
    }

    fn point(&self) -> Result<&'a ObjectLambdaAccessPoint, &'static str> {
        let asked = self.incoming.request.resource.as_ref();
        self.points_here().find(|point| asked == Some(&point.name)).ok_or("NoSuchAccessPoint")
    }

    fn grants(&self) -> Result<&'a AccessGrants, &'static str> {
        let mut all = self.shapes.account.access_grants.iter();
        all.find(|one| one.region == self.region()).ok_or("AccessGrantsInstanceNotExistsError")
    }

    fn instances(&self) -> Vec<XMLNode> {
        let entry = |_| {
            let arn = self.arn("s3", "access-grants/default");
            let id = child("AccessGrantsInstanceId", "default");
            element("AccessGrantsInstance", vec![id, child("AccessGrantsInstanceArn", arn)])
        };
        list("AccessGrantsInstancesList", self.grants().ok().into_iter().map(entry))
    }
}

fn settings(point: &ObjectLambdaAccessPoint) -> Vec<XMLNode> {
    let block = &point.public_access_block;
    let (blocks, neutralises) = (block.blocks(), block.neutralises());
    let settings = [
        ("BlockPublicAcls", blocks),
        ("IgnorePublicAcls", neutralises),
        ("BlockPublicPolicy", blocks),
        ("RestrictPublicBuckets", neutralises),
    ];
    let settings = settings.map(|(name, value)| child(name, value.to_string()));
    vec![child("Name", &point.name), element("PublicAccessBlockConfiguration", settings.into())]
}

fn policy(policy: Option<&Value>, absent: &'static str) -> Found {
    Ok(vec![child("Policy", policy.ok_or(absent)?.to_string())])
}

fn entry(grant: &AccessGrant) -> XMLNode {
    let grantee = vec![child("GranteeType", &grant.grantee_type), child("GranteeIdentifier", &grant.grantee)];
    element(
        "AccessGrant",
        vec![
            child("AccessGrantId", &grant.id),
            element("Grantee", grantee),
            child("Permission", &grant.permission),
            child("GrantScope", &grant.scope),
        ],
    )
}

fn element(name: &str, children: Vec<XMLNode>) -> XMLNode {
    let mut element = Element::new(name);
    element.children = children;
    XMLNode::Element(element)
}

fn list(name: &str, members: impl Iterator<Item = XMLNode>) -> Vec<XMLNode> {
    vec![element(name, members.collect())]
}
