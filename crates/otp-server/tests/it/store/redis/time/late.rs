//! Questions for the time that Redis worked off late, because it stood still.

use super::{BAND_MS, Mark, Server};
use crate::redis_process::RedisProcess;
use crate::store::redis::patient;

#[tokio::test]
async fn a_mark_that_a_late_question_left_behind_is_moved_on_by_those_who_know_better() {
    let redis = RedisProcess::start(&[]);
    let options = patient(&redis.url());
    let runs = Server::start(&options, 0).await;
    runs.tick().await;
    // What is left when Redis works off a question that was asked a second and a half ago.
    let mark = Mark::of(&redis, &options);
    let [shared, redis_then, wall] = mark.read();
    mark.write([shared - 1_500, redis_then, wall]);
    let joins_at_once = Server::start(&options, 0).await;
    let off_ms = (runs.now_ms() - joins_at_once.now_ms()).abs();
    assert!(off_ms <= BAND_MS, "{off_ms} ms apart");
    let [shared, redis_then, wall] = mark.read();
    mark.write([shared - 1_500, redis_then, wall]);
    runs.tick().await;
    let joins_later = Server::start(&options, 0).await;
    let off_ms = (runs.now_ms() - joins_later.now_ms()).abs();
    assert!(off_ms <= BAND_MS, "{off_ms} ms apart");
}
