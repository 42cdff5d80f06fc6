//! A snapshot's meaning, as typed, named, documented facts
