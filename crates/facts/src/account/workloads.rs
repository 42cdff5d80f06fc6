//! What there is in an account besides ways in: roles of services, users, buckets.

use std::sync::Arc;

use palisade_snapshot::RecordKind;

use crate::context::Context;
use crate::directory::BucketDirectory;
use crate::iam::role::is_aws_owned;
use crate::iam::trust_summary;
use crate::{Known, Listed, Missing, facts};

facts! {
    /// A role that AWS services work with.
    pub struct ServiceRole as "service_role" {
        /// Its name.
        name: String, reads [];
        /// The AWS services that can assume it.
        services: Vec<String>, reads [];
        /// How many days ago it was last used; null if not within the 400 days that AWS tracks.
        last_used_days: Option<i64>, reads [];
    }
}

/// The roles that AWS services can assume, but for those that they own.
pub(super) fn service_roles(context: &Arc<Context>) -> Listed<ServiceRole> {
    let mut incomplete = context.incomplete(RecordKind::Role);
    let mut items = Vec::new();
    let roles = context.shared.roles.iter().enumerate();
    for (index, role) in roles.filter(|(_, role)| !is_aws_owned(&role.path)) {
        match trust_summary::ask(context, index, |trusts| trusts.services.to_vec()) {
            Known::Known(services) if services.is_empty() => {}
            Known::Known(services) => items.push(ServiceRole {
                name: role.name.clone(),
                services,
                last_used_days: super::layout::last_used_days(context, role),
            }),
            Known::Unknown(missing) => incomplete = Missing::either(incomplete, Some(missing)),
        }
    }
    Listed { items, incomplete }
}

/// The names of the account's users.
pub(super) fn user_names(context: &Context) -> Listed<String> {
    let items = context.shared.users.iter().map(|user| user.name.clone()).collect();
    Listed { items, incomplete: context.incomplete(RecordKind::User) }
}

/// The names of its buckets.
pub(super) fn bucket_names(context: &Context) -> Listed<String> {
    let items = context.shared.bucket_directory.iter().map(|bucket| bucket.name.clone()).collect();
    Listed { items, incomplete: BucketDirectory::unlisted(context) }
}
