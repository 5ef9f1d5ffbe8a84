-- The guest list: who comes in for nothing, with how many, until when, and on whose account. An entry is an order that the club
-- gave away, with a ticket for each head; what stands here is what sets it apart from other gifts.

-- From then on the door refuses the ticket; null: as long as the doors are open.
ALTER TABLE tickets ADD COLUMN admit_until timestamptz;

-- How many guests a promoter may bring to a night, and has on its list. A row for each promoter who brings any, so that what is
-- taken is counted from the first guest on; without `places` there is no limit but the night's own.
CREATE TABLE guest_list_allotments (
  event_id     uuid NOT NULL REFERENCES events (id),
  promoter_key text NOT NULL,                      -- domain::guest_list::Promoter: the same however it is written
  promoter     text NOT NULL,
  places       bigint CHECK (places >= 0),
  taken        bigint NOT NULL DEFAULT 0 CHECK (taken >= 0),
  PRIMARY KEY (event_id, promoter_key),
  CONSTRAINT guest_list_allotment_holds CHECK (taken <= places)
);

CREATE TABLE guest_list (
  id           uuid PRIMARY KEY,
  event_id     uuid NOT NULL REFERENCES events (id),
  order_id     uuid NOT NULL CONSTRAINT guest_list_order UNIQUE REFERENCES orders (id),
  party_of     uuid REFERENCES guest_list (id),    -- the entry whose party this one made larger; null: the first of its party
  promoter_key text,                               -- null: of the house
  note         text NOT NULL CHECK (length(note) <= 500),
  party        integer NOT NULL CHECK (party BETWEEN 0 AND 20), -- heads on the list, the guest among them; 0: taken off it
  wanted       integer NOT NULL CHECK (wanted BETWEEN 0 AND 20), -- how many are to stay; fewer while the door is being asked
  admit_until  timestamptz NOT NULL,
  added_at     timestamptz NOT NULL,
  asked_at     timestamptz,                        -- since when fewer are to stay
  next_try_at  timestamptz,
  FOREIGN KEY (event_id, promoter_key) REFERENCES guest_list_allotments (event_id, promoter_key),
  CONSTRAINT guest_list_only_shrinks CHECK (wanted <= party),
  CONSTRAINT guest_list_asked_has_its_turn CHECK ((asked_at IS NULL) = (next_try_at IS NULL))
);
CREATE INDEX guest_list_night ON guest_list (event_id);
CREATE INDEX guest_list_party ON guest_list ((coalesce(party_of, id)));
CREATE INDEX guest_list_leaving ON guest_list (next_try_at) WHERE next_try_at IS NOT NULL;

REVOKE DELETE, TRUNCATE ON guest_list, guest_list_allotments FROM purchase;
