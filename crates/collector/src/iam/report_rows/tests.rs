use super::*;

/// The columns of "Getting credential reports for your AWS account" in the IAM User Guide.
const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
    access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
    access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
    access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,\
    cert_2_active,cert_2_last_rotated";

const ROOT: &str = "<root_account>,arn:aws:iam::123456789012:root,2020-01-02T03:04:05+00:00,not_supported,\
    2026-02-01T10:00:00+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,\
    false,N/A,false,N/A";

const ALICE: &str = "alice,arn:aws:iam::123456789012:user/alice,2021-05-06T07:08:09Z,true,no_information,\
    2025-01-01T00:00:00+00:00,N/A,false,true,2024-01-01T00:00:00+00:00,2026-01-01T00:00:00+00:00,us-east-1,s3,\
    false,N/A,N/A,N/A,N/A,true,2022-01-01T00:00:00+00:00,false,N/A";

fn report(lines: &[&str]) -> Vec<u8> {
    lines.join("\n").into_bytes()
}

fn time(text: &str) -> ReportTime {
    ReportTime::At(text.parse().unwrap())
}

#[test]
fn root_and_users_are_read() {
    let rows = parse(&report(&[HEADER, ALICE, ROOT])).unwrap();
    let [root, alice] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(root.user, "<root_account>");
    assert_eq!((root.password_enabled, root.mfa_active), (None, Some(true)));
    assert_eq!(root.password_last_used, time("2026-02-01T10:00:00Z"));
    assert_eq!(root.password_last_changed, ReportTime::NotSupported);
    assert_eq!(alice.password_enabled, Some(true));
    assert_eq!(alice.password_last_used, ReportTime::NoInformation);
    assert!(alice.access_keys[0].active && !alice.access_keys[1].active);
    assert_eq!(alice.access_keys[0].last_rotated, time("2024-01-01T00:00:00Z"));
    assert_eq!(alice.access_keys[1].last_used, ReportTime::NotApplicable);
    assert_eq!(alice.certificates_active, [true, false]);
    let rotated = [time("2022-01-01T00:00:00Z"), ReportTime::NotApplicable];
    assert_eq!(alice.certificates_rotated, Observed::Present(rotated));
    let [used, empty] = &alice.access_keys;
    let named = |name: &str| Observed::Present(name.to_owned());
    assert_eq!((&used.last_used_region, &used.last_used_service), (&named("us-east-1"), &named("s3")));
    assert_eq!((&empty.last_used_region, &empty.last_used_service), (&Observed::Absent, &Observed::Absent));
}

#[test]
fn columns_are_found_by_name() {
    let backwards = |line: &str| line.split(',').rev().collect::<Vec<_>>().join(",");
    let (header, alice) = (backwards(HEADER), backwards(ALICE));
    assert_eq!(parse(&report(&[&header, &alice])), parse(&report(&[HEADER, ALICE])));
}

#[test]
fn columns_that_aws_adds_are_let_pass() {
    let header = format!("{HEADER},additional_credentials_info");
    let alice = format!("{ALICE},\"[{{\"\"id\"\":1}},\n2]\"");
    assert_eq!(parse(&report(&[&header, &alice])), parse(&report(&[HEADER, ALICE])));
}

#[test]
fn quoted_values_are_understood() {
    let quoted = ALICE.replacen("alice,", "\"a, \"\"b\"\"\",", 1);
    assert_eq!(parse(&report(&[HEADER, &quoted])).unwrap()[0].user, "a, \"b\"");
}

#[test]
fn windows_line_ends_are_let_pass() {
    let lines = [HEADER, ALICE, ROOT].join("\r\n");
    assert_eq!(parse(lines.as_bytes()), parse(&report(&[HEADER, ALICE, ROOT])));
}

#[test]
fn a_missing_column_is_named_with_its_line() {
    let header = HEADER.replace("mfa_active", "mfa");
    let error = parse(&report(&[&header, ALICE])).unwrap_err();
    assert_eq!(error, "the credential report is broken in line 2: there is no column `mfa_active`");
}

/// A report that is not whole must not become users without keys.
#[test]
fn what_is_not_whole_is_refused() {
    let cut = ALICE.rsplit_once(',').unwrap().0;
    let wrong_flag = ALICE.replacen("true", "yes", 1);
    let wrong_time = ALICE.replacen("2024-01-01", "2024-13-01", 1);
    for lines in [
        &[HEADER, cut][..],
        &[HEADER, &wrong_flag],
        &[HEADER, &wrong_time],
        &[HEADER],
        &[""],
        &["<html>", "x"],
    ] {
        assert!(parse(&report(lines)).is_err(), "{lines:?}");
    }
    assert!(parse(b"\xff\xfe").is_err());
}
