//! One of a client's ways out: it has a connection to each server, and uses one at a time.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::time::Duration;

use super::super::history::Asked;
use super::super::servers::Servers;
use crate::process::{Connection, Reply, get, post};

/// See the module. After anything unexpected it connects anew.
#[derive(Default)]
pub(super) struct Lane {
    open: HashMap<SocketAddr, Connection>,
    in_use: Option<SocketAddr>,
}

impl Lane {
    /// Finds the first server from `first` on that takes connections, and says which.
    pub(super) fn ready(&mut self, servers: &Servers, first: usize) -> Option<usize> {
        (first..first + servers.count())
            .map(|index| index % servers.count())
            .find(|index| {
                self.in_use = servers.address(*index);
                self.is_open()
            })
    }

    fn is_open(&mut self) -> bool {
        let Some(address) = self.in_use else {
            return false;
        };
        if let Entry::Vacant(vacant) = self.open.entry(address) {
            let Ok(connection) = Connection::open(address) else {
                return false;
            };
            vacant.insert(connection);
        }
        true
    }

    /// Answers whether the request is on its way.
    pub(super) fn ask(&mut self, phone: u64, asked: Asked) -> bool {
        let path = format!("/otp/{phone}");
        let request = match asked {
            Asked::Send => get(&path),
            Asked::Check(guess) => post(&path, &format!(r#"{{"code":"{guess:06}"}}"#)),
        };
        self.unless_broken(|connection| connection.send(request.as_bytes()))
            .is_some()
    }

    /// The answer, unless it is lost.
    pub(super) fn hear(&mut self, patience: Duration) -> Option<Reply> {
        self.unless_broken(|connection| {
            connection.be_patient_for(patience)?;
            connection.reply()
        })
    }

    fn unless_broken<T>(
        &mut self,
        act: impl FnOnce(&mut Connection) -> std::io::Result<T>,
    ) -> Option<T> {
        let address = self.in_use?;
        let done = act(self.open.get_mut(&address)?);
        if done.is_err() {
            self.open.remove(&address);
        }
        done.ok()
    }
}
