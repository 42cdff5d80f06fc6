//! Any text is a policy document or an error with its place; compiling what parses never panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_policy::compiled::CompiledPolicy;
use palisade_policy::document::PolicyDocument;

fuzz_target!(|text: &str| {
    if let Ok(document) = PolicyDocument::from_text(text) {
        let compiled = CompiledPolicy::new("fuzz", &document);
        assert_eq!(compiled.statements().len(), document.statements.len());
    }
});
