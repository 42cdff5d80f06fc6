//! Credentials, endpoints and settings from environment and shared files, each in a process of its
//! own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod credentials;
mod failing_credentials;
mod networks;
mod refresh;
mod regions;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use palisade_collector::{Cancel, Options, collect_blocking};
use palisade_emulator::{ACCESS_KEY, Emulator, Fault, SECRET_KEY};
use palisade_snapshot::Evidence;

static EMULATOR: LazyLock<Mutex<Emulator>> = LazyLock::new(|| Mutex::new(Emulator::start().unwrap()));

fn emulator() -> MutexGuard<'static, Emulator> {
    let emulator = EMULATOR.lock().unwrap_or_else(PoisonError::into_inner);
    emulator.proxy().clear();
    emulator
}

/// What the child process collects, as the variables that follow tell it.
#[test]
#[ignore = "the other tests run it, each with an environment of its own"]
fn child() {
    let evidence = match std::env::var_os(EVERYTHING) {
        Some(_) => Evidence::ALL.iter().copied().collect(),
        None => BTreeSet::from([Evidence::AccountSummary, Evidence::Buckets]),
    };
    let mut options = Options::new(evidence, Timestamp::UNIX_EPOCH);
    options.role_arn = std::env::var(ROLE).ok();
    options.external_id = std::env::var(EXTERNAL_ID).ok();
    options.profile = std::env::var(PROFILE).ok();
    options.regions.extend(std::env::var(REGION));
    options.max_in_flight = NonZeroUsize::new(2).unwrap();
    let folder = std::path::PathBuf::from(std::env::var_os(FOLDER).unwrap());
    match collect_blocking(&options, Arc::new(()), &Cancel::new()) {
        Ok(snapshot) => snapshot.write_file(&folder.join("snapshot")).unwrap(),
        Err(error) => std::fs::write(folder.join("error"), error.to_string()).unwrap(),
    }
}

const ROLE: &str = "TEST_ROLE_ARN";
const EXTERNAL_ID: &str = "TEST_EXTERNAL_ID";
const PROFILE: &str = "TEST_PROFILE";
const REGION: &str = "TEST_REGION";
const EVERYTHING: &str = "TEST_EVERYTHING";
const FOLDER: &str = "TEST_FOLDER";

/// A collection that knows of nothing but these variables: its snapshot, or its error.
fn collect<K: AsRef<str>, V: AsRef<str>>(variables: &[(K, V)]) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "child"]).env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_CONFIG_FILE", "/nonexistent").env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    command
        .envs(variables.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))
        .env(FOLDER, folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name));
    read("snapshot").map_err(|_| read("error").unwrap())
}

/// A file in a folder; its path.
fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)];

#[test]
fn keys_and_endpoint_come_from_the_environment() {
    let emulator = emulator();
    let endpoint = emulator.endpoint();
    let snapshot = collect(&[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint)]).unwrap();
    assert!(snapshot.contains("\"account_id\":\"123456789012\""), "{snapshot}");
    assert!(emulator.proxy().requests().iter().all(|request| request.access_key == ACCESS_KEY));
}

#[test]
fn each_service_may_have_its_own_endpoint() {
    let emulator = emulator();
    let endpoint = emulator.endpoint();
    let nowhere = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let variables = [
        KEYS[0],
        KEYS[1],
        nowhere,
        ("AWS_ENDPOINT_URL_STS", &endpoint),
        ("AWS_ENDPOINT_URL_S3", &endpoint),
        ("AWS_MAX_ATTEMPTS", "1"),
    ];
    let snapshot = collect(&variables).unwrap();
    assert!(snapshot.contains("\"operation\":\"iam:GetAccountSummary\",\"iam_action\":\"iam:GetAccountSummary\",\"reason\":\"network\""), "{snapshot}");
    let called: Vec<String> = emulator.proxy().counts().into_keys().collect();
    assert_eq!(called, ["s3:ListBuckets", "sts:GetCallerIdentity"]);
}

#[test]
fn the_number_of_attempts_is_honoured_in_both_retry_modes() {
    let emulator = emulator();
    let endpoint = emulator.endpoint();
    for mode in ["standard", "adaptive"] {
        emulator.proxy().clear();
        emulator.proxy().inject("iam:GetAccountSummary", Fault::ServerError);
        let settings = [("AWS_MAX_ATTEMPTS", "2"), ("AWS_RETRY_MODE", mode)];
        collect(&[&KEYS[..], &[("AWS_ENDPOINT_URL", &endpoint)], &settings].concat()).unwrap();
        assert_eq!(emulator.proxy().counts().get("iam:GetAccountSummary"), Some(&2), "{mode}");
    }
}

#[test]
fn a_role_may_be_named() {
    let emulator = emulator();
    let endpoint = emulator.endpoint();
    let role = (ROLE, "arn:aws:iam::111122223333:role/audit");
    let snapshot = collect(&[KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint), role]).unwrap();
    assert!(snapshot.contains("assumed-role/audit/palisade"), "{snapshot}");
    assert_eq!(
        emulator.proxy().counts().get("sts:AssumeRole"),
        Some(&1),
        "assumed once, not for each client"
    );
}

#[test]
fn without_credentials_there_is_one_clear_sentence() {
    let error = collect(&[("AWS_REGION", "us-east-1")]).unwrap_err();
    assert_eq!(
        error,
        "no usable AWS credentials: neither the environment, nor the profile, nor the machine has any; \
         set them in the environment, or name a profile with `--profile`"
    );
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let error = collect(&[("AWS_REGION", "us-east-1"), (PROFILE, "nope")]).unwrap_err();
    assert!(error.contains("the profile `nope` is not there or names no source of them"), "{error}");
}
