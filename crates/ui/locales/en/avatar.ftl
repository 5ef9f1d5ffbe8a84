# A person's picture.
avatar-title = Your picture
avatar-line = You see it here, and whoever manages the staff if you work at the club. Nobody else does.
avatar-file = A picture from your device
avatar-file-hint = JPEG, PNG or WebP, 5 MB at most. We keep its middle as a small square, without place, time and device.
avatar-save = Use this picture
avatar-remove = Remove the picture
avatar-fault-missing = Choose a picture first.
avatar-fault-large = This file is too large: a picture may have 5 MB.
avatar-fault-unknown = This is not a picture that we know: choose a JPEG, PNG or WebP file.
avatar-fault-unreadable = This picture can’t be read: the file may be damaged.
avatar-fault-pixels = This picture has too many pixels: choose a smaller one.
