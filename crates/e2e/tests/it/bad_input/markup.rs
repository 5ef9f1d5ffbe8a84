//! Texts of guests and staff that would like to be markup or script: stored as they are, shown as they are, on every page, in
//! every mail and picture. A real browser says what it would make of each.

mod rooms;

use super::*;
use e2e::{
    browser::{Browser, PHONE},
    guest::placed,
    wait::{PATIENCE, until},
};

const PAYLOADS: [&str; 31] = [
    "<script>hit(1)</script>",
    "\"><script>hit(2)</script>",
    "'><img src=x onerror=hit(3)>",
    "<img src=x onerror=\"hit(4)\">",
    "<svg onload=hit(5)>",
    "</title><script>hit(6)</script>",
    "</textarea><script>hit(7)</script>",
    "</script><script>hit(8)</script>",
    "\"autofocus onfocus=hit(9) x=\"",
    "' onmouseover='hit(10)",
    "\" onpointerenter=\"hit(11)",
    "javascript:hit(12)",
    "<a href=\"javascript:hit(13)\">x</a>",
    "<iframe srcdoc=\"<script>hit(14)</script>\">",
    "<math><mi xlink:href=\"javascript:hit(15)\">",
    "<details open ontoggle=hit(16)>",
    "<body onload=hit(17)>",
    "<base href=\"https://evil.example/\">",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<style>*{display:none}</style>",
    "<form action=\"https://evil.example\"><input name=a>",
    "<!--><script>hit(22)</script>",
    "]]><script>hit(23)</script>",
    "&lt;script&gt;hit(24)&lt;/script&gt;",
    "&#60;script&#62;hit(25)&#60;/script&#62;",
    "{{7*191}}${7*191}<%= 7*191 %>",
    "\\u003cscript\\u003ehit(27)\\u003c/script\\u003e",
    "<scr<script>ipt>hit(28)</scr</script>ipt>",
    "<IMG SRC=JaVaScRiPt:hit(29)>",
    "＜script＞hit(30)＜/script＞",
    "x\u{2028}hit(31)\u{2028}//",
];

/// What a browser finds in a text that is none of our own doing, and the words that it shows.
const LOOK: &str = r"
    const [text, type] = arguments;
    const page = new DOMParser().parseFromString(text, type);
    const found = [];
    for (const each of page.querySelectorAll('*')) {
      const tag = each.tagName.toLowerCase();
      if (/^(iframe|object|embed|base|math|foreignobject|animate|set|parsererror)$/.test(tag)) found.push(tag);
      if (tag === 'script' && (each.textContent.trim() || !each.getAttribute('src')?.startsWith('/assets/')))
        found.push(each.outerHTML);
      if (tag === 'style' && each.textContent.includes('*{display:none}')) found.push(each.outerHTML);
      for (const { name, value } of each.attributes) {
        if (/^on/i.test(name)) found.push(`${tag} ${name}`);
        if (!/^(href|src|action|formaction|xlink:href|srcdoc)$/i.test(name) && !each.httpEquiv) continue;
        if (/^\s*(javascript|vbscript|data:text)/i.test(value) || value.includes('evil.example'))
          found.push(`${tag} ${name}=${value}`);
      }
    }
    return [found, page.documentElement.textContent];";

/// White space as a page shows it.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Reader {
    browser: Browser,
    client: Client,
}

impl Reader {
    /// Has the browser read a text; gives the words that it shows.
    async fn read(&self, place: &str, text: &str) -> Result<String> {
        let picture = text.trim_start().starts_with("<svg") || text.trim_start().starts_with("<?xml");
        let kind = if picture { "image/svg+xml" } else { "text/html" };
        let seen = self.browser.driver().execute(LOOK, vec![json!(text), json!(kind)]).await?;
        let seen = seen.json().clone();
        assert_eq!(seen[0], json!([]), "{place} holds more than it was made of");
        Ok(words(seen[1].as_str().unwrap_or_default()))
    }

    /// The same for a page of ours, as somebody signed in.
    async fn page(&self, url: &str, token: &str) -> Result<String> {
        let page = self.client.get(url).header("accept", "text/html");
        let answer = page.header("cookie", format!("__Host-maguey_staff={token}")).send().await?;
        assert!(answer.status().is_success(), "{url}: {}", answer.status());
        self.read(url, &answer.text().await?).await
    }
}

/// A night whose every text is hostile: a ticket type for each payload.
async fn hostile_night(stack: &Stack, desk: &Desk) -> Result<Value> {
    let venue = json!({"name": PAYLOADS[3], "address": PAYLOADS[1], "time_zone": "Europe/Madrid"});
    desk.post("/api/v1/venues", &venue).await?.error_for_status()?;
    let mut body = Night::open_now().body();
    body["title"] = json!(format!("{} {}", PAYLOADS[1], PAYLOADS[5]));
    body["description"] = json!(PAYLOADS.join("\n\n"));
    body["ticket_types"] = PAYLOADS
        .iter()
        .map(|text| {
            json!({"name": text, "description": text, "attention": text, "capacity": 5,
                "price": {"minor": 0, "currency": "EUR"}})
        })
        .collect();
    let made: Value = desk.post("/api/v1/events", &body).await?.error_for_status()?.json().await?;
    let path = format!("/api/v1/events/{}/publish", made["id"].as_str().unwrap_or_default());
    desk.post(&path, &json!({})).await?.error_for_status()?;
    for (index, text) in PAYLOADS.iter().enumerate() {
        let promo = json!({"name": text, "code": format!("CODE-{index}"), "off": {"basis_points": 1000}, "promoter": text});
        desk.post("/api/v1/promos", &promo).await?.error_for_status()?;
    }
    let slug = body["slug"].as_str().unwrap_or_default();
    Ok(Guest::new(stack)?.event(slug).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_every_text_stays_text() -> Result<()> {
    let stack = Stack::start(StackOptions::default()).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let event = hostile_night(&stack, &desk).await?;
    let reader = Reader { browser: Browser::open(PHONE).await?, client: stack.client()? };
    reader.browser.go("about:blank").await?;
    let (slug, id) = (event["slug"].as_str().unwrap_or_default(), event["id"].as_str().unwrap_or_default());
    let types = event["ticket_types"].as_array().cloned().unwrap_or_default();
    assert_eq!(types.len(), PAYLOADS.len());

    // All order before anything is read, so that the mails travel meanwhile.
    let mut ordered = Vec::new();
    for (text, kind) in PAYLOADS.iter().zip(&types) {
        assert_eq!(kind["name"], *text, "stored as it was entered");
        let guest = Guest::new(&stack)?;
        let mut wish = json!({"event": id, "items": [{"ticket_type": kind["id"], "quantity": 1}],
            "buyer": {"name": text, "email": guest.email}});
        // What carries a link or breaks a line is no guest's name; as the type's it is shown like the others.
        let name = !text.contains("://") && !text.contains('\u{2028}');
        if !name {
            let refused = guest.ask_with(&wish, &Uuid::new_v4().to_string()).await?;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{text}");
            wish["buyer"]["name"] = json!("Ana");
        }
        let answer = guest.ask_with(&wish, &Uuid::new_v4().to_string()).await?;
        assert_eq!(answer.status(), StatusCode::CREATED, "{text}");
        ordered.push((*text, name, guest, placed(&answer.json().await?)?));
    }
    for (text, name, guest, order) in &ordered {
        let shown = reader.page(&order.url, "").await?;
        let times = if *name { 2 } else { 1 };
        assert!(shown.matches(&words(text)).count() >= times, "{text} as name and as type: {shown}");
        let record = format!("{}/admin/orders/{}", stack.urls.marketing, order.reference);
        let record = reader.page(&record, desk.token()).await?;
        assert!(record.contains(&words(text)), "{text}: {record}");
        let mail = guest.mail().await;
        let html = mail["html"].as_str().unwrap_or_default();
        let read = reader.read("the mail", html).await?;
        assert!(read.contains(&words(text)), "{text}: {read}");
    }

    let (tickets, club) = (&stack.urls.purchase, &stack.urls.marketing);
    let everything = reader.page(&format!("{tickets}/e/{slug}"), "").await?;
    let promos = reader.page(&format!("{club}/admin/promos"), desk.token()).await?;
    for text in PAYLOADS {
        assert!(everything.matches(&words(text)).count() >= 3, "{text}: name, what it includes, description");
        assert!(promos.matches(&words(text)).count() >= 2, "{text}: name and promoter");
    }
    for url in [
        format!("{tickets}/"),
        format!("{tickets}/e/{slug}/poster.svg"),
        format!("{club}/"),
        format!("{club}/events/{slug}"),
        format!("{club}/posters/{slug}.svg"),
        format!("{club}/admin"),
        format!("{club}/admin/events"),
        format!("{club}/admin/events/{id}"),
        format!("{club}/admin/box-office"),
        format!("{club}/admin/emails"),
    ] {
        reader.page(&url, desk.token()).await?;
    }
    let door = Door::open(&stack, &event).await?;
    let gates = until("the door shows the night", PATIENCE, || async {
        let page = reader.page(&format!("{}/", stack.urls.scanner), door.token()).await.ok()?;
        page.contains(&words(PAYLOADS[1])).then_some(page)
    })
    .await;
    assert!(gates.contains(&words(PAYLOADS[5])), "{gates}");
    reader.browser.close().await
}

/// The look is no look if it finds nothing: each payload that is markup is found where it is markup.
#[tokio::test(flavor = "multi_thread")]
async fn the_look_at_a_page_finds_what_is_markup() -> Result<()> {
    let browser = Browser::open(PHONE).await?;
    browser.go("about:blank").await?;
    let harmless =
        ["javascript:hit(12)", "{{7*191}}", "&lt;", "&#60;", "\\u003c", "<scr<", "＜", "x\u{2028}", "]]>"];
    for text in PAYLOADS.iter().filter(|text| !harmless.iter().any(|start| text.starts_with(start))) {
        let places = [
            format!("<p>{text}</p>"),
            format!("<input value=\"{text}\">"),
            format!("<input value='{text}'>"),
            format!("<title>{text}</title>"),
            format!("<textarea>{text}</textarea>"),
        ];
        let mut found = false;
        for place in places {
            let seen = browser.driver().execute(LOOK, vec![json!(place), json!("text/html")]).await?;
            found |= seen.json()[0] != json!([]);
        }
        assert!(found, "{text} is not seen wherever it stands");
    }
    browser.close().await
}
