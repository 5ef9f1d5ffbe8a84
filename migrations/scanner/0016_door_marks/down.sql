drop table door_marks;
