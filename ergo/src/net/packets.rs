//! The lengths in front of the messages of a handshake: two bytes, and four over TLS, as in OTP.
//!
//! The machines of `dist` know two. Over TLS the lengths are changed on their way in and out.

use crate::dist::handshake::HandshakeError;

/// How the messages of a handshake are packed. After the handshake each length has four bytes everywhere.
#[derive(Debug)]
pub(super) enum Packets {
    /// As the machines have it.
    Short,
    /// Lengths of four bytes; so much of a message has not been passed on yet.
    Long { left: usize },
}

impl Packets {
    /// What goes over the stream for whole messages of a machine.
    pub(super) fn pack(&self, messages: Vec<u8>) -> Vec<u8> {
        if matches!(self, Packets::Short) {
            return messages;
        }
        let mut packed = Vec::with_capacity(messages.len().saturating_add(8));
        let mut rest = messages.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let len = u16::from_be_bytes(*length);
            packed.extend_from_slice(&u32::from(len).to_be_bytes());
            let (message, next) = after
                .split_at_checked(usize::from(len))
                .unwrap_or((after, &[]));
            packed.extend_from_slice(message);
            rest = next;
        }
        packed
    }

    /// Gives a machine what has been read, until it takes no more. `take` is its `handle_input`.
    pub(super) fn unpack(
        &mut self,
        unused: &mut Vec<u8>,
        mut take: impl FnMut(&[u8]) -> Result<usize, HandshakeError>,
    ) -> Result<(), HandshakeError> {
        let Packets::Long { left } = self else {
            let used = take(unused)?;
            unused.drain(..used.min(unused.len()));
            return Ok(());
        };
        loop {
            if *left == 0 {
                let Some(length) = unused.first_chunk::<4>() else {
                    return Ok(());
                };
                let len = u32::from_be_bytes(*length);
                // What does not fit is longer than any limit, and refused as such.
                let short = u16::try_from(len).unwrap_or(u16::MAX);
                // It takes nothing while it waits for an answer, and when it is done.
                if take(&short.to_be_bytes())? == 0 {
                    return Ok(());
                }
                unused.drain(..4);
                *left = usize::from(short);
            }
            let here = unused.len().min(*left);
            if here == 0 && *left > 0 {
                return Ok(());
            }
            take(unused.get(..here).unwrap_or_default())?;
            unused.drain(..here);
            *left = left.saturating_sub(here);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_grow_on_the_way_out() {
        let long = Packets::Long { left: 0 };
        assert_eq!(
            long.pack(vec![0, 2, 7, 8, 0, 0, 0, 1, 9]),
            [0, 0, 0, 2, 7, 8, 0, 0, 0, 0, 0, 0, 0, 1, 9]
        );
        assert_eq!(Packets::Short.pack(vec![0, 1, 9]), [0, 1, 9]);
    }

    /// In whatever pieces they come: the machine gets its own form, and what is behind its last message stays.
    #[test]
    fn lengths_shrink_on_the_way_in() {
        let input = [0, 0, 0, 2, 7, 8, 0, 0, 0, 1, 9, 0, 0, 0, 5, 1];
        for piece in 1..=input.len() {
            let mut packets = Packets::Long { left: 0 };
            let (mut unused, mut taken) = (Vec::new(), Vec::new());
            for bytes in input.chunks(piece) {
                unused.extend_from_slice(bytes);
                packets
                    .unpack(&mut unused, |bytes| {
                        // Two messages, and it is done.
                        if taken.len() >= 7 {
                            return Ok(0);
                        }
                        taken.extend_from_slice(bytes);
                        Ok(bytes.len())
                    })
                    .unwrap();
            }
            assert_eq!(taken, [0, 2, 7, 8, 0, 1, 9], "pieces of {piece}");
            assert_eq!(unused, [0, 0, 0, 5, 1], "pieces of {piece}");
        }
    }

    #[test]
    fn a_length_beyond_two_bytes_is_the_longest() {
        let mut packets = Packets::Long { left: 0 };
        let mut taken = Vec::new();
        packets
            .unpack(&mut vec![0, 1, 0, 0], |bytes| {
                taken.extend_from_slice(bytes);
                Ok(bytes.len())
            })
            .unwrap();
        assert_eq!(taken, [0xff, 0xff]);
    }
}
