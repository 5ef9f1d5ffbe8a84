ALTER TABLE tickets DROP COLUMN disputed_before;
DROP TABLE dispute_marks;
DROP TABLE disputes;
