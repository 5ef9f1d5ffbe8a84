# The presale of a night: who registered is let in first
presale-title = Presale
presale-registered = { $count ->
    [0] Nobody has registered yet.
    [one] One guest has registered at the night’s page.
   *[other] { $count } guests have registered at the night’s page.
}
presale-opened = Open since { $when }.
presale-told = { $count ->
    [one] One guest has a code of their own.
   *[other] { $count } guests have a code of their own.
}
presale-used = { $count ->
    [0] None is used yet.
    [one] One is used for an order.
   *[other] { $count } are used for orders.
}
presale-line = Whoever has registered gets an email with a code of their own, good for one order of the hidden ticket types until the sale begins for everybody. It can’t be taken back.
presale-no-codes = This night has no hidden ticket type. Give one an access code first: that is what the presale sells.
presale-types = Which ticket types
presale-open = Open the presale
presale-refused = Not opened: the night is not on sale, its sale has begun for everybody, or the ticket site doesn’t know these types yet. Look again in a moment.
presale-away = The ticket site doesn’t answer, so nobody can say how the presale stands. Try again in a moment.
