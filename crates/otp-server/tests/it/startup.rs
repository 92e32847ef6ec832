//! The program's start: two lines when all is well, one complaint with a hint when it is not.

mod account_file;
mod data_dir;
mod graph;
mod listening;
mod success;

use graph_simulator::TOKEN;

use crate::process::{Ended, Place};

/// What a start in this place complains of, once it has ended as a failed start must.
#[track_caller]
fn complaint(place: &Place) -> String {
    complaint_of(&place.run(&[]))
}

#[track_caller]
pub(crate) fn complaint_of(ended: &Ended) -> String {
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    assert!(!ended.err.contains(TOKEN), "{ended:?}");
    let start = ended.err.find("error: ");
    let start = start.unwrap_or_else(|| panic!("no complaint in {}", ended.err));
    let said = &ended.err[start..];
    let last = said.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("hint: ") && last.len() > 20,
        "no hint at the end of {said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    said.to_owned()
}

#[track_caller]
pub(crate) fn says(complaint: &str, parts: &[&str]) {
    for part in parts {
        assert!(
            complaint.contains(part),
            "nothing of {part:?} in {complaint}"
        );
    }
}
