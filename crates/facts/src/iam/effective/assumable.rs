//! The roles that an identity may assume, statement by statement.

use palisade_policy::arn::Arn;
use palisade_policy::request::Action as Asked;

use super::candidates;
use super::held::Held;
use crate::facts;

facts! {
    /// Roles that a statement lets somebody assume.
    pub struct AssumableRoles as "assumable_roles" {
        /// The resource as the policy spells it; `*` for `NotResource`.
        resource: String, reads [];
        /// The account that these roles are in, as twelve digits; null if they are in several.
        account: Option<String>, reads [];
        /// Whether it is one role, by its full name.
        one_role: bool, reads [];
        /// What names the policy: an ARN.
        policy: String, reads [];
        /// Where the statement stands in that policy: a JSON pointer.
        pointer: String, reads [];
    }
}

const ASSUME_ROLE: &str = "sts:AssumeRole";

impl Held {
    /// The roles that its statements let it assume, once denies, its boundary and conditions are counted.
    pub(super) fn assumable_roles(&self) -> Vec<AssumableRoles> {
        let Some(asked) = Asked::parse(ASSUME_ROLE) else { return Vec::new() };
        let statements = self.allows().filter(|(_, compiled)| compiled.is_about(&asked));
        let mut found: Vec<AssumableRoles> = Vec::new();
        for (statement, _) in statements {
            let Some(element) = &statement.resources else { continue };
            let everything = [String::from("*")];
            let named = if element.negated { &everything[..] } else { element.values.items.as_slice() };
            for resource in named {
                if found.iter().any(|one| one.resource == *resource) {
                    continue;
                }
                let Some(permission) = self.may_on(ASSUME_ROLE, &self.role_of(resource)) else { continue };
                let arn = Arn::parse(resource);
                let account = arn.map(|arn| arn.account).filter(|account| is_account(account));
                found.push(AssumableRoles {
                    one_role: account.is_some() && !resource.contains(['*', '?']),
                    account: account.map(str::to_owned),
                    resource: resource.clone(),
                    policy: permission.policy,
                    pointer: permission.pointer,
                });
            }
        }
        found.sort_by(|one, other| one.resource.cmp(&other.resource));
        found
    }

    /// A role that a pattern stands for.
    fn role_of(&self, pattern: &str) -> String {
        let arn = candidates::concrete(pattern, &self.context, &self.partition, &self.account);
        if Arn::parse(&arn).is_some_and(|arn| arn.resource.starts_with("role/")) {
            return arn;
        }
        let any_role = format!("arn:{}:iam::{}:role/*", self.partition, self.account);
        candidates::concrete(&any_role, &self.context, &self.partition, &self.account)
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
