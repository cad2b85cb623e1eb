//! Tests of the whole codec: bytes in, terms and values out, and back.

mod typed;
