//! Lists in pages: all of them, but not for ever.

use std::collections::HashSet;

use awc::http::Method;
use serde::Deserialize;

use super::GraphClient;
use super::request::Call;
use crate::error::{GraphError, Uncertain};
use crate::template::push_query;

/// The most that Meta puts on a page.
const PAGE_SIZE: &str = "100";

/// Three times what the largest account can have: 6000 templates.
const PAGES_MAX: usize = 180;

/// Meta's code for a cursor that it no longer knows.
const BAD_CURSOR: i64 = 131_059;

#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Deserialize, Default)]
struct Paging {
    #[serde(default)]
    cursors: Option<Cursors>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    #[serde(default)]
    after: Option<String>,
}

impl GraphClient {
    /// Reads every page of `/{owner}/{edge}`; starts once more when Meta forgets the cursor on the way.
    pub(super) async fn list<T: for<'de> Deserialize<'de>>(
        &self,
        owner: &str,
        edge: &'static str,
        query: &str,
    ) -> Result<Vec<T>, GraphError> {
        match self.list_once(owner, edge, query).await {
            Err(error) if error.code() == Some(BAD_CURSOR) => {
                self.list_once(owner, edge, query).await
            }
            outcome => outcome,
        }
    }

    async fn list_once<T: for<'de> Deserialize<'de>>(
        &self,
        owner: &str,
        edge: &'static str,
        query: &str,
    ) -> Result<Vec<T>, GraphError> {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut after = None;
        for _ in 0..PAGES_MAX {
            let page: Page<T> = self.page(owner, edge, query, after.as_deref()).await?;
            items.extend(page.data);
            // The address in `next` is never followed: it may hold the token, or point elsewhere.
            let paging = page.paging.unwrap_or_default();
            if paging.next.is_none() {
                return Ok(items);
            }
            let Some(cursor) = paging.cursors.and_then(|cursors| cursors.after) else {
                break;
            };
            if !seen.insert(cursor.clone()) {
                break;
            }
            after = Some(cursor);
        }
        Err(Uncertain::EndlessList(edge).into())
    }

    async fn page<T: for<'de> Deserialize<'de>>(
        &self,
        owner: &str,
        edge: &'static str,
        query: &str,
        after: Option<&str>,
    ) -> Result<T, GraphError> {
        let mut query = query.to_owned();
        push_query(&mut query, "limit", PAGE_SIZE);
        if let Some(after) = after {
            push_query(&mut query, "after", after);
        }
        self.call(
            Call::new(Method::GET, &[owner, edge]).with_query(query),
            &[owner],
        )
        .await
    }
}
