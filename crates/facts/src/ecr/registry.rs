//! The private registry of a region.

use crate::{Kind, Known, fact_enum, facts};

fact_enum! {
    /// How images are scanned.
    pub enum ScanType {
        /// Operating system packages, by ECR itself. AWS's default.
        Basic = "BASIC",
        /// Operating system and language packages, by Amazon Inspector.
        Enhanced = "ENHANCED",
    }
}

fact_enum! {
    /// When images are scanned.
    pub enum ScanFrequency {
        /// When they are pushed.
        ScanOnPush = "SCAN_ON_PUSH",
        /// When they are pushed, and again whenever new vulnerabilities become known.
        ContinuousScan = "CONTINUOUS_SCAN",
        /// Only when somebody asks.
        Manual = "MANUAL",
    }
}

facts! {
    /// A region's private registry.
    pub struct Registry as "ecr.registry" {
        /// The region.
        region: String, reads [];
        /// How images are scanned.
        scan_type: Known<ScanType>, reads [RegistryScanning];
        /// The scanning rules.
        scanning_rules: Known<Vec<ScanningRule>>, reads [RegistryScanning];
        /// Whether a rule other than a manual one is for every repository, later ones included.
        scans_everything: Known<bool>, reads [RegistryScanning];
    }
}

facts! {
    /// A scanning rule of a registry.
    pub struct ScanningRule as "scanning_rule" {
        /// When images are scanned.
        frequency: ScanFrequency, reads [];
        /// The name patterns of the repositories it is for; without `*`, any name that contains the text.
        filters: Vec<String>, reads [];
    }
}

/// Private registries.
pub static KIND: Kind = Kind {
    name: "ecr.registry",
    variable: "registry",
    object: &Registry::OBJECT,
    listings: &[],
    reads: &[],
    wildcard_arn: |shared| {
        format!("arn:{}:ecr:*:{}:registry", shared.header.partition, shared.header.account_id)
    },
};
