//! Lifecycle policies of repositories.

use crate::facts;

facts! {
    /// A rule of a repository's lifecycle policy ("Lifecycle policy properties" in the ECR User Guide).
    pub struct LifecycleRule as "lifecycle_rule" {
        /// Its priority; the lowest number is applied first.
        priority: i64, reads [];
        /// Which images it is about: `tagged`, `untagged` or `any`.
        tag_status: String, reads [];
        /// The tag prefixes or patterns that it is about; empty for untagged and any.
        tags: Vec<String>, reads [];
        /// `imageCountMoreThan`, `sinceImagePushed`, `sinceImagePulled` or `sinceImageTransitioned`.
        count_type: String, reads [];
        /// How many images, or how many days.
        count_number: i64, reads [];
        /// `expire` or `transition`.
        action: String, reads [];
    }
}
