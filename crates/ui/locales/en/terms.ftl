# How a night and its ticket types are sold: part of the desk's form.
terms-who = Who finds it
terms-visibility = Visible to
terms-visibility-public = Everybody: it stands in the lists
terms-visibility-unlisted = Whoever has the link
terms-visibility-private = Whoever has the link and the access code
terms-access-code = Access code
terms-access-code-event-hint = For a private night. 3 to 40 letters, digits and hyphens; upper and lower case are the same. Guests open it with /e/NIGHT?code=CODE.
terms-access-code-hint = Hides this type until a guest names the code, on the night’s page or with /e/NIGHT?code=CODE.
terms-caps = Shared limits
terms-caps-hint = A limit that several ticket types share, such as the room. Each type keeps its own limit beside it.
terms-cap-name = Name
terms-cap-capacity = Tickets in all
terms-add-cap = Add a limit
terms-refunds = Money back
terms-self-service = Guests give tickets back by themselves until so many hours before the doors
terms-self-service-hint = 48, or 1.5. Their money goes back to the card by itself. Empty: guests ask the club.
terms-keeps-fees = The service fee stays with the club
terms-places = Tickets per purchase
terms-places-hint = 5 for a group ticket of five.
terms-per-guest = Most tickets per guest
terms-per-guest-hint = Over all orders of one email address. Empty: no limit.
terms-shared-cap = Shared limit
terms-shared-cap-hint = One of the limits above
terms-shared-cap-none = None
terms-tax = Tax, %
terms-tax-on-top = Tax is added to the price (else the price includes it)
terms-fee-fixed = Own fee per ticket
terms-fee-hint = Instead of the night’s fee.
terms-fee-percent = Own fee, % of the price
terms-fee-absorbed = The price includes the fee: the club bears it
terms-add-on = An extra: sold only with an entry, good at its own zone
terms-tiers = Early prices
terms-tiers-hint = Each holds until its time is over or its tickets are gone. After the last one the price above holds.
terms-tier-name = Name
terms-tier-price = Price
terms-tier-places = Tickets
terms-tier-until = Until
