//! Limits on what is remembered.

use graph_simulator::SimulatorConfig;

use crate::harness::{ALICE, Stage};

#[actix_web::test]
async fn only_the_last_messages_of_a_recipient_are_kept() {
    let stage = Stage::with(SimulatorConfig {
        messages_kept_per_recipient: 3,
        ..SimulatorConfig::default()
    });
    for code in 1000..1010 {
        stage.send_code(ALICE, &code.to_string()).await;
    }
    let codes: Vec<_> = stage
        .simulator
        .messages(ALICE)
        .into_iter()
        .filter_map(|message| message.code)
        .collect();
    assert_eq!(codes, ["1007", "1008", "1009"]);
    assert_eq!(stage.simulator.message_count(), 10);
}

#[actix_web::test]
async fn the_oldest_messages_of_all_are_forgotten() {
    let stage = Stage::with(SimulatorConfig {
        messages_kept: 64,
        ..SimulatorConfig::default()
    });
    for index in 0..300 {
        stage
            .send_code(&format!("+1415300{index:04}"), "1234")
            .await;
    }
    let kept = (0..300)
        .filter(|index| {
            stage
                .simulator
                .last_code(&format!("+1415300{index:04}"))
                .is_some()
        })
        .count();
    assert!((1..=64).contains(&kept), "{kept}");
    assert_eq!(
        stage.simulator.last_code("+14153000299").as_deref(),
        Some("1234")
    );
    assert_eq!(stage.simulator.message_count(), 300);
}

#[actix_web::test]
async fn several_workers_share_one_memory() {
    let stage = Stage::with(SimulatorConfig {
        workers: 4,
        ..SimulatorConfig::default()
    });
    let sends = (0..40).map(|index| {
        let stage = &stage;
        async move {
            stage
                .send_code(&format!("+1415400{index:04}"), "1234")
                .await
        }
    });
    let ids = futures_util::future::join_all(sends).await;
    let distinct: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!((distinct.len(), stage.simulator.message_count()), (40, 40));
}
