//! A user pool in one process.
