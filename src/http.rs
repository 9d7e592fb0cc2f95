//! One HTTP client: user agent, time limits, no redirects, capped bodies, bounded retries where a retry is safe.
