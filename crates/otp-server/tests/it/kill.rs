//! What survives the end of the process: `kill -9` under load, a kill between commit and send,
//! restarts, and clocks that were moved meanwhile.

mod before_the_send;
mod limits;
mod load;
mod rounds;

/// The lightest settings: a delivery that went silent is taken up 1 + 5 seconds after its commit.
const SHORT_DEADLINE: &str =
    "[graph]\nconnect_timeout_seconds = 1\ndeadline_seconds = 1\n[log]\nfilter = \"warn\"\n";
