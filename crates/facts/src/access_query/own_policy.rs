//! Which resources carry a policy of their own.

/// Services of which resources have resource-based policies, with what the names of those resources start
/// with in an ARN ("AWS services that work with IAM", column "Resource-based policies"). `""` is any name.
const WITH_OWN_POLICY: [(&str, &[&str]); 44] = [
    ("acm-pca", &["certificate-authority/"]),
    ("apigateway", &["/restapis", "/domainnames"]),
    ("backup", &["backup-vault:"]),
    ("bedrock", &["guardrail/", "agent-alias/"]),
    ("cloudtrail", &["channel/", "eventdatastore/", "dashboard/"]),
    ("codeartifact", &["domain/", "repository/", "package/"]),
    ("codebuild", &["project/", "report-group/"]),
    ("dynamodb", &["table/"]),
    ("ecr", &["repository/"]),
    ("elasticfilesystem", &["file-system/"]),
    ("es", &["domain/"]),
    ("events", &["event-bus/"]),
    ("execute-api", &[""]),
    ("glacier", &["vaults/"]),
    ("glue", &[""]),
    ("imagebuilder", &["component/", "image/", "image-recipe/", "container-recipe/"]),
    ("kinesis", &["stream/"]),
    ("kms", &["key/", "alias/"]),
    ("lambda", &["function:", "layer:"]),
    ("lex", &["bot/", "bot-alias/"]),
    ("license-manager", &[""]),
    ("logs", &["log-group:", "destination:", "delivery-destination:"]),
    ("mediastore", &["container/"]),
    ("network-firewall", &["firewall-policy/", "stateful-rulegroup/", "stateless-rulegroup/"]),
    ("organizations", &[""]),
    ("payment-cryptography", &["key/"]),
    ("redshift", &["namespace:"]),
    ("redshift-serverless", &["snapshot/"]),
    ("rekognition", &["project/"]),
    ("s3", &[""]),
    ("s3-outposts", &["outpost/"]),
    ("s3express", &["bucket/", "accesspoint/"]),
    ("s3tables", &["bucket/"]),
    ("sagemaker", &["model-package-group/", "feature-group/", "model-card/"]),
    ("schemas", &["registry/", "schema/"]),
    ("secretsmanager", &["secret:"]),
    ("serverlessrepo", &["applications/"]),
    ("ses", &["identity/"]),
    ("signer", &["/signing-profiles/"]),
    ("sns", &[""]),
    ("sqs", &[""]),
    ("ssm", &["parameter/", "opsitemgroup/"]),
    ("ssm-incidents", &["response-plan/", "incident-record/"]),
    ("vpc-lattice", &["service/", "servicenetwork/", "resourceconfiguration/"]),
];

/// Whether a resource may carry a policy of its own; `name` is the last component of its ARN.
pub(super) fn is_possible(service: &str, name: &str) -> bool {
    WITH_OWN_POLICY
        .iter()
        .any(|(known, starts)| *known == service && starts.iter().any(|start| name.starts_with(start)))
}
