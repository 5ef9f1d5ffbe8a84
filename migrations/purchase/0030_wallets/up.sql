-- Passes in phones' wallets: what each shows, so that it is told of a change, and which phones asked to be told. All of it is
-- forgotten when the night is over.

-- A pass that was handed out: of one ticket, in one wallet.
CREATE TABLE wallet_passes (
  ticket_id       uuid NOT NULL REFERENCES tickets (id),
  wallet          text NOT NULL CHECK (wallet IN ('apple', 'google')),
  event_id        uuid NOT NULL REFERENCES events (id),
  language        text NOT NULL CHECK (language IN ('en', 'es')), -- of Google's; Apple's passes say it themselves
  ticket_revision bigint NOT NULL,                 -- what was looked at last …
  event_revision  bigint NOT NULL,
  face            bytea NOT NULL,                  -- … and a hash of what the pass shows of it
  made_at         timestamptz NOT NULL,
  changed_at      timestamptz NOT NULL,            -- whole seconds, later with each change: HTTP's Last-Modified
  due_at          timestamptz,                     -- Google is told then; null: it knows
  tries           integer NOT NULL DEFAULT 0,
  PRIMARY KEY (ticket_id, wallet)
);
CREATE INDEX wallet_passes_event ON wallet_passes (event_id);
CREATE INDEX wallet_passes_due ON wallet_passes (due_at) WHERE due_at IS NOT NULL;

-- A phone with Apple's wallet, by the id that it made for us: no guest's name, number or address.
CREATE TABLE wallet_devices (
  device     text PRIMARY KEY CHECK (length(device) BETWEEN 1 AND 128),
  push_token text NOT NULL CHECK (length(push_token) BETWEEN 1 AND 200),
  seen_at    timestamptz NOT NULL,
  due_at     timestamptz,                          -- it is told then; null: it knows
  tries      integer NOT NULL DEFAULT 0
);
CREATE INDEX wallet_devices_due ON wallet_devices (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE wallet_registrations (
  device    text NOT NULL REFERENCES wallet_devices (device) ON DELETE CASCADE,
  ticket_id uuid NOT NULL REFERENCES tickets (id),
  PRIMARY KEY (device, ticket_id)
);
CREATE INDEX wallet_registrations_ticket ON wallet_registrations (ticket_id);

-- A registration is there or not.
REVOKE UPDATE ON wallet_registrations FROM purchase;
