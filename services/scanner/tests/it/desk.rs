//! The desk's pages, as a browser without scripts uses them.

use domain::permission::Role;
use scanner::retention::upkeep;
use uuid::Uuid;
use web::session::COOKIE;

use crate::heal::until;
use crate::house::{House, ORIGIN};

/// What happens by itself as time passes, up to now. The service does it too, and they take turns.
pub async fn look_after(house: &House) {
    until("it is our turn", async || upkeep::round(&house.db, house.now()).await.unwrap().is_some()).await;
}

/// Somebody with a browser.
pub struct Reader<'a> {
    house: &'a House,
    cookie: String,
}

/// A page with its status.
pub struct Page {
    pub status: u16,
    pub location: String,
    pub html: String,
}

impl Page {
    /// The token that its forms carry.
    fn csrf(&self) -> &str {
        let field = self.html.split("name=\"csrf\" value=\"").nth(1).expect("a form");
        field.split('"').next().unwrap()
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let field = self.html.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a field");
        field.split('"').next().unwrap().to_owned()
    }
}

impl<'a> Reader<'a> {
    pub fn new(house: &'a House, role: Role) -> Self {
        Self::of(house, &house.token(role))
    }

    /// Somebody with this session.
    pub fn of(house: &'a House, token: &str) -> Self {
        Self { house, cookie: format!("{COOKIE}={token}") }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let response =
            request.header("cookie", &self.cookie).header("accept", "text/html").send().await.unwrap();
        let location = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        Page {
            status: response.status().as_u16(),
            location: location.unwrap_or_default(),
            html: response.text().await.unwrap(),
        }
    }

    pub async fn page(&self, path: &str) -> Page {
        self.send(self.house.http.get(self.house.url(path))).await
    }

    /// Fills the form of a page in and sends it.
    pub async fn fill(&self, page: &str, to: &str, fields: &[(&str, &str)]) -> Page {
        let form = self.page(page).await;
        let mut all = vec![("csrf", form.csrf())];
        all.extend(fields);
        self.send(self.house.http.post(self.house.url(to)).header("origin", ORIGIN).form(&all)).await
    }

    /// The same for a form with a file.
    pub async fn upload(&self, page: &Page, to: &str, fields: &[(&str, &str)], photo: Option<&[u8]>) -> Page {
        let mut body = Vec::new();
        for (name, value) in [("csrf", page.csrf())].iter().chain(fields) {
            body.extend(
                format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        body.extend(b"--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n");
        body.extend(photo.unwrap_or_default());
        body.extend(b"\r\n--b--\r\n");
        let request = self.house.http.post(self.house.url(to)).header("origin", ORIGIN).body(body);
        self.send(request.header("content-type", "multipart/form-data; boundary=b")).await
    }

    /// A supervisor switches photographs on, for so many days.
    pub async fn photos(&self, on: bool, days: &str) -> Page {
        let mut fields = vec![
            ("consent_en", "May we take your photo?"),
            ("consent_es", "¿Te hacemos una foto?"),
            ("photo_days", days),
            ("ban_days", "90"),
            ("incident_days", "365"),
            ("data_age_minutes", "240"),
        ];
        fields.extend(on.then_some(("photos", "on")));
        self.fill("/desk/settings", "/desk/settings", &fields).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_see_the_night_and_doormen_what_is_theirs() {
    let house = House::open().await;
    let owner = Reader::new(&house, Role::Owner).page("/desk").await;
    for shown in
        ["Night of friday", "people inside", "/desk/bans", "/desk/settings", "/live?event=friday", "/devices"]
    {
        assert!(owner.html.contains(shown), "{shown} in {}", owner.html);
    }
    assert!(owner.html.contains("Quiet so far") && owner.html.contains("Nobody is banned"), "{}", owner.html);

    let doorman = Reader::new(&house, Role::DoorStaff);
    let page = doorman.page("/desk").await;
    assert_eq!(page.status, 200);
    assert!(
        page.html.contains("/desk/incident?event=friday") && page.html.contains("/desk/check"),
        "{}",
        page.html
    );
    for hidden in ["/desk/bans", "/desk/incidents", "/desk/settings", "/live", "/devices", "people inside"] {
        assert!(!page.html.contains(hidden), "{hidden} in {}", page.html);
    }
    for path in ["/desk/bans", "/desk/incidents", "/desk/settings"] {
        assert_eq!(doorman.page(path).await.status, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_speaks_both_languages() {
    let house = House::open().await;
    let owner = Reader::new(&house, Role::Owner);
    for path in ["/desk", "/desk/incident", "/desk/incidents", "/desk/check", "/desk/bans", "/desk/settings"]
    {
        for (language, title) in [("en", "<html lang=\"en\""), ("es", "<html lang=\"es\"")] {
            let page = owner.page(&format!("{path}?lang={language}")).await;
            assert!(page.status == 200 && page.html.contains(title), "{path} {language} {}", page.html);
            assert!(!page.html.contains(">door-desk-"), "{path} {language} lacks a text: {}", page.html);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_s_page_sends_a_form_of_the_desk() {
    let house = House::open().await;
    let cookie = format!("{COOKIE}={}", house.token(Role::Owner));
    let send = |path: &str, kind: &str, body: &str| {
        let request = house.http.post(house.url(path)).header("cookie", &cookie).header("origin", ORIGIN);
        let request = request.header("accept", "application/json");
        House::code(request.header("content-type", kind).body(body.to_owned()))
    };
    let form = "application/x-www-form-urlencoded";
    let end = format!("/desk/bans/{}/end", Uuid::now_v7());
    for (path, body) in [
        ("/desk/settings", "csrf=x"),
        ("/desk/check", "document=12345678Z&name="),
        (end.as_str(), "appeal_note="),
    ] {
        assert_eq!(send(path, form, body).await, (403, "csrf_rejected".into()), "{path}");
    }
    let report = "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na\r\n--b--\r\n";
    let upload = send("/desk/incident", "multipart/form-data; boundary=b", report).await;
    assert_eq!(upload, (403, "csrf_rejected".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_kept_told_to_phones_and_on_record() {
    let house = House::open().await;
    let owner = Reader::new(&house, Role::Owner);
    let settings = async || -> serde_json::Value {
        let request = house.http.get(house.url("/api/v1/settings")).bearer_auth(house.token(Role::DoorStaff));
        request.send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(settings().await["photos"], false, "off until somebody wants them");
    assert_eq!(owner.photos(true, "3").await.location, "/desk/settings?done=settings");
    let told = settings().await;
    assert_eq!((&told["photos"], &told["photo_days"]), (&true.into(), &3.into()));
    assert_eq!(told["consent"], "May we take your photo?");
    let phone = Reader::new(&house, Role::DoorStaff).page("/").await;
    assert!(phone.html.contains(r#"data-oldest="240""#), "the phones go by it: {}", phone.html);
    let changed = "select count(*) from audit_log where action = 'door.settings_changed' and actor = 'owner'
                    and detail #>> '{before,photos}' = 'false' and detail #>> '{after,photos}' = 'true'";
    assert_eq!(house.count(changed).await, 1);

    for days in ["0", "31", "a", ""] {
        let refused = owner.photos(true, days).await;
        assert_eq!(refused.status, 422, "{days:?}");
        assert!(refused.html.contains("A number is out of its range"), "{}", refused.html);
    }
    assert_eq!(settings().await["photo_days"], 3);
}
