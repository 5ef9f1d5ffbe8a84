# A signed-in guest's tickets.
mine-title = My tickets
mine-signed-in = Signed in as { $email }.
mine-account = My account
mine-coming = Coming up
mine-past = Been there
mine-older = Earlier nights
mine-tickets =
    { $count ->
        [0] no tickets
        [one] 1 ticket
       *[other] { $count } tickets
    }
mine-paid = Paid
mine-pending = Not paid yet
mine-refunded = Money back
mine-cancelled = Called off
mine-given-back = Given back
mine-tonight = Tonight
mine-received = For you
mine-empty = No tickets yet
mine-empty-line = What you buy signed in, or with your address, stands here: no links to keep.
mine-no-address = Your account has no email address
mine-no-address-line = Tickets that you bought with an address appear here once it is yours.
mine-add-address = Add your address
mine-find = Bought with another address? Find those tickets
mine-sign-in = Have an account? Sign in and see all your tickets
