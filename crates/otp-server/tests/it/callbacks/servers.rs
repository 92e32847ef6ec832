//! Two servers on one Redis tell each thing, in order.

use std::collections::BTreeMap;

use super::{SHOP, add_shop, eventually, names, numbered, on_redis, shop};
use crate::app::TestApp;
use crate::channels::desk::Desk;
use crate::native::id;
use crate::redis_process::RedisProcess;

const VERIFICATIONS: usize = 20;

#[actix_web::test]
async fn two_servers_tell_each_thing_in_order() {
    let redis = RedisProcess::shared();
    let configure = on_redis(&redis, "callbacks-two:");
    let desk = Desk::open();
    let one = TestApp::start_with(&configure).await;
    let other = one.start_beside(&configure).await;
    add_shop(&one, SHOP, &desk.url).await;
    let first = shop(&one).await;
    let directory = &other.service.shared().directory;
    directory.refresh().await.expect("the registry answers");
    let second = first.at(&other);
    let mut ids = Vec::new();
    for turn in 0..VERIFICATIONS {
        let (starts, checks) = if turn % 2 == 0 {
            (&first, &second)
        } else {
            (&second, &first)
        };
        let phone = format!("+1415555{:04}", 100 + turn);
        let id = id(&starts.start(&phone).await);
        // The answer does not wait for the note of it, and the other server's check could be faster.
        eventually("the message is noted", async || {
            let shown = starts.get(&format!("/v1/verifications/{id}")).await.json();
            (shown["deliveries"][0]["status"] == "accepted").then_some(())
        })
        .await;
        checks.check(&id, &one.last_code(&phone)).await;
        ids.push(id);
    }
    let arrivals = desk.wait_for(2 * VERIFICATIONS).await;
    let mut by_verification: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for name in names(&arrivals) {
        let (id, _) = name.0.rsplit_once('-').expect("a number");
        let told = by_verification.entry(id.to_owned()).or_default();
        if !told.contains(&name) {
            told.push(name);
        }
    }
    for id in ids {
        let types = ["delivery.updated", "verification.approved"];
        assert_eq!(by_verification[&id], numbered(&id, &types));
    }
}
