DROP TABLE night_moves, cancellations;
