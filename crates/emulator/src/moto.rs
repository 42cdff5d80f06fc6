//! moto's server as a child process, from a virtual environment with pinned versions.

mod environment;
mod server;

pub(crate) use server::{ManagedPolicies, Moto};
