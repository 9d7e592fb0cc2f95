//! The conversation with a user pool: discovery, authorize, token, userInfo, revoke, logout.
//!
//! ```text
//! UserPool ─begin→ Attempt ─judge(Callback)→ AuthorizedCode ─redeem→ [UnverifiedTokens, private] ─verify→ Tokens
//! ```
