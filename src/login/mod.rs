//! The ceremony between terminal and browser, once.
