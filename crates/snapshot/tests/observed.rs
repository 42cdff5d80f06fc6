//! The four states of an observation, as text and back.

use palisade_snapshot::{
    Account, Evidence, NotOffered, Observations, Observed, Paged, Reason, ReportTime, State, Unreadable,
};
use serde_json::{from_str, to_string};

#[test]
fn each_state_has_its_own_text() {
    let why = Unreadable::new("s3:GetBucketCors", "s3:GetBucketCORS", Reason::ExpiredCredentials, "old");
    let not_offered = NotOffered { operation: "o".to_owned(), message: "m".to_owned() };
    for (state, text) in [
        (Observed::Present(vec![1]), "[1]"),
        (Observed::Absent, "null"),
        (Observed::from(not_offered), r#"{"$not_offered":{"operation":"o","message":"m"}}"#),
        (
            Observed::from(why),
            r#"{"$unreadable":{"operation":"s3:GetBucketCors","iam_action":"s3:GetBucketCORS","reason":"expired_credentials","message":"old"}}"#,
        ),
    ] {
        assert_eq!(to_string(&state).unwrap(), text);
        assert_eq!(from_str::<Observed<Vec<u8>>>(text).unwrap(), state);
    }
}

#[test]
fn a_mark_that_is_not_ours_is_refused() {
    for text in [
        r#"{"$unreadable":{"reason":"tired"}}"#,
        r#"{"$unreadable":{"reason":"denied"},"$not_offered":{"operation":"o","message":"m"}}"#,
        r#"{"$unreadable":{"reason":"denied"},"else":1}"#,
        r#"{"$secret":1}"#,
        r#"{ "$unreadable" : 1 }"#,
    ] {
        assert!(from_str::<Observed<serde_json::Value>>(text).is_err(), "{text}");
    }
}

#[test]
fn a_missing_field_was_not_collected() {
    let account: Account = from_str(r#"{"id":"123456789012","partition":"aws"}"#).unwrap();
    assert!(account.summary.is_not_collected() && account.password_policy.is_not_collected());
    assert_eq!(to_string(&account).unwrap(), r#"{"id":"123456789012","partition":"aws"}"#);
    assert!(from_str::<Account>(r#"{"id":"1","partition":"aws","password":null}"#).is_err());
}

#[test]
fn a_list_with_a_missing_page_is_not_an_answer() {
    let mut account = Account::default();
    let why = Unreadable::new("iam:ListAccountAliases", "iam:ListAccountAliases", Reason::Throttled, "");
    account.aliases = Observed::Present(Paged { items: vec!["a".to_owned()], incomplete: Some(why) });
    let mut reason = None;
    account.each(&mut |evidence, state| {
        if let (Evidence::AccountAliases, State::Unreadable(why)) = (evidence, state) {
            reason = Some(why.reason);
        }
    });
    assert_eq!(reason, Some(Reason::Throttled));
}

#[test]
fn every_reason_has_its_name_in_the_text() {
    for reason in Reason::ALL {
        assert_eq!(to_string(&reason).unwrap(), format!("\"{}\"", reason.name()));
    }
}

#[test]
fn report_times_keep_aws_words() {
    for text in ["\"N/A\"", "\"no_information\"", "\"not_supported\"", "\"2026-03-01T12:00:00Z\""] {
        let time: ReportTime = from_str(text).unwrap();
        assert_eq!(to_string(&time).unwrap(), text);
    }
    assert!(from_str::<ReportTime>("\"yesterday\"").is_err());
}
