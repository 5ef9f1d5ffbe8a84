DROP TABLE guest_keys, refresh_tokens, guest_sessions;
