//! Where a sign-in leads: a place of one of the two sites for guests, and nowhere else.

use ui::Links;
use web::redirect;

/// Where a guest goes who wanted nothing in particular, or wanted to be led away.
const HOME: &str = "/account";

/// `next` if it is a path of this site or a page of the ticket site, else `/account`.
pub fn allowed(links: &Links, next: &str) -> String {
    // Of an origin that is ours, what follows must be a path: `https://tickets.club.example.evil` has the same beginning.
    let path = |origin: &str| {
        let rest = next.strip_prefix(origin).filter(|_| !origin.is_empty())?;
        (rest.starts_with('/') && redirect::local(rest) == rest).then_some(rest)
    };
    if let Some(rest) = path(&links.tickets) {
        return format!("{}{rest}", links.tickets);
    }
    let here = path(&links.marketing).unwrap_or(next);
    if here.starts_with('/') && redirect::local(here) == here { here.to_owned() } else { HOME.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::allowed;
    use ui::Links;

    #[test]
    fn a_sign_in_leads_to_our_own_sites_alone() {
        let links = Links::new("https://club.test", "https://tickets.club.test", "https://door.club.test");
        for good in ["/", "/account/sessions", "/events/x?a=1", "https://tickets.club.test/my"] {
            assert_eq!(allowed(&links, good), good);
        }
        assert_eq!(allowed(&links, "https://club.test/account"), "/account");
        for bad in [
            "",
            "//evil",
            "\\\\evil",
            "/\\evil",
            "https:evil",
            "https://evil",
            "%2f%2fevil",
            "/%2f%2fevil",
            "/a\r\nSet-Cookie: x",
            "https://tickets.club.test",
            "https://tickets.club.test.evil/my",
            "https://tickets.club.test@evil/my",
            "https://tickets.club.test//evil",
            "https://door.club.test/",
            "javascript:alert(1)",
        ] {
            assert_eq!(allowed(&links, bad), "/account", "{bad:?}");
        }
    }
}
