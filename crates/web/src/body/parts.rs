//! The parts of a `multipart/form-data` body: what a browser sends where a form has a file.

use super::invalid_encoding;
use crate::fault::Fault;

/// Parts that one form may have.
const MOST: usize = 40;

/// One field or file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// The field's name.
    pub(crate) name: String,
    /// Whether it is a file, by its own word.
    pub(crate) is_file: bool,
    /// What was sent.
    pub(crate) content: &'a [u8],
}

/// The text between the parts, as the media type says it.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|each| {
        let (name, value) = each.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| value.trim_matches('"'))
    })?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The parts of a body; 400 `bad_request` for one that is not of this form.
pub(crate) fn parts<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<Part<'a>>, Fault> {
    let malformed = || Fault::bad_request("bad_request").detail("The body is not multipart/form-data.");
    let line = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(&line.as_bytes()[2..]).ok_or_else(malformed)?;
    let mut found = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n").ok_or_else(malformed)?;
        let end = position(rest, line.as_bytes()).ok_or_else(malformed)?;
        found.push(part(&rest[..end])?.ok_or_else(malformed)?);
        if found.len() > MOST {
            return Err(malformed());
        }
        rest = &rest[end + line.len()..];
    }
    Ok(found)
}

fn part(bytes: &[u8]) -> Result<Option<Part<'_>>, Fault> {
    let Some(end) = position(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head =
        std::str::from_utf8(&bytes[..end]).map_err(|_| invalid_encoding("A field's name is not UTF-8."))?;
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    });
    let Some(name) = disposition.and_then(|value| quoted(value, "name")) else { return Ok(None) };
    let is_file = disposition.is_some_and(|value| quoted(value, "filename").is_some());
    Ok(Some(Part { name: name.to_owned(), is_file, content: &bytes[end + 4..] }))
}

/// The value of `name="…"`. Browsers write a quotation mark inside as `%22`.
fn quoted<'a>(disposition: &'a str, name: &str) -> Option<&'a str> {
    disposition.split("; ").find_map(|each| {
        let value = each.trim().strip_prefix(name)?.strip_prefix("=\"")?;
        value.strip_suffix('"')
    })
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--x1\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nsaw\r\nit\r\n\
        --x1\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\x01--x\r\n--x1--\r\n";

    #[test]
    fn fields_and_files_come_out_as_they_went_in() {
        let found = parts(BODY.as_bytes(), "x1").expect("parts");
        let text = Part { name: "text".into(), is_file: false, content: b"saw\r\nit" };
        let photo = Part { name: "photo".into(), is_file: true, content: b"\x01--x" };
        assert_eq!(found, [text, photo]);
        assert_eq!(parts(b"--x1--\r\n", "x1").expect("none"), []);
    }

    #[test]
    fn what_is_cut_off_or_not_of_this_form_is_refused() {
        for end in [1, 10, 60, BODY.len() - 6] {
            assert_eq!(parts(&BODY.as_bytes()[..end], "x1").expect_err("cut off").code(), "bad_request");
        }
        for body in [
            "",
            "a=1&b=2",
            "--x1\r\nno head\r\n--x1--",
            "--x1\r\nContent-Disposition: form-data\r\n\r\na\r\n--x1--",
        ] {
            assert_eq!(parts(body.as_bytes(), "x1").expect_err(body).code(), "bad_request");
        }
        let many =
            "--x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(MOST + 1) + "--x1--";
        assert!(parts(many.as_bytes(), "x1").is_err());
    }

    #[test]
    fn the_boundary_is_in_the_media_type() {
        assert_eq!(boundary("multipart/form-data; boundary=----WebKitAb1"), Some("----WebKitAb1"));
        assert_eq!(boundary("Multipart/Form-Data; charset=utf-8; boundary=\"a b\""), Some("a b"));
        for other in [
            "multipart/form-data",
            "text/plain; boundary=a",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=a",
        ] {
            assert_eq!(boundary(other), None, "{other}");
        }
    }
}
