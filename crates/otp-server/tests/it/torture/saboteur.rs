//! Stands between the servers and Redis, and passes everything on; or puts another script in the
//! place of the one that commits, which overwrites a record whatever happened to it meanwhile.

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use redis::Script;

const COMMIT: &str = include_str!("../../../src/store/redis/commit.lua");
/// The compare in [`COMMIT`].
const COMPARE: &str = "if version ~= ARGV[1] then";
const NO_COMPARE: &str = "if false then";

/// What becomes of the commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Commits {
    Untouched,
    WithoutCompare,
}

/// A running proxy; it takes no more connections when this is dropped.
pub(super) struct Saboteur {
    address: SocketAddr,
    tally: Arc<Tally>,
}

#[derive(Default)]
struct Tally {
    commits: AtomicU64,
    is_over: AtomicBool,
}

/// Finds the script that commits, by its name or its text, and puts the other one in its place.
struct Swap {
    commits: Commits,
    genuine_sha1: String,
    forged: String,
    forged_sha1: String,
}

impl Saboteur {
    pub(super) fn before(redis: SocketAddr, commits: Commits) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let tally = Arc::new(Tally::default());
        let (swap, shared) = (Arc::new(Swap::new(commits)), Arc::clone(&tally));
        thread::spawn(move || {
            for server in listener.incoming().map_while(Result::ok) {
                if shared.is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (swap, tally) = (Arc::clone(&swap), Arc::clone(&shared));
                thread::spawn(move || {
                    // Whoever goes away takes the other one along; both connect anew by themselves.
                    let _ = pass_on(&server, redis, &swap, &tally);
                    let _ = server.shutdown(Shutdown::Both);
                });
            }
        });
        Self { address, tally }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Calls of the script that commits that went through here.
    pub(super) fn commits(&self) -> u64 {
        self.tally.commits.load(Ordering::Relaxed)
    }
}

impl Drop for Saboteur {
    fn drop(&mut self) {
        self.tally.is_over.store(true, Ordering::Relaxed);
        // Wakes the listener, so that it sees the end.
        drop(TcpStream::connect(self.address));
    }
}

fn pass_on(server: &TcpStream, redis: SocketAddr, swap: &Swap, tally: &Tally) -> io::Result<()> {
    let upstream = TcpStream::connect(redis)?;
    upstream.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut answers, mut home) = (upstream.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut answers, &mut home);
        let _ = home.shutdown(Shutdown::Both);
    });
    let (mut questions, mut onward) = (BufReader::new(server), BufWriter::new(&upstream));
    let passed = loop {
        match read_command(&mut questions) {
            Ok(mut words) => {
                tally
                    .commits
                    .fetch_add(swap.apply(&mut words), Ordering::Relaxed);
                write_command(&mut onward, &words)?;
                if questions.buffer().is_empty() {
                    onward.flush()?;
                }
            }
            Err(end) => break Err(end),
        }
    };
    let _ = upstream.shutdown(Shutdown::Both);
    passed
}

impl Swap {
    fn new(commits: Commits) -> Self {
        let forged = COMMIT.replacen(COMPARE, NO_COMPARE, 1);
        assert_ne!(forged, COMMIT, "commit.lua compares in other words now");
        let sha1_of = |source: &str| Script::new(source).get_hash().to_owned();
        Self {
            commits,
            genuine_sha1: sha1_of(COMMIT),
            forged_sha1: sha1_of(&forged),
            forged,
        }
    }

    /// Answers how many commits the command is: one or none.
    fn apply(&self, words: &mut [Vec<u8>]) -> u64 {
        let [verb, script, ..] = words else {
            return 0;
        };
        let (is_commit, forged) = match verb.as_slice() {
            b"EVALSHA" => (*script == self.genuine_sha1.as_bytes(), &self.forged_sha1),
            b"EVAL" => (*script == COMMIT.as_bytes(), &self.forged),
            _ => return 0,
        };
        if is_commit && self.commits == Commits::WithoutCompare {
            script.clear();
            script.extend_from_slice(forged.as_bytes());
        }
        u64::from(is_commit)
    }
}

/// A command as clients write it: an array of byte strings.
fn read_command(from: &mut impl BufRead) -> io::Result<Vec<Vec<u8>>> {
    let count = read_length(from, '*')?;
    let mut words = Vec::new();
    for _ in 0..count {
        let mut word = vec![0; read_length(from, '$')?];
        from.read_exact(&mut word)?;
        from.read_exact(&mut [0; 2])?;
        words.push(word);
    }
    Ok(words)
}

fn read_length(from: &mut impl BufRead, mark: char) -> io::Result<usize> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let length = line.strip_prefix(mark).map(str::trim_end);
    length
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn write_command(to: &mut impl Write, words: &[Vec<u8>]) -> io::Result<()> {
    write!(to, "*{}\r\n", words.len())?;
    for word in words {
        write!(to, "${}\r\n", word.len())?;
        to.write_all(word)?;
        to.write_all(b"\r\n")?;
    }
    Ok(())
}

#[test]
fn a_command_goes_through_as_it_came_unless_it_commits_without_the_compare() {
    let whole = format!("*2\r\n$4\r\nEVAL\r\n${}\r\n{COMMIT}\r\n", COMMIT.len());
    for (commits, is_same) in [(Commits::Untouched, true), (Commits::WithoutCompare, false)] {
        let mut words = read_command(&mut whole.as_bytes()).unwrap();
        assert_eq!(Swap::new(commits).apply(&mut words), 1);
        let mut written = Vec::new();
        write_command(&mut written, &words).unwrap();
        assert_eq!(written == whole.as_bytes(), is_same, "{commits:?}");
    }
}
