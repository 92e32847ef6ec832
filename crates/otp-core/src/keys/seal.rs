//! A sealed copy of addresses and code, kept only until the delivery is settled.
//!
//! A server that dies between committing a verification and handing its message over leaves this
//! behind, so the message can still go out. XChaCha20-Poly1305 with the verification id as
//! associated data: a copy moved to another verification does not open.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::{Binding, Recipient, VerificationId};

const NONCE_LENGTH: usize = 24;

/// Addresses and code, readable only with the installation's keys. Nonce first, then ciphertext.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed(Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// What a [`Sealed`] held.
pub struct Unsealed {
    /// Where the message goes.
    pub to: Recipient,
    /// The code in the clear.
    pub code: Zeroizing<String>,
}

/// To whom a code goes, and which payment it approves, if it approves one.
#[derive(Debug)]
pub struct Addressee {
    /// Where messages go.
    pub to: Recipient,
    /// What the code is bound to.
    pub binding: Option<Binding>,
}

impl fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unsealed {{ to: {:?}, code: *** }}", self.to)
    }
}

/// The sealed copy was made with other keys, for another verification, or is damaged.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the sealed copy does not open with this installation's secret")]
pub struct SealBroken;

#[derive(Clone)]
pub(super) struct SealKey(XChaCha20Poly1305);

impl SealKey {
    pub(super) fn new(mut key: [u8; 32]) -> Self {
        let cipher = XChaCha20Poly1305::new(&Key::from(key));
        key.zeroize();
        Self(cipher)
    }

    /// Nonce first, then ciphertext; opens only under the same label.
    pub(super) fn seal(
        &self,
        id: VerificationId,
        to: &Recipient,
        code: &str,
        nonce: [u8; NONCE_LENGTH],
    ) -> Sealed {
        let plain = Zeroizing::new(format!("{}\n{code}", to.written()));
        Sealed(self.seal_bytes(&id.bytes(), plain.as_bytes(), nonce))
    }

    pub(super) fn unseal(
        &self,
        id: VerificationId,
        sealed: &Sealed,
    ) -> Result<Unsealed, SealBroken> {
        let plain = self.unseal_bytes(&id.bytes(), &sealed.0)?;
        let plain = Zeroizing::new(String::from_utf8(plain).map_err(|_| SealBroken)?);
        let (to, code) = plain.split_once('\n').ok_or(SealBroken)?;
        Ok(Unsealed {
            to: Recipient::read(to).ok_or(SealBroken)?,
            code: Zeroizing::new(code.to_owned()),
        })
    }

    pub(super) fn seal_recipient(
        &self,
        id: VerificationId,
        addressee: &Addressee,
        nonce: [u8; NONCE_LENGTH],
    ) -> Sealed {
        let Addressee { to, binding } = addressee;
        let binding = binding.as_ref().map(|one| (&one.amount, &one.payee));
        let plain = postcard::to_allocvec(&(to.written(), binding))
            .map(Zeroizing::new)
            .expect("texts can always be written down");
        Sealed(self.seal_bytes(&owner_of_recipient(id), &plain, nonce))
    }

    pub(super) fn unseal_recipient(
        &self,
        id: VerificationId,
        sealed: &Sealed,
    ) -> Result<Addressee, SealBroken> {
        let plain = Zeroizing::new(self.unseal_bytes(&owner_of_recipient(id), &sealed.0)?);
        let (to, binding): (&str, Option<(String, String)>) =
            postcard::from_bytes(&plain).map_err(|_| SealBroken)?;
        Ok(Addressee {
            to: Recipient::read(to).ok_or(SealBroken)?,
            binding: binding.map(|(amount, payee)| Binding { amount, payee }),
        })
    }

    /// What is sealed beside `owner` does not open beside another one.
    pub(super) fn seal_bytes(
        &self,
        owner: &[u8],
        plain: &[u8],
        nonce: [u8; NONCE_LENGTH],
    ) -> Vec<u8> {
        let payload = Payload {
            msg: plain,
            aad: owner,
        };
        let mut sealed = nonce.to_vec();
        sealed.extend(
            self.0
                .encrypt(&XNonce::from(nonce), payload)
                .expect("a short text always encrypts"),
        );
        sealed
    }

    pub(super) fn unseal_bytes(&self, owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let (nonce, cipher_text) = sealed
            .split_first_chunk::<NONCE_LENGTH>()
            .ok_or(SealBroken)?;
        let payload = Payload {
            msg: cipher_text,
            aad: owner,
        };
        self.0
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| SealBroken)
    }
}

/// Another owner than a delivery's copy has, so that neither opens as the other.
fn owner_of_recipient(id: VerificationId) -> Vec<u8> {
    [&id.bytes()[..], b"recipient"].concat()
}
