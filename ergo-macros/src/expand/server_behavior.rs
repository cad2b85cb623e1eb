//! `derive(ServerBehavior)`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::expand::behavior::{self, Types};
use crate::expand::handle;
use crate::model::actor::HandServer;

pub(crate) fn expand(server: &HandServer) -> TokenStream {
    let ident = &server.ident;
    let (_, ty_generics, _) = server.generics.split_for_impl();
    let behavior = behavior::expand(&Types {
        krate: &server.krate,
        generics: &server.generics,
        self_ty: &quote!(#ident #ty_generics),
        call: &server.call.to_token_stream(),
        cast: &server.cast.to_token_stream(),
        info: &server.info.to_token_stream(),
        going_on: &server.going_on.to_token_stream(),
        start_now: None,
    });
    let handle = handle::of_hand_server(server);
    quote! {
        #behavior
        #handle
    }
}
