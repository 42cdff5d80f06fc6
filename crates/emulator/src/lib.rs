//! Test support: a real AWS emulator behind a fault-injecting proxy
