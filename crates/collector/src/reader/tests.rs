use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::Options;
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
