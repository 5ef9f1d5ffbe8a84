//! Where a refund stands, and why it is made.

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The door is to say first whether its guests are inside.
    Asked,
    /// It is on its way.
    Pending,
    /// The money is back.
    Succeeded,
    /// It will not be made by itself: a person decides.
    Failed,
    /// The door did not let it through, or another stands for it.
    Withdrawn,
    /// It failed, and the club paid it another way.
    SettledOtherwise,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Asked, Self::Pending, Self::Succeeded, Self::Failed, Self::Withdrawn, Self::SettledOtherwise];

    /// Its name in SQL and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
            Self::SettledOtherwise => "settled_otherwise",
        }
    }

    /// The state of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Why money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It came when nothing was left for it.
    LatePayment,
    /// The order was paid already.
    SecondPayment,
    /// It was not what the order costs.
    AmountMismatch,
    /// The night is off sale.
    EventOffSale,
    /// Staff gave it back.
    Staff,
    /// The guest gave tickets back.
    Guest,
    /// The night is called off.
    NightCancelled,
    /// A person gave it back in the payment service's dashboard.
    AtStripe,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::LatePayment,
        Self::SecondPayment,
        Self::AmountMismatch,
        Self::EventOffSale,
        Self::Staff,
        Self::Guest,
        Self::NightCancelled,
        Self::AtStripe,
    ];

    /// Its name in SQL and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LatePayment => "late_payment",
            Self::SecondPayment => "second_payment",
            Self::AmountMismatch => "amount_mismatch",
            Self::EventOffSale => "event_off_sale",
            Self::Staff => "staff",
            Self::Guest => "guest",
            Self::NightCancelled => "night_cancelled",
            Self::AtStripe => "at_stripe",
        }
    }

    /// The reason of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}
