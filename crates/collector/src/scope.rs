//! Which regions are asked.

use std::collections::BTreeSet;

use palisade_snapshot::{Observed, Paged, Region};

use crate::{CollectError, Options};

/// The regions that regional services are asked in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RegionScope {
    /// Those to ask.
    pub(crate) asked: BTreeSet<String>,
    /// Those of `asked` that were named and that the account has not enabled.
    pub(crate) disabled: BTreeSet<String>,
    /// Those in use that were left out on purpose.
    pub(crate) excluded: BTreeSet<String>,
    /// Whether AWS listed all regions.
    pub(crate) listed: bool,
}

impl RegionScope {
    /// Enabled regions, or the named ones; where AWS doesn't list them, the named ones or the one
    /// of environment and profile.
    ///
    /// # Errors
    /// When a region is named that AWS, having listed all, does not know.
    pub(crate) fn new(
        options: &Options,
        regions: &Observed<Paged<Region>>,
        home: &str,
    ) -> Result<Self, CollectError> {
        let known = regions.present().map_or(&[][..], |paged| &paged.items);
        let listed = regions.present().is_some_and(|paged| paged.incomplete.is_none());
        let names: BTreeSet<&str> = known.iter().map(|region| region.name.as_str()).collect();
        let named = options.regions.iter().chain(&options.excluded_regions);
        if let Some(unknown) = named.clone().find(|name| listed && !names.contains(name.as_str())) {
            let known = names.into_iter().collect::<Vec<_>>().join(", ");
            return Err(CollectError::UnknownRegion { region: unknown.clone(), known });
        }
        let in_use: BTreeSet<String> =
            known.iter().filter(|region| region.status.in_use()).map(|region| region.name.clone()).collect();
        let mut candidates =
            if options.regions.is_empty() { in_use.clone() } else { options.regions.clone() };
        if candidates.is_empty() {
            candidates.insert(home.to_owned());
        }
        let asked: BTreeSet<String> = candidates.difference(&options.excluded_regions).cloned().collect();
        let disabled = asked.iter().filter(|name| listed && !in_use.contains(*name)).cloned().collect();
        let excluded = in_use.difference(&asked).cloned().collect();
        Ok(Self { asked, disabled, excluded, listed })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use palisade_snapshot::{Reason, RegionStatus, Unreadable};

    use super::*;

    fn options(regions: &[&str], excluded: &[&str]) -> Options {
        let mut options = Options::new(BTreeSet::new(), Timestamp::UNIX_EPOCH);
        options.regions = regions.iter().map(|name| (*name).to_owned()).collect();
        options.excluded_regions = excluded.iter().map(|name| (*name).to_owned()).collect();
        options
    }

    fn listed() -> Observed<Paged<Region>> {
        let region = |name: &str, status| Region { name: name.to_owned(), status };
        Observed::Present(Paged::complete(vec![
            region("af-south-1", RegionStatus::Disabled),
            region("ap-east-1", RegionStatus::Enabling),
            region("eu-west-1", RegionStatus::EnabledByDefault),
            region("us-east-1", RegionStatus::EnabledByDefault),
        ]))
    }

    fn denied() -> Observed<Paged<Region>> {
        Observed::from(Unreadable::new("account:ListRegions", "account:ListRegions", Reason::Denied, ""))
    }

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn without_a_choice_every_region_in_use_is_asked() {
        let scope = RegionScope::new(&options(&[], &["us-east-1"]), &listed(), "us-east-1").unwrap();
        assert_eq!(names(&scope.asked), ["ap-east-1", "eu-west-1"]);
        assert_eq!(names(&scope.excluded), ["us-east-1"]);
        assert!(scope.listed && scope.disabled.is_empty());
    }

    #[test]
    fn a_named_region_may_be_disabled() {
        let scope = RegionScope::new(&options(&["af-south-1", "eu-west-1"], &[]), &listed(), "x").unwrap();
        assert_eq!(names(&scope.asked), ["af-south-1", "eu-west-1"]);
        assert_eq!(names(&scope.disabled), ["af-south-1"]);
        assert_eq!(names(&scope.excluded), ["ap-east-1", "us-east-1"]);
    }

    #[test]
    fn an_unknown_region_is_an_error_that_names_the_known_ones() {
        let error = RegionScope::new(&options(&["eu-wset-1"], &[]), &listed(), "x").unwrap_err().to_string();
        assert!(error.contains("`eu-wset-1`") && error.contains("eu-west-1"), "{error}");
    }

    #[test]
    fn unlisted_regions_leave_the_named_ones_or_home() {
        let scope = RegionScope::new(&options(&[], &[]), &denied(), "eu-central-1").unwrap();
        assert_eq!(names(&scope.asked), ["eu-central-1"]);
        assert!(!scope.listed);
        let scope = RegionScope::new(&options(&["eu-wset-1"], &[]), &denied(), "x").unwrap();
        assert_eq!(names(&scope.asked), ["eu-wset-1"]);
    }
}
