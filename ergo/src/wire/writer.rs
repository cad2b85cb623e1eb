//! Big-endian writes to a growing buffer.

/// Appends `value` in two bytes, most significant first.
#[inline]
pub fn put_u16(buffer: &mut Vec<u8>, value: u16) {
    buffer.extend_from_slice(&value.to_be_bytes());
}

/// Appends `value` in four bytes, most significant first.
#[inline]
pub fn put_u32(buffer: &mut Vec<u8>, value: u32) {
    buffer.extend_from_slice(&value.to_be_bytes());
}

/// Appends `value` in eight bytes, most significant first.
#[inline]
pub fn put_u64(buffer: &mut Vec<u8>, value: u64) {
    buffer.extend_from_slice(&value.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_most_significant_byte_first() {
        let mut buffer = Vec::new();
        put_u16(&mut buffer, 0x0102);
        put_u32(&mut buffer, 0x0304_0506);
        put_u64(&mut buffer, 0x0708_090a_0b0c_0d0e);
        assert_eq!(buffer, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    }
}
