//! Compiled policies by their text.

use std::collections::HashMap;
use std::sync::Arc;

use crate::compiled::CompiledPolicy;
use crate::document::{DocumentError, PolicyDocument};

/// Texts kept, in bytes: beyond it the cache starts afresh.
const MAX_TEXT_BYTES: usize = 32 << 20;

/// Policies compiled earlier in the run. The name of a policy depends on its place in the line, so it is part of the
/// key.
#[derive(Debug, Default)]
pub(super) struct PolicyCache {
    by_text: HashMap<Box<str>, Vec<Arc<CompiledPolicy>>>,
    bytes: usize,
}

impl PolicyCache {
    /// The compiled policy of a JSON text: an object, or a string that holds the policy as written.
    pub(super) fn compile(&mut self, name: &str, text: &str) -> Result<Arc<CompiledPolicy>, DocumentError> {
        let known =
            self.by_text.get(text).and_then(|policies| policies.iter().find(|policy| policy.name() == name));
        if let Some(policy) = known {
            return Ok(Arc::clone(policy));
        }
        let policy = Arc::new(CompiledPolicy::new(name, &read(text)?));
        if self.bytes + text.len() > MAX_TEXT_BYTES {
            self.by_text.clear();
            self.bytes = 0;
        }
        self.bytes += text.len();
        self.by_text.entry(text.into()).or_default().push(Arc::clone(&policy));
        Ok(policy)
    }
}

fn read(text: &str) -> Result<PolicyDocument, DocumentError> {
    match serde_json::from_str::<String>(text) {
        Ok(written) => PolicyDocument::from_text(&written),
        Err(_) => PolicyDocument::from_text(text),
    }
}
