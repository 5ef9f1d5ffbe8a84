DROP TABLE relay_state;
DROP TABLE dead_letters;
DROP TABLE inbox;
DROP TABLE outbox;
DROP FUNCTION outbox_wake();
