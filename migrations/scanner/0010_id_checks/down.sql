DROP TABLE id_checks;
