//! The IAM policy engine: who can do what
