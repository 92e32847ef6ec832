//! Lists: all pages, but not for ever.

use whatsapp_cloud::{GraphError, TemplateFilter, TemplateStatus, Uncertain};

use crate::stand_in::{Asked, Reply, StandIn, TOKEN, WABA};

/// The page number that a request asks for, in the cursors of these tests.
fn page_of(asked: &Asked) -> usize {
    let after = asked
        .query
        .split('&')
        .find_map(|pair| pair.strip_prefix("after="));
    after.map_or(0, |cursor| {
        cursor.strip_prefix("page").unwrap().parse().unwrap()
    })
}

fn page(id: usize, next: Option<&str>) -> Reply {
    // The address in `next` points nowhere and holds a token, as Meta's does.
    let paging = next.map_or_else(
        || r#"{"cursors":{"before":"x","after":"y"}}"#.to_owned(),
        |cursor| format!(r#"{{"cursors":{{"after":"{cursor}"}},"next":"https://nowhere.invalid/?access_token={TOKEN}"}}"#),
    );
    Reply::ok(format!(
        r#"{{"data":[{{"id":"{id}","name":"otp","language":"en_US","status":"APPROVED","category":"AUTHENTICATION"}}],"paging":{paging}}}"#
    ))
}

#[actix_web::test]
async fn every_page_is_read_by_its_cursor() {
    let graph = StandIn::start(|asked| match page_of(asked) {
        0 => page(0, Some("page1")),
        1 => page(1, Some("page2")),
        number => page(number, None),
    });

    let templates = graph
        .client()
        .templates(WABA, &TemplateFilter::default())
        .await
        .unwrap();

    let ids: Vec<&str> = templates
        .iter()
        .map(|template| template.id.as_str())
        .collect();
    assert_eq!(ids, ["0", "1", "2"]);
    let asked = graph.asked();
    let fields = "fields=name,language,status,category,components,quality_score,rejected_reason,message_send_ttl_seconds";
    assert_eq!(asked[0].query, format!("{fields}&limit=100"));
    assert_eq!(asked[2].query, format!("{fields}&limit=100&after=page2"));
}

#[actix_web::test]
async fn a_cursor_that_comes_again_ends_the_list_with_an_error() {
    let graph = StandIn::start(|asked| page(page_of(asked), Some("page1")));
    let error = graph.client().phone_numbers(WABA).await.unwrap_err();
    assert_eq!(
        error,
        GraphError::Uncertain(Uncertain::EndlessList("phone_numbers"))
    );
    assert_eq!(graph.asked().len(), 2);
}

#[actix_web::test]
async fn a_list_with_ever_new_cursors_ends_with_an_error() {
    let graph =
        StandIn::start(|asked| page(page_of(asked), Some(&format!("page{}", page_of(asked) + 1))));
    let error = graph
        .client()
        .templates(WABA, &TemplateFilter::default())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        GraphError::Uncertain(Uncertain::EndlessList("message_templates"))
    );
    assert_eq!(graph.asked().len(), 180);
}

#[actix_web::test]
async fn a_forgotten_cursor_starts_the_list_once_more() {
    let refusals = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let graph = StandIn::start(move |asked| match page_of(asked) {
        0 => page(0, Some("page1")),
        _ if refusals.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
            Reply::with_status(400, r#"{"error":{"message":"bad cursor","code":131059}}"#)
        }
        number => page(number, None),
    });

    let templates = graph
        .client()
        .templates(WABA, &TemplateFilter::default())
        .await
        .unwrap();

    let ids: Vec<&str> = templates
        .iter()
        .map(|template| template.id.as_str())
        .collect();
    assert_eq!(ids, ["0", "1"], "nothing stands twice");
    assert_eq!(graph.asked().len(), 4);
}

#[actix_web::test]
async fn a_cursor_that_is_always_forgotten_is_an_error() {
    let graph = StandIn::answering(Reply::with_status(
        400,
        r#"{"error":{"message":"bad cursor","code":131059}}"#,
    ));
    let error = graph
        .client()
        .templates(WABA, &TemplateFilter::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(131_059));
    assert_eq!(graph.asked().len(), 2);
}

#[actix_web::test]
async fn a_filter_is_passed_on_and_the_name_compared_exactly() {
    let graph = StandIn::answering(Reply::ok(
        r#"{"data":[{"id":"1","name":"otp"},{"id":"2","name":"otp_2"},{"id":"3","name":"otp"}]}"#,
    ));
    let filter = TemplateFilter {
        status: Some(TemplateStatus::Approved),
        ..TemplateFilter::by_name("otp")
    };

    let templates = graph.client().templates(WABA, &filter).await.unwrap();

    let ids: Vec<&str> = templates
        .iter()
        .map(|template| template.id.as_str())
        .collect();
    assert_eq!(ids, ["1", "3"]);
    assert!(
        graph
            .only()
            .query
            .ends_with("&name=otp&status=APPROVED&limit=100"),
        "{}",
        graph.only().query
    );
}
