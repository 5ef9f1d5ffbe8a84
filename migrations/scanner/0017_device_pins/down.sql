drop table device_pins;
