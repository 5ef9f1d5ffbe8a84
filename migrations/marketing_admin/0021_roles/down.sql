DROP TABLE staff_nights;
DROP TABLE roles;
