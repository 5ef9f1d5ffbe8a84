DROP TABLE waiting_room_passes, waiting_rooms;
