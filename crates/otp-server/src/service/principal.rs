//! On whose behalf something is done.

use std::sync::Arc;

use crate::directory::{Application, Mode, Realm};

/// An application, and whether it means it.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Whose rules and limits hold.
    pub application: Arc<Application>,
    /// Whether messages really go out.
    pub mode: Mode,
}

impl Principal {
    /// An application that means it.
    #[must_use]
    pub fn live(application: Arc<Application>) -> Self {
        Self {
            application,
            mode: Mode::Live,
        }
    }

    /// Within what its codes and ids are good.
    #[must_use]
    pub fn realm(&self) -> Realm {
        self.application.realm(self.mode)
    }
}
