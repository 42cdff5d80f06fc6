//! Whether a resource's policy grants nothing beyond a baseline.
//!
//! What is found to be within the baseline is: whatever such a policy grants, which without it would not be allowed, the
//! baseline would grant too. What can't be proven to be within it counts as beyond.
//!
//! ```
//! use palisade_policy::containment::beyond;
//! use palisade_policy::document::PolicyDocument;
//!
//! let policy = |action: &str, resource: &str| {
//!     PolicyDocument::from_text(&format!(
//!         r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}},
//!             "Action": "{action}", "Resource": "{resource}"}}]}}"#
//!     ))
//! };
//! let baseline = policy("s3:Get*", "arn:aws:s3:::*")?;
//! assert!(beyond(&policy("s3:GetObject", "arn:aws:s3:::reports/*")?, &baseline).is_empty());
//! assert_eq!(beyond(&policy("s3:PutObject", "arn:aws:s3:::reports/*")?, &baseline).len(), 1);
//! # Ok::<(), palisade_policy::document::DocumentError>(())
//! ```

use crate::compiled::{CompiledPolicy, CompiledStatement};
use crate::document::{Effect, PolicyDocument, Statement};

/// Into how many parts a statement is taken at most to look for each of them in the baseline.
const MOST_PARTS: usize = 4_096;

/// The statements of a policy that allow something which the baseline is not proven to allow, in order.
///
/// Each principal, action and resource of a statement is looked for by itself; the conditions of the baseline's statement
/// must follow from its own. What the baseline denies, the policy must deny too, or not be about. A user is not within his
/// account: a policy that names him needs no policy of his own.
#[must_use]
pub fn beyond<'a>(policy: &'a PolicyDocument, baseline: &PolicyDocument) -> Vec<&'a Statement> {
    let compiled = CompiledPolicy::new("policy", policy);
    let baseline = CompiledPolicy::new("baseline", baseline);
    let limits = Limits::new(&compiled, &baseline);
    let statements = policy.statements.iter().zip(compiled.statements());
    let beyond =
        statements.filter(|(_, compiled)| compiled.effect() == Effect::Allow && !limits.contain(compiled));
    beyond.map(|(statement, _)| statement).collect()
}

/// What decides whether a statement is within the baseline.
struct Limits<'a> {
    /// What the policy itself denies.
    own_denies: Vec<&'a CompiledStatement>,
    allows: Vec<&'a CompiledStatement>,
    denies: Vec<&'a CompiledStatement>,
}

impl<'a> Limits<'a> {
    fn new(policy: &'a CompiledPolicy, baseline: &'a CompiledPolicy) -> Self {
        let of = |policy: &'a CompiledPolicy, effect| {
            policy.statements().iter().filter(move |one| one.effect() == effect).collect()
        };
        Self {
            own_denies: of(policy, Effect::Deny),
            allows: of(baseline, Effect::Allow),
            denies: of(baseline, Effect::Deny),
        }
    }

    fn contain(&self, granted: &CompiledStatement) -> bool {
        let is_harmless = |deny: &&CompiledStatement| {
            granted.excludes(deny) || self.own_denies.iter().any(|own| own.includes(deny))
        };
        let is_allowed = |one: &CompiledStatement| self.allows.iter().any(|allow| allow.includes(one));
        self.denies.iter().all(is_harmless)
            && (is_allowed(granted)
                || granted.parts(MOST_PARTS).is_some_and(|parts| parts.iter().all(is_allowed)))
    }
}
