DROP TRIGGER table_is_emptied ON stock;
DROP TRIGGER reserved_table_is_dropped ON reserved_tables;
DROP TRIGGER reserved_table_is_freed ON reserved_tables;
DROP FUNCTION table_emptied, reserved_table_freed;
DROP TABLE freed_tables, table_waitlist_told, table_waitlist;
