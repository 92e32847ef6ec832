//! A code that is sent in the chat verifies, and a wrong one counts.

use std::time::Duration;

use otp_server::config::ApplicationSettings;
use otp_server::directory::Mode;
use serde_json::json;

use super::{
    OTHER, PHONE, answer, answers, eventually, heard, inbound, shown, start, start_with,
    text_webhook, timeline, write,
};
use crate::app::wrong;
use crate::native::{Client, id};
use crate::webhooks::tell;

const VERIFIED: &str = "Verified. You can go back to where you came from.";

#[actix_web::test]
async fn a_code_that_is_sent_in_the_chat_verifies_once() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let code = app.last_code(PHONE);
    write(&app, PHONE, &code).await;
    assert_eq!(answer(&app, PHONE, 1).await, VERIFIED);
    let told = shown(&client, &id).await;
    assert_eq!(
        (&told["status"], &told["verified_by"]),
        (&json!("approved"), &json!("reply"))
    );
    let last = timeline(&client, &id).await.pop().expect("a step");
    assert_eq!(last.1, "the right code was sent in the chat");
    let listed = client.get("/v1/verifications?status=approved").await.json();
    assert_eq!(listed["verifications"][0]["verified_by"], "reply");
    write(&app, PHONE, &code).await;
    assert!(
        answer(&app, PHONE, 2)
            .await
            .starts_with("No code is waiting")
    );
    let checked = client.check(&id, &code).await;
    assert_eq!(checked.status, 404, "a code is good once: {}", checked.text);
}

#[actix_web::test]
async fn what_an_application_checks_itself_is_shown_as_such() {
    let app = start().await;
    let client = Client::live(&app).await;
    let started = client.start(PHONE).await;
    assert!(started.get("verified_by").is_none(), "{started}");
    let id = id(&started);
    client.check(&id, &app.last_code(PHONE)).await;
    assert_eq!(shown(&client, &id).await["verified_by"], "check");
}

#[actix_web::test]
async fn a_wrong_code_in_the_chat_counts_like_any_other() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let code = app.last_code(PHONE);
    write(&app, PHONE, &wrong(&code)).await;
    assert!(
        answer(&app, PHONE, 1)
            .await
            .starts_with("That code is not right. Look")
    );
    assert_eq!(shown(&client, &id).await["attempts_left"], 2);
    client.check(&id, &wrong(&code)).await;
    write(&app, PHONE, &wrong(&code)).await;
    assert!(answer(&app, PHONE, 2).await.contains("no tries left"));
    assert_eq!(shown(&client, &id).await["status"], "locked");
    write(&app, PHONE, &code).await;
    assert!(
        answer(&app, PHONE, 3)
            .await
            .starts_with("No code is waiting")
    );
}

#[actix_web::test]
async fn a_code_is_found_in_what_people_write_around_it() {
    let app = start().await;
    let client = Client::live(&app).await;
    let arabic = |code: &str| -> String {
        let digit = |digit: char| char::from_u32(0x660 + digit.to_digit(10)?);
        code.chars().filter_map(digit).collect()
    };
    for (number, around) in [
        "Code: {1} {2}",
        " {1}-{2}.\n",
        "{1}{2} thanks, in 5 min",
        "{a}",
    ]
    .into_iter()
    .enumerate()
    {
        let phone = format!("+1415555013{number}");
        let id = id(&client.start(&phone).await);
        let code = app.last_code(&phone);
        let text = around
            .replace("{1}", &code[..3])
            .replace("{2}", &code[3..])
            .replace("{a}", &arabic(&code));
        write(&app, &phone, &text).await;
        assert_eq!(answer(&app, &phone, 1).await, VERIFIED, "{around}");
        assert_eq!(shown(&client, &id).await["status"], "approved");
    }
}

#[actix_web::test]
async fn nothing_is_answered_to_words_without_a_code_or_with_two() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let code = app.last_code(PHONE);
    let two = format!("{code} or {}", wrong(&code));
    let others = [
        "hello",
        "call me at 1415555019912",
        "my 2 cats are 3",
        two.as_str(),
    ];
    for text in others {
        write(&app, PHONE, text).await;
    }
    eventually("all are heard", async || {
        (heard(&app, "other").await == 4).then_some(())
    })
    .await;
    assert_eq!(answers(&app, PHONE), Vec::<String>::new());
    assert_eq!(shown(&client, &id).await["attempts_left"], 3);
}

#[actix_web::test]
async fn a_webhook_that_comes_again_counts_once_also_after_a_restart() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let guess = wrong(&app.last_code(PHONE));
    let webhook = text_webhook(Some(PHONE), "wamid.once", &guess);
    for _ in 0..3 {
        tell(&app, &webhook).await.is(200, "");
    }
    eventually("all are heard", async || {
        (heard(&app, "again").await == 2).then_some(())
    })
    .await;
    // The one that counts may be the last to be done.
    eventually("it is checked", async || {
        (shown(&client, &id).await["attempts_left"] == 2).then_some(())
    })
    .await;
    let app = app.restart(crate::webhooks::with_webhooks).await;
    let client = Client::live(&app).await;
    tell(&app, &webhook).await.is(200, "");
    eventually("it is heard", async || {
        (heard(&app, "again").await == 1).then_some(())
    })
    .await;
    assert_eq!(shown(&client, &id).await["attempts_left"], 2);
}

#[actix_web::test]
async fn of_two_codes_that_wait_the_one_whose_message_is_answered_is_meant() {
    let app = start_with(|config| {
        config
            .applications
            .insert("shop".to_owned(), ApplicationSettings::default());
    })
    .await;
    let bank = Client::live(&app).await;
    let first = id(&bank.start(PHONE).await);
    let first_message = app.simulator.messages(PHONE).pop().expect("a message");
    let first_code = app.last_code(PHONE);
    app.pass(Duration::from_secs(1));
    let shop = Client::of(&app, "shop", Mode::Live).await;
    let second = id(&shop.start(PHONE).await);
    // Without a word on which is meant, it is the one that was sent last.
    write(&app, PHONE, &wrong(&app.last_code(PHONE))).await;
    answer(&app, PHONE, 1).await;
    assert_eq!(shown(&bank, &first).await["attempts_left"], 3);
    assert_eq!(shown(&shop, &second).await["attempts_left"], 2);
    let about = json!({ "from": PHONE, "text": first_code, "context_id": first_message.id });
    inbound(&app, &about).await;
    assert_eq!(answer(&app, PHONE, 2).await, VERIFIED);
    assert_eq!(shown(&bank, &first).await["verified_by"], "reply");
    assert_eq!(shown(&shop, &second).await["status"], "pending");
}

#[actix_web::test]
async fn the_answer_is_in_the_language_of_the_code_and_in_the_operators_words() {
    let app = start().await;
    let client = Client::live(&app).await;
    let body = json!({ "to": PHONE, "locale": "pt-BR" });
    client.post(crate::native::START, &body).await;
    write(&app, PHONE, &app.last_code(PHONE)).await;
    assert!(answer(&app, PHONE, 1).await.starts_with("Verificado."));
}

#[actix_web::test]
async fn somebody_who_was_sent_nothing_is_told_so_and_changes_nothing() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    write(&app, OTHER, &app.last_code(PHONE)).await;
    assert!(
        answer(&app, OTHER, 1)
            .await
            .starts_with("No code is waiting")
    );
    assert_eq!(shown(&client, &id).await["status"], "pending");
}
