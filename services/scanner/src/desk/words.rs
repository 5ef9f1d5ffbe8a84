//! What a refused form is told, in words.

use web::Fault;

/// The key of the sentence for a refusal that the form itself shows; `None` for one that is not the form's business.
pub fn problem(fault: &Fault) -> Option<&'static str> {
    let field = fault.fields().first().map(|field| (field.field.as_str(), field.code.as_str()));
    let key = match (fault.code(), field) {
        ("photos_off", _) => "door-desk-error-photos-off",
        ("consent_required", _) => "door-desk-error-consent-required",
        ("image_rejected", _) => "door-desk-error-image-rejected",
        ("no_document_key", _) => "door-desk-error-no-document-key",
        ("ban_ended", _) => "door-desk-error-ban-ended",
        ("rate_limited", _) => "door-desk-error-slow-down",
        (_, Some((_, "too_long"))) => "door-desk-error-too-long",
        (_, Some(("reason", _))) => "door-desk-error-reason",
        (_, Some(("text", _))) => "door-desk-error-text",
        (_, Some(("kind", _))) => "door-desk-error-kind",
        (_, Some(("name", _))) => "door-desk-error-who",
        (_, Some(("document", "required"))) => "door-desk-error-ask-what",
        (_, Some(("document", _))) => "door-desk-error-document",
        (_, Some(("people", _))) => "door-desk-error-people",
        (_, Some(("settings", _))) => "door-desk-error-settings",
        _ => return None,
    };
    Some(key)
}
