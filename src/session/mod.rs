//! The sign-in kept on this machine.
