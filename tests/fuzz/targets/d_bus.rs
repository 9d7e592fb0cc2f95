#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cognito_login::platform::secret_service::fuzz::message(bytes));
