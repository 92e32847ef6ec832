//! Redis servers of the tests' own: free ports, directories that go away, stopped by their ids.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long something may take that should take a second or two.
const PATIENCE: Duration = Duration::from_secs(30);
const SLOTS: u32 = 16_384;

/// One `redis-server`.
pub(crate) struct RedisProcess {
    child: Option<Child>,
    dir: TempDir,
    port: u16,
    settings: Vec<String>,
}

impl RedisProcess {
    /// A server that keeps nothing, with these settings on top.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let mut server = Self {
            child: None,
            dir: TempDir::new().expect("a temporary directory"),
            port: 0,
            settings: settings.iter().map(ToString::to_string).collect(),
        };
        // Between our finding a port and the server's taking it, somebody else may.
        let ports = (0..5).map(|_| free_port());
        let taken = ports.into_iter().any(|port| {
            server.port = port;
            server.try_run()
        });
        assert!(
            taken,
            "redis-server does not start: {}",
            server.settings.join(" ")
        );
        server
    }

    /// A server that has on disk whatever it acknowledged.
    pub(crate) fn start_durable() -> Self {
        Self::start(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    /// One that others use too and that stops with its last user. Take a prefix of your own.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<RedisProcess>> = Mutex::new(Weak::new());
        share(&SHARED, || Self::start(&[]))
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address())
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where it keeps its files.
    pub(crate) fn directory(&self) -> &Path {
        self.dir.path()
    }

    /// What `redis-cli` says to this.
    pub(crate) fn ask(&self, words: &[&str]) -> String {
        let mut cli = Command::new("redis-cli");
        cli.args(["-p", &self.port.to_string(), "--no-auth-warning"])
            .args(words);
        let output = cli.output().expect("redis-cli: install redis-tools");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A number that `INFO` tells of this section.
    pub(crate) fn says(&self, section: &str, name: &str) -> u64 {
        let info = self.ask(&["INFO", section]);
        let value = info
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value
            .and_then(|value| value.trim().parse().ok())
            .expect("a number")
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it is our own");
            child.wait().expect("it was killed");
        }
    }

    /// Starts it where it was.
    pub(crate) fn restart(&mut self) {
        self.kill();
        assert!(
            self.try_run(),
            "redis-server does not start again on port {}",
            self.port
        );
    }

    /// Stops it without closing anything, as a machine does that hangs.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        let status = Command::new("kill")
            .args([signal, &id])
            .status()
            .expect("a system with kill");
        assert!(status.success());
    }

    /// Answers once the server is ready, or is gone.
    fn try_run(&mut self) -> bool {
        let mut child = Command::new("redis-server")
            .args([
                "--port",
                &self.port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
            ])
            .arg(self.dir.path())
            .args(&self.settings)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("redis-server is needed for this test: apt-get install redis-server");
        let mut lines = BufReader::new(child.stdout.take().expect("it is a pipe"))
            .lines()
            .map_while(Result::ok);
        let is_ready = lines.any(|line| line.contains("Ready to accept connections"));
        // So that its log finds room.
        thread::spawn(move || lines.for_each(drop));
        self.child = Some(child);
        if !is_ready {
            self.kill();
        }
        is_ready
    }
}

impl Drop for RedisProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Three masters, each with a third of the slots.
pub(crate) struct RedisCluster {
    pub(crate) masters: Vec<RedisProcess>,
}

impl RedisCluster {
    /// A cluster that serves what it can when a master is gone.
    pub(crate) fn start() -> Self {
        let masters: Vec<_> = (0..3).map(|_| RedisProcess::start_master()).collect();
        let cluster = Self { masters };
        for (index, master) in cluster.masters.iter().enumerate() {
            let (third, index) = (SLOTS / 3 + 1, u32::try_from(index).expect("small"));
            let (first, last) = (index * third, ((index + 1) * third).min(SLOTS) - 1);
            master.ask(&["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]);
            master.ask(&[
                "CLUSTER",
                "ADDSLOTSRANGE",
                &first.to_string(),
                &last.to_string(),
            ]);
            let first = &cluster.masters[0];
            let bus = first.settings[1].clone();
            master.ask(&[
                "CLUSTER",
                "MEET",
                "127.0.0.1",
                &first.port.to_string(),
                &bus,
            ]);
        }
        cluster.wait_until_whole();
        cluster
    }

    /// One that others use too and that stops with its last user. Take a prefix of your own.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<RedisCluster>> = Mutex::new(Weak::new());
        share(&SHARED, Self::start)
    }

    pub(crate) fn url(&self) -> String {
        let addresses: Vec<_> = self.masters.iter().map(RedisProcess::address).collect();
        format!("redis+cluster://{}", addresses.join(","))
    }

    /// A server that follows one of the masters, and takes its place.
    pub(crate) fn add_replica_of(&self, index: usize) -> RedisProcess {
        let (replica, master) = (RedisProcess::start_master(), &self.masters[index]);
        replica.ask(&[
            "CLUSTER",
            "MEET",
            "127.0.0.1",
            &master.port.to_string(),
            &master.settings[1],
        ]);
        let id = master.ask(&["CLUSTER", "MYID"]);
        eventually("the replica follows", || {
            replica.ask(&["CLUSTER", "REPLICATE", &id]) == "OK"
        });
        let follows = |info: &str| info.contains("master_link_status:up");
        eventually("the replica has all", || {
            follows(&replica.ask(&["INFO", "replication"]))
        });
        let others = self
            .masters
            .iter()
            .filter(|other| other.port != master.port);
        for other in others {
            eventually("all know the replica", || {
                other.ask(&["CLUSTER", "REPLICAS", &id]).contains("slave")
            });
        }
        replica
    }

    /// The place of the master on which names with this in braces lie.
    pub(crate) fn master_of(&self, tag: &str) -> usize {
        let slot = self.masters[0].ask(&["CLUSTER", "KEYSLOT", &format!("{{{tag}}}")]);
        let slot: u32 = slot.parse().expect("a slot");
        usize::try_from(slot / (SLOTS / 3 + 1)).expect("small")
    }

    pub(crate) fn wait_until_whole(&self) {
        let whole = [
            "cluster_state:ok",
            "cluster_slots_ok:16384",
            "cluster_size:3",
        ];
        eventually("the cluster is whole", || {
            self.masters.iter().all(|master| {
                let info = master.ask(&["CLUSTER", "INFO"]);
                whole.iter().all(|line| info.contains(line))
            })
        });
    }
}

impl RedisProcess {
    fn start_master() -> Self {
        let bus = free_port().to_string();
        Self::start(&[
            "--cluster-port",
            &bus,
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
            "--cluster-require-full-coverage",
            "no",
        ])
    }
}

/// Asks again and again, with a limit.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = now() + PATIENCE;
    while !is_so() {
        assert!(now() < end, "{what}: not after {PATIENCE:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[expect(clippy::disallowed_methods, reason = "a test that waits needs an end")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

fn share<T>(place: &Mutex<Weak<T>>, start: impl FnOnce() -> T) -> Arc<T> {
    let mut shared = place.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let made = Arc::new(start());
        *shared = Arc::downgrade(&made);
        made
    })
}

/// A port that nobody listens on just now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it listens").port()
}
