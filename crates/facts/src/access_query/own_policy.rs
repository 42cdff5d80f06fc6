//! Which resources may carry a policy of their own, read off the action table: those of a type that an action takes
//! which sets such a policy.

use palisade_policy::actions::{AccessLevel, Action, Service, table};
use palisade_policy::arn::Arn;

/// Services whose `…Policy` actions are about identities, or about something else than who may use a resource.
const OTHER_POLICIES: [&str; 6] = ["cloudformation", "iam", "iot", "opsworks", "organizations", "sso"];

/// Resources whose policy is set by an action of another name, or one that the table knows no resource for, with what
/// their names begin with ("AWS services that work with IAM", column "Resource-based policies").
const SET_OTHERWISE: [(&str, &[&str]); 11] = [
    ("codeartifact", &["package/"]),
    ("dsql", &["cluster/"]),
    ("es", &["domain/"]),
    ("execute-api", &[""]),
    ("kafka", &["cluster/"]),
    ("kms", &["alias/"]),
    ("oam", &["sink/"]),
    ("rekognition", &["project/"]),
    ("sagemaker", &["model-package-group/"]),
    ("serverlessrepo", &["applications/"]),
    ("mediapackagev2", &["channelGroup/"]),
];

/// Whether the resource of an action's service may carry a policy of its own, or lie in one that does.
pub(super) fn is_possible(service: &str, arn: &str) -> bool {
    let Some(parsed) = Arn::parse(arn) else { return false };
    let by_name = |(known, starts): &(&str, &[&str])| {
        *known == service && starts.iter().any(|start| parsed.resource.starts_with(start))
    };
    if SET_OTHERWISE.iter().any(by_name) {
        return true;
    }
    let Some(service) = table().service(service) else { return false };
    setters(service).any(|action| {
        // An action without a resource type sets a policy for all that the service has in the account.
        action.is_wildcard_only()
            || action
                .resource_types()
                .any(|(kind, _)| kind.arn_formats.iter().any(|format| fits(arn, format)))
    })
}

/// The actions of a service that set policies of resources.
fn setters(service: &Service) -> impl Iterator<Item = Action<'_>> {
    let has_none = OTHER_POLICIES.contains(&service.prefix());
    service.actions().filter(move |action| !has_none && sets_policy(action))
}

fn sets_policy(action: &Action<'_>) -> bool {
    const VERBS: [&str; 4] = ["Put", "Set", "Add", "Create"];
    let name = action.name();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    VERBS.iter().any(|verb| name.starts_with(verb))
        && (ends(&["ResourcePolicy", "PermissionsPolicy"])
            || action.access_level() == AccessLevel::PermissionsManagement && ends(&["Policy", "Permission"]))
}

/// Whether an ARN has this format, such as `arn:${Partition}:s3:::${BucketName}`, or names something below it.
fn fits(arn: &str, format: &str) -> bool {
    let mut rest = arn;
    let mut format = format;
    loop {
        let (literal, after) = match format.split_once("${") {
            Some((literal, variable)) => (literal, variable.split_once('}').map_or("", |(_, after)| after)),
            None => (format, ""),
        };
        let is_first = rest.len() == arn.len();
        let at = if is_first { rest.starts_with(literal).then_some(0) } else { rest.find(literal) };
        let Some(found) = at.and_then(|at| rest.get(at + literal.len()..)) else { return false };
        if after.is_empty() && !format.contains("${") {
            return true;
        }
        (rest, format) = (found, after);
        if format.is_empty() {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_possible;

    #[test]
    fn resources_with_policies_are_known_by_the_actions_that_set_them() {
        for (service, arn) in [
            ("kms", "arn:aws:kms:us-east-1:111122223333:key/1"),
            ("kms", "arn:aws:kms:us-east-1:111122223333:alias/x"),
            ("sqs", "arn:aws:sqs:us-east-1:111122223333:q"),
            ("sns", "arn:aws:sns:us-east-1:111122223333:t"),
            ("lambda", "arn:aws:lambda:us-east-1:111122223333:function:f:prod"),
            ("lambda", "arn:aws:lambda:us-east-1:111122223333:layer:l:3"),
            ("secretsmanager", "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"),
            ("dynamodb", "arn:aws:dynamodb:us-east-1:111122223333:table/t/index/i"),
            ("kinesis", "arn:aws:kinesis:us-east-1:111122223333:stream/s"),
            ("events", "arn:aws:events:us-east-1:111122223333:event-bus/default"),
            ("glacier", "arn:aws:glacier:us-east-1:111122223333:vaults/v"),
            ("backup", "arn:aws:backup:us-east-1:111122223333:backup-vault:v"),
            ("s3", "arn:aws:s3:us-east-1:111122223333:accesspoint/a/object/k"),
            ("s3express", "arn:aws:s3express:us-east-1:111122223333:bucket/b"),
            ("execute-api", "arn:aws:execute-api:us-east-1:111122223333:id/prod/GET/x"),
            ("es", "arn:aws:es:us-east-1:111122223333:domain/d"),
            ("logs", "arn:aws:logs:us-east-1:111122223333:log-group:g:log-stream:s"),
            ("glue", "arn:aws:glue:us-east-1:111122223333:table/d/t"),
            ("codeartifact", "arn:aws:codeartifact:us-east-1:111122223333:repository/d/r"),
        ] {
            assert!(is_possible(service, arn), "{arn}");
        }
    }

    #[test]
    fn most_resources_have_none() {
        for (service, arn) in [
            ("iam", "arn:aws:iam::111122223333:user/u"),
            ("ec2", "arn:aws:ec2:us-east-1:111122223333:instance/i-1"),
            ("rds", "arn:aws:rds:us-east-1:111122223333:db:d"),
            ("cloudformation", "arn:aws:cloudformation:us-east-1:111122223333:stack/s/1"),
            ("cloudwatch", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a"),
            (
                "autoscaling",
                "arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:x:autoScalingGroupName/y",
            ),
            ("lambda", "arn:aws:lambda:us-east-1:111122223333:event-source-mapping:x"),
            ("no-such-service", "arn:aws:no-such-service:::x"),
            ("s3", "*"),
        ] {
            assert!(!is_possible(service, arn), "{arn}");
        }
    }
}
