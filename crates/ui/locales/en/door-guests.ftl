# What the door holds about a guest, and when it is forgotten.
door-guests-closes = Closed: no claim and no police will follow. (While it is open, it is kept even if the guest asks to be forgotten.)
door-guests-file = What the door wrote down beside your tickets: when you came and went, at which gate
door-guests-missing = The door did not answer when this file was made. Ask for the file again to have your scans in it.
