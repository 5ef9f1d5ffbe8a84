DROP TABLE pending_sign_ins;
DROP TABLE passkey_challenges;
DROP TABLE second_steps;
DROP TABLE passkeys;
DROP TABLE recovery_codes;
DROP TABLE totp;
