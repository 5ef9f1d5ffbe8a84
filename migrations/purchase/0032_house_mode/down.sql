DROP TABLE house_mode;
