//! Users, groups, roles, and what the credential report says of them.

use palisade_snapshot::{
    AccessKeyReport, AttachedPolicy, CredentialReport, CredentialReportRow, Group, InlinePolicy, Observed,
    OidcProvider, OidcProviderDetails, Paged, PasswordPolicy, ReportTime, Role, RoleLastUsed,
    RoleSessionDuration, SamlProvider, SamlProviderDetails, SshPublicKey, Tag, User, VirtualMfaDevice,
};
use serde_json::{Value, json};

use super::policies::{ADMINISTRATOR, CHANGE_PASSWORD, LAMBDA_LOGS, REGISTRY_POWER_USER, attached, own};
use super::{ACCOUNT, time};

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")
}

fn user(name: &str, id: &str, created_at: &str, groups: &[&str], policies: Vec<AttachedPolicy>) -> User {
    User {
        arn: arn("user", name),
        name: name.to_owned(),
        id: id.to_owned(),
        path: "/".to_owned(),
        created_at: time(created_at),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
        inline_policies: Vec::new(),
        attached_policies: policies,
        permissions_boundary: None,
        tags: Vec::new(),
        ssh_public_keys: Observed::default(),
    }
}

pub(super) fn users() -> Vec<User> {
    let mut oncall = user("oncall", "AIDA1EXAMPLEONCALL0", "2024-05-06T09:00:00Z", &[], Vec::new());
    oncall.inline_policies = vec![InlinePolicy {
        name: "friday-night-fix".to_owned(),
        document: allow(&json!(["ecr:*", "s3:*"]), &json!("*")),
    }];
    let mut carol = user(
        "carol",
        "AIDA1EXAMPLECAROL00",
        "2025-02-03T10:00:00Z",
        &["infra-AssumeRoleG-main", "infra-ManageOwnUserG-main"],
        Vec::new(),
    );
    carol.tags = vec![Tag { key: "team".to_owned(), value: "platform".to_owned() }];
    let mut alice =
        user("alice", "AIDA1EXAMPLEALICE00", "2022-01-10T08:00:00Z", &[], vec![attached(ADMINISTRATOR)]);
    alice.ssh_public_keys = Observed::Present(Paged::complete(vec![SshPublicKey {
        id: "APKA1EXAMPLEALICE00".to_owned(),
        active: true,
        uploaded_at: time("2022-01-11T09:00:00Z"),
    }]));
    let deploy_all = vec![attached(&own("deploy-all"))];
    let mut ci_deploy = user("ci-deploy", "AIDA1EXAMPLECIDEPLO", "2022-03-01T12:00:00Z", &[], deploy_all);
    ci_deploy.ssh_public_keys = Observed::Present(Paged::default());
    vec![
        alice,
        user(
            "bob",
            "AIDA1EXAMPLEBOB0000",
            "2023-07-17T08:30:00Z",
            &["developers"],
            vec![attached(CHANGE_PASSWORD)],
        ),
        carol,
        ci_deploy,
        oncall,
    ]
}

pub(super) fn groups() -> Vec<Group> {
    let group = |name: &str, id: &str, policy: &str| Group {
        arn: arn("group", name),
        name: name.to_owned(),
        id: id.to_owned(),
        path: "/".to_owned(),
        created_at: time("2022-01-10T08:10:00Z"),
        inline_policies: Vec::new(),
        attached_policies: vec![attached(policy)],
    };
    vec![
        group("developers", "AGPA1EXAMPLEDEVELOP", REGISTRY_POWER_USER),
        group("infra-AssumeRoleG-main", "AGPA1EXAMPLEASSUMER", &own("infra-AssumeRoleP")),
        group("infra-ManageOwnUserG-main", "AGPA1EXAMPLEMANAGEO", &own("infra-ManageOwnUserP")),
    ]
}

fn role(name: &str, id: &str, trust: &Value, policies: Vec<AttachedPolicy>, last_used: Option<&str>) -> Role {
    Role {
        arn: arn("role", name),
        name: name.to_owned(),
        id: id.to_owned(),
        path: "/".to_owned(),
        created_at: time("2023-02-01T09:00:00Z"),
        trust_policy: json!({ "Version": "2012-10-17", "Statement": [trust] }).to_string(),
        inline_policies: Vec::new(),
        attached_policies: policies,
        permissions_boundary: None,
        instance_profiles: Vec::new(),
        last_used: last_used.map(|at| RoleLastUsed { at: time(at), region: Some("eu-west-1".to_owned()) }),
        tags: Vec::new(),
    }
}

fn trust(principal: &Value, action: &str, condition: &Value) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": action });
    if !condition.is_null() {
        statement["Condition"] = condition.clone();
    }
    statement
}

fn allow(actions: &Value, resources: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": resources }] })
        .to_string()
}

pub(super) fn roles() -> Vec<Role> {
    let ours = json!({ "AWS": format!("arn:aws:iam::{ACCOUNT}:root") });
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let service = |name: &str| json!({ "Service": name });
    let github = json!({ "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com") });
    let own_repository = json!({
        "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
        "StringLike": { "token.actions.githubusercontent.com:sub": "repo:acme-example/shop:ref:refs/heads/main" },
    });
    let mut support = role(
        "AWSServiceRoleForSupport",
        "AROA1EXAMPLESUPPORT",
        &trust(&service("support.amazonaws.com"), "sts:AssumeRole", &Value::Null),
        Vec::new(),
        None,
    );
    support.path = "/aws-service-role/support.amazonaws.com/".to_owned();
    support.arn = arn("role", "aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport");
    let mut release = role(
        "release",
        "AROA1EXAMPLERELEASE",
        &trust(&github, "sts:AssumeRoleWithWebIdentity", &own_repository),
        vec![attached(REGISTRY_POWER_USER)],
        Some("2026-11-01T18:20:00Z"),
    );
    release.attached_policies.clear();
    release.inline_policies = vec![InlinePolicy {
        name: "push".to_owned(),
        document: allow(
            &json!(["ecr:PutImage", "ecr:UploadLayerPart"]),
            &json!(format!("arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/*")),
        ),
    }];
    vec![
        support,
        role(
            "infra-AdminR-main",
            "AROA1EXAMPLEADMINR0",
            &trust(&ours, "sts:AssumeRole", &mfa),
            vec![attached(ADMINISTRATOR)],
            None,
        ),
        release,
        // A vendor's account may come in, and nothing tells whether for this customer.
        role(
            "cost-insights",
            "AROA1EXAMPLECOSTINS",
            &trust(&json!({ "AWS": "arn:aws:iam::444455556666:root" }), "sts:AssumeRole", &Value::Null),
            Vec::new(),
            Some("2026-10-30T02:00:00Z"),
        ),
        // A copy from a forum.
        role(
            "thumbnailer-dev",
            "AROA1EXAMPLETHUMBDE",
            &trust(&json!({ "AWS": "*" }), "sts:AssumeRole", &Value::Null),
            Vec::new(),
            None,
        ),
        role(
            "thumbnailer",
            "AROA1EXAMPLETHUMBNA",
            &trust(&service("lambda.amazonaws.com"), "sts:AssumeRole", &Value::Null),
            vec![attached(LAMBDA_LOGS)],
            Some("2026-11-02T04:40:00Z"),
        ),
        role(
            "palisade-audit",
            "AROA1EXAMPLEPALISAD",
            &trust(&ours, "sts:AssumeRole", &mfa),
            Vec::new(),
            Some("2026-11-02T05:00:00Z"),
        ),
    ]
}

/// Sorted by ARN, as the collector keeps them.
pub(super) fn role_session_durations() -> Vec<RoleSessionDuration> {
    let duration = |role: Role| RoleSessionDuration { role_arn: role.arn, max_seconds: 3600 };
    let mut durations: Vec<_> = roles().into_iter().map(duration).collect();
    durations.sort_by(|a, b| a.role_arn.cmp(&b.role_arn));
    durations
}

pub(super) fn oidc_provider() -> OidcProvider {
    OidcProvider {
        arn: format!("arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"),
        details: Observed::Present(OidcProviderDetails {
            client_ids: vec!["sts.amazonaws.com".to_owned()],
            created_at: Some(time("2024-03-11T09:12:00Z")),
        }),
    }
}

/// No role trusts it any more.
pub(super) fn saml_provider() -> SamlProvider {
    SamlProvider {
        arn: format!("arn:aws:iam::{ACCOUNT}:saml-provider/acme-directory"),
        created_at: Some(time("2021-06-01T08:00:00Z")),
        valid_until: Some(time("2031-06-01T08:00:00Z")),
        details: Observed::Present(SamlProviderDetails {
            entity_id: Some("https://directory.acme.example/saml".to_owned()),
            assertion_encryption: Some("Required".to_owned()),
        }),
    }
}

pub(super) fn password_policy() -> PasswordPolicy {
    PasswordPolicy {
        minimum_length: 8,
        require_symbols: true,
        require_numbers: true,
        require_uppercase: true,
        require_lowercase: true,
        allow_users_to_change: true,
        max_age_days: None,
        reuse_prevention: None,
        hard_expiry: None,
    }
}

pub(super) fn virtual_mfa_devices() -> Vec<VirtualMfaDevice> {
    let device = |name: &str, user_arn: String, at: &str| VirtualMfaDevice {
        serial_number: arn("mfa", name),
        user_arn: Some(user_arn),
        enabled_at: Some(time(at)),
    };
    vec![
        device("alice", arn("user", "alice"), "2022-01-10T08:20:00Z"),
        device("carol", arn("user", "carol"), "2025-02-03T10:30:00Z"),
        device("root-account-mfa-device", format!("arn:aws:iam::{ACCOUNT}:root"), "2022-01-10T07:30:00Z"),
    ]
}

const NO_KEY: AccessKeyReport = AccessKeyReport {
    active: false,
    last_rotated: ReportTime::NotApplicable,
    last_used: ReportTime::NotApplicable,
    last_used_region: Observed::Absent,
    last_used_service: Observed::Absent,
};

fn key(rotated: &str, used: Option<&str>) -> AccessKeyReport {
    let last_used = used.map_or(ReportTime::NotApplicable, |used| ReportTime::At(time(used)));
    let named = |name: &str| used.map_or(Observed::Absent, |_| Observed::Present(name.to_owned()));
    AccessKeyReport {
        active: true,
        last_rotated: ReportTime::At(time(rotated)),
        last_used,
        last_used_region: named("eu-west-1"),
        last_used_service: named("s3"),
    }
}

/// A row: name, creation, last use of the password if there is one, MFA, keys.
fn row(
    name: &str,
    created: &str,
    password: Option<&str>,
    mfa: bool,
    access_keys: [AccessKeyReport; 2],
) -> CredentialReportRow {
    let is_root = name == "<root_account>";
    CredentialReportRow {
        user: name.to_owned(),
        arn: if is_root { format!("arn:aws:iam::{ACCOUNT}:root") } else { arn("user", name) },
        created_at: time(created),
        password_enabled: if is_root { None } else { Some(password.is_some()) },
        password_last_used: password.map_or(ReportTime::NotApplicable, |used| used.parse().unwrap()),
        password_last_changed: match password {
            Some(_) if is_root => ReportTime::NotSupported,
            Some(_) => ReportTime::At(time(created)),
            None => ReportTime::NotApplicable,
        },
        mfa_active: Some(mfa),
        access_keys,
        certificates_active: [false, false],
        certificates_rotated: Observed::Present([ReportTime::NotApplicable; 2]),
    }
}

pub(super) fn credential_report() -> CredentialReport {
    let ci_keys =
        [key("2022-03-01T12:00:00Z", Some("2026-11-02T03:10:00Z")), key("2025-12-15T09:00:00Z", None)];
    CredentialReport {
        generated_at: time("2026-11-02T04:59:30Z"),
        rows: vec![
            row(
                "<root_account>",
                "2022-01-10T07:00:00Z",
                Some("2025-09-14T11:00:00Z"),
                true,
                [NO_KEY, NO_KEY],
            ),
            row("alice", "2022-01-10T08:00:00Z", Some("2026-10-30T07:55:00Z"), true, [NO_KEY, NO_KEY]),
            row(
                "bob",
                "2023-07-17T08:30:00Z",
                Some("2026-04-02T09:12:00Z"),
                false,
                [key("2023-07-17T08:30:00Z", Some("2024-01-05T10:00:00Z")), NO_KEY],
            ),
            row(
                "carol",
                "2025-02-03T10:00:00Z",
                Some("2026-10-31T16:00:00Z"),
                true,
                [key("2026-09-20T10:00:00Z", Some("2026-11-01T08:00:00Z")), NO_KEY],
            ),
            row("ci-deploy", "2022-03-01T12:00:00Z", None, false, ci_keys),
            row("oncall", "2024-05-06T09:00:00Z", None, false, [NO_KEY, NO_KEY]),
        ],
    }
}
