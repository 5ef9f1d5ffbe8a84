//! What every answer tells the browser it must not do.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// The security headers of one service. Strict as made; a service opens what it needs, by name.
#[derive(Debug, Clone, Default)]
pub struct SecurityHeaders {
    scripts: Vec<&'static str>,
    images: Vec<String>,
    connects: Vec<&'static str>,
    form_targets: Vec<String>,
    camera: bool,
    ready: Vec<(HeaderName, HeaderValue)>,
}

impl SecurityHeaders {
    /// Only this site's own files; no frames, no inline scripts, no foreign form targets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another source of scripts, such as `'wasm-unsafe-eval'`.
    pub fn script(mut self, source: &'static str) -> Self {
        self.scripts.push(source);
        self
    }

    /// Another source of images, such as `blob:` or another of our sites.
    pub fn image(mut self, source: impl Into<String>) -> Self {
        self.images.push(source.into());
        self
    }

    /// Another place that scripts may talk to.
    pub fn connect(mut self, source: &'static str) -> Self {
        self.connects.push(source);
        self
    }

    /// Another site that a form may lead to, directly or by redirect, such as the payment page.
    pub fn form_target(mut self, origin: impl Into<String>) -> Self {
        self.form_targets.push(origin.into());
        self
    }

    /// Lets this site's own pages use the camera.
    pub fn camera(mut self) -> Self {
        self.camera = true;
        self
    }

    /// Puts the header texts together, once.
    pub(crate) fn prepare(mut self, https: bool) -> Self {
        let join = |own: &str, more: &[&str]| [&[own], more].concat().join(" ");
        let targets: Vec<&str> = self.form_targets.iter().map(String::as_str).collect();
        let images: Vec<&str> = self.images.iter().map(String::as_str).collect();
        let policy = format!(
            "default-src 'none'; script-src {}; style-src 'self'; img-src {}; font-src 'self'; connect-src {}; \
             media-src 'self'; manifest-src 'self'; worker-src 'self'; form-action {}; base-uri 'none'; \
             frame-ancestors 'none'",
            join("'self'", &self.scripts),
            join("'self' data:", &images),
            join("'self'", &self.connects),
            join("'self'", &targets),
        );
        let camera = if self.camera { "self" } else { "" };
        let permissions = format!("camera=({camera}), microphone=(), geolocation=(), payment=(), usb=()");
        let mut texts = vec![
            (header::CONTENT_SECURITY_POLICY, policy),
            (HeaderName::from_static("permissions-policy"), permissions),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (header::X_FRAME_OPTIONS, "DENY".to_owned()),
            // Nothing leaves to other sites, so an order's key in a URL stays here; and unlike
            // `no-referrer` our own forms still say where they come from.
            (header::REFERRER_POLICY, "same-origin".to_owned()),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin".to_owned()),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin".to_owned()),
        ];
        if https {
            texts.push((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains".to_owned()));
        }
        self.ready = texts
            .into_iter()
            .filter_map(|(name, text)| HeaderValue::from_str(&text).ok().map(|value| (name, value)))
            .collect();
        self
    }

    /// Adds what the handler has not said itself. Nothing is stored anywhere unless a handler says that it may be.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (script, part) = (kind.starts_with("text/javascript"), is_part(kind));
        for (name, value) in &self.ready {
            if part && is_for_pages(name.as_str(), script) {
                continue;
            }
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
        if !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}

/// Whether a file is only ever part of a page.
fn is_part(kind: &str) -> bool {
    ["text/javascript", "text/css", "font/", "application/wasm"].iter().any(|part| kind.starts_with(part))
}

/// Whether browsers heed a header on pages alone. A worker goes by the policy that its own script brought.
fn is_for_pages(name: &str, script: bool) -> bool {
    match name {
        "content-security-policy" => !script,
        "permissions-policy" | "x-frame-options" | "cross-origin-opener-policy" => true,
        _ => false,
    }
}
