//! An X.509 certificate out of DER or PEM, whatever the line ends.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::der::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE};

const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const PEM_END: &str = "-----END CERTIFICATE-----";
const JKS_MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const ZIP_MAGIC: [u8; 4] = *b"PK\x03\x04";

/// A certificate's DER bytes. Only its outline is checked: the hash is over the bytes, whatever they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate(Vec<u8>);

impl Certificate {
    /// Reads DER, or the first certificate of a PEM file: in a chain the signing one comes first.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateError> {
        if let Some(text) = std::str::from_utf8(bytes)
            .ok()
            .filter(|text| text.contains("-----BEGIN "))
        {
            return Self::from_pem(text);
        }
        Self::from_der(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let (_, body) = text
            .split_once(PEM_BEGIN)
            .ok_or(CertificateError::NoCertificateInPem)?;
        let (body, _) = body
            .split_once(PEM_END)
            .ok_or(CertificateError::BrokenPem)?;
        // keytool ends its lines in CR LF: a CR that stays makes another hash, and a wrong one.
        let compact: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let der = STANDARD
            .decode(compact)
            .map_err(|_| CertificateError::BrokenPem)?;
        Self::from_der(&der)
    }

    fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.starts_with(&JKS_MAGIC) {
            return Err(CertificateError::Keystore);
        }
        if bytes.starts_with(&ZIP_MAGIC) {
            return Err(CertificateError::Package);
        }
        let whole = der::first_element(bytes)
            .filter(|element| element.tag == SEQUENCE && element.rest.is_empty())
            .ok_or(CertificateError::NotDer)?;
        match whole.contents.first().copied() {
            Some(INTEGER) => Err(CertificateError::Keystore),
            Some(OBJECT_IDENTIFIER) => Err(CertificateError::Pkcs7),
            Some(SEQUENCE) if has_three_parts(whole.contents) => Ok(Self(bytes.to_owned())),
            _ => Err(CertificateError::NotDer),
        }
    }
}

/// A certificate is what is signed, the algorithm, and the signature.
fn has_three_parts(mut contents: &[u8]) -> bool {
    for _ in 0..3 {
        match der::first_element(contents) {
            Some(element) => contents = element.rest,
            None => return false,
        }
    }
    contents.is_empty()
}

/// Why a file is not a certificate; by what it seems to be instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateError {
    /// Neither PEM nor DER.
    NotDer,
    /// PEM without a certificate: a key, a request.
    NoCertificateInPem,
    /// PEM that ends too early or is not base64.
    BrokenPem,
    /// A JKS or PKCS#12 keystore.
    Keystore,
    /// A PKCS#7 bundle, as an APK's META-INF holds.
    Pkcs7,
    /// A ZIP: an APK or an app bundle.
    Package,
}

impl CertificateError {
    /// What to do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Keystore => "give it as --keystore FILE --alias NAME",
            Self::Package => {
                "apksigner verify --print-certs-pem FILE.apk prints the certificate: save it and give it as --certificate"
            }
            Self::Pkcs7 => {
                "openssl pkcs7 -inform DER -print_certs -in FILE prints the certificate: save it and give it as --certificate"
            }
            Self::NotDer | Self::NoCertificateInPem | Self::BrokenPem => {
                "keytool -exportcert -rfc -keystore FILE -alias NAME exports a certificate; Play Console offers it under App signing"
            }
        }
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotDer => "not an X.509 certificate in DER or PEM",
            Self::NoCertificateInPem => "a PEM file without a certificate in it",
            Self::BrokenPem => "the PEM certificate is cut short or not base64",
            Self::Keystore => "a keystore, not a certificate",
            Self::Pkcs7 => "a PKCS#7 bundle, not a certificate",
            Self::Package => "an Android package, not a certificate",
        })
    }
}

impl std::error::Error for CertificateError {}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../tests/fixtures/sample-app.der");

    fn pem(line_end: &str) -> String {
        let text = STANDARD.encode(SAMPLE);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(64)
            .filter_map(|line| std::str::from_utf8(line).ok())
            .collect();
        format!(
            "{PEM_BEGIN}{line_end}{}{line_end}{PEM_END}{line_end}",
            lines.join(line_end)
        )
    }

    #[test]
    fn der_and_pem_with_any_line_end_are_the_same_certificate() {
        let der = Certificate::parse(SAMPLE).unwrap();
        for line_end in ["\n", "\r\n", "\r"] {
            assert_eq!(Certificate::parse(pem(line_end).as_bytes()).unwrap(), der);
        }
    }

    #[test]
    fn text_around_the_certificate_and_the_rest_of_a_chain_are_passed_over() {
        let chain = format!(
            "Owner: CN=Sample\r\n{}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            pem("\r\n")
        );
        assert_eq!(Certificate::parse(chain.as_bytes()).unwrap().der(), SAMPLE);
    }

    #[test]
    fn what_is_no_certificate_is_called_by_its_name() {
        let cases: [(&[u8], CertificateError); 9] = [
            (b"", CertificateError::NotDer),
            (b"hello", CertificateError::NotDer),
            (&SAMPLE[..800], CertificateError::NotDer),
            (&[SAMPLE, b"\n"].concat(), CertificateError::NotDer),
            (
                b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
                CertificateError::NoCertificateInPem,
            ),
            (
                b"-----BEGIN CERTIFICATE-----\nMIID",
                CertificateError::BrokenPem,
            ),
            (
                b"\xfe\xed\xfe\xed\x00\x00\x00\x02",
                CertificateError::Keystore,
            ),
            (b"\x30\x03\x02\x01\x03", CertificateError::Keystore),
            (b"PK\x03\x04rest", CertificateError::Package),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Certificate::parse(bytes), Err(expected), "{bytes:?}");
        }
    }
}
