use std::io::Write as _;

use tempfile::TempDir;

use super::*;
use crate::operation::{GET_BUCKET_POLICY, GET_CALLER_IDENTITY, GET_CREDENTIAL_REPORT, LIST_BUCKETS};

fn asked() -> Begun {
    Begun {
        account_id: "111122223333".to_owned(),
        caller_arn: "arn:aws:sts::111122223333:assumed-role/audit/session-1".to_owned(),
        taken_at: "2026-03-01T12:00:00Z".parse().unwrap(),
        evidence: vec!["s3.bucket".to_owned()],
        regions: vec!["eu-west-1".to_owned()],
        excluded_regions: Vec::new(),
    }
}

fn answer(body: &str) -> HttpResponse {
    let mut answer = HttpResponse::new(200.try_into().unwrap(), SdkBody::from(body));
    answer.headers_mut().append("content-type", "text/xml");
    answer
}

/// A journal with two answers, as a killed process leaves it.
fn left_behind(folder: &TempDir) -> PathBuf {
    let path = Journal::path_beside(&folder.path().join("kept.jsonl"));
    let journal = Journal::new(path.clone());
    journal.begin(asked()).unwrap();
    journal.keep(&LIST_BUCKETS, "first".to_owned(), &answer("<one/>"));
    journal.keep(&GET_BUCKET_POLICY, "second".to_owned(), &answer("<two/>\n<more/>"));
    path
}

fn body(journal: &Journal, request: &str) -> Option<String> {
    let response = journal.answer(request)?.into_response()?;
    assert_eq!(response.headers().get("content-type"), Some("text/xml"));
    Some(String::from_utf8(response.body().bytes()?.to_vec()).unwrap())
}

#[test]
fn what_was_answered_is_there_again_once() {
    let folder = TempDir::new().unwrap();
    let path = left_behind(&folder);
    assert_eq!(path, folder.path().join("kept.jsonl.partial"));
    let journal = Journal::resume(path.clone()).unwrap();
    assert_eq!(journal.taken_at(), Some(asked().taken_at));
    let later = "arn:aws:sts::111122223333:assumed-role/audit/session-2".to_owned();
    assert_eq!(journal.begin(Begun { caller_arn: later, ..asked() }).unwrap(), asked());
    assert_eq!(body(&journal, "first").as_deref(), Some("<one/>"));
    assert_eq!(body(&journal, "first"), None);
    assert_eq!(body(&journal, "second").as_deref(), Some("<two/>\n<more/>"));
    journal.remove().unwrap();
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let path = left_behind(&folder);
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Wherever the last write was cut, the whole lines before it are kept and the next one is whole.
#[test]
fn a_torn_line_is_dropped_and_the_next_takes_its_place() {
    let folder = TempDir::new().unwrap();
    let whole = fs::read(left_behind(&folder)).unwrap();
    let ends: Vec<usize> =
        whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(index, _)| index + 1).collect();
    for length in ends[0]..=whole.len() {
        let path = folder.path().join("torn.partial");
        fs::write(&path, &whole[..length]).unwrap();
        let journal = Journal::resume(path.clone()).unwrap();
        journal.begin(asked()).unwrap();
        journal.keep(&LIST_BUCKETS, "third".to_owned(), &answer("<three/>"));
        drop(journal);
        let journal = Journal::resume(path).unwrap();
        let kept = ["first", "second", "third"].map(|request| body(&journal, request).is_some());
        assert_eq!(kept, [length >= ends[1], length >= ends[2], true], "{length}");
    }
}

#[test]
fn what_is_not_the_same_collection_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = left_behind(&folder);
    let refused = |begun: Begun| Journal::resume(path.clone()).unwrap().begin(begun).unwrap_err().to_string();
    let account = refused(Begun { account_id: "444455556666".to_owned(), ..asked() });
    assert!(account.contains("of account 111122223333, not of 444455556666"), "{account}");
    let caller = refused(Begun { caller_arn: "arn:aws:iam::111122223333:user/eve".to_owned(), ..asked() });
    assert!(caller.contains("user/eve"), "{caller}");
    assert!(refused(Begun { evidence: Vec::new(), ..asked() }).contains("other rules"));
    assert!(refused(Begun { regions: Vec::new(), ..asked() }).contains("other regions"));
    assert!(refused(Begun { taken_at: Timestamp::UNIX_EPOCH, ..asked() }).contains("2026-03-01T12:00:00Z"));
}

#[test]
fn what_is_no_journal_of_this_version_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = left_behind(&folder);
    let text = fs::read_to_string(&path).unwrap();
    let refused = |text: &str| {
        let path = folder.path().join("other.partial");
        fs::write(&path, text).unwrap();
        Journal::resume(path).unwrap_err().to_string()
    };
    assert!(refused(&text.replace(FORMAT, "palisade-journal/9")).contains("palisade-journal/9"));
    let version = format!("\"tool_version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(
        refused(&text.replace(&version, "\"tool_version\":\"0.0.1\"")).contains("palisade 0.0.1 began it")
    );
    assert!(refused("").contains("does not begin"));
    assert!(refused("{\"header\":{}}\n").contains("does not begin"));
    let absent = Journal::resume(folder.path().join("absent.partial")).unwrap_err();
    assert!(matches!(absent, JournalError::Nothing { .. }), "{absent}");
}

#[test]
fn two_processes_do_not_write_the_same_journal() {
    let folder = TempDir::new().unwrap();
    let path = Journal::path_beside(&folder.path().join("kept.jsonl"));
    let journal = Journal::new(path.clone());
    journal.begin(asked()).unwrap();
    let second = Journal::new(path.clone()).begin(asked()).unwrap_err();
    assert!(matches!(second, JournalError::InUse { .. }), "{second}");
    let resumed = Journal::resume(path.clone()).unwrap_err();
    assert!(matches!(resumed, JournalError::InUse { .. }), "{resumed}");
    drop(journal);
    Journal::new(path).begin(asked()).unwrap();
}

#[test]
fn a_disk_that_is_full_is_told_and_ends_the_journal() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::new(folder.path().join("kept.partial"));
    journal.begin(asked()).unwrap();
    let mut full = File::options().write(true).open("/dev/full").unwrap();
    full.flush().unwrap();
    journal.kept().file = Some(full);
    journal.keep(&LIST_BUCKETS, "first".to_owned(), &answer("<one/>"));
    assert!(journal.trouble().unwrap().contains("No space left"));
    assert!(!journal.is_kept());
    journal.remove().unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn only_what_holds_is_settled() {
    assert!(LIST_BUCKETS.is_settled(None) && GET_BUCKET_POLICY.is_settled(Some("NoSuchBucketPolicy")));
    assert!(GET_CREDENTIAL_REPORT.is_settled(None));
    assert!(!GET_CREDENTIAL_REPORT.is_settled(Some("ReportNotPresent")), "it may come to be");
    assert!(!GET_CALLER_IDENTITY.is_settled(None), "who asks may change");
    assert!(!GET_BUCKET_POLICY.is_settled(Some("AccessDenied")), "permissions may be given");
}
