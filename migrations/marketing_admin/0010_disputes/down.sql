ALTER TABLE scans DROP COLUMN gate_name;
ALTER TABLE event_figures DROP COLUMN disputed_minor;
DROP TABLE order_disputes;
