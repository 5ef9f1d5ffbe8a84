DROP TRIGGER order_answers_forget_birth_date ON order_answers;
DROP FUNCTION forget_birth_date();
ALTER TABLE tickets DROP COLUMN birth_date;
