DROP TABLE new_dates, cancellations;
