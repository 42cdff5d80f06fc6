//! What becomes of answers that fail.
