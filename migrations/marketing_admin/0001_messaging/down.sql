DROP TABLE relay_state;
DROP TABLE dead_letters;
DROP TABLE inbox;
DROP TABLE missing;
DROP TABLE outbox;
DROP TABLE said;
DROP FUNCTION outbox_wake();
DROP FUNCTION outbox_said();
