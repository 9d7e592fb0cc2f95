//! The last requests, each with what was wrong with it: what `/sandbox` shows and `/sandbox/requests` lists.

use std::collections::VecDeque;

use serde::Serialize;

use super::diagnosis::Finding;
use crate::clock::Timestamp;

/// Requests kept; older ones are forgotten.
const CAPACITY: usize = 60;

/// One request and its answer. Neither query nor body is kept, so no code and no token is in here.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Counts from 1.
    pub number: u64,
    /// When, in seconds since 1970 by the clock of the pool.
    pub at: Timestamp,
    /// Upper case.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// `grant_type` of a token request.
    pub grant: Option<&'static str>,
    /// The app client it named, known or not.
    pub client: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// What was wrong with it.
    pub finding: Option<Finding>,
}

/// The last requests, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: VecDeque<Entry>,
    written: u64,
}

impl Journal {
    /// Adds a request and numbers it.
    pub(super) fn write(&mut self, mut entry: Entry) {
        self.written += 1;
        entry.number = self.written;
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Returns the last finding, about a request that named this app client if one is given.
    pub(super) fn last_finding(&self, client: Option<&str>) -> Option<&Finding> {
        let of_client = |entry: &&Entry| client.is_none() || entry.client.as_deref() == client;
        let found = self.entries.iter().rev().filter(of_client);
        found.filter_map(|entry| entry.finding.as_ref()).next()
    }

    pub(super) fn entries(&self) -> &VecDeque<Entry> {
        &self.entries
    }
}

impl Entry {
    /// Returns the line for the log: what was asked, what was answered, and why.
    pub(super) fn line(&self) -> String {
        let grant = self.grant.map(|grant| format!(" {grant}"));
        let why = self
            .finding
            .as_ref()
            .map(|finding| format!(": {}; {}", finding.wrong, finding.mend));
        format!(
            "{} {}{} {}{}",
            self.method,
            self.path,
            grant.unwrap_or_default(),
            self.status,
            why.unwrap_or_default()
        )
    }
}
