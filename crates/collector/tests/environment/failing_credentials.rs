//! What is said when a source of credentials fails: one sentence, with what to do.

use palisade_emulator::CredentialSources;

use super::credentials::{Home, SESSION_TOKEN_FILE, session_token};
use super::*;

/// The error of a collection with this home and these variables.
fn error(home: &Home, more: &[(&'static str, &str)]) -> String {
    let error = collect(&home.with(more)).unwrap_err();
    assert!(error.starts_with("no usable AWS credentials: "), "{error}");
    for foreign in ["Some(", "Error {", "Unhandled", "\n", "palisade_"] {
        assert!(!error.contains(foreign), "{error}");
    }
    error
}

fn assert_says(error: &str, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "`{part}` is not in: {error}");
    }
}

#[test]
fn a_session_that_has_ended_is_to_be_begun_again() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    let login = "run `aws sso login --profile sso-session`";
    write(home.path(), SESSION_TOKEN_FILE, &session_token("2020-01-01T00:00:00Z"));
    assert_says(&error(&home, &[(PROFILE, "sso-session")]), &["expired", login]);
    // A role that is assumed with it.
    assert_says(&error(&home, &[("AWS_PROFILE", "spoke")]), &["expired", login]);
    std::fs::remove_file(home.path().join(SESSION_TOKEN_FILE)).unwrap();
    assert_says(&error(&home, &[(PROFILE, "sso-session")]), &[login]);
    // The portal refuses a token that has ended before its time.
    sources.end_after(0);
    assert_says(&error(&home, &[(PROFILE, "sso")]), &["Session token", "run `aws sso login --profile sso`"]);
}

#[test]
fn a_process_that_fails_is_quoted() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    let config = "[profile locked]\ncredential_process = echo the vault is locked >&2; exit 3\n\
                  [profile talking]\ncredential_process = echo hello\n";
    write(home.path(), ".aws/config", config);
    assert_says(&error(&home, &[(PROFILE, "locked")]), &["the vault is locked"]);
    assert_says(&error(&home, &[(PROFILE, "talking")]), &["external process"]);
}

#[test]
fn a_profile_that_asks_for_mfa_is_refused_before_anything_is_sent() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    for profile in ["mfa", "behind-mfa"] {
        let export = format!("aws configure export-credentials --profile {profile} --format env");
        assert_says(&error(&home, &[(PROFILE, profile)]), &["the profile `mfa`", "mfa_serial", &export]);
    }
    assert_eq!(emulator.proxy().requests().len(), 0);
    let keys = [("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)];
    collect(&home.with(&[keys[0], keys[1], ("AWS_PROFILE", "mfa")])).unwrap();
}

#[test]
fn a_role_that_may_not_be_assumed_is_named_with_the_reason() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    emulator.proxy().inject("sts:AssumeRole", Fault::Denied);
    let role = "arn:aws:iam::111122223333:role/audit";
    assert_says(&error(&home, &[(PROFILE, "process"), (ROLE, role)]), &["not authorized", "sts:AssumeRole"]);
    assert_says(&error(&home, &[(PROFILE, "spoke")]), &["not authorized", "sts:AssumeRole"]);
    emulator.proxy().inject("sts:AssumeRoleWithWebIdentity", Fault::Denied);
    assert_says(&error(&home, &[(PROFILE, "web-identity")]), &["not authorized"]);
    std::fs::remove_file(home.path().join("token")).unwrap();
    assert_says(&error(&home, &[(PROFILE, "web-identity")]), &["No such file"]);
}

#[test]
fn a_container_without_its_token_is_refused() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    let url = format!("{}/v1/credentials", sources.endpoint());
    let error = error(&home, &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str())]);
    assert_says(&error, &["401"]);
}

#[test]
fn a_container_address_that_is_not_on_this_machine_must_be_https() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    let error = error(&home, &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1/credentials")]);
    assert_says(&error, &["http://192.0.2.1/credentials"]);
}

#[test]
fn a_configuration_file_that_is_none_is_named() {
    let emulator = emulator();
    let sources = CredentialSources::start().unwrap();
    let home = Home::new(&emulator, &sources);
    write(home.path(), ".aws/config", "[profile");
    assert_says(&error(&home, &[(PROFILE, "process")]), &["configuration files", ".aws/config"]);
}
