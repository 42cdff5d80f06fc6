//! What the proxy sees, and how the emulator starts and ends.

mod clients;

use std::collections::BTreeMap;
use std::net::TcpStream;

use clients::seen;
use palisade_emulator::account::{Policies, User};
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
async fn with_iam_enforced_each_action_is_needed_by_its_aws_name() {
    let actions = [
        "iam:ListUsers",
        "s3:GetEncryptionConfiguration",
        "s3:GetAccountPublicAccessBlock",
        "ecr:DescribePullThroughCacheRules",
    ];
    let mut account = Account::fixture("clean").unwrap();
    for (name, allowed) in [("scanner", &actions[..]), ("lister", &["s3:ListBucket"])] {
        let statement = serde_json::json!({"Effect": "Allow", "Action": allowed, "Resource": "*"});
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": [statement]});
        let policies = Policies { inline: [("scan".to_owned(), document)].into(), ..Policies::default() };
        account.users.push(User { name: name.to_owned(), policies, ..User::default() });
    }
    let emulator = Emulator::with(account).unwrap();
    let admin = clients::configuration(&emulator);
    let keys = ["scanner", "lister"].map(|user| {
        let environment: BTreeMap<_, _> = emulator.environment_of(user).unwrap().into_iter().collect();
        clients::with_key(&admin, &environment["AWS_ACCESS_KEY_ID"], &environment["AWS_SECRET_ACCESS_KEY"])
    });
    emulator.enforce_iam(true).unwrap();
    let mut answers = Vec::new();
    for key in keys {
        let control = clients::s3_control_of(&key);
        let block = control.get_public_access_block().account_id("123456789012");
        answers.push([
            seen(aws_sdk_iam::Client::new(&key).list_users().send().await),
            seen(clients::s3_of(&key).get_bucket_encryption().bucket("acme-reports").send().await),
            seen(block.send().await),
            seen(aws_sdk_ecr::Client::new(&key).describe_pull_through_cache_rules().send().await),
        ]);
    }
    assert_eq!(answers[0], ["answer"; 4]);
    assert_eq!(answers[1], ["AccessDenied", "AccessDenied", "AccessDenied", "AccessDeniedException"]);
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

#[test]
#[cfg(target_os = "linux")]
fn the_emulator_ends_with_the_process_that_started_it() {
    use std::io::{BufRead, BufReader};
    use std::path::Path;
    use std::process::{Command, Stdio};

    let mut server = Command::new(env!("CARGO_BIN_EXE_palisade-emulator"))
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("export AWS_ENDPOINT_URL=http://127.0.0.1:"), "{line}");
    let children = |task: &Path| std::fs::read_to_string(task.join("children")).unwrap();
    let tasks = std::fs::read_dir(format!("/proc/{}/task", server.id())).unwrap();
    let moto: String = tasks.map(|task| children(&task.unwrap().path())).collect();
    let moto = Path::new("/proc").join(moto.trim());
    assert!(moto.join("stat").exists(), "{moto:?}");
    server.kill().unwrap();
    server.wait().unwrap();
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        // An orphan that nobody has reaped yet keeps its folder, but has no program any more.
        std::fs::read_link(moto.join("exe")).is_err()
    });
    assert!(gone, "moto outlived its parent");
}

#[tokio::test]
async fn a_replay_gives_the_recorded_answers_again_in_their_order() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    emulator.proxy().record();
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    iam.update_account_password_policy().minimum_password_length(9).send().await.unwrap();
    let length = |client: aws_sdk_iam::Client| async move {
        let answer = client.get_account_password_policy().send().await;
        answer.map(|answer| answer.password_policy.unwrap().minimum_password_length.unwrap())
    };
    assert_eq!(length(iam.clone()).await.unwrap(), 9);
    iam.update_account_password_policy().minimum_password_length(10).send().await.unwrap();
    assert_eq!(length(iam.clone()).await.unwrap(), 10);
    let replay = emulator.replay().unwrap();
    iam.update_account_password_policy().minimum_password_length(11).send().await.unwrap();

    let config = clients::configuration(&emulator).to_builder().endpoint_url(replay.endpoint()).build();
    let replayed = aws_sdk_iam::Client::new(&config);
    let mut lengths = Vec::new();
    for _ in 0..3 {
        lengths.push(length(replayed.clone()).await.unwrap());
    }
    assert_eq!(lengths, [9, 10, 10], "the last one is given again");
    assert_eq!(replay.counts(), BTreeMap::from([("iam:GetAccountPasswordPolicy".to_owned(), 3)]));
    // What was never asked goes to the emulator; faults are the replay's own.
    assert!(replayed.get_account_summary().send().await.is_ok());
    replay.inject("iam:GetAccountPasswordPolicy", palisade_emulator::Fault::Denied);
    assert_eq!(seen(length(replayed).await), "AccessDenied");
    assert_eq!(length(iam).await.unwrap(), 11);
}
