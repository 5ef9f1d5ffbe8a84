DROP TABLE reservation_commands;
DROP TABLE reserved_tables;
DROP TABLE reservations;
DROP FUNCTION reserved_tables_begin, reserved_tables_follow, reservation_is_live;
DROP TABLE floor_plans;
