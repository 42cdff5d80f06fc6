//! Test support: a real AWS emulator (moto's server) behind a proxy of ours.
//!
//! In goes an [`Account`], written down as plain data; out comes an endpoint that answers as AWS
//! would for that account. The [`Proxy`] names, counts and records each request, makes moto's
//! known deviations like AWS, cuts listings into pages, answers from recorded shapes what moto
//! lacks, and injects a [`Fault`] where a test asks for one.
//!
//! It must never be a dependency of the product, only of its tests, and never talk to AWS.
//!
//! ```no_run
//! use palisade_emulator::{Account, Emulator, Fault, Target};
//!
//! let emulator = Emulator::with(Account::fixture("mixed")?)?;
//! emulator.proxy().inject("s3:GetBucketPolicy", Fault::Denied);
//! emulator.proxy().inject(Target::operation("iam:ListRoles").page(3), Fault::ServerError);
//! // … run a scan against emulator.endpoint(), with emulator.environment() …
//! assert!(emulator.proxy().writes().is_empty());
//! # Ok::<(), palisade_emulator::EmulatorError>(())
//! ```

pub mod account;
mod credential_sources;
mod emulator;
mod error;
mod forward_proxy;
mod moto;
mod plain_host;
mod proxy;
mod server;
mod tls_endpoint;

pub use account::{Account, Sizes};
pub use credential_sources::{CONTAINER_TOKEN, CredentialSources, Issued, SSO_REFRESH_TOKEN, SSO_TOKEN};
pub use emulator::{ACCESS_KEY, Emulator, EmulatorBuilder, SECRET_KEY};
pub use error::EmulatorError;
pub use forward_proxy::{ForwardProxy, Routes};
pub use plain_host::PlainHost;
pub use proxy::{Fault, Proxy, Request, Target};
pub use tls_endpoint::TlsEndpoint;
