//! Which actions a pattern of a policy means.

use super::{Action, ActionTable, Service};

impl ActionTable {
    /// The actions that a pattern such as `s3:Get*`, `s3:*` or `*` means, by service and name.
    ///
    /// The pattern is compared without case; `*` is any text, `?` any one character.
    pub fn expand<'t>(&'t self, pattern: &'t str) -> impl Iterator<Item = Action<'t>> {
        let (prefix, name) = pattern.split_once(':').unwrap_or((pattern, ""));
        let everything = pattern == "*";
        let services = self.prefixes().filter(move |known| everything || matches(prefix, known));
        services
            .filter_map(|known| self.service(known))
            .flat_map(move |service| service.expand(if everything { "*" } else { name }))
    }
}

impl Service {
    /// The actions of this service that a pattern after the colon (`Get*`) means.
    pub fn expand<'t>(&'t self, pattern: &'t str) -> impl Iterator<Item = Action<'t>> {
        self.actions().filter(move |action| matches(pattern, action.name()))
    }
}

/// Whether `text` fits `pattern` with its `*` and `?`, without case; time is at most the product of the lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut retry = None;
    while t < text.len() {
        match (pattern.get(p), text.get(t)) {
            (Some(b'*'), _) => {
                retry = Some((p, t));
                p += 1;
            }
            (Some(wanted), Some(found)) if *wanted == b'?' || wanted.eq_ignore_ascii_case(found) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                p = star + 1;
                t = from + 1;
            }
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == b'*')
}
