//! The digest by which each side of a handshake proves that it knows the cookie.

use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq;

use crate::wire::Cookie;

/// MD5 of the cookie followed by a challenge in decimal digits.
///
/// MD5 is what the protocol prescribes. It gives neither secrecy nor integrity to what follows the handshake: over an
/// untrusted network use TLS.
#[derive(Clone, Copy)]
pub(super) struct Digest([u8; 16]);

impl Digest {
    /// The digest that answers `challenge`.
    pub(super) fn answer(cookie: &Cookie, challenge: u32) -> Digest {
        let mut hasher = Md5::new();
        hasher.update(cookie.as_bytes());
        hasher.update(challenge.to_string().as_bytes());
        Digest(hasher.finalize().into())
    }

    /// A digest read from a peer.
    pub(super) const fn from_bytes(bytes: [u8; 16]) -> Digest {
        Digest(bytes)
    }

    /// The 16 bytes on the wire.
    pub(super) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    pub(super) fn matches(&self, other: &Digest) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(challenge: u32, expect: &str) {
        let cookie = Cookie::new("secret").unwrap();
        let digest = Digest::answer(&cookie, challenge);
        let hex: String = digest
            .as_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expect);
        assert!(digest.matches(&Digest::from_bytes(*digest.as_bytes())));
    }

    /// Digests that OTP 25, 27 and 29 sent with the cookie `secret`.
    #[test]
    fn golden_digests() {
        check(0xf034_d91a, "8d4e354a26f1646160586b4b19f3e031");
        check(0xdade_314d, "5d95a759f238c4c014695957329cfd52");
        check(0xbc87_899e, "236e573e7c2421c85492230f7d155af4");
        check(0x1570_db84, "e706b7706ebdb1a02fd4969d87b21c1b");
        check(0xb5f0_fabc, "3e1fe7e40ed86081846df1e83e2556af");
        check(0xe6d7_3fb0, "d214311dc9f01d82995aadc4f04c15a2");
    }

    #[test]
    fn one_bit_makes_another_digest() {
        let cookie = Cookie::new("secret").unwrap();
        let digest = Digest::answer(&cookie, 1);
        for bit in 0..128 {
            let mut bytes = *digest.as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!digest.matches(&Digest::from_bytes(bytes)));
        }
    }
}
