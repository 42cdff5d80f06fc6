//! Each fault reaches the official clients as what it says.

mod clients;

use std::time::{Duration, Instant};

use aws_sdk_iam::config::timeout::TimeoutConfig;
use aws_sdk_iam::error::ProvideErrorMetadata;
use clients::seen;
use palisade_emulator::{Account, Emulator, Fault, Target};

/// Asks each kind of service once and gives what was seen: IAM, S3, ECR, Account Management.
async fn ask(emulator: &Emulator) -> [String; 4] {
    let config = clients::configuration(emulator).to_builder();
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(2)).build();
    let config = config.timeout_config(timeouts).build();
    let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    [
        seen(aws_sdk_iam::Client::new(&config).get_account_summary().send().await),
        seen(s3.get_bucket_policy().bucket("mixed-site").send().await),
        seen(aws_sdk_ecr::Client::new(&config).describe_repositories().send().await),
        seen(aws_sdk_account::Client::new(&config).list_regions().send().await),
    ]
}

#[tokio::test]
async fn each_fault_is_seen_as_what_it_is() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let cases: &[(Fault, [&str; 4])] = &[
        (Fault::Denied, ["AccessDenied", "AccessDenied", "AccessDeniedException", "AccessDeniedException"]),
        (Fault::Throttled, ["Throttling", "SlowDown", "ThrottlingException", "TooManyRequestsException"]),
        (
            Fault::ServerError,
            ["ServiceFailure", "InternalError", "ServerException", "InternalServerException"],
        ),
        (
            Fault::ExpiredCredentials,
            ["ExpiredToken", "ExpiredToken", "ExpiredTokenException", "ExpiredTokenException"],
        ),
        (
            Fault::UnknownAccessKey,
            [
                "InvalidClientTokenId",
                "InvalidAccessKeyId",
                "UnrecognizedClientException",
                "UnrecognizedClientException",
            ],
        ),
        (
            Fault::NotSubscribed,
            [
                "OptInRequired",
                "NotSignedUp",
                "SubscriptionRequiredException",
                "SubscriptionRequiredException",
            ],
        ),
        (
            Fault::ResourceGone,
            ["NoSuchEntity", "NoSuchBucket", "RepositoryNotFoundException", "ResourceNotFoundException"],
        ),
        (Fault::Error { status: 400, code: "Odd" }, ["Odd"; 4]),
        (Fault::Reset, ["dispatch failure"; 4]),
        (Fault::Truncated, ["response error"; 4]),
        (Fault::Hang, ["timeout"; 4]),
        (Fault::HtmlPage(403), ["no code"; 4]),
        (Fault::Late(Duration::ZERO), ["answer"; 4]),
    ];
    for (fault, expected) in cases {
        emulator.proxy().clear();
        emulator.proxy().inject("*", fault.clone());
        assert_eq!(ask(&emulator).await, *expected, "{fault:?}");
    }
    emulator.proxy().clear();
    assert_eq!(ask(&emulator).await, ["answer"; 4], "healed");
}

#[tokio::test]
async fn garbage_and_emptiness_come_with_status_200() {
    let emulator = Emulator::start().unwrap();
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    for fault in [Fault::Garbage, Fault::Empty, Fault::HtmlPage(200)] {
        emulator.proxy().clear();
        emulator.proxy().inject("iam:ListAccountAliases", fault.clone());
        let error = iam.list_account_aliases().send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 200, "{fault:?}");
        assert_eq!(error.code(), None, "{fault:?}");
    }
}

#[tokio::test]
async fn a_target_narrows_what_is_struck() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let s3 = clients::s3(&emulator);
    let policy = async |bucket: &str| seen(s3.get_bucket_policy().bucket(bucket).send().await);
    let on_policy = || Target::operation("s3:GetBucketPolicy");

    emulator.proxy().inject(on_policy().resource("mixed-site"), Fault::Denied);
    assert_eq!(
        (policy("mixed-site").await.as_str(), policy("mixed-inbox").await.as_str()),
        ("AccessDenied", "answer")
    );

    emulator.proxy().clear();
    emulator.proxy().inject(on_policy().skip(1).times(1), Fault::Denied);
    let all = [policy("mixed-site").await, policy("mixed-site").await, policy("mixed-site").await];
    assert_eq!(all, ["answer", "AccessDenied", "answer"]);

    emulator.proxy().clear();
    emulator.proxy().inject(on_policy().region("eu-west-1"), Fault::Denied);
    assert_eq!(policy("mixed-site").await, "answer");
}

#[tokio::test]
async fn what_exceeds_the_rate_is_throttled() {
    let emulator = Emulator::start().unwrap();
    emulator.proxy().throttle_above(Some(5.0));
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    let mut throttled = 0;
    for _ in 0..20 {
        throttled += usize::from(seen(iam.list_account_aliases().send().await) == "Throttling");
    }
    assert!((1..=15).contains(&throttled), "{throttled} of 20 were throttled");
    emulator.proxy().throttle_above(None);
    assert_eq!(seen(iam.list_account_aliases().send().await), "answer");
}

#[tokio::test]
async fn latency_is_added_to_each_request_and_not_to_their_sum() {
    let emulator = Emulator::start().unwrap();
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    iam.list_account_aliases().send().await.unwrap();
    emulator.proxy().set_latency(Duration::from_millis(300));
    let begun = Instant::now();
    let requests: Vec<_> = (0..20).map(|_| tokio::spawn(iam.list_account_aliases().send())).collect();
    for request in requests {
        request.await.unwrap().unwrap();
    }
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(4), "{took:?}");
    assert!(emulator.proxy().max_in_flight() > 10, "{}", emulator.proxy().max_in_flight());
}
