//! Scans with each kind of credentials and network, as the person sees them: sentence and exit code.

use std::time::Duration;

use crate::harness::Place;
use crate::scan_report::{Report, in_environment};
use palisade_emulator::{Account, CONTAINER_TOKEN, CredentialSources, Emulator, TlsEndpoint};

/// The name of the token file is the SHA-1 digest of the session name.
const SESSION_TOKEN_FILE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

const PROFILES: &str = "
[profile corp]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Auditor
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/audit
source_profile = corp
mfa_serial = arn:aws:iam::123456789012:mfa/alice
";

fn emulator() -> Emulator {
    Emulator::with(Account::fixture("mixed").unwrap()).unwrap()
}

/// A place with those profiles, and without keys in the environment.
fn place(emulator: &Emulator, sources: &CredentialSources) -> Place {
    let environment = emulator.environment().into_iter().filter(|(name, _)| !name.contains("KEY"));
    let place = in_environment(environment.collect()).with("AWS_ENDPOINT_URL_SSO", &sources.endpoint());
    place.write(".aws/config", PROFILES);
    place
}

#[test]
fn a_session_that_has_ended_is_to_be_begun_again() {
    let (emulator, sources) = (emulator(), CredentialSources::start().unwrap());
    let place = place(&emulator, &sources);
    let token = |expires: &str| format!("{{\"accessToken\": \"sso-token\", \"expiresAt\": \"{expires}\"}}");
    place.write(SESSION_TOKEN_FILE, token("2020-01-01T00:00:00Z"));
    place.run(&["scan", "--profile", "corp"]).failed(1, &["expired", "`aws sso login --profile corp`"]);
    place.write(SESSION_TOKEN_FILE, token("2999-01-01T00:00:00Z"));
    let role = ["--role-arn", "arn:aws:iam::111122223333:role/audit", "--external-id", "x"];
    let scan = place.run(&[&["scan", "-f", "json", "--profile", "corp"][..], &role].concat());
    assert_eq!(scan.json()["run"]["account"], "111122223333", "{scan:?}");
}

#[test]
fn nobody_is_asked_for_an_mfa_code() {
    let (emulator, sources) = (emulator(), CredentialSources::start().unwrap());
    let place = place(&emulator, &sources);
    let export = "aws configure export-credentials --profile mfa --format env";
    place.run(&["scan", "--profile", "mfa"]).failed(1, &["mfa_serial", export]);
    assert_eq!(emulator.proxy().requests().len(), 0);
}

#[test]
fn a_network_that_can_not_be_used_as_it_is_described_is_a_usage_error() {
    let emulator = emulator();
    let place = |name: &str, value: &str| in_environment(emulator.environment()).with(name, value);
    place("AWS_CA_BUNDLE", "missing.pem").run(&["scan"]).failed(2, &["AWS_CA_BUNDLE", "missing.pem"]);
    place("HTTPS_PROXY", "socks5://proxy:1080").run(&["scan"]).failed(2, &["HTTPS_PROXY", "http://"]);
    assert_eq!(place("AWS_REGION", "eu-west-1").run(&["scan", "--max-rps", "0"]).code, Some(2));
    assert_eq!(emulator.proxy().requests().len(), 0);
}

#[test]
fn a_private_authority_is_trusted_when_it_is_named() {
    let emulator = emulator();
    let tls = TlsEndpoint::in_front_of(emulator.proxy().address()).unwrap();
    let place = in_environment(emulator.environment())
        .with("AWS_ENDPOINT_URL", &tls.endpoint())
        .with("AWS_CA_BUNDLE", "ca.pem");
    place.write("ca.pem", tls.authority());
    let scan = place.run(&["scan", "-f", "json"]);
    assert_eq!(scan.code, Some(0), "{}", scan.stderr);
}

#[test]
fn credentials_that_end_during_a_scan_lose_nothing_that_was_read() {
    let (emulator, sources) = (emulator(), CredentialSources::start().unwrap());
    let place = place(&emulator, &sources)
        .with("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/v1/credentials", sources.endpoint()))
        .with("AWS_CONTAINER_AUTHORIZATION_TOKEN", CONTAINER_TOKEN);
    let scan = |code| {
        let scan = place.run(&["scan", "-f", "json", "--all", "--max-rps", "10"]);
        assert_eq!(scan.code, Some(code), "{}", scan.stderr);
        serde_json::from_str::<Report>(&scan.stdout).unwrap()
    };
    let whole = scan(0);
    sources.set_lifetime(Duration::from_secs(2));
    sources.end_after(1);
    let cut = scan(4);
    assert!(!cut.rules("unknown").is_empty());
    let judged = cut.by_id();
    for finding in &whole.findings {
        let same = judged.get(finding.id.as_str()).is_some_and(|one| one.verdict == finding.verdict);
        let open = judged.get(finding.id.as_str()).is_none_or(|one| one.verdict == "unknown");
        let gap = cut.with_verdict("unknown").any(|one| one.is_gap() && one.rule == finding.rule);
        assert!(same || (open && (judged.contains_key(finding.id.as_str()) || gap)), "{finding:?}");
    }
    let reasons: Vec<_> = cut.coverage.unreadable.iter().map(|call| call.reason.as_str()).collect();
    assert!(reasons.iter().all(|reason| *reason == "expired_credentials"), "{reasons:?}");
}
