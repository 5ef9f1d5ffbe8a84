-- Links that are good once: what is mailed to somebody so that they prove an address, sign in or choose a new password. The
-- token itself is in the mail alone.
CREATE TABLE links (
  id         uuid PRIMARY KEY,
  token_hash bytea NOT NULL CONSTRAINT links_token UNIQUE CHECK (octet_length(token_hash) = 32),
  purpose    text NOT NULL CHECK (purpose IN ('sign_up', 'magic_link', 'reset', 'new_email', 'identity', 'invitation')),
  account_id uuid REFERENCES accounts (id),            -- NULL: whose address it is has no account yet
  email      text NOT NULL CHECK (email = lower(email)),
  payload    jsonb NOT NULL,                           -- what waits for it; emptied once it is used or over
  made_at    timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > made_at),
  used_at    timestamptz                               -- used, or ended by a newer one
);
-- One open link of a kind per address: a newer one ends the older.
CREATE UNIQUE INDEX links_open ON links (purpose, email) WHERE used_at IS NULL;
CREATE INDEX links_account ON links (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX links_by_end ON links (expires_at);

-- Mails about accounts: of no night and no order. What they say holds a link, so it goes as soon as it is sent.
ALTER TABLE emails ALTER COLUMN event_id DROP NOT NULL;
ALTER TABLE emails DROP CONSTRAINT emails_template_check;
ALTER TABLE emails ADD CONSTRAINT emails_template_check
  CHECK (template IN ('order_paid', 'order_refunded', 'tickets_found', 'ticket_transferred', 'ticket_shared', 'sale_opened',
                      'ticket_gone', 'ticket_handed_back', 'ticket_left', 'waitlist_joined', 'waitlist_offered', 'new_date',
                      'account'));
ALTER TABLE emails ADD CONSTRAINT emails_of_a_night CHECK (event_id IS NOT NULL OR template = 'account');
