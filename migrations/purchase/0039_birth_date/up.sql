-- When the person of a ticket was born, where the night asks for it: the door shows an age. A copy of the answer, which the ticket
-- keeps as long as the answer stands and its person is the same.
ALTER TABLE tickets ADD COLUMN birth_date date;

CREATE FUNCTION forget_birth_date() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE tickets SET birth_date = NULL WHERE order_id = OLD.order_id AND birth_date IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER order_answers_forget_birth_date AFTER DELETE ON order_answers
  FOR EACH ROW WHEN (OLD.kind = 'birth_date') EXECUTE FUNCTION forget_birth_date();
