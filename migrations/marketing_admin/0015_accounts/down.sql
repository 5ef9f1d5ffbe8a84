DROP VIEW members;
ALTER TABLE staff DROP CONSTRAINT staff_have_accounts;
ALTER TABLE staff DROP CONSTRAINT staff_role;
ALTER TABLE staff ADD COLUMN email text, ADD COLUMN name text, ADD COLUMN password_hash text;
UPDATE staff SET email = accounts.email, name = accounts.name, password_hash = accounts.password_hash
  FROM accounts WHERE accounts.id = staff.id;
ALTER TABLE staff ALTER COLUMN email SET NOT NULL, ALTER COLUMN name SET NOT NULL, ALTER COLUMN password_hash SET NOT NULL;
ALTER TABLE staff ADD CONSTRAINT staff_email UNIQUE (email);
ALTER TABLE staff ADD CONSTRAINT staff_role_check CHECK (role IN ('owner', 'manager', 'door_staff'));
DROP TABLE accounts;
