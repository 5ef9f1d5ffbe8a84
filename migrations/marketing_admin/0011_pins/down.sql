DROP TABLE pin_tries, pins;
