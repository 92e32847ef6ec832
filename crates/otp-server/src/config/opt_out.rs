//! The words by which people opt out and in, beside the built-in ones.

use super::{kind, reader::Section};
use crate::wishes::WishWords;

pub(super) fn read(opt_out: &mut Section<'_, '_>) -> WishWords {
    let words = || {
        kind::list("a word or a few, without digits", |text| {
            let checked = WishWords::check(text).map(|()| text.to_owned());
            checked.map_err(|wrong| wrong.to_string())
        })
    };
    let stop = opt_out.optional(
        "stop_words",
        words(),
        "Whole messages, in any language, by which a person wants no more messages this way, beside STOP, STOPP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE and OPT OUT. Capitals and accents do not matter.",
    );
    let start = opt_out.optional(
        "start_words",
        words(),
        "Whole messages by which they want messages again, beside START, UNSTOP and OPT IN.",
    );
    let (stop, start) = (stop.unwrap_or_default(), start.unwrap_or_default());
    if let Some(word) = WishWords::clash(&stop, &start) {
        opt_out.problem(
            "start_words",
            format!("{word:?} would mean both that no more messages are wanted, and that they are wanted again"),
            "leave it out of one of stop_words and start_words; the built-in words keep their meaning",
        );
    }
    WishWords::new(&stop, &start)
}
