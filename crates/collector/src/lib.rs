//! Reads the configuration of one AWS account into a snapshot.
//!
//! In: credentials and the set of [`Evidence`](palisade_snapshot::Evidence) to read ([`Options`]).
//! Out: a [`Snapshot`](palisade_snapshot::Snapshot), in which everything that could not be read says
//! so and why.
//!
//! It only reads: each client refuses whatever the table of calls does not name, or was not asked
//! for. It never judges what it reads, never prints ([`Progress`] tells others), and never takes a
//! failed, cut or foreign answer for "not configured" or for an empty list.
//!
//! ```no_run
//! use std::collections::BTreeSet;
//! use std::sync::Arc;
//!
//! use palisade_collector::{Cancel, Options, collect_blocking};
//! use palisade_snapshot::Evidence;
//!
//! let evidence = BTreeSet::from([Evidence::Buckets, Evidence::BucketPolicy]);
//! let options = Options::new(evidence, jiff::Timestamp::now());
//! let snapshot = collect_blocking(&options, Arc::new(()), &Cancel::new())?;
//! println!("{} buckets", snapshot.buckets.len());
//! # Ok::<(), palisade_collector::CollectError>(())
//! ```

mod access_grants;
mod access_points;
mod account;
mod analyzers;
mod answer;
mod bucket_regions;
mod buckets;
mod cancel;
mod clients;
mod collect;
mod details;
mod document;
mod error;
mod failure;
mod guard;
mod iam;
mod journal;
mod json_client;
mod meter;
mod network;
mod object_lambda;
mod operation;
mod options;
mod organization;
mod progress;
mod public_repositories;
mod reader;
mod repositories;
mod scope;
mod session;
mod storage;
mod transport;

pub use cancel::Cancel;
pub use collect::{collect, collect_blocking};
pub use error::CollectError;
pub use journal::{Journal, JournalError};
pub use options::{Deadlines, Options};
pub use progress::Progress;
