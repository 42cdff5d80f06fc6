//! What the shared configuration files say of the profile in use: what the SDK can't do with it, and
//! what to do when its credentials fail.
//!
//! "Shared config and credentials files" in the AWS SDKs and Tools Reference Guide.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;

use aws_config::profile::ProfileSet;
use aws_types::os_shim_internal::{Env, Fs};

use crate::CollectError;

/// The profile in use, if there is one, and those that it takes its credentials from.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    /// The profiles from which credentials come, the one in use first.
    chain: Vec<Settings>,
    /// It was asked for by name, so nothing else may serve in its place.
    named: Option<String>,
    ca_bundle: Option<PathBuf>,
}

/// What one profile says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Settings {
    name: String,
    signs_in: bool,
    asks_for_mfa: bool,
}

impl Profile {
    /// Reads the files that `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` name, or the usual ones.
    ///
    /// # Errors
    /// When one of them is not in the format of such files.
    pub(crate) async fn load(named: Option<&str>) -> Result<Self, CollectError> {
        let environment = Env::real();
        let chosen = named.map(|name| Cow::Owned(name.to_owned()));
        let loaded = aws_config::profile::load(&Fs::real(), &environment, &Default::default(), chosen).await;
        let profiles = loaded.map_err(|error| CollectError::Credentials {
            message: format!("cannot read the AWS configuration files: {}", crate::failure::chain(&error)),
        })?;
        // Keys in the environment come before a profile that was not asked for by name.
        let has_keys = environment.get("AWS_ACCESS_KEY_ID").is_ok_and(|key| !key.is_empty());
        let chain = if named.is_none() && has_keys { Vec::new() } else { chain(&profiles) };
        let ca_bundle = profiles.get("ca_bundle").filter(|path| !path.is_empty()).map(PathBuf::from);
        Ok(Self { chain, named: named.map(str::to_owned), ca_bundle })
    }

    /// The file of certificates that the profile trusts.
    pub(crate) fn ca_bundle(&self) -> Option<PathBuf> {
        self.ca_bundle.clone()
    }

    /// Why credentials can't come from this profile, whatever AWS says.
    pub(crate) fn refusal(&self) -> Option<String> {
        let Settings { name, .. } = self.chain.iter().find(|one| one.asks_for_mfa)?;
        let used = self.chain.first().map_or(name, |first| &first.name);
        Some(format!(
            "the profile `{name}` asks for an MFA code (`mfa_serial`), and Palisade asks nobody; run \
             `eval \"$(aws configure export-credentials --profile {used} --format env)\"` and scan without a profile"
        ))
    }

    /// What failed, with the command that mends it where one does.
    pub(crate) fn explain(&self, message: String) -> String {
        match self.chain.iter().find(|one| one.signs_in) {
            Some(Settings { name, .. }) => {
                format!(
                    "{message}; the session of the profile `{name}` has ended or never began: run \
                     `aws sso login --profile {name}`"
                )
            }
            None => message,
        }
    }

    /// What is wrong when no source has credentials, if it lies in the profile.
    pub(crate) fn without_credentials(&self) -> Option<String> {
        let name = self.named.as_ref()?;
        Some(format!("the profile `{name}` is not there or names no source of them"))
    }
}

/// The profile in use and its `source_profile`, and so on; a loop ends it, and the SDK refuses that.
fn chain(profiles: &ProfileSet) -> Vec<Settings> {
    let (mut chain, mut seen) = (Vec::new(), BTreeSet::new());
    let mut next = Some(profiles.selected_profile());
    while let Some(name) = next.filter(|name| seen.insert(name.to_string())) {
        let Some(profile) = profiles.get_profile(name) else { break };
        let assumes = profile.get("role_arn").is_some();
        chain.push(Settings {
            name: name.to_owned(),
            signs_in: profile.get("sso_session").or_else(|| profile.get("sso_start_url")).is_some(),
            asks_for_mfa: assumes && profile.get("mfa_serial").is_some(),
        });
        next = if assumes { profile.get("source_profile") } else { None };
    }
    chain
}
