//! Large types, and types that contain themselves or stand in odd places.

use std::collections::HashMap;
use std::rc::Rc;

use ergo::etf::{DecodeOwned, decode, encode};
use ergo::{Decode, Encode, term};

use super::{check, read, refuses};

#[rustfmt::skip]
#[derive(Debug, Clone, Copy, PartialEq, Encode, Decode)]
enum Many {
    V000, V001, V002, V003, V004, V005, V006, V007, V008, V009, V010, V011, V012, V013, V014,
    V015, V016, V017, V018, V019, V020, V021, V022, V023, V024, V025, V026, V027, V028, V029,
    V030, V031, V032, V033, V034, V035, V036, V037, V038, V039, V040, V041, V042, V043, V044,
    V045, V046, V047, V048, V049, V050, V051, V052, V053, V054, V055, V056, V057, V058, V059,
    V060, V061, V062, V063, V064, V065, V066, V067, V068, V069, V070, V071, V072, V073, V074,
    V075, V076, V077, V078, V079, V080, V081, V082, V083, V084, V085, V086, V087, V088, V089,
    V090, V091, V092, V093, V094, V095, V096, V097, V098, V099, V100, V101, V102, V103, V104,
    V105, V106, V107, V108, V109, V110, V111, V112, V113, V114, V115, V116, V117, V118, V119,
    V120, V121, V122, V123, V124, V125, V126, V127, V128, V129, V130, V131, V132, V133, V134,
    V135, V136, V137, V138, V139, V140, V141, V142, V143, V144, V145, V146, V147, V148, V149,
    V150, V151, V152, V153, V154, V155, V156, V157, V158, V159, V160, V161, V162, V163, V164,
    V165, V166, V167, V168, V169, V170, V171, V172, V173, V174, V175, V176, V177, V178, V179,
    V180, V181, V182, V183, V184, V185, V186, V187, V188, V189, V190, V191, V192, V193, V194,
    V195, V196, V197, V198, V199, V200, V201, V202, V203, V204, V205, V206, V207, V208, V209,
    V210, V211, V212, V213, V214, V215, V216, V217, V218, V219, V220, V221, V222, V223, V224,
    V225, V226, V227, V228, V229, V230, V231, V232, V233, V234, V235, V236, V237, V238, V239,
    V240, V241, V242, V243, V244, V245, V246, V247, V248, V249, V250, V251, V252, V253, V254,
    V255, V256, V257, V258, V259, V260, V261, V262, V263, V264, V265, V266, V267, V268, V269,
    V270, V271, V272, V273, V274, V275, V276, V277, V278, V279, V280, V281, V282, V283, V284,
    V285, V286, V287, V288, V289, V290, V291, V292, V293, V294, V295, V296, V297, V298, V299,
}

#[test]
fn three_hundred_variants() {
    check(Many::V000, term!(v000));
    check(Many::V299, term!(v299));
    refuses::<Many>(
        term!(v300),
        "or v015 or one of 284 more of Many, found v300: did you mean v000?",
    );
    refuses::<Many>(term!({v000, 1}), "of Many, found {v000, _}");
}

#[rustfmt::skip]
#[derive(Debug, Default, Clone, PartialEq, Encode, Decode)]
#[etf(deny_unknown)]
struct Wide {
    f00: u8, f01: u8, f02: u8, f03: u8, f04: u8, f05: u8, f06: u8, f07: u8, f08: u8, f09: u8,
    f10: u8, f11: u8, f12: u8, f13: u8, f14: u8, f15: u8, f16: u8, f17: u8, f18: u8, f19: u8,
    f20: u8, f21: u8, f22: u8, f23: u8, f24: u8, f25: u8, f26: u8, f27: u8, f28: u8, f29: u8,
    f30: u8, f31: u8, f32: u8, f33: u8, f34: u8, f35: u8, f36: u8, f37: u8, f38: u8, f39: u8,
    f40: u8, f41: u8, f42: u8, f43: u8, f44: u8, f45: u8, f46: u8, f47: u8, f48: u8, f49: u8,
    f50: u8, f51: u8, f52: u8, f53: u8, f54: u8, f55: u8, f56: u8, f57: u8, f58: u8, f59: u8,
}

#[test]
fn sixty_fields() {
    let wide = Wide {
        f59: 9,
        ..Wide::default()
    };
    let bytes = encode(&wide).unwrap();
    assert_eq!(bytes[..6], *b"\x83t\0\0\0\x3c");
    assert_eq!(decode::<Wide>(&bytes).unwrap(), wide);
    refuses::<Wide>(
        term!(#{f60 => 1}),
        "unknown field \"f60\" of Wide: did you mean \"f00\"?",
    );
    refuses::<Wide>(term!(#{other => 1}), "\"f15\" and 44 more");
}

#[derive(Debug, PartialEq, Encode, Decode)]
enum Expr {
    Number(i64),
    Add(Box<Self>, Box<Self>),
    Sum(Vec<Expr>),
    Named {
        of: HashMap<String, Expr>,
        or: Option<Box<Expr>>,
    },
    Shared(Rc<Expr>),
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct List {
    head: u8,
    tail: Option<Box<List>>,
}

#[test]
fn types_that_contain_themselves() {
    check(
        Expr::Add(
            Box::new(Expr::Number(1)),
            Box::new(Expr::Sum(vec![
                Expr::Number(2),
                Expr::Named {
                    of: HashMap::from([("a".into(), Expr::Number(3))]),
                    or: Some(Box::new(Expr::Number(4))),
                },
                Expr::Shared(Rc::new(Expr::Number(5))),
            ])),
        ),
        term!({add, {number, 1}, {sum, [{number, 2}, {named, #{of => #{"a" => {number, 3}}, r#or => {number, 4}}},
            {shared, {number, 5}}]}}),
    );
    check(
        List {
            head: 1,
            tail: Some(Box::new(List {
                head: 2,
                tail: None,
            })),
        },
        term!(#{head => 1, tail => #{head => 2, tail => nil}}),
    );
    let mut deep = term!(nil);
    for _ in 0..10_000 {
        deep = term!(#{head => 1, tail => (deep)});
    }
    refuses::<List>(deep, "term_depth_max is 512, found 513");
}

#[test]
fn types_in_a_function() {
    fn both<T: Encode + DecodeOwned>(value: &T) -> T {
        decode(&encode(value).unwrap()).unwrap()
    }
    let local = {
        #[derive(Debug, PartialEq, Encode, Decode)]
        struct Local<const N: usize> {
            numbers: [u16; N],
        }
        both(&Local {
            numbers: [1, 2, 300],
        })
        .numbers
    };
    assert_eq!(local, [1, 2, 300]);
}

/// Names of the standard library and of the framework that mean something else here.
mod shadows {
    #![allow(dead_code, nonstandard_style)]

    use super::check;

    mod ergo {}
    mod core {}
    mod std {}
    pub(super) struct Result;
    pub(super) struct Option;
    pub(super) struct String;
    pub(super) struct Vec;
    pub(super) struct Box;
    pub(super) struct Term;
    pub(super) struct Encode;
    pub(super) struct Decode;
    pub(super) struct Default;
    pub(super) type usize = ();
    pub(super) type bool = ();
    fn Ok() {}
    fn Some() {}
    const None: u8 = 1;
    const Err: u8 = 1;

    #[derive(Debug, PartialEq, ::ergo::Encode, ::ergo::Decode)]
    struct Inner {
        a: u8,
        #[etf(skip_if = zero, default)]
        b: u8,
    }

    fn zero(number: &u8) -> ::core::primitive::bool {
        *number == 0
    }

    #[derive(Debug, PartialEq, ::ergo::Encode, ::ergo::Decode)]
    #[etf(deny_unknown)]
    struct Outer {
        #[etf(flatten)]
        inner: Inner,
        #[etf(none = "null")]
        c: ::core::option::Option<u8>,
        #[etf(skip)]
        d: u8,
    }

    #[derive(Debug, PartialEq, ::ergo::Encode, ::ergo::Decode)]
    enum Variants {
        Ok,
        Err(u8),
        Some { None: u8 },
    }

    #[derive(Debug, PartialEq, ::ergo::Encode, ::ergo::Decode)]
    #[etf(untagged)]
    enum Untagged {
        None,
        Ok(u8),
    }

    #[test]
    fn names_do_not_matter() {
        let outer = Outer {
            inner: Inner { a: 1, b: 0 },
            c: ::core::option::Option::None,
            d: 0,
        };
        check(outer, ::ergo::term!(#{a => 1, c => null}));
        check(
            Variants::Some { None: 1 },
            ::ergo::term!({some, #{atom "None" => 1}}),
        );
        check(Variants::Err(1), ::ergo::term!({err, 1}));
        check(Variants::Ok, ::ergo::term!(ok));
        check(Untagged::Ok(1), ::ergo::term!(1));
        check(Untagged::None, ::ergo::term!(none));
        assert_eq!(::ergo::args![1, a].len(), 2);
        assert_eq!(::ergo::atom!(a).as_str(), "a");
    }
}

/// The framework under another name, and only under that.
mod renamed {
    mod inner {
        pub(super) use ::ergo as framework;
    }
    use inner::framework;

    #[derive(Debug, PartialEq, framework::Encode, framework::Decode)]
    #[etf(crate = "inner::framework")]
    struct Renamed<T> {
        a: Option<T>,
        #[etf(flatten)]
        rest: std::collections::BTreeMap<framework::etf::Atom, framework::etf::Term>,
    }

    #[test]
    fn another_name_of_the_framework() {
        let rest = [(framework::atom!(b), framework::term!({c, [1 | 2]}))].into();
        super::check(
            Renamed { a: Some(1u8), rest },
            framework::term!(#{a => 1, b => {c, [1 | 2]}}),
        );
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
enum r#Raw {
    r#Match(u8),
}

#[test]
fn raw_names_are_told_without_their_mark() {
    refuses::<r#Raw>(term!({r#match, a}), "field \"0\" of Raw::Match");
    assert_eq!(read::<r#Raw>(&term!({r#match, 1})), Ok(r#Raw::r#Match(1)));
}
