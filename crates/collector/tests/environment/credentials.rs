//! Each source of credentials, asked over HTTP.

use std::path::Path;

use palisade_emulator::{CONTAINER_TOKEN, CredentialSources, SSO_REFRESH_TOKEN, SSO_TOKEN};

use super::*;

/// The names of the token files are the SHA-1 digests of the session name and of the start URL ("SSO
/// token provider configuration" of the AWS SDKs and Tools Reference Guide).
pub(super) const SESSION_TOKEN_FILE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
const START_URL_TOKEN_FILE: &str = ".aws/sso/cache/e8be5486177c5b5392bd9aa76563515b29358e6e.json";

/// A profile for each source, by its name.
pub(super) const PROFILES: &str = "
[profile sso-session]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Auditor
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Auditor
[profile process]
credential_process = cat HOME/process.json
[profile container]
role_arn = arn:aws:iam::111122223333:role/audit
credential_source = EcsContainer
[profile instance]
role_arn = arn:aws:iam::111122223333:role/audit
credential_source = Ec2InstanceMetadata
[profile web-identity]
role_arn = arn:aws:iam::111122223333:role/audit
web_identity_token_file = HOME/token
[profile hub]
role_arn = arn:aws:iam::111122223333:role/hub
source_profile = sso-session
[profile spoke]
role_arn = arn:aws:iam::210987654321:role/audit
source_profile = hub
external_id = x
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/audit
source_profile = process
mfa_serial = arn:aws:iam::123456789012:mfa/alice
[profile behind-mfa]
role_arn = arn:aws:iam::210987654321:role/audit
source_profile = mfa
[profile trusting]
ca_bundle = HOME/ca.pem
";

/// The token of an SSO session that ends then.
pub(super) fn session_token(expires: &str) -> String {
    format!("{{\"accessToken\": \"{SSO_TOKEN}\", \"expiresAt\": \"{expires}\", \"region\": \"eu-west-1\"}}")
}

/// A home folder with every profile and what each of them needs, and the variables that lead there,
/// to the sources and to the emulator.
pub(super) struct Home {
    pub(super) folder: tempfile::TempDir,
    pub(super) variables: Vec<(&'static str, String)>,
}

impl Home {
    pub(super) fn new(emulator: &Emulator, sources: &CredentialSources) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let home = path.to_str().unwrap().to_owned();
        write(path, ".aws/config", &PROFILES.replace("HOME/", &format!("{home}/")));
        write(path, SESSION_TOKEN_FILE, &session_token("2999-01-01T00:00:00Z"));
        write(path, START_URL_TOKEN_FILE, &session_token("2999-01-01T00:00:00Z"));
        write(path, "token", "web-identity-token");
        let keys = "{\"Version\": 1, \"AccessKeyId\": \"ASIAPROCESS000000000\", \"SecretAccessKey\": \"s\"}";
        write(path, "process.json", keys);
        let config = format!("{home}/.aws/config");
        let variables = vec![
            ("HOME", home),
            ("PATH", std::env::var("PATH").unwrap()),
            ("AWS_CONFIG_FILE", config),
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_ENDPOINT_URL", emulator.endpoint()),
            ("AWS_ENDPOINT_URL_SSO", sources.endpoint()),
            ("AWS_ENDPOINT_URL_SSO_OIDC", sources.endpoint()),
        ];
        Self { folder, variables }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The variables with these ones more.
    pub(super) fn with(&self, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.variables.iter().cloned().chain(more).collect()
    }
}

/// How a source is chosen, and what the first request to the emulator is signed with, or is: what
/// comes from the sources has keys that begin with `ASIA0`.
fn each(sources: &CredentialSources, home: &Path) -> Vec<(Vec<(&'static str, String)>, &'static str)> {
    let container =
        || ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/v1/credentials", sources.endpoint()));
    let token = || ("AWS_CONTAINER_AUTHORIZATION_TOKEN", CONTAINER_TOKEN.to_owned());
    let token_file = write(home, "container-token", CONTAINER_TOKEN);
    let instance = || {
        vec![
            ("AWS_EC2_METADATA_DISABLED", "false".to_owned()),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", sources.endpoint()),
        ]
    };
    let profile = |name: &str| ("AWS_PROFILE", name.to_owned());
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/audit".to_owned());
    let web_token = ("AWS_WEB_IDENTITY_TOKEN_FILE", home.join("token").to_str().unwrap().to_owned());
    let mut named_instance = instance();
    named_instance.push(profile("instance"));
    vec![
        (vec![profile("sso-session")], "ASIA0"),
        (vec![profile("sso")], "ASIA0"),
        (vec![profile("process")], "ASIAPROCESS"),
        (vec![web_token, role], "sts:AssumeRoleWithWebIdentity"),
        (vec![profile("web-identity")], "sts:AssumeRoleWithWebIdentity"),
        (vec![container(), token()], "ASIA0"),
        (vec![container(), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token_file)], "ASIA0"),
        (vec![container(), token(), profile("container")], "ASIA0"),
        (instance(), "ASIA0"),
        (named_instance, "ASIA0"),
    ]
}

#[test]
fn each_source_gives_credentials_that_aws_takes_with_and_without_a_role_on_top() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    for (choice, first) in each(&sources, home.path()) {
        emulator.proxy().clear();
        let mut variables = home.with(&[]);
        variables.extend(choice.clone());
        let snapshot = collect(&variables).unwrap_or_else(|error| panic!("{choice:?}: {error}"));
        assert!(!snapshot.contains("$unreadable"), "{choice:?}: {snapshot}");
        let asked = emulator.proxy().requests();
        assert!(
            asked[0].access_key.starts_with(first) || asked[0].operation == first,
            "{choice:?} {asked:?}"
        );

        emulator.proxy().clear();
        variables.push((ROLE, "arn:aws:iam::210987654321:role/on-top".to_owned()));
        variables.push((EXTERNAL_ID, "x".to_owned()));
        let snapshot = collect(&variables).unwrap_or_else(|error| panic!("{choice:?}: {error}"));
        assert!(snapshot.contains("210987654321:assumed-role/on-top/palisade"), "{choice:?}: {snapshot}");
        let asked = emulator.proxy().requests();
        assert!(
            asked[0].access_key.starts_with(first) || asked[0].operation == first,
            "{choice:?} {asked:?}"
        );
    }
}

#[test]
fn a_chain_of_roles_is_assumed_link_by_link() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    let snapshot = collect(&home.with(&[(PROFILE, "spoke")])).unwrap();
    assert!(snapshot.contains("\"account_id\":\"210987654321\""), "{snapshot}");
    let asked = emulator.proxy().requests();
    let operations: Vec<_> = asked[..3].iter().map(|request| request.operation.as_str()).collect();
    assert_eq!(operations, ["sts:AssumeRole", "sts:AssumeRole", "sts:GetCallerIdentity"]);
    assert_eq!(asked[0].access_key, sources.issued()[0].access_key);
    assert!(asked[0].access_key != asked[1].access_key && asked[1].access_key != asked[2].access_key);
}

/// As the AWS CLI has it: `--profile` is an order, `AWS_PROFILE` gives way to keys.
#[test]
fn a_profile_that_is_named_comes_before_keys_of_the_environment() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    for (choice, key) in [(PROFILE, "ASIAPROCESS000000000"), ("AWS_PROFILE", ACCESS_KEY)] {
        emulator.proxy().clear();
        let keys = [("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)];
        collect(&home.with(&[keys[0], keys[1], (choice, "process")])).unwrap();
        assert!(emulator.proxy().requests().iter().all(|request| request.access_key == key), "{choice}");
    }
}

#[test]
fn a_session_whose_token_has_expired_is_renewed_where_that_is_possible() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    let token = format!(
        "{{\"accessToken\": \"old\", \"expiresAt\": \"2020-01-01T00:00:00Z\", \"clientId\": \"c\", \
         \"clientSecret\": \"s\", \"registrationExpiresAt\": \"2999-01-01T00:00:00Z\", \
         \"refreshToken\": \"{SSO_REFRESH_TOKEN}\"}}"
    );
    write(home.path(), SESSION_TOKEN_FILE, &token);
    let snapshot = collect(&home.with(&[(PROFILE, "sso-session")])).unwrap();
    assert!(snapshot.contains("\"account_id\":\"123456789012\""), "{snapshot}");
}

#[test]
fn the_shared_credentials_file_may_be_anywhere() {
    let emulator = emulator();
    let folder = tempfile::tempdir().unwrap();
    let keys = format!("[base]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n");
    let file = write(folder.path(), "elsewhere", &keys);
    let endpoint = emulator.endpoint();
    let variables =
        [("AWS_SHARED_CREDENTIALS_FILE", file.as_str()), (PROFILE, "base"), ("AWS_ENDPOINT_URL", &endpoint)];
    collect(&variables).unwrap();
    assert!(emulator.proxy().requests().iter().all(|request| request.access_key == ACCESS_KEY));
}
