//! `palisade public`: who outside the account can use a resource?

use std::path::PathBuf;

use clap::Args;
use palisade_policy::public::public_line;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::lines;

/// Say whether buckets and other resources are public, one JSON object per line
///
/// A line is `{"id", "service", "policy", "acl", "bpa_account", "bpa_bucket", "object_ownership", "resource_account"}`: `acl` is the
/// `Grants` of GetBucketAcl, `bpa_…` are PublicAccessBlockConfigurations, and null stands for what is not configured.
/// `registry_policy` and `access_points` may be added. The answer is `{"id", "public", "capabilities", "latent", "statements", "witness"}`.
#[derive(Debug, Args)]
pub(crate) struct Public {
    /// The resources with their policies; standard input if `-` or left out
    file: Option<PathBuf>,
}

impl Public {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        lines::answer_all(self.file.as_deref(), |number, line, out| {
            lines::answered(number, line, public_line(line), out)
        })
    }
}
