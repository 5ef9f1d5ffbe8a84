//! A pass as a phone takes it: complete, its manifest true, its signature verified by OpenSSL.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::process::Command;

use documents::{PassSigner, SignerError, apple_pass};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256,
    RsaKeySize,
};
use serde_json::Value;

use crate::paper::leave;
use crate::{CODE, NAMES, at, pass};

/// Apple's chain in small, made anew for each test: root, intermediate, a Pass Type ID certificate.
struct Chain {
    root: String,
    intermediate: String,
    certificate: String,
    key: String,
}

fn params(name: &str, ca: bool) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = if ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::NoCa };
    params
}

fn rsa() -> KeyPair {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap()
}

fn chain() -> Chain {
    let (root_key, middle_key, key) = (rsa(), rsa(), rsa());
    let root = params("Test Root CA", true);
    let root_pem = root.self_signed(&root_key).unwrap().pem();
    let root = Issuer::new(root, root_key);
    let middle = params("Test Worldwide Developer Relations", true);
    let middle_pem = middle.signed_by(&middle_key, &root).unwrap().pem();
    let middle = Issuer::new(middle, middle_key);
    let mut leaf = params("Pass Type ID: pass.example.maguey", false);
    let user_id = DnType::CustomDnType(vec![0, 9, 2342, 19_200_300, 100, 1, 1]);
    leaf.distinguished_name.push(user_id, "pass.example.maguey");
    leaf.distinguished_name.push(DnType::OrganizationalUnitName, "TEAM123456");
    let certificate = leaf.signed_by(&key, &middle).unwrap().pem();
    Chain { root: root_pem, intermediate: middle_pem, certificate, key: key.serialize_pem() }
}

fn signer(chain: &Chain) -> PassSigner {
    PassSigner::from_pem(&chain.certificate, &chain.key, &chain.intermediate).unwrap()
}

fn unpack(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut entry = archive.by_index(place).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.name().unwrap().into_owned(), content)
        })
        .collect()
}

#[test]
fn a_pass_holds_the_ticket_and_its_pictures() {
    let chain = chain();
    let file = apple_pass(&signer(&chain), &pass()).unwrap();
    let files = unpack(&file);
    let json: Value = serde_json::from_slice(&files["pass.json"]).unwrap();
    assert_eq!(json["passTypeIdentifier"], "pass.example.maguey");
    assert_eq!(json["teamIdentifier"], "TEAM123456");
    assert_eq!(json["barcodes"][0]["message"], CODE);
    assert_eq!(json["barcodes"][0]["format"], "PKBarcodeFormatQR");
    assert_eq!(json["relevantDate"], "2026-11-27T22:00:00+01:00");
    assert_eq!(json["expirationDate"], "2026-11-28T06:00:00+01:00");
    assert_eq!(json["eventTicket"]["primaryFields"][0]["value"], "Noche de Mezcal");
    assert_eq!(json["eventTicket"]["headerFields"][0]["value"], "22:00");
    assert_eq!(json["eventTicket"]["auxiliaryFields"][1]["value"], "Ana Torres");
    let sizes = [("icon", 29, 29), ("logo", 50, 50), ("strip", 375, 98)];
    for (name, width, height) in sizes {
        for (scale, suffix) in [(1, ""), (2, "@2x"), (3, "@3x")] {
            let png = &files[&format!("{name}{suffix}.png")];
            let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
            assert_eq!((size(16), size(20)), (width * scale, height * scale), "{name}{suffix}");
        }
    }
    for (name, content) in &files {
        leave(content, &format!("pass-{name}"));
    }
    assert!(file.len() < 700_000, "a pass weighs {} bytes", file.len());
}

#[test]
fn a_pass_that_changes_says_where_it_is_asked_for_and_one_that_counts_no_more_is_void() {
    let chain = chain();
    let read = |pass: &documents::Pass| -> Value {
        let files = unpack(&apple_pass(&signer(&chain), pass).unwrap());
        serde_json::from_slice(&files["pass.json"]).unwrap()
    };
    let mut pass = pass();
    // Nobody looks at the pictures, which take their time.
    pass.art.strip = None;
    let still = read(&pass);
    assert!(still.get("webServiceURL").is_none() && still.get("voided").is_none());
    pass.updates = Some(documents::PassUpdates {
        url: "https://tickets.maguey.example/wallet".to_owned(),
        token: "a-token-of-many-letters".to_owned(),
    });
    pass.code = None;
    let void = read(&pass);
    assert_eq!(void["webServiceURL"], "https://tickets.maguey.example/wallet");
    assert_eq!(void["authenticationToken"], "a-token-of-many-letters");
    assert_eq!(void["voided"], true);
    assert!(void.get("barcodes").is_none(), "no code that the door refuses");
    let status = |json: &Value| json["eventTicket"]["backFields"][0].clone();
    assert_ne!(status(&still)["value"], status(&void)["value"], "a guest is told");
    let message = void["eventTicket"]["secondaryFields"][0]["changeMessage"].as_str().unwrap();
    assert!(message.contains("%@"), "a new date is told with the date: {message}");
}

#[test]
fn a_pass_of_test_mode_says_so_in_word_and_colour() {
    let chain = chain();
    let shown = |mode| -> Value {
        let file = apple_pass(&signer(&chain), &documents::Pass { mode, ..pass() }).unwrap();
        serde_json::from_slice(&unpack(&file)["pass.json"]).unwrap()
    };
    let (real, test) = (shown(domain::mode::Mode::Live), shown(domain::mode::Mode::Test));
    assert_eq!(test["eventTicket"]["primaryFields"][0]["value"], "TEST · Noche de Mezcal");
    assert_eq!(test["logoText"], "TEST · Maguey");
    assert_eq!(test["backgroundColor"], "rgb(255, 180, 84)");
    assert_ne!(real["backgroundColor"], test["backgroundColor"]);
    assert_eq!(real["logoText"], "Maguey");
}

#[test]
fn openssl_verifies_the_signature_and_the_manifest_names_every_file() {
    let chain = chain();
    let folder = tempfile::tempdir().unwrap();
    let mut files = unpack(&apple_pass(&signer(&chain), &pass()).unwrap());
    for (name, content) in &files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    std::fs::write(folder.path().join("root.pem"), &chain.root).unwrap();
    // The intermediate is not given: it has to be in the signature, as on a phone.
    let verify = |content: &str| {
        let command =
            ["cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", content];
        Command::new("openssl")
            .args(command)
            .args(["-CAfile", "root.pem", "-purpose", "any", "-out", "verified"])
            .current_dir(folder.path())
            .output()
            .expect("openssl is missing: tools/bootstrap.sh test installs it")
    };
    let verdict = verify("manifest.json");
    assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stderr));
    let printed = Command::new("openssl")
        .args(["cms", "-cmsout", "-print", "-inform", "DER", "-in", "signature"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(printed.contains("signingTime") && printed.contains("Nov 20 10:00:00 2026"), "{printed}");
    // One byte of the manifest, and the signature is somebody else's.
    let forged = String::from_utf8(files["manifest.json"].clone()).unwrap().replacen('a', "b", 1);
    std::fs::write(folder.path().join("forged.json"), forged).unwrap();
    assert!(!verify("forged.json").status.success());

    let manifest: BTreeMap<String, String> = serde_json::from_slice(&files["manifest.json"]).unwrap();
    files.retain(|name, _| name != "manifest.json" && name != "signature");
    assert_eq!(manifest.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
    let sums = Command::new("openssl")
        .args(["sha1", "-r", "pass.json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&sums.stdout).starts_with(&manifest["pass.json"]));
}

#[test]
fn certificates_that_do_not_belong_together_are_refused_at_the_start() {
    let (ours, others) = (chain(), chain());
    let read = |certificate: &str, key: &str, intermediate: &str| {
        PassSigner::from_pem(certificate, key, intermediate)
    };
    assert!(matches!(
        read("nonsense", &ours.key, &ours.intermediate),
        Err(SignerError::Certificate("pass", _))
    ));
    assert!(matches!(read(&ours.certificate, "nonsense", &ours.intermediate), Err(SignerError::Key)));
    assert!(matches!(read(&ours.certificate, &others.key, &ours.intermediate), Err(SignerError::OtherKey)));
    assert!(matches!(read(&ours.certificate, &ours.key, &ours.certificate), Err(SignerError::OtherIssuer)));
    // A web server's certificate: no pass type in it.
    let key = rsa();
    let plain = params("tickets.maguey.example", true).self_signed(&key).unwrap().pem();
    assert!(matches!(read(&plain, &key.serialize_pem(), &plain), Err(SignerError::NotAPassCertificate(_))));
    let signer = signer(&ours);
    assert!(signer.expires() > at("2030-01-01T00:00:00Z"));
    assert!(!format!("{signer:?}").contains("PRIVATE"));
}

#[test]
fn a_strip_that_cannot_be_drawn_is_left_out_and_names_stay_literal() {
    let chain = chain();
    let mut pass = pass();
    pass.art.strip = Some("<svg".to_owned());
    pass.holder = Some(NAMES.join(" \" \n "));
    let files = unpack(&apple_pass(&signer(&chain), &pass).unwrap());
    assert!(!files.keys().any(|name| name.starts_with("strip")));
    let json: Value = serde_json::from_slice(&files["pass.json"]).unwrap();
    assert_eq!(json["eventTicket"]["auxiliaryFields"][1]["value"].as_str(), pass.holder.as_deref());
}
