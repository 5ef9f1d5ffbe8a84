//! The detached CMS signature (RFC 5652) that makes a pass Apple's: by the club's Pass Type ID certificate, with Apple's
//! WWDR intermediate beside it.
//!
//! The structures are RustCrypto's `cms` and `x509-cert`; its builder would bring the `rsa` crate with its open timing
//! advisory (RUSTSEC-2023-0071), so the signing itself is aws-lc's.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use chrono::{DateTime, Utc};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedAttributes, SignedData, SignerIdentifier, SignerInfo,
    SignerInfos,
};
use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{DateTime as DerDateTime, DecodePem as _, Encode as _, Tag};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::{Certificate, time::Time};

use crate::DocumentError;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `UID` of the certificate's subject: the pass type.
const USER_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1");
/// `OU` of the certificate's subject: the team.
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// Why the configured certificates can't sign passes.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// One of the two certificates is not a certificate in PEM.
    #[error("the {0} certificate is not a PEM certificate: {1}")]
    Certificate(&'static str, der::Error),
    /// The key is not an unencrypted RSA key in PEM (PKCS#8 or PKCS#1).
    #[error("the pass key is not an unencrypted RSA key in PEM")]
    Key,
    /// The key belongs to another certificate.
    #[error("the pass key does not belong to the pass certificate")]
    OtherKey,
    /// The intermediate did not issue the certificate.
    #[error(
        "the intermediate certificate is not the issuer of the pass certificate: take the WWDR certificate it names"
    )]
    OtherIssuer,
    /// The subject names no pass type (UID) or no team (OU): not a Pass Type ID certificate.
    #[error("the pass certificate names no {0}: it is not a Pass Type ID certificate")]
    NotAPassCertificate(&'static str),
}

/// What signs passes: certificate, key and intermediate, held to each other once.
pub struct PassSigner {
    certificate: Certificate,
    intermediate: Certificate,
    key: KeyPair,
    pass_type: String,
    team: String,
}

impl std::fmt::Debug for PassSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassSigner")
            .field("pass_type", &self.pass_type)
            .field("team", &self.team)
            .finish_non_exhaustive()
    }
}

impl PassSigner {
    /// Reads the Pass Type ID certificate, its key (PKCS#8 or PKCS#1, without a passphrase) and Apple's WWDR
    /// intermediate, all PEM. Pass type and team come from the certificate, so they can't be configured wrongly.
    pub fn from_pem(certificate: &str, key: &str, intermediate: &str) -> Result<Self, SignerError> {
        let read = |name, pem: &str| {
            Certificate::from_pem(pem.trim()).map_err(|error| SignerError::Certificate(name, error))
        };
        let certificate = read("pass", certificate)?;
        let intermediate = read("intermediate", intermediate)?;
        let key = read_key(key).ok_or(SignerError::Key)?;
        let subject = &certificate.tbs_certificate;
        let certified = subject.subject_public_key_info.subject_public_key.raw_bytes();
        if certified != key.public_key().as_ref() {
            return Err(SignerError::OtherKey);
        }
        if subject.issuer != intermediate.tbs_certificate.subject {
            return Err(SignerError::OtherIssuer);
        }
        let named = |oid, name| subject_text(&certificate, oid).ok_or(SignerError::NotAPassCertificate(name));
        let (pass_type, team) = (named(USER_ID, "pass type (UID)")?, named(UNIT, "team (OU)")?);
        Ok(Self { certificate, intermediate, key, pass_type, team })
    }

    /// The pass type of the certificate, `pass.com.yourclub.tickets`.
    pub fn pass_type(&self) -> &str {
        &self.pass_type
    }

    /// Apple's identifier of the team.
    pub fn team(&self) -> &str {
        &self.team
    }

    /// When the certificate ends (Apple gives a year): later passes would be refused. For a metric and an alert.
    pub fn expires(&self) -> DateTime<Utc> {
        let end = match &self.certificate.tbs_certificate.validity.not_after {
            Time::UtcTime(time) => time.to_unix_duration(),
            Time::GeneralTime(time) => time.to_unix_duration(),
        };
        let seconds = i64::try_from(end.as_secs()).unwrap_or(i64::MAX);
        DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The signature of a manifest, DER.
    pub(super) fn sign(&self, manifest: &[u8], at: DateTime<Utc>) -> Result<Vec<u8>, DocumentError> {
        let attributes = attributes(manifest, at).map_err(said)?;
        let signed = attributes.to_der().map_err(said)?;
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &signed, &mut signature)
            .map_err(|_| DocumentError::Signing("the key did not sign".to_owned()))?;
        self.content(attributes, signature).and_then(|content| content.to_der()).map_err(said)
    }

    fn content(&self, attributes: SignedAttributes, signature: Vec<u8>) -> der::Result<ContentInfo> {
        let sha256 = AlgorithmIdentifierOwned { oid: SHA256, parameters: None };
        let subject = &self.certificate.tbs_certificate;
        let info = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: subject.issuer.clone(),
                serial_number: subject.serial_number.clone(),
            }),
            digest_alg: sha256.clone(),
            signed_attrs: Some(attributes),
            signature_algorithm: AlgorithmIdentifierOwned { oid: RSA, parameters: Some(Any::null()) },
            signature: OctetString::new(signature)?,
            unsigned_attrs: None,
        };
        let mut certificates = SetOfVec::new();
        for certificate in [&self.certificate, &self.intermediate] {
            certificates.insert(CertificateChoices::Certificate(certificate.clone()))?;
        }
        let signed = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::from_iter([sha256])?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
            certificates: Some(CertificateSet(certificates)),
            crls: None,
            signer_infos: SignerInfos(SetOfVec::from_iter([info])?),
        };
        Ok(ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&signed)? })
    }
}

/// Content type, digest and time: what is really signed. Apple refuses a signature without its time.
fn attributes(manifest: &[u8], at: DateTime<Utc>) -> der::Result<SignedAttributes> {
    let digest = digest::digest(&digest::SHA256, manifest);
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    let time =
        UtcTime::from_date_time(DerDateTime::from_unix_duration(std::time::Duration::from_secs(seconds))?)?;
    let attribute = |oid, value| SetOfVec::from_iter([value]).map(|values| Attribute { oid, values });
    SetOfVec::from_iter([
        attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
        attribute(SIGNING_TIME, Any::encode_from(&time)?)?,
        attribute(MESSAGE_DIGEST, Any::new(Tag::OctetString, digest.as_ref())?)?,
    ])
}

fn read_key(pem: &str) -> Option<KeyPair> {
    match PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(key) => KeyPair::from_pkcs8(key.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(key) => KeyPair::from_der(key.secret_pkcs1_der()).ok(),
        _ => None,
    }
}

fn subject_text(certificate: &Certificate, oid: ObjectIdentifier) -> Option<String> {
    let names = &certificate.tbs_certificate.subject.0;
    let found = names.iter().flat_map(|name| name.0.iter()).find(|part| part.oid == oid)?;
    String::from_utf8(found.value.value().to_vec()).ok().filter(|text| !text.is_empty())
}

fn said(error: der::Error) -> DocumentError {
    DocumentError::Signing(error.to_string())
}
