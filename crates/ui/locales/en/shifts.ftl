# Shifts: who works which night, and when oneself works.
shifts-title = Shifts
shifts-mine = My shifts
shifts-none = Nobody is planned yet
shifts-none-line = Add the first shift below, or copy those of another night.
shifts-who = Who
shifts-hours = When
shifts-post = Post
shifts-post-hint = Such as “main gate” or “cash desk”.
shifts-note = Note
shifts-note-hint = What they should know. It stands in their mail.
shifts-starts = From
shifts-ends = Until
shifts-people = Who works
shifts-add = Plan shifts
shifts-add-line = Everybody you tick gets a shift at these hours, and a mail that says so.
shifts-change = Change
shifts-save = Save
shifts-remove = Remove
shifts-elsewhere = At another time than the night
shifts-copy = Copy from another night
shifts-copy-line = The same people at the same posts and hours. Who is suspended, or works at that time already, is left out.
shifts-copy-from = Night
shifts-count =
    { $count ->
        [one] 1 shift
       *[other] { $count } shifts
    }
shifts-closed = This night is over or does not take place: its shifts stay as they are.
shifts-done-planned = Planned. Everybody it is about gets a mail.
shifts-done-changed = Changed. Whoever has the shift gets a mail.
shifts-done-removed = Removed. Whoever had the shift gets a mail.
shifts-done-copied =
    { $count ->
        [0] No shift was copied.
        [one] 1 shift was copied.
       *[other] { $count } shifts were copied.
    } { $left ->
        [0] Nobody was left out.
        [one] 1 was left out: that person is suspended or works at that time already.
       *[other] { $left } were left out: those people are suspended or work at that time already.
    }
shifts-fault-time = Say from when till when.
shifts-fault-skipped = That hour does not exist: the clocks jump over it that night.
shifts-fault-backwards = The shift would end before it begins.
shifts-fault-too-long = A shift lasts 16 hours at most.
shifts-fault-elsewhere = That is more than a day before the doors or after the end of this night.
shifts-fault-post = Say at which post.
shifts-fault-post-long = The post may have 80 characters.
shifts-fault-note-long = The note may have 500 characters.
shifts-fault-people = Tick who is to work.
shifts-fault-from = Choose a night with shifts to copy.
shifts-fault-suspended = { $name } is suspended and can’t be planned.
shifts-fault-busy = { $name } works at that time already: { $when }.
shifts-mine-none = No shifts to come
shifts-mine-none-line = When somebody plans you for a night, it stands here, and you get a mail.
shifts-to-calendar = For your calendar
shifts-cancelled = This night does not take place
shifts-calendar = { $post } · { $night }
shifts-mail-planned = planned: { $when }, { $post }
shifts-mail-changed = changed, now: { $when }, { $post }
shifts-mail-removed = removed: { $when }, { $post }
