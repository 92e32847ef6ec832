//! Drawing codes and ids: the one place where chance comes in.

use otp_core::{
    Addressee, Binding, Bound, Code, CodeLength, Keys, NewCode, Policy, Recipient, RecordKey,
    Sealed, VerificationId, WayOut,
};
use rand::Rng;
use rand::rngs::ThreadRng;
use zeroize::Zeroizing;

use super::{Resendable, StartRequest};
use crate::channel::Secret;
use crate::service::{Service, Shared};

/// A code that was drawn. In the clear it exists from here to the delivery.
pub(in crate::service) struct Drawn {
    pub(in crate::service) new: NewCode,
    pub(in crate::service) code: Secret,
    pub(in crate::service) recipient: Option<Sealed>,
    /// The rules that the code was drawn by.
    pub(in crate::service) policy: Policy,
}

/// What a code is drawn for.
pub(in crate::service) struct Lot<'a> {
    pub(in crate::service) key: RecordKey,
    pub(in crate::service) id: VerificationId,
    pub(in crate::service) purpose: &'a str,
    pub(in crate::service) to: &'a Recipient,
    pub(in crate::service) binding: Option<&'a Binding>,
    pub(in crate::service) policy: Policy,
    /// The code, where it is not left to chance.
    pub(in crate::service) fixed: Option<Secret>,
    /// Whether nothing is sent.
    pub(in crate::service) is_test: bool,
}

impl Service {
    /// An id for a verification in this record.
    pub(in crate::service) fn draw_id(&self, key: RecordKey) -> VerificationId {
        VerificationId::generate(&mut dice(), &self.shared().keys, key)
    }

    pub(super) fn draw_for(
        &self,
        request: &StartRequest,
        policy: Policy,
        key: RecordKey,
        fixed: Option<Secret>,
        is_test: bool,
    ) -> Drawn {
        let wishes = &request.wishes;
        let id = wishes.id.unwrap_or_else(|| self.draw_id(key));
        let mut drawn = self.draw(Lot {
            key,
            id,
            purpose: &request.purpose,
            to: &request.to,
            binding: wishes.binding.as_ref(),
            policy,
            fixed,
            is_test,
        });
        if wishes.resendable == Resendable::ById {
            let addressee = Addressee {
                to: request.to.clone(),
                binding: wishes.binding.clone(),
            };
            let keys = &self.shared().keys;
            drawn.recipient = Some(keys.seal_recipient(id, &addressee, nonce()));
        }
        drawn
    }

    /// Draws a code, or takes the one that is fixed.
    pub(in crate::service) fn draw(&self, lot: Lot<'_>) -> Drawn {
        let Shared { keys, .. } = self.shared();
        let mut policy = lot.policy;
        let code = lot.fixed.unwrap_or_else(|| {
            let code = Code::generate(&mut dice(), &policy.code);
            Secret::new(Zeroizing::new(code.reveal().to_owned()))
        });
        let length = u8::try_from(code.reveal().len()).ok();
        if let Some(Ok(length)) = length.map(CodeLength::new) {
            policy.code.length = length;
        }
        let bound = Bound {
            purpose: lot.purpose,
            to: lot.binding,
        };
        let new = NewCode {
            id: lot.id,
            digest: keys.code_digest(lot.key, bound, lot.id, code.reveal()),
            way_out: if lot.is_test {
                WayOut::Nothing
            } else {
                WayOut::Deliver(sealed(keys, lot.id, lot.to, &code))
            },
        };
        Drawn {
            new,
            code,
            recipient: None,
            policy,
        }
    }
}

fn sealed(keys: &Keys, id: VerificationId, to: &Recipient, code: &Secret) -> Sealed {
    keys.seal(id, to, code.reveal(), nonce())
}

/// Bytes that no two sealed texts share.
pub(in crate::service) fn nonce() -> [u8; 24] {
    let mut nonce = [0; 24];
    dice().fill_bytes(&mut nonce);
    nonce
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that draws codes, ids and nonces"
)]
fn dice() -> ThreadRng {
    rand::rng()
}
