DROP TABLE settlements;
DROP TABLE settlement_series;
