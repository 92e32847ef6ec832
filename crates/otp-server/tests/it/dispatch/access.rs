//! Who may use the face: a GET that checks changes something, so it must be meant.

use actix_web::http::Method;
use otp_server::directory::{Mode, Scope};

use super::{BOTH, Stage};

const NOT_MEANT: [(&str, &str); 6] = [
    ("Sec-Purpose", "prefetch"),
    ("Purpose", "prefetch"),
    ("X-Moz", "prefetch"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Origin", "https://evil.example"),
    ("Host", "otp.example"),
];

#[actix_web::test]
async fn nothing_is_sent_or_checked_by_who_does_not_mean_it() {
    let stage = Stage::open().await;
    let code = stage.code("1").await;
    let path = format!("/otp/1/{code}");
    for header in NOT_MEANT {
        let checked = stage.app.request(Method::GET, &path, &[header], "").await;
        assert_eq!(checked.status, 403, "{header:?}");
        let sent = stage
            .app
            .request(Method::POST, "/otp/2", &[header], BOTH)
            .await;
        assert_eq!(sent.status, 403, "{header:?}");
    }
    for (method, path, allowed) in [
        (Method::HEAD, path.as_str(), "GET"),
        (Method::POST, path.as_str(), "GET"),
        (Method::GET, "/otp/2", "POST"),
        (Method::HEAD, "/otp/2", "POST"),
        (Method::PUT, "/otp/2", "POST"),
        (Method::POST, "/", "GET"),
    ] {
        let answer = stage.app.request(method.clone(), path, &[], BOTH).await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
    assert_eq!(stage.vonage.message_count(), 1);
    stage.check("1", &code).await.is(200, "OK");
}

#[actix_web::test]
async fn where_keys_are_wanted_nobody_passes_without_one_of_the_right_scope() {
    let hash = crate::needles::digest_of("an operator's own key");
    let keys = format!("keys = [\"sha256:{hash}\"]\n");
    let stage = Stage::open_with(&keys).await;
    let path = "/dispatch/otp/1";
    let ask = async |header: Option<(&str, &str)>| {
        let headers: Vec<_> = header.into_iter().collect();
        stage.app.request(Method::POST, path, &headers, BOTH).await
    };
    let nobody = ask(None).await;
    let wanted = "A valid API key is required: Authorization: Bearer KEY, or X-API-Key: KEY.";
    nobody.is(401, wanted);
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
    ask(Some(("X-API-Key", "another"))).await.is(401, wanted);
    let checker = stage.app.key("dispatch", &[Scope::Check], Mode::Live).await;
    ask(Some(("X-API-Key", &checker)))
        .await
        .is(403, "This key may not do that.");
    let starter = stage.app.key("dispatch", &[Scope::Start], Mode::Live).await;
    ask(Some(("X-API-Key", &starter))).await.is(201, "Created");
    let code = stage.code_on_messenger();
    let path = format!("{path}/{code}");
    let check =
        async |header: (&str, &str)| stage.app.request(Method::GET, &path, &[header], "").await;
    check(("X-API-Key", &starter))
        .await
        .is(403, "This key may not do that.");
    // The operator's own key and the application's are the same caller.
    let own = "Bearer an operator's own key";
    check(("Authorization", own)).await.is(200, "OK");
    let again = check(("X-API-Key", &checker)).await;
    again.is(409, "The code has already been verified");
    assert_eq!(stage.vonage.message_count(), 1);
}
