//! Files travel under names that change with their content.

use std::borrow::Cow;

use actix_web::App;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::test as http;
use actix_web::web::{Data, get};
use std::sync::LazyLock;
use ui::assets::{self, Bundle, ServiceAssets};

fn bundle(files: &[(&str, &'static str)]) -> Bundle {
    Bundle::from_files(files.iter().map(|(name, text)| ((*name).to_owned(), Cow::Borrowed(text.as_bytes()))))
}

#[test]
fn a_name_changes_with_the_content() {
    let before = bundle(&[("a.css", "p{}")]).url("a.css");
    let after = bundle(&[("a.css", "p{color:red}")]).url("a.css");
    assert_ne!(before, after);
    assert_eq!(before, bundle(&[("a.css", "p{}")]).url("a.css"));
}

#[test]
fn a_style_sheets_name_changes_with_what_it_names() {
    let css = "@font-face{src:url(\"asset:f.woff2\")}";
    let before = bundle(&[("a.css", css), ("f.woff2", "one")]);
    let after = bundle(&[("a.css", css), ("f.woff2", "two")]);
    assert_ne!(before.url("a.css"), after.url("a.css"));
    let text = String::from_utf8(before.bytes("a.css").unwrap().to_vec()).unwrap();
    assert!(text.contains(&before.url("f.woff2")), "{text}");
}

#[test]
fn files_that_name_each_other_in_a_circle_still_load() {
    let bundle = bundle(&[("a.js", "import 'asset:b.js'"), ("b.js", "import 'asset:a.js'")]);
    assert!(bundle.contains("a.js") && bundle.contains("b.js"));
}

#[test]
fn no_shared_file_names_one_that_is_missing() {
    for (name, _) in assets::own().urls() {
        if name.ends_with(".css") || name.ends_with(".js") {
            let text = String::from_utf8(assets::own().bytes(name).unwrap().to_vec()).unwrap();
            assert!(!text.contains("asset:"), "{name} names a file the bundle lacks");
        }
    }
}

#[test]
fn the_faces_weigh_at_most_60_kb_and_bring_their_licences() {
    let (mut weight, mut faces) = (0, 0);
    for (name, _) in assets::own().urls().filter(|(name, _)| name.ends_with(".woff2")) {
        weight += assets::own().bytes(name).unwrap().len();
        faces += 1;
        let family = name.rsplit_once('-').unwrap().0;
        assert!(assets::own().contains(&format!("{family}.LICENSE.txt")), "{name} has no licence beside it");
    }
    assert!(faces >= 2 && weight <= 60 * 1024, "{faces} files, {weight} bytes");
}

#[actix_web::test]
async fn a_fingerprinted_file_is_kept_for_ever_and_any_other_is_checked() {
    static OF_SERVICE: LazyLock<Bundle> = LazyLock::new(|| bundle(&[("buy.js", "export {}")]));
    let app = App::new()
        .app_data(Data::new(ServiceAssets(&OF_SERVICE)))
        .route("/assets/{file}", get().to(assets::serve));
    let app = http::init_service(app).await;
    let header = |response: &actix_web::dev::ServiceResponse, name| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let ask = async |uri: &str, known: Option<&str>| {
        let mut request = http::TestRequest::get().uri(uri);
        if let Some(known) = known {
            request = request.insert_header((IF_NONE_MATCH, known));
        }
        http::call_service(&app, request.to_request()).await
    };

    let kept = ask(&assets::url("base.css"), None).await;
    assert_eq!(kept.status(), StatusCode::OK);
    assert_eq!(header(&kept, CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert_eq!(header(&kept, CONTENT_TYPE), "text/css; charset=utf-8");

    let etag = header(&kept, ETAG);
    assert_eq!(ask(&assets::url("base.css"), Some(&etag)).await.status(), StatusCode::NOT_MODIFIED);

    let old = ask("/assets/base.0123456789abcdef.css", None).await;
    assert_eq!((old.status(), header(&old, CACHE_CONTROL).as_str()), (StatusCode::OK, "public, no-cache"));

    assert_eq!(ask(&OF_SERVICE.url("buy.js"), None).await.status(), StatusCode::OK);
    assert_eq!(ask("/assets/..%2fCargo.toml", None).await.status(), StatusCode::NOT_FOUND);
}
