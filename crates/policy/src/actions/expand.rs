//! Which actions a pattern of a policy means.

use crate::pattern::Pattern;

use super::{Action, ActionTable, Service};

impl ActionTable {
    /// The actions that a pattern such as `s3:Get*`, `s3:*` or `*` means, by service and name.
    ///
    /// The pattern is compared without case; `*` is any text, `?` any one character.
    pub fn expand<'t>(&'t self, pattern: &str) -> impl Iterator<Item = Action<'t>> + use<'t> {
        let everything = pattern == "*";
        let (prefix, name) = pattern.split_once(':').unwrap_or((pattern, ""));
        let name = if everything { "*" } else { name }.to_owned();
        let prefix = Pattern::from_text_lowercase(prefix);
        let services = self.prefixes().filter(move |known| prefix.matches(known));
        services.filter_map(|known| self.service(known)).flat_map(move |service| service.expand(&name))
    }
}

impl Service {
    /// The actions of this service that a pattern after the colon (`Get*`) means.
    pub fn expand<'t>(&'t self, pattern: &str) -> impl Iterator<Item = Action<'t>> + use<'t> {
        let pattern = Pattern::from_text_lowercase(pattern);
        let name = pattern.as_exact().and_then(|bytes| std::str::from_utf8(bytes).ok());
        let (exact, pattern) = match name.map(|name| self.action(name)) {
            Some(named) => (named, None),
            None => (None, Some(pattern)),
        };
        let fitting = pattern.into_iter().flat_map(move |pattern| {
            self.actions().filter(move |action| pattern.matches(&action.name().to_ascii_lowercase()))
        });
        exact.into_iter().chain(fitting)
    }
}
