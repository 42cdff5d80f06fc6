//! Loads rules, checks their types and judges facts by them
