//! The scripts that run inside Redis. They compare and move bytes and moments; no rule is in them.

use std::sync::LazyLock;

use redis::{Arg, Cmd, Script};

/// Replaces a record, if it is the expected one.
pub(super) static COMMIT: LazyLock<Lua> = LazyLock::new(|| Lua::new(include_str!("commit.lua")));
/// Hands out due records and drops forgotten ones.
pub(super) static ATTEND: LazyLock<Lua> = LazyLock::new(|| Lua::new(include_str!("attend.lua")));
/// Reads the counts of live codes.
pub(super) static CENSUS: LazyLock<Lua> = LazyLock::new(|| Lua::new(include_str!("census.lua")));
/// Counts claims, if there is room.
pub(super) static TAKE: LazyLock<Lua> = LazyLock::new(|| Lua::new(include_str!("take.lua")));
/// Takes back what was counted.
pub(super) static GIVE_BACK: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(include_str!("give_back.lua")));
/// Moves on the time that all servers share.
pub(super) static TICK: LazyLock<Lua> = LazyLock::new(|| Lua::new(include_str!("tick.lua")));
/// Hands out events.
pub(super) static HAND_OUT: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(include_str!("hand_out.lua")));
/// Removes events.
pub(super) static ACKNOWLEDGE: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(include_str!("acknowledge.lua")));
/// Reads the registry, if it changed.
pub(super) static REGISTRY_LOOK: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(include_str!("registry_look.lua")));
/// Changes entries of the registry, if they are the expected ones.
pub(super) static REGISTRY_CHANGE: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(include_str!("registry_change.lua")));
/// Puts a value on a shelf, if there is room.
pub(super) static SHELF_PUT: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(include_str!("shelf_put.lua")));
/// Takes a value off a shelf.
pub(super) static SHELF_REMOVE: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(include_str!("shelf_remove.lua")));
/// Reads some of a shelf.
pub(super) static SHELF_PAGE: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(include_str!("shelf_page.lua")));

/// A script and its name in Redis' cache.
pub(super) struct Lua {
    source: &'static str,
    sha1: String,
}

impl Lua {
    fn new(source: &'static str) -> Self {
        Self {
            source,
            sha1: Script::new(source).get_hash().to_owned(),
        }
    }

    /// A call of the cached script; keys and arguments are to follow.
    pub(super) fn command(&self, keys: usize) -> Cmd {
        let mut command = redis::cmd("EVALSHA");
        command.arg(&self.sha1).arg(keys);
        command
    }

    /// The same call with the script in it, for a server that does not have it (any more). It
    /// keeps it then.
    pub(super) fn with_source(&self, command: &Cmd) -> Cmd {
        let mut full = redis::cmd("EVAL");
        full.arg(self.source);
        for arg in command.args_iter().skip(2) {
            if let Arg::Simple(bytes) = arg {
                full.arg(bytes);
            }
        }
        full
    }
}
