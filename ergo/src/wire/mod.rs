//! Bounds, the cookie, and the bounded reader and writer shared by the codecs.
