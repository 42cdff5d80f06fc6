//! What the proxy sees, and how the emulator starts and ends.

mod clients;

use std::collections::BTreeMap;
use std::net::TcpStream;

use palisade_emulator::{Account, Emulator};

#[tokio::test]
async fn requests_are_named_counted_and_writes_found() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    assert!(emulator.proxy().requests().is_empty(), "filling is not counted");
    let config = clients::configuration(&emulator);
    let s3 = clients::s3(&emulator);
    let caller = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
    assert!(caller.arn().unwrap().starts_with("arn:aws:iam::123456789012:user/"), "{caller:?}");
    s3.get_bucket_policy().bucket("mixed-site").send().await.unwrap();
    s3.get_public_access_block().bucket("mixed-inbox").send().await.unwrap();
    s3.get_bucket_ownership_controls().bucket("mixed-old").send().await.unwrap();
    s3.get_bucket_location().bucket("mixed-old").send().await.unwrap();
    s3.list_buckets().send().await.unwrap();
    aws_sdk_iam::Client::new(&config).generate_credential_report().send().await.unwrap();
    assert!(emulator.proxy().writes().is_empty());
    s3.delete_bucket_policy().bucket("mixed-site").send().await.unwrap();
    aws_sdk_iam::Client::new(&config).create_user().user_name("x").send().await.unwrap();
    assert_eq!(emulator.proxy().writes(), ["s3:DeleteBucketPolicy", "iam:CreateUser"]);

    let expected = [
        "iam:CreateUser",
        "iam:GenerateCredentialReport",
        "s3:DeleteBucketPolicy",
        "s3:GetBucketLocation",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetPublicAccessBlock",
        "s3:ListBuckets",
        "sts:GetCallerIdentity",
    ];
    let counts: BTreeMap<String, usize> = expected.iter().map(|name| ((*name).to_owned(), 1)).collect();
    assert_eq!(emulator.proxy().counts(), counts);
    let policy = &emulator.proxy().requests()[1];
    assert_eq!(policy.resource.as_deref(), Some("mixed-site"));
    assert_eq!(
        (policy.region.as_str(), policy.access_key.as_str()),
        ("us-east-1", palisade_emulator::ACCESS_KEY)
    );
}

#[tokio::test]
async fn s3_control_is_told_from_s3() {
    let emulator = Emulator::with(Account::fixture("clean").unwrap()).unwrap();
    let config = clients::s3_control(&emulator);
    let answer = config.get_public_access_block().account_id("123456789012").send().await.unwrap();
    assert!(answer.public_access_block_configuration().unwrap().restrict_public_buckets().unwrap());
    config.list_access_points().account_id("123456789012").send().await.unwrap();
    let counts = emulator.proxy().counts();
    let names: Vec<&str> = counts.keys().map(String::as_str).collect();
    assert_eq!(names, ["s3control:GetPublicAccessBlock", "s3control:ListAccessPoints"]);
}

#[tokio::test]
async fn accounts_are_apart() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let mut other = Account::fixture("careless").unwrap();
    other.id = "210987654321".to_owned();
    emulator.fill(other).unwrap();

    let config = clients::configuration(&emulator);
    let role = "arn:aws:iam::210987654321:role/open-door";
    let sts = aws_sdk_sts::Client::new(&config);
    let session = sts.assume_role().role_arn(role).role_session_name("audit").send().await.unwrap();
    let there = clients::signed_in(&config, session.credentials().unwrap());
    let mfa = async |config| {
        let summary = aws_sdk_iam::Client::new(config).get_account_summary().send().await.unwrap();
        summary.summary_map().unwrap()[&"AccountMFAEnabled".into()]
    };
    assert_eq!((mfa(&config).await, mfa(&there).await), (1, 0));
}

#[tokio::test]
async fn fifty_requests_at_a_time_are_all_answered() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let s3 = clients::s3(&emulator);
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let s3 = s3.clone();
            tokio::spawn(async move {
                for _ in 0..4 {
                    s3.get_bucket_policy().bucket("mixed-site").send().await.unwrap();
                }
            })
        })
        .collect();
    for request in requests {
        request.await.unwrap();
    }
    assert_eq!(emulator.proxy().counts()["s3:GetBucketPolicy"], 200);
}

#[tokio::test]
async fn with_iam_enforced_only_what_is_allowed_is_answered() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let config = clients::configuration(&emulator);
    let iam = aws_sdk_iam::Client::new(&config);
    let made = iam.create_access_key().user_name("bob").send().await;
    let key = made.unwrap().access_key.unwrap();
    emulator.enforce_iam().unwrap();
    let bob = clients::with_key(&config, key.access_key_id(), key.secret_access_key());
    let denied = aws_sdk_iam::Client::new(&bob).list_users().send().await.unwrap_err();
    assert_eq!(aws_sdk_iam::error::ProvideErrorMetadata::code(&denied), Some("AccessDenied"));
    aws_sdk_sts::Client::new(&bob).get_caller_identity().send().await.unwrap();
}

#[test]
fn nothing_listens_after_the_end() {
    let emulator = Emulator::start().unwrap();
    let address = emulator.endpoint().trim_start_matches("http://").to_owned();
    TcpStream::connect(&address).unwrap();
    drop(emulator);
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        TcpStream::connect(&address).is_err()
    });
    assert!(gone, "{address} still listens");
}

#[test]
fn an_emulator_can_be_used_and_dropped_inside_async_code() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        drop(Emulator::with(Account::fixture("clean").unwrap()).unwrap());
    });
}
