//! Where moto differs from AWS, the proxy answers as AWS does.

mod clients;

use palisade_emulator::{Account, Emulator, Fault, Target};

#[tokio::test]
async fn the_credential_report_has_the_root_user_and_the_ages() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    while iam.generate_credential_report().send().await.unwrap().state().unwrap().as_str() != "COMPLETE" {}
    let report = iam.get_credential_report().send().await.unwrap();
    let text = String::from_utf8(report.content().unwrap().as_ref().to_vec()).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0].last(), Some(&"additional_credentials_info"));
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{text}");
    assert_eq!(rows[1][..2], ["<root_account>", "arn:aws:iam::123456789012:root"]);

    let cell = |user: &str, column: &str| {
        let place = rows[0].iter().position(|name| *name == column).unwrap();
        rows.iter().find(|row| row[0] == user).unwrap()[place]
    };
    assert_eq!(cell("<root_account>", "mfa_active"), "true");
    assert_eq!((cell("alice", "mfa_active"), cell("bob", "mfa_active")), ("true", "false"));
    assert_eq!((cell("alice", "password_enabled"), cell("ci", "password_enabled")), ("true", "false"));
    assert_eq!(
        (cell("ci", "access_key_1_active"), cell("retired", "access_key_1_active")),
        ("true", "false")
    );
    assert_eq!(cell("spare", "access_key_1_last_used_date"), "N/A");
    let rotated: jiff::Timestamp = cell("ci", "access_key_2_last_rotated").parse().unwrap();
    let days = jiff::Timestamp::now().duration_since(rotated).as_secs() / 86_400;
    assert_eq!(days, 450);

    let keys = iam.list_access_keys().user_name("ci").send().await.unwrap();
    let created: Vec<i64> =
        keys.access_key_metadata().iter().map(|key| key.create_date().unwrap().secs()).collect();
    assert_eq!(created[1], rotated.as_second(), "the live listing agrees with the report");
}

#[tokio::test]
async fn the_root_counters_follow_the_description() {
    for (name, mfa, keys) in [("clean", 1, 0), ("careless", 0, 1)] {
        let emulator = Emulator::with(Account::fixture(name).unwrap()).unwrap();
        let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
        let summary = iam.get_account_summary().send().await.unwrap();
        let counter = |key: &str| summary.summary_map().unwrap()[&key.into()];
        assert_eq!(
            (counter("AccountMFAEnabled"), counter("AccountAccessKeysPresent")),
            (mfa, keys),
            "{name}"
        );
        assert!(counter("Users") > 0);
    }
}

#[tokio::test]
async fn pages_hold_everything_once() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let config = clients::configuration(&emulator);
    let read = async || {
        let iam = aws_sdk_iam::Client::new(&config);
        let mut pages = iam.get_account_authorization_details().into_paginator().send();
        let mut names = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            names.extend(page.user_detail_list().iter().map(|one| one.user_name().unwrap().to_owned()));
            names.extend(page.group_detail_list().iter().map(|one| one.group_name().unwrap().to_owned()));
            names.extend(page.role_detail_list().iter().map(|one| one.role_name().unwrap().to_owned()));
            names.extend(page.policies().iter().map(|one| one.policy_name().unwrap().to_owned()));
        }
        names
    };
    let whole = read().await;
    // 5 users, 2 groups, 3 roles, 2 policies of its own and 1 of AWS that is attached.
    assert_eq!(whole.len(), 13, "{whole:?}");

    emulator.proxy().clear();
    emulator.proxy().set_page_size(2);
    assert_eq!(read().await, whole);
    assert_eq!(emulator.proxy().counts()["iam:GetAccountAuthorizationDetails"], 7);
    let asked: Vec<usize> = emulator.proxy().requests().iter().map(|request| request.page).collect();
    assert_eq!(asked, [1, 2, 3, 4, 5, 6, 7]);

    let ecr = aws_sdk_ecr::Client::new(&config);
    emulator.proxy().set_page_size(1);
    let items = ecr.describe_repositories().into_paginator().items().send();
    assert_eq!(items.collect::<Result<Vec<_>, _>>().await.unwrap().len(), 2);

    emulator.proxy().set_page_size(100);
    let buckets = clients::s3(&emulator).list_buckets().max_buckets(3).into_paginator().send();
    let pages = buckets.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(pages.iter().map(|page| page.buckets().len()).collect::<Vec<_>>(), [3, 1]);
}

#[tokio::test]
async fn a_listing_can_break_on_a_page() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    emulator.proxy().set_page_size(3);
    emulator.proxy().inject(Target::operation("iam:GetAccountAuthorizationDetails").page(3), Fault::Denied);
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    let mut pages = iam.get_account_authorization_details().into_paginator().send();
    let mut answers = Vec::new();
    while let Some(page) = pages.next().await {
        answers.push(page.is_ok());
    }
    assert_eq!(answers, [true, true, false]);
}

#[tokio::test]
async fn policy_documents_are_encoded_as_iam_does() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    let role = iam.get_role().role_name("partner").send().await.unwrap();
    let trust = role.role().unwrap().assume_role_policy_document().unwrap();
    assert!(trust.starts_with("%7B%22"), "{trust}");
    let text = percent_encoding::percent_decode_str(trust).decode_utf8().unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"], "acme-7781");
}

#[tokio::test]
async fn answers_that_moto_names_otherwise_can_be_parsed() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let s3 = clients::s3(&emulator);
    let versioning = s3.get_bucket_versioning().bucket("mixed-logs").send().await.unwrap();
    assert_eq!(versioning.status().unwrap().as_str(), "Enabled");
    assert!(s3.get_bucket_versioning().bucket("mixed-site").send().await.unwrap().status().is_none());
    s3.get_bucket_notification_configuration().bucket("mixed-site").send().await.unwrap();
    let acl = s3.get_bucket_acl().bucket("mixed-old").send().await.unwrap();
    let public = "http://acs.amazonaws.com/groups/global/AllUsers";
    assert!(acl.grants().iter().any(|grant| grant.grantee().and_then(|who| who.uri()) == Some(public)));
    let logging = s3.get_bucket_logging().bucket("mixed-site").send().await.unwrap();
    assert_eq!(logging.logging_enabled().unwrap().target_bucket(), "mixed-logs");
}

#[tokio::test]
async fn what_moto_lacks_is_answered_from_recorded_shapes() {
    let emulator = Emulator::with(Account::fixture("mixed").unwrap()).unwrap();
    let config = clients::configuration(&emulator);
    let account = aws_sdk_account::Client::new(&config);
    let regions = account.list_regions().send().await.unwrap();
    assert_eq!(regions.regions().len(), Account::DEFAULT_REGIONS.len());
    let enabled =
        account.list_regions().region_opt_status_contains("ENABLED_BY_DEFAULT".into()).send().await.unwrap();
    let names: Vec<_> = enabled.regions().iter().filter_map(|region| region.region_name()).collect();
    assert_eq!(names, ["eu-west-1", "us-east-1"]);
    let contact =
        account.get_alternate_contact().alternate_contact_type("BILLING".into()).send().await.unwrap();
    assert_eq!(contact.alternate_contact().unwrap().name(), Some("Bea Ledger"));
    let unknown =
        account.get_alternate_contact().alternate_contact_type("SECURITY".into()).send().await.unwrap_err();
    assert!(unknown.into_service_error().is_resource_not_found_exception());
    let rules = aws_sdk_ecr::Client::new(&config).describe_pull_through_cache_rules().send().await.unwrap();
    assert!(rules.pull_through_cache_rules().is_empty());
    let features = aws_sdk_iam::Client::new(&config).list_organizations_features().send().await.unwrap();
    let names: Vec<_> =
        features.enabled_features().iter().map(aws_sdk_iam::types::FeatureType::as_str).collect();
    assert_eq!(names, ["RootCredentialsManagement"]);
}

#[tokio::test]
async fn an_account_outside_organizations_is_told_so() {
    let mut account = Account::fixture("mixed").unwrap();
    account.organization = None;
    let emulator = Emulator::with(account).unwrap();
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    let refusal = iam.list_organizations_features().send().await.unwrap_err().into_service_error();
    assert!(refusal.is_account_not_management_or_delegated_administrator_exception(), "{refusal:?}");
}

#[tokio::test]
async fn identities_have_what_moto_leaves_out() {
    let mut account = Account::fixture("mixed").unwrap();
    let boundary = "arn:aws:iam::123456789012:policy/read-site".to_owned();
    account.users[0].boundary = Some(boundary.clone());
    account.users[0].tags.insert("team".to_owned(), "web & <ops>".to_owned());
    let emulator = Emulator::with(account).unwrap();
    let iam = aws_sdk_iam::Client::new(&clients::configuration(&emulator));
    let details = iam.get_account_authorization_details().send().await.unwrap();
    let alice = &details.user_detail_list()[0];
    assert_eq!(alice.permissions_boundary().unwrap().permissions_boundary_arn(), Some(boundary.as_str()));
    assert_eq!((alice.tags()[0].key(), alice.tags()[0].value()), ("team", "web & <ops>"));
    assert!(alice.user_id().unwrap().starts_with("AIDA"));
    let policies = details.policies();
    let bounding = policies.iter().find(|policy| policy.arn() == Some(boundary.as_str())).unwrap();
    assert_eq!(
        (bounding.policy_name(), bounding.permissions_boundary_usage_count()),
        (Some("read-site"), Some(1))
    );
    let publisher = &details.role_detail_list()[0];
    let days =
        |moment: &aws_smithy_types::DateTime| (jiff::Timestamp::now().as_second() - moment.secs()) / 86_400;
    assert_eq!(days(publisher.create_date().unwrap()), 200);
    assert_eq!(days(publisher.role_last_used().unwrap().last_used_date().unwrap()), 1);
    let devices = iam.list_virtual_mfa_devices().send().await.unwrap();
    assert!(devices.virtual_mfa_devices()[0].base32_string_seed().is_none());
}

#[tokio::test]
async fn an_account_brings_its_own_recorded_answers() {
    let emulator = Emulator::with(Account::fixture("clean").unwrap()).unwrap();
    let account = aws_sdk_account::Client::new(&clients::configuration(&emulator));
    let information = account.get_contact_information().send().await.unwrap();
    assert_eq!(information.contact_information().unwrap().full_name(), "Acme Operations");
}
