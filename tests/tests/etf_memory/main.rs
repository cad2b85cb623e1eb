//! What hostile bytes make the codec allocate: promises G-12 and G-14.
//!
//! A counting allocator watches each thread by itself. Time is not measured: what would take too long shows in the number
//! and size of the allocations, or does not end.

mod announced;
mod compressed;
mod growth;
mod matrix;
mod nests;

use allocation_counter::{AllocationInfo, measure};

/// What reading may take besides what it gives: a stack for deep terms, an error.
const FREE: u64 = 64 * 1024;

/// What `read` gives and what it took.
fn measured<T>(read: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut value = None;
    let used = measure(|| value = Some(read()));
    (value.expect("measure calls"), used)
}

/// `count` copies of `part` between a list's header and its end, with the version byte.
fn list_of(part: &[u8], count: usize) -> Vec<u8> {
    [&header(108, count)[..], &part.repeat(count), &[106]].concat()
}

/// The version byte, a tag, and a length of four bytes.
fn header(tag: u8, length: usize) -> Vec<u8> {
    let length = u32::try_from(length).expect("four bytes");
    [&[131, tag], &length.to_be_bytes()[..]].concat()
}

/// `depth` times `open`, `inner`, and `depth` times `close`.
fn nested(open: &[u8], inner: &[u8], close: &[u8], depth: usize) -> Vec<u8> {
    [&[131], &open.repeat(depth)[..], inner, &close.repeat(depth)].concat()
}
