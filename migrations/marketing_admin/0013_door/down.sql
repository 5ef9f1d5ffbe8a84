DROP TABLE door_states;
