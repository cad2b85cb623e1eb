//! Argument lists as Rust tuples.

use crate::etf::{DecodeError, DecodeOwned, Encoded};

/// The arguments of a function that peers may call: a tuple of types that can be decoded, of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the arguments of a function",
    note = "write them as a tuple, `()`, `(u64,)` or `(u64, String)`, of types that derive `Decode`"
)]
pub trait FunctionArgs: Sized + Send + 'static {
    /// How many there are.
    const ARITY: u32;

    /// Reads them from an encoded list.
    ///
    /// # Errors
    /// The list is of another length, or an element of another shape.
    fn decode(
        list: &Encoded,
        extension: &(dyn std::any::Any + Send + Sync),
    ) -> Result<Self, DecodeError>;
}

macro_rules! function_args {
    ($arity:literal $(, $name:ident)*) => {
        impl<$($name: DecodeOwned + Send + 'static),*> FunctionArgs for ($($name,)*) {
            const ARITY: u32 = $arity;

            fn decode(
                list: &Encoded,
                extension: &(dyn std::any::Any + Send + Sync),
            ) -> Result<Self, DecodeError> {
                #[allow(unused_mut, reason = "without arguments nothing is read")]
                let mut elements = super::function::elements(list, $arity)?.into_iter();
                $(
                    #[allow(non_snake_case, reason = "named after its type")]
                    let $name = match elements.next() {
                        Some(element) => element.decode_with::<$name>(extension)?,
                        None => return Err(DecodeError::unknown_request()),
                    };
                )*
                let _ = (elements, extension);
                Ok(($($name,)*))
            }
        }
    };
}

function_args!(0);
function_args!(1, A);
function_args!(2, A, B);
function_args!(3, A, B, C);
function_args!(4, A, B, C, D);
function_args!(5, A, B, C, D, E);
function_args!(6, A, B, C, D, E, F);
function_args!(7, A, B, C, D, E, F, G);
function_args!(8, A, B, C, D, E, F, G, H);
