//! The token, the app's secret, codes and whole numbers never stand in anything that is printed.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use whatsapp_cloud::{AccessToken, AppSecret, GraphClient, OutgoingMessage, WhatsAppInfo};

use crate::stand_in::{
    ACCEPTED, PHONE, Reply, StandIn, TOKEN, WABA, client, code_message, config, notice,
};

const APP_SECRET: &str = "canary-app-secret";

fn assert_clean(printed: &str) {
    for secret in [TOKEN, APP_SECRET, "canary", "123456", "2015553931"] {
        assert!(!printed.contains(secret), "{secret} stands in {printed}");
    }
}

#[actix_web::test]
async fn an_answer_that_echoes_the_token_is_cleaned() {
    let echo = format!("Malformed access token {TOKEN} of 1|{APP_SECRET} for +12015553931");
    let bodies = [
        format!(
            r#"{{"error":{{"message":"{echo}","code":190,"error_data":{{"details":"{echo}"}},"error_user_title":"{echo}","error_user_msg":"{echo}","fbtrace_id":"{echo}"}}}}"#
        ),
        echo,
        format!(r#"{{"data":"{TOKEN}"}}"#),
    ];
    for body in bodies {
        for status in [200, 400, 500] {
            let graph = StandIn::answering(Reply::with_status(status, body.clone()));
            let mut config = config(&graph.url);
            config.app_secret = Some(AppSecret::new(APP_SECRET));
            let client = GraphClient::new(&config).unwrap();

            let errors = [
                client.send(PHONE, &code_message()).await.unwrap_err(),
                client.phone_numbers(WABA).await.unwrap_err(),
                client
                    .inspect_token("1", &AppSecret::new(APP_SECRET))
                    .await
                    .unwrap_err(),
            ];

            for error in errors {
                assert_clean(&format!("{error} {error:?}"));
            }
        }
    }
}

#[actix_web::test]
async fn another_apps_secret_in_an_answer_is_cleaned_too() {
    let body = format!(r#"{{"error":{{"message":"Error validating 1|{APP_SECRET}","code":1}}}}"#);
    let graph = StandIn::answering(Reply::with_status(400, body));
    let error = graph
        .client()
        .inspect_token("1", &AppSecret::new(APP_SECRET))
        .await
        .unwrap_err();
    assert_clean(&format!("{error} {error:?}"));
}

#[actix_web::test]
async fn a_failed_call_with_the_token_in_its_address_does_not_show_it() {
    for url in ["http://127.0.0.1:1", "https://graph.invalid"] {
        let error = client(url)
            .inspect_token("1", &AppSecret::new(APP_SECRET))
            .await
            .unwrap_err();
        assert_clean(&format!("{error} {error:?}"));
    }
}

#[test]
fn debug_of_every_type_that_holds_a_secret_is_clean() {
    let info = WhatsAppInfo::new("1", AccessToken::new(TOKEN), "2", "3");
    let mut config = config("https://localhost");
    config.app_secret = Some(AppSecret::new(APP_SECRET));
    let client = GraphClient::new(&config).unwrap();
    let message: OutgoingMessage = code_message();
    let notice = notice(&["canary-number", "canary-total"]);
    assert_clean(&format!(
        "{info:?} {config:?} {client:?} {message:?} {notice:?}"
    ));
}

#[test]
fn a_refused_configuration_does_not_show_its_token() {
    let mut config = config("https://localhost");
    config.access_token = AccessToken::new(format!("{TOKEN}\n"));
    let error = GraphClient::new(&config).unwrap_err();
    assert_clean(&format!("{error} {error:?}"));
}

/// Everything that was logged by this process, of any crate and at any level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Other tests of this binary may log into the same buffer: the rule holds for them, too.
#[actix_web::test]
async fn nothing_is_logged_at_any_level_that_holds_a_secret() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .without_time()
        .with_writer(move || writer.clone())
        .init();
    let graph = StandIn::answering(Reply::ok(ACCEPTED));
    let refusing = StandIn::answering(Reply::with_status(401, format!("{TOKEN} is bad")));

    for client in [
        graph.client(),
        refusing.client(),
        client("http://127.0.0.1:1"),
        client("https://127.0.0.1:1"),
    ] {
        let _ = client.send(PHONE, &code_message()).await;
        let _ = client.inspect_token("1", &AppSecret::new(APP_SECRET)).await;
    }

    let logged = log.0.lock().unwrap().clone();
    let logged = String::from_utf8(logged).unwrap();
    assert!(
        logged.contains("TCP connector"),
        "the log is listened to: {logged}"
    );
    logged.lines().for_each(assert_clean);
}
