//! A cluster: which master is in charge of which bucket, with a link to each. A master that is
//! gone costs its own buckets only; who takes its place is found out within about a second.
//!
//! While a slot is being moved, what is asked about it is refused, and may be asked again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future;
use redis::{Cmd, ConnectionAddr, Value};

use super::super::backend::Unavailable;
use super::dial::Dialer;
use super::keyspace::{BUCKETS, Bucket, Keyspace};
use super::link::{Link, WatchedLink};
use super::options::RedisOptions;
use super::scripts::Lua;
use super::trouble::{self, Refusal};
use super::way::Call;

/// See the module.
#[derive(Debug)]
pub(super) struct Cluster {
    options: RedisOptions,
    map: Mutex<Map>,
    /// How often the map was drawn; held while it is.
    drawing: tokio::sync::Mutex<()>,
    drawn: AtomicU64,
}

#[derive(Debug)]
struct Map {
    /// The masters, and those to begin with, by address.
    nodes: BTreeMap<String, WatchedLink>,
    /// Who is in charge of each bucket.
    owners: Vec<Option<Arc<Link>>>,
}

/// First slot, last slot, and the master in charge: one server's view of the cluster.
type View = Vec<(u16, u16, (String, u16))>;

/// What one master is asked.
struct Share {
    link: Arc<Link>,
    /// Where the questions stood among all.
    places: Vec<usize>,
    commands: Vec<Cmd>,
}

impl Cluster {
    /// Asks those to begin with who else there is. One that answers is enough.
    pub(super) async fn open(options: &RedisOptions) -> Result<Self, Unavailable> {
        let cluster = Self {
            options: options.clone(),
            map: Mutex::new(Map {
                nodes: BTreeMap::new(),
                owners: vec![None; BUCKETS],
            }),
            drawing: tokio::sync::Mutex::new(()),
            drawn: AtomicU64::new(0),
        };
        let opened = cluster.add(options.addresses()).await;
        if opened.iter().all(Result::is_err) {
            return Err(opened
                .into_iter()
                .find_map(Result::err)
                .unwrap_or_else(trouble::part_is_down));
        }
        cluster.refresh().await;
        if cluster.map().owners.iter().all(Option::is_none) {
            return Err(trouble::part_is_down());
        }
        Ok(cluster)
    }

    /// One question, asked once more if another master is in charge.
    pub(super) async fn ask(
        &self,
        bucket: Bucket,
        script: Option<&Lua>,
        command: &Cmd,
    ) -> Result<Value, Unavailable> {
        match self.owner(bucket)?.ask(script, command).await {
            Err(Refusal {
                has_moved: true, ..
            }) => {
                self.refresh().await;
                Ok(self.owner(bucket)?.ask(script, command).await?)
            }
            answer => Ok(answer?),
        }
    }

    /// Many questions at once; each has its own answer. All that one master is asked travels
    /// together.
    pub(super) async fn ask_each(
        &self,
        script: Option<&Lua>,
        calls: Vec<Call>,
    ) -> Vec<Result<Value, Unavailable>> {
        let mut answers: Vec<_> = calls.iter().map(|_| Err(trouble::part_is_down())).collect();
        let shares = self.shares(calls);
        let asked = shares
            .iter()
            .map(|share| share.link.ask_all(script, &share.commands));
        let mut has_moved = false;
        for (share, replies) in shares.iter().zip(future::join_all(asked).await) {
            for (place, reply) in share.places.iter().zip(replies) {
                has_moved |= matches!(
                    reply,
                    Err(Refusal {
                        has_moved: true,
                        ..
                    })
                );
                answers[*place] = reply.map_err(Unavailable::from);
            }
        }
        if has_moved {
            self.refresh().await;
        }
        answers
    }

    /// Draws the map anew, unless somebody else does so meanwhile.
    pub(super) async fn refresh(&self) {
        let drawn = self.drawn.load(Ordering::Relaxed);
        let _drawing = self.drawing.lock().await;
        if self.drawn.load(Ordering::Relaxed) == drawn {
            self.draw().await;
            self.drawn.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn draw(&self) {
        let Some(view) = self.prevailing_view().await else {
            return;
        };
        let masters: BTreeMap<String, ConnectionAddr> = view
            .iter()
            .map(|(_, _, (host, port))| self.options.address(host.clone(), *port))
            .map(|address| (address.to_string(), address))
            .collect();
        let known: Vec<String> = self.map().nodes.keys().cloned().collect();
        let new: Vec<_> = masters
            .iter()
            .filter(|(name, _)| !known.contains(name))
            .map(|(_, node)| node.clone())
            .collect();
        // One that does not answer is dialled again by its watch.
        drop(self.add(&new).await);
        let first_ones: Vec<String> = self
            .options
            .addresses()
            .iter()
            .map(ToString::to_string)
            .collect();
        let mut map = self.map();
        map.nodes
            .retain(|name, _| masters.contains_key(name) || first_ones.contains(name));
        let owner = |bucket| {
            let slot = Keyspace::slot(bucket);
            let (_, _, (host, port)) = view
                .iter()
                .find(|(first, last, _)| (*first..=*last).contains(&slot))?;
            let name = self.options.address(host.clone(), *port).to_string();
            map.nodes.get(&name).map(WatchedLink::link)
        };
        map.owners = (0..=Bucket::MAX).map(owner).collect();
    }

    /// What most of those that answer say: one that was cut off may have missed something.
    async fn prevailing_view(&self) -> Option<View> {
        let nodes: Vec<(String, Arc<Link>)> = self
            .map()
            .nodes
            .iter()
            .map(|(name, node)| (name.clone(), node.link()))
            .collect();
        let mut slots = redis::cmd("CLUSTER");
        slots.arg("SLOTS");
        let asked = nodes.iter().map(|(_, link)| link.ask(None, &slots));
        let mut votes = BTreeMap::<View, usize>::new();
        for ((name, _), answer) in nodes.iter().zip(future::join_all(asked).await) {
            if let Ok(reply) = answer {
                *votes.entry(read_view(reply, name)).or_default() += 1;
            }
        }
        votes
            .into_iter()
            .max_by_key(|(_, votes)| *votes)
            .map(|(view, _)| view)
    }

    /// Makes links to servers. Answers how each opened.
    async fn add(&self, addresses: &[ConnectionAddr]) -> Vec<Result<(), Unavailable>> {
        future::join_all(addresses.iter().map(|address| self.add_one(address))).await
    }

    async fn add_one(&self, address: &ConnectionAddr) -> Result<(), Unavailable> {
        let link = Link::new(Dialer::new(&self.options, address)?);
        let opened = link.open().await;
        self.map()
            .nodes
            .insert(address.to_string(), WatchedLink::new(link));
        opened
    }

    fn owner(&self, bucket: Bucket) -> Result<Arc<Link>, Unavailable> {
        self.map().owners[usize::from(bucket)]
            .clone()
            .ok_or_else(trouble::part_is_down)
    }

    /// Who is asked what. What nobody is in charge of is left out.
    fn shares(&self, calls: Vec<Call>) -> Vec<Share> {
        let mut shares = Vec::<Share>::new();
        let map = self.map();
        for (place, (bucket, command)) in calls.into_iter().enumerate() {
            let Some(link) = &map.owners[usize::from(bucket)] else {
                continue;
            };
            let index = shares
                .iter()
                .position(|share| Arc::ptr_eq(&share.link, link))
                .unwrap_or_else(|| {
                    shares.push(Share {
                        link: Arc::clone(link),
                        places: Vec::new(),
                        commands: Vec::new(),
                    });
                    shares.len() - 1
                });
            shares[index].places.push(place);
            shares[index].commands.push(command);
        }
        shares
    }

    /// Nothing under the lock can panic half-way.
    fn map(&self) -> MutexGuard<'_, Map> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reply of `CLUSTER SLOTS`. A server that does not know its own address leaves it out: it is
/// where it was asked.
fn read_view(reply: Value, asked: &str) -> View {
    let Ok(ranges) = trouble::read::<Vec<Vec<Value>>>(reply) else {
        return View::new();
    };
    let range = |range: Vec<Value>| {
        let mut parts = range.into_iter();
        let first = trouble::read(parts.next()?).ok()?;
        let last = trouble::read(parts.next()?).ok()?;
        let mut master = trouble::read::<Vec<Value>>(parts.next()?).ok()?.into_iter();
        let host: Option<String> = trouble::read(master.next()?).ok()?;
        let port = trouble::read(master.next()?).ok()?;
        let host = host.filter(|host| !host.is_empty() && host != "?");
        let own = || {
            asked
                .rsplit_once(':')
                .map_or(asked, |(host, _)| host)
                .to_owned()
        };
        Some((first, last, (host.unwrap_or_else(own), port)))
    };
    let mut view: View = ranges.into_iter().filter_map(range).collect();
    view.sort();
    view
}
