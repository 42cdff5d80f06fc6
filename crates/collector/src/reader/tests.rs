use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::Options;
use crate::journal::Begun;
use crate::operation::LIST_BUCKETS;

fn reader() -> Reader {
    Reader {
        evidence: BTreeSet::new(),
        cancel: Cancel::new(),
        meter: Arc::default(),
        progress: Arc::new(()),
        journal: None,
        gate: Gate::new(&Options::new(BTreeSet::new(), jiff::Timestamp::UNIX_EPOCH)),
    }
}

#[tokio::test]
async fn pages_are_read_to_the_last() {
    let reader = reader();
    let pages = reader.pages(&LIST_BUCKETS, |token| async move {
        Ok(match token.as_deref() {
            None => (vec![1], Some("a".to_owned())),
            Some("a") => (vec![2, 3], Some("b".to_owned())),
            _ => (Vec::new(), None),
        })
    });
    assert_eq!(pages.await.into_paged(), Ok(Paged::complete(vec![1, 2, 3])));
}

#[tokio::test]
async fn a_listing_that_goes_in_circles_ends() {
    let asked = AtomicUsize::new(0);
    let reader = reader();
    let pages = reader.pages(&LIST_BUCKETS, |token| {
        asked.fetch_add(1, Ordering::Relaxed);
        async move {
            let next = if token.as_deref() == Some("a") { "b" } else { "a" };
            Ok((vec![next], Some(next.to_owned())))
        }
    });
    let paged = pages.await.into_paged().unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    assert_eq!(paged.incomplete.unwrap().reason, Reason::Malformed);
}

#[tokio::test]
async fn a_failure_on_a_later_page_keeps_the_earlier_ones() {
    let failing = |at: usize| {
        let asked = AtomicUsize::new(0);
        async move {
            let reader = reader();
            let pages = reader.pages(&LIST_BUCKETS, |_| {
                let number = asked.fetch_add(1, Ordering::Relaxed);
                async move {
                    if number == at {
                        return Err(Failure::unreadable(&LIST_BUCKETS, Reason::Denied, "no"));
                    }
                    Ok((vec![number], Some(number.to_string())))
                }
            });
            pages.await.into_paged()
        }
    };
    let paged = failing(2).await.unwrap();
    assert_eq!((paged.items, paged.incomplete.unwrap().reason), (vec![0, 1], Reason::Denied));
    assert!(matches!(failing(0).await, Err(Failure::Unreadable(_))));
}

/// A reader that completes a collection in which buckets were being listed.
fn completing(folder: &tempfile::TempDir) -> Reader {
    let path = folder.path().join("kept.jsonl.partial");
    let begun = || Begun {
        account_id: "111122223333".to_owned(),
        caller_arn: "arn:aws:iam::111122223333:user/auditor".to_owned(),
        taken_at: jiff::Timestamp::UNIX_EPOCH,
        evidence: Vec::new(),
        regions: Vec::new(),
        excluded_regions: Vec::new(),
    };
    let first = Journal::new(path.clone());
    first.begin(begun()).unwrap();
    let answer = HttpResponse::new(200.try_into().unwrap(), "<page/>".into());
    first.keep(&LIST_BUCKETS, "first page".to_owned(), &answer);
    drop(first);
    let journal = Journal::resume(path).unwrap();
    journal.begin(begun()).unwrap();
    assert!(journal.answer("first page").is_some());
    Reader { journal: Some(journal), ..reader() }
}

fn refused(why: Reason) -> Failure {
    Failure::unreadable(&LIST_BUCKETS, why, "InvalidToken: The continuation token is not valid")
}

#[tokio::test]
async fn a_listing_that_was_interrupted_begins_anew_where_its_next_page_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let asked = AtomicUsize::new(0);
    let (asked, reader) = (&asked, completing(&folder));
    let pages = reader.pages(&LIST_BUCKETS, |token| async move {
        match (asked.fetch_add(1, Ordering::Relaxed), token.as_deref()) {
            (0, None) => Ok((vec![1], Some("old".to_owned()))),
            (2, None) => Ok((vec![1], Some("new".to_owned()))),
            (3, Some("new")) => Ok((vec![2], None)),
            _ => Err(refused(Reason::ServiceError)),
        }
    });
    assert_eq!(pages.await.into_paged(), Ok(Paged::complete(vec![1, 2])));
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn it_begins_anew_once_and_only_if_the_page_is_gone() {
    for (why, requests) in [(Reason::ServiceError, 4), (Reason::Denied, 2), (Reason::Interrupted, 2)] {
        let folder = tempfile::tempdir().unwrap();
        let asked = AtomicUsize::new(0);
        let (asked, reader) = (&asked, completing(&folder));
        let pages = reader.pages(&LIST_BUCKETS, |token| async move {
            asked.fetch_add(1, Ordering::Relaxed);
            if token.is_none() { Ok((vec![1], Some("old".to_owned()))) } else { Err(refused(why)) }
        });
        let paged = pages.await.into_paged().unwrap();
        assert_eq!((paged.items, paged.incomplete.unwrap().reason), (vec![1], why));
        assert_eq!(asked.load(Ordering::Relaxed), requests, "{why:?}");
    }
}
