//! What the callbacks of an application get.

use std::ops::Deref;

use crate::behaviour::application::{ApplicationMaster, StartType};
use crate::etf::Atom;
use crate::process::Context;

/// An application, from inside of its callbacks: everything of its master's [`Context`].
///
/// What is started from it belongs to the application, and is killed when the application ends, if it has not ended
/// by then.
#[derive(Clone, Debug)]
pub struct ApplicationContext {
    context: Context<ApplicationMaster>,
    name: Atom,
    start_type: StartType,
}

impl Deref for ApplicationContext {
    type Target = Context<ApplicationMaster>;

    fn deref(&self) -> &Context<ApplicationMaster> {
        &self.context
    }
}

impl ApplicationContext {
    pub(super) fn new(
        context: &Context<ApplicationMaster>,
        name: &Atom,
        start_type: StartType,
    ) -> Self {
        ApplicationContext {
            context: context.clone(),
            name: name.clone(),
            start_type,
        }
    }

    /// The name of the application.
    pub fn name(&self) -> &Atom {
        &self.name
    }

    /// The type it was started with.
    pub fn start_type(&self) -> StartType {
        self.start_type
    }
}
