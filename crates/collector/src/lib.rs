//! Reads the configuration of one AWS account into a snapshot
