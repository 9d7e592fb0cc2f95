#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cognito_login::profile::fuzz::import(bytes));
