//! What the application controller is asked, and what it says of an application.

use std::sync::Arc;

use crate::behaviour::application::{Application, ApplicationError, StartType};
use crate::etf::{Atom, CharList, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Pid};
use crate::process::{Inheritance, Reply, ReplyTo};

/// An application as `application:which_applications/0` shows it: `{Name, Description, Vsn}`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplicationInfo {
    /// Its name.
    pub name: Atom,
    /// What it is.
    pub description: String,
    /// Its version.
    pub vsn: String,
}

impl Encode for ApplicationInfo {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_tuple(3)?;
        self.name.encode(encoder)?;
        CharList::from(&*self.description).encode(encoder)?;
        CharList::from(&*self.vsn).encode(encoder)
    }
}

impl<'de> Decode<'de> for ApplicationInfo {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.expect_tuple(3)?;
        Ok(ApplicationInfo {
            name: decoder.read_atom()?,
            description: CharList::decode(decoder)?.0,
            vsn: CharList::decode(decoder)?.0,
        })
    }
}

/// How an application is started.
#[derive(Debug, Clone)]
pub struct StartAs {
    pub(crate) start_type: StartType,
    /// What it has from the process of another node that has it started; it is in the environment of its processes before
    /// what the application says itself.
    pub(crate) inheritance: Option<Arc<Inheritance>>,
}

impl From<StartType> for StartAs {
    fn from(start_type: StartType) -> Self {
        StartAs {
            start_type,
            inheritance: None,
        }
    }
}

/// What lies in the mailbox of the application controller.
#[derive(Debug)]
pub enum ControllerMessage {
    /// Load it; one that is loaded and does not run gives way if the flag says so.
    #[doc(hidden)]
    Load(
        Box<Application>,
        bool,
        Reply<Result<Atom, ApplicationError>>,
    ),
    #[doc(hidden)]
    Unload(String, Reply<Result<(), ApplicationError>>),
    /// The order in which these, and what they depend on, are to be started.
    #[doc(hidden)]
    Plan(Vec<String>, Reply<Result<Vec<Atom>, ApplicationError>>),
    #[doc(hidden)]
    Start(String, StartAs, Reply<Result<bool, ApplicationError>>),
    /// A master says that its application runs.
    #[doc(hidden)]
    Started(Pid),
    #[doc(hidden)]
    Stop(String, Reply<Result<(), ApplicationError>>),
    /// A master that was told to stop should have ended by now.
    #[doc(hidden)]
    Overdue(Pid),
    /// The node stops.
    #[doc(hidden)]
    Close(Reply<()>),
    #[doc(hidden)]
    Which(Reply<Vec<ApplicationInfo>>),
    #[doc(hidden)]
    Loaded(Reply<Vec<ApplicationInfo>>),
}

impl ControllerMessage {
    pub(super) fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            ControllerMessage::Which(_) => encoder.write_atom("which_applications"),
            ControllerMessage::Loaded(_) => encoder.write_atom("loaded_applications"),
            _ => Err(EncodeError::LocalOnly),
        }
    }

    pub(super) fn decode(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        let (name, arity) = decoder.read_method()?;
        let known = arity == 0 && matches!(&*name, "which_applications" | "loaded_applications");
        let Some(to) = reply_to.take_if(|_| known) else {
            return Err(DecodeError::unknown_request());
        };
        Ok(match &*name {
            "which_applications" => ControllerMessage::Which(to.reply()),
            _ => ControllerMessage::Loaded(to.reply()),
        })
    }
}
