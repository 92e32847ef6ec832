//! Who calls a face that is for applications only: whoever presents a key of theirs.

use actix_web::HttpRequest;

use super::Faces;
use super::access::shown_key;
use crate::directory::{Caller, Face, Identified, Scope};
use crate::service::Principal;

/// Why a caller may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// No key, or not one of ours, or not any more.
    NoKey,
    /// It may do other things.
    NotForThis,
    /// Nobody can say now whose key it is.
    Unavailable,
}

/// On whose behalf the call is made, if its key is good for this.
pub(super) fn principal(
    request: &HttpRequest,
    faces: &Faces,
    face: Face,
    scope: Scope,
) -> Result<Principal, Refused> {
    let shared = faces.service.shared();
    let key = shown_key(request).ok_or(Refused::NoKey)?;
    match shared.directory.identify(key, shared.clock.now()) {
        Identified::Caller(caller) if may(&caller, face, scope) => Ok(Principal {
            application: caller.application,
            mode: caller.mode,
        }),
        Identified::Caller(_) => Err(Refused::NotForThis),
        Identified::Unknown => Err(Refused::NoKey),
        Identified::Unavailable => Err(Refused::Unavailable),
    }
}

fn may(caller: &Caller, face: Face, scope: Scope) -> bool {
    caller.application.faces.allows(face) && caller.scopes.allows(scope)
}
