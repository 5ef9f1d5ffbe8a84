DROP TABLE witnessed_restores;
DROP TABLE witnessed_heads;
