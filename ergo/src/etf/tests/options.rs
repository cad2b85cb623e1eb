//! Options of `encode_with`, and terms of typed values.

use std::collections::HashMap;

use super::super::*;

#[test]
fn deterministic_bytes_do_not_depend_on_the_order_of_a_hash_table() {
    let options = EncodeOptions::new().deterministic(true);
    let bytes = |_| {
        let map: HashMap<u32, HashMap<String, u32>> = (0..50)
            .map(|key| {
                (
                    key,
                    (0..50).map(|inner| (inner.to_string(), inner)).collect(),
                )
            })
            .collect();
        encode_with(&map, &options).unwrap()
    };
    let all: Vec<Vec<u8>> = (0..5).map(bytes).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    let term: Term = decode(&all[0]).unwrap();
    assert_eq!(encode(&term).unwrap(), all[0]);
}

#[test]
fn no_option_is_encode() {
    let term = Term::list([1.into(), "two".into()]);
    assert_eq!(
        encode_with(&term, &EncodeOptions::new()).unwrap(),
        encode(&term).unwrap()
    );
    let zero = EncodeOptions::new().compressed(0);
    assert_eq!(zero, EncodeOptions::new());
    assert_eq!(
        EncodeOptions::new().compressed(200),
        EncodeOptions::new().compressed(9)
    );
}

#[test]
fn a_term_is_compressed_if_that_makes_it_smaller() {
    for len in 0..200 {
        let text = "x".repeat(len);
        for level in 1..=9 {
            let bytes = encode_with(&text, &EncodeOptions::new().compressed(level)).unwrap();
            let plain = encode(&text).unwrap();
            assert!(bytes == plain || bytes.len() < plain.len(), "{len}");
            assert_eq!(decode::<String>(&bytes).unwrap(), text);
        }
    }
    let bytes = encode_with(&"x".repeat(200), &EncodeOptions::new().compressed(1)).unwrap();
    assert_eq!(bytes[..2], [131, 80]);
}

/// What writes something else than one term.
struct Wrong(Write);

type Write = fn(&mut Encoder<'_>) -> Result<(), EncodeError>;

impl Encode for Wrong {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.0(encoder)
    }
}

#[test]
fn a_value_that_writes_no_term_is_an_error() {
    let wrong: [Write; 3] = [
        |_| Ok(()),
        |encoder| encoder.write_i64(1).and_then(|()| encoder.write_i64(2)),
        |encoder| {
            encoder.write_map(2)?;
            (0..4).try_for_each(|_| encoder.write_i64(1))
        },
    ];
    for write in wrong {
        let error = Term::from_value(&Wrong(write)).unwrap_err();
        assert!(matches!(error, EncodeError::Malformed(_)), "{error}");
        let options = EncodeOptions::new().deterministic(true);
        assert_eq!(encode_with(&Wrong(write), &options).unwrap_err(), error);
    }
}

#[test]
fn values_and_terms_turn_into_each_other() {
    let value = (1_u8, Some("text".to_owned()), vec![1.5, -0.0], i128::MIN);
    let term = Term::from_value(&value).unwrap();
    assert_eq!(encode(&term).unwrap(), encode(&value).unwrap());
    assert_eq!(
        term.to_value::<(u8, Option<String>, Vec<f64>, i128)>()
            .unwrap(),
        value
    );
    assert_eq!(term.to_value::<Term>().unwrap(), term);
    // Larger than a peer may send.
    let large = (BigInt::from(1) << 5_000_000) - 1;
    let term = Term::from_value(&large).unwrap();
    assert_eq!(term.to_value::<BigInt>().unwrap(), large);
    let error = Term::from(f64::NAN)
        .to_value::<f64>()
        .unwrap_err()
        .to_string();
    assert!(error.contains("not finite"), "{error}");
    assert_eq!(
        Term::from_value(&f64::NAN).unwrap_err(),
        EncodeError::NotFinite
    );
}
