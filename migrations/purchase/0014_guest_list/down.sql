DROP TABLE guest_list, guest_list_allotments;
ALTER TABLE tickets DROP COLUMN admit_until;
