//! What guests of an app need ("IAM roles" in the Amazon Cognito Developer Guide, default permissions of guests).

use palisade_policy::actions::Action;

use super::Permission;
use super::held::Held;

/// The services that a guest may use as a whole.
const GUEST_SERVICES: [&str; 2] = ["cognito-identity", "cognito-sync"];
/// The actions by which an app sends usage data.
const USAGE_DATA: [&str; 2] = ["mobileanalytics:PutEvents", "mobiletargeting:PutEvents"];

impl Held {
    /// Something that it may do beyond what guests need.
    pub(super) fn beyond_guests(&self) -> Option<Permission> {
        self.first(|action| !is_for_guests(action), |_, _| true)
    }
}

fn is_for_guests(action: &Action<'_>) -> bool {
    GUEST_SERVICES.contains(&action.service().prefix()) || USAGE_DATA.contains(&action.full_name().as_str())
}
