//! A ticket on a phone: what both wallets are told.

use chrono::{DateTime, Utc};
use domain::ids::{EventId, TicketId};
use domain::language::Language;
use domain::mode::Mode;
use domain::order::OrderReference;

use crate::Night;

/// One ticket for a phone's wallet.
#[derive(Debug, Clone)]
pub struct Pass {
    /// The reader's language.
    pub language: Language,
    /// Whether the ticket is real; one of test mode has another ground, and says what it is.
    pub mode: Mode,
    /// The club's name.
    pub club: String,
    /// The event: Google keeps one class per night.
    pub event: EventId,
    /// The night.
    pub night: Night,
    /// The ticket: the pass' serial number, the same each time it is made.
    pub ticket: TicketId,
    /// The name of its type.
    pub ticket_type: String,
    /// Who holds it, if a name was given.
    pub holder: Option<String>,
    /// The order.
    pub order: OrderReference,
    /// The address of the order's page, with its key.
    pub order_url: String,
    /// The code at the door, as the order's page shows it. None: it moves, or it lets nobody in any more, and the pass says so.
    pub code: Option<String>,
    /// Whether its code moves: the pass has none, and leads to the page that shows it.
    pub moves: bool,
    /// What the door wants known, a sentence each, in the reader's language.
    pub entry_notes: Vec<String>,
    /// Pictures for Apple's pass; Google fetches its own by address.
    pub art: PassArt,
    /// Where Apple's phones ask for changes; none for a pass that stays as it is.
    pub updates: Option<PassUpdates>,
    /// When the pass is made: the signature's time.
    pub made_at: DateTime<Utc>,
}

/// Where a phone asks whether its pass changed (Apple's *PassKit Web Service*).
#[derive(Debug, Clone)]
pub struct PassUpdates {
    /// `https`, without `/v1` and what comes behind it.
    pub url: String,
    /// Opens this pass there: at least 16 letters.
    pub token: String,
}

impl Pass {
    /// Whether it lets somebody in.
    pub(crate) const fn is_good(&self) -> bool {
        self.code.is_some() || self.moves
    }

    /// What the door wants known, a sentence each; first of all, where the code is.
    pub(crate) fn notes(&self) -> Vec<String> {
        let code = if self.moves { "documents-ticket-moves" } else { "documents-ticket-once" };
        let code = ui::text(self.language, code, &[]);
        std::iter::once(code).chain(self.entry_notes.iter().cloned()).collect()
    }

    /// Ground, text and label: amber and night in test mode, so that nobody takes it for the real thing at a glance.
    pub(crate) const fn colours(&self) -> [Colour; 3] {
        if self.mode.is_test() { [TEST_GROUND, GROUND, GROUND] } else { [GROUND, TEXT, LABEL] }
    }

    /// The words, called by what they are in test mode.
    pub(crate) fn marked(&self, words: &str) -> String {
        if self.mode.is_test() { format!("TEST · {words}") } else { words.to_owned() }
    }
}

/// The pictures of a pass, as SVG.
#[derive(Debug, Clone)]
pub struct PassArt {
    /// The club's mark, square, on the club's ground (`crates/ui/assets/maguey.svg`).
    pub mark: String,
    /// The night's art without lettering (`ui::poster::svg` with an empty title and line, `Shape::Banner`): the wallet
    /// writes the title over its left side itself.
    pub strip: Option<String>,
}

/// The club's ground, bone and mist (`crates/ui/assets/tokens.css`), as both wallets want them.
const GROUND: Colour = (0x0c, 0x0f, 0x0d);
const TEXT: Colour = (0xf4, 0xef, 0xe6);
const LABEL: Colour = (0xa9, 0xb3, 0xab);
/// The club's amber.
const TEST_GROUND: Colour = (0xff, 0xb4, 0x54);

/// Red, green, blue.
type Colour = (u8, u8, u8);
