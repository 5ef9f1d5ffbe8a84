-- What travels between services. The same text in every schema; the tables belong to crates/bus.

-- A message that is true once the transaction that wrote it has committed, and that NATS may not know yet.
CREATE TABLE outbox (
    message_id      uuid PRIMARY KEY,                 -- UUIDv7, the Nats-Msg-Id: one message acts once
    subject         text NOT NULL,
    aggregate       text NOT NULL,                    -- what the message tells about, e.g. an order's id
    revision        bigint NOT NULL,
    payload         bytea,                            -- NULL once retention has cleared it
    traceparent     text,
    created_at      timestamptz NOT NULL,
    -- False where the writer wakes the relay by itself: NOTIFY makes commits queue up one behind the other.
    wakes           boolean NOT NULL DEFAULT true,
    sent_at         timestamptz,                      -- NULL: the relay's work
    stream_sequence bigint,                           -- where the stream put it
    failed_at       timestamptz,                      -- NATS can never take it as it is: parked, and a dead letter too
    error           text,                             -- why
    CONSTRAINT outbox_sent_has_sequence CHECK ((sent_at IS NULL) = (stream_sequence IS NULL)),
    CONSTRAINT outbox_unsent_has_payload CHECK (payload IS NOT NULL OR sent_at IS NOT NULL),
    CONSTRAINT outbox_failed_is_unsent CHECK (failed_at IS NULL OR sent_at IS NULL)
);
CREATE INDEX outbox_unsent ON outbox (message_id) WHERE sent_at IS NULL;
CREATE INDEX outbox_by_sequence ON outbox (stream_sequence) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_by_aggregate ON outbox (subject, aggregate, revision DESC);
CREATE INDEX outbox_with_payload ON outbox (created_at) WHERE payload IS NOT NULL;
CREATE INDEX outbox_cleared ON outbox (created_at) WHERE payload IS NULL;

CREATE FUNCTION outbox_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '_outbox', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_wakes_the_relay AFTER INSERT ON outbox
    FOR EACH ROW WHEN (NEW.wakes) EXECUTE FUNCTION outbox_wake();

-- What was last said about each thing: it outlives the outbox's rows, and digests read it instead of all that was ever said.
CREATE TABLE said (
    subject   text NOT NULL,
    aggregate text NOT NULL,
    bucket    integer NOT NULL,                       -- 0 to 255, from the aggregate's hash
    revision  bigint NOT NULL,
    checksum  bigint NOT NULL,                        -- a hash of aggregate and revision
    PRIMARY KEY (subject, aggregate)
);
-- With the checksum: a digest reads the index alone.
CREATE INDEX said_by_bucket ON said (subject, bucket) INCLUDE (checksum);

-- Part of the statement that adds the messages, whoever wrote it. In one order, so that two writers cannot block each other
-- for good; what says nothing new locks nothing.
CREATE FUNCTION outbox_said() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO said AS known (subject, aggregate, bucket, revision, checksum)
    SELECT subject, aggregate, get_byte(decode(md5(aggregate), 'hex'), 0), revision,
           ('x' || left(md5(aggregate || ':' || revision), 16))::bit(64)::bigint
      FROM (SELECT DISTINCT ON (subject, aggregate) subject, aggregate, revision
              FROM added ORDER BY subject, aggregate, revision DESC) AS newest
     WHERE NOT EXISTS (SELECT FROM said AS held WHERE held.subject = newest.subject
                          AND held.aggregate = newest.aggregate AND held.revision >= newest.revision)
    ON CONFLICT (subject, aggregate) DO UPDATE SET revision = excluded.revision, checksum = excluded.checksum
     WHERE known.revision < excluded.revision;
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_remembers_what_was_said AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION outbox_said();

-- What a comparison found missing here, until it arrives: asked for only once it stayed missing, and ever more seldom.
CREATE TABLE missing (
    subject   text NOT NULL,
    aggregate text NOT NULL,
    revision  bigint NOT NULL,
    asked     integer NOT NULL DEFAULT 0,
    ask_at    timestamptz NOT NULL,                   -- not before
    PRIMARY KEY (subject, aggregate)
);

-- A message whose effect has been committed here.
CREATE TABLE inbox (
    durable      text NOT NULL,                       -- which consumer: two of them may read one message
    message_id   uuid NOT NULL,
    outcome      text NOT NULL,
    handled_at   timestamptz NOT NULL,
    PRIMARY KEY (durable, message_id),
    CONSTRAINT inbox_outcome_known CHECK (outcome IN ('applied', 'stale', 'ignored', 'dead'))
);
CREATE INDEX inbox_by_age ON inbox (handled_at);

-- A message that could not be handled: kept with its reason until someone replays it.
CREATE TABLE dead_letters (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    durable      text NOT NULL,
    message_id   uuid NOT NULL,
    subject      text NOT NULL,
    aggregate    text,                                -- NULL: the sender did not tell
    payload      bytea NOT NULL,
    traceparent  text,
    published_at timestamptz NOT NULL,
    error        text NOT NULL,
    attempts     bigint NOT NULL,
    died_at      timestamptz NOT NULL,
    replay_asked_at timestamptz,                      -- the consumer tries again, then clears this or sets replayed_at
    replayed_at  timestamptz,
    CONSTRAINT dead_letters_once UNIQUE (durable, message_id)
);
CREATE INDEX dead_letters_open ON dead_letters (died_at) WHERE replayed_at IS NULL;
CREATE INDEX dead_letters_of_aggregate ON dead_letters (durable, aggregate) WHERE replayed_at IS NULL;
CREATE INDEX dead_letters_asked ON dead_letters (durable, id) WHERE replay_asked_at IS NOT NULL;

-- The stream as the relay last saw it: how it notices that the server lost what it had acknowledged.
CREATE TABLE relay_state (
    stream         text PRIMARY KEY,
    stream_created timestamptz NOT NULL,
    last_sequence  bigint NOT NULL,
    checked_at     timestamptz NOT NULL
);
