DROP TABLE door_houses;
