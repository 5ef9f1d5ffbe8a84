DROP TRIGGER stock_freed_wakes_the_line ON stock;
DROP FUNCTION stock_freed();
DROP TABLE waitlist_nights, waitlist;
DROP FUNCTION waitlist_joined();
