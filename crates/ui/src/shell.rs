//! What every page has around its content: which site, which language, who is signed in, where the other sites are.

use domain::language::Language;
use domain::mode::Mode;

use crate::{Argument, assets, text};

/// The sites a page can belong to. Admin is a room of the marketing site with its own, denser look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// The public site: nights, the club.
    Marketing,
    /// Tickets and tables.
    Tickets,
    /// The door.
    Scanner,
    /// The owner's desk.
    Admin,
}

impl Site {
    /// The word for CSS and for text keys.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Tickets => "tickets",
            Self::Scanner => "scanner",
            Self::Admin => "admin",
        }
    }
}

/// Public addresses of the three sites, without a slash at the end, and where guests write to the club.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// `https://yourclub.com`
    pub marketing: String,
    /// `https://tickets.yourclub.com`
    pub tickets: String,
    /// `https://scanner.yourclub.com`
    pub scanner: String,
    /// The club's email address; empty for none.
    pub contact: String,
    /// Whether money and tickets are real: in test mode every page says that they are not.
    pub mode: Mode,
}

impl Links {
    /// The three addresses; slashes at the end are dropped.
    pub fn new(marketing: &str, tickets: &str, scanner: &str) -> Self {
        let clean = |url: &str| url.trim_end_matches('/').to_owned();
        Self {
            marketing: clean(marketing),
            tickets: clean(tickets),
            scanner: clean(scanner),
            contact: String::new(),
            mode: Mode::Live,
        }
    }

    /// Says whether money and tickets are real.
    #[must_use]
    pub const fn in_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Names the address that guests write to.
    #[must_use]
    pub fn with_contact(mut self, email: impl Into<String>) -> Self {
        self.contact = email.into();
        self
    }
}

/// An entry of the header's navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// What it says, already in the reader's language.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether this page belongs to it.
    pub current: bool,
}

/// Who is signed in, for the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name as shown.
    pub name: String,
    /// Role in words, already in the reader's language.
    pub role: String,
    /// Where the sign-out form posts to.
    pub sign_out: String,
    /// The hidden CSRF field's value; empty where the site protects by origin alone.
    pub csrf: String,
}

/// The frame of a page. Every page struct has one as its field `shell`; `base.html` reads it.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The reader's language.
    pub lang: Language,
    /// The page's title, without the club's name.
    pub title: String,
    /// Which site the page belongs to.
    pub site: Site,
    /// Where the three sites are.
    pub links: Links,
    /// Path and query of this page: the language switch leads back to it.
    pub path: String,
    /// One sentence for search results and shared links; empty for none.
    pub description: String,
    /// Absolute address of the picture for shared links; empty for none.
    pub share_image: String,
    /// Navigation of this site.
    pub nav: Vec<NavItem>,
    /// Who is signed in.
    pub person: Option<Person>,
    /// Whether search engines may list the page.
    pub listed: bool,
}

impl Shell {
    /// A frame with nothing but the necessary. Only the public site's and the shop's pages are listed by search engines.
    pub fn new(site: Site, lang: Language, title: impl Into<String>, links: &Links) -> Self {
        Self {
            lang,
            title: title.into(),
            site,
            links: links.clone(),
            path: "/".to_owned(),
            description: String::new(),
            share_image: String::new(),
            nav: Vec::new(),
            person: None,
            listed: matches!(site, Site::Marketing | Site::Tickets),
        }
    }

    /// Path and query of the request, for the language switch.
    #[must_use]
    pub fn at(mut self, path_and_query: &str) -> Self {
        path_and_query.clone_into(&mut self.path);
        self
    }

    /// One sentence for search results and shared links.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The picture for shared links, as an absolute address.
    #[must_use]
    pub fn with_share_image(mut self, url: impl Into<String>) -> Self {
        self.share_image = url.into();
        self
    }

    /// Adds an entry to the navigation.
    #[must_use]
    pub fn with_nav(mut self, label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        self.nav.push(NavItem { label: label.into(), href: href.into(), current });
        self
    }

    /// Shows who is signed in, with a way out.
    #[must_use]
    pub fn with_person(mut self, person: Person) -> Self {
        self.person = Some(person);
        self
    }

    /// Keeps the page out of search engines: an order, a form's result, a desk.
    #[must_use]
    pub const fn unlisted(mut self) -> Self {
        self.listed = false;
        self
    }

    /// A text in the reader's language: `{{ shell.t("shared-buy") }}`.
    pub fn t(&self, key: &str) -> String {
        text(self.lang, key, &[])
    }

    /// A text with one argument: `{{ shell.t1("shared-tickets", "count", count) }}`.
    pub fn t1(&self, key: &str, name: &'static str, value: impl Argument) -> String {
        text(self.lang, key, &[(name, &value)])
    }

    /// A text with two arguments.
    pub fn t2(
        &self,
        key: &str,
        name: &'static str,
        value: impl Argument,
        name2: &'static str,
        value2: impl Argument,
    ) -> String {
        text(self.lang, key, &[(name, &value), (name2, &value2)])
    }

    /// Where a guest finds what is theirs, and what it is called: the same for everybody, so that a page can be kept for all.
    pub fn own_place(&self) -> Option<(String, String)> {
        match self.site {
            Site::Marketing => {
                Some((format!("{}/account", self.links.marketing), self.t("shared-my-account")))
            }
            Site::Tickets => Some((format!("{}/my", self.links.tickets), self.t("shared-my-tickets"))),
            Site::Scanner | Site::Admin => None,
        }
    }

    /// What the band over a page of test mode says; none where money is real.
    pub fn test_band(&self) -> Option<String> {
        let key = match self.site {
            Site::Admin => "shared-test-desk",
            Site::Scanner => "shared-test-door",
            Site::Marketing | Site::Tickets => "shared-test-site",
        };
        self.links.mode.is_test().then(|| self.t(key))
    }

    /// The fingerprinted address of one of this crate's assets; a service's own come from its own bundle.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// `desk` follows the reader's light or dark setting; `night` is always dark.
    pub const fn theme(&self) -> &'static str {
        match self.site {
            Site::Admin => "desk",
            Site::Marketing | Site::Tickets | Site::Scanner => "night",
        }
    }

    /// Whether guests read this site; staff sites link to the tools instead.
    pub const fn is_public(&self) -> bool {
        matches!(self.site, Site::Marketing | Site::Tickets)
    }

    /// The other language, for the switch.
    pub const fn other_language(&self) -> Language {
        match self.lang {
            Language::En => Language::Es,
            Language::Es => Language::En,
        }
    }

    /// This page in the other language: the same address with `lang=`; an order's key and other parts stay.
    pub fn other_language_url(&self) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        // Two slashes would lead to another host.
        let path = format!("/{}", path.trim_start_matches(['/', '\\']));
        let mut parts: Vec<&str> =
            query.split('&').filter(|part| !part.is_empty() && !part.starts_with("lang=")).collect();
        let lang = format!("lang={}", self.other_language().code());
        parts.push(&lang);
        format!("{path}?{}", parts.join("&"))
    }

    /// Where the club's name in the header leads.
    pub fn home(&self) -> String {
        match self.site {
            Site::Marketing => "/".to_owned(),
            Site::Admin => "/admin".to_owned(),
            Site::Tickets => format!("{}/", self.links.marketing),
            Site::Scanner => "/".to_owned(),
        }
    }
}
