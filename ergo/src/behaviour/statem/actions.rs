//! The actions that a transition, a state enter call and the start of a machine have in common.

/// Writes the timeout actions and `hibernate` for a type with a method `actions`.
macro_rules! common_actions {
    ($type:ident) => {
        impl<S: StatemTypes> $type<S> {
            /// `hibernate`: gives memory back before it waits for the next event.
            pub fn hibernate(mut self) -> Self {
                self.actions().hibernate = true;
                self
            }

            /// `{state_timeout, Time, Content}`: starts the state timeout, or starts it again. A state change cancels
            /// it. [`Duration::ZERO`] comes after all inserted events and before any message, [`Duration::MAX`] is
            /// OTP's `infinity` and cancels.
            pub fn state_timeout(self, after: Duration, content: S::Timeout) -> Self {
                self.set(Kind::State, Change::After(after, content))
            }

            /// `{state_timeout, Time, Content, [{abs, true}]}`.
            pub fn state_timeout_at(self, due: Instant, content: S::Timeout) -> Self {
                self.set(Kind::State, Change::At(due, content))
            }

            /// `{state_timeout, update, Content}`: another content for the one that runs. Without one this is a
            /// timeout of time zero.
            pub fn update_state_timeout(self, content: S::Timeout) -> Self {
                self.set(Kind::State, Change::Update(content))
            }

            /// `{state_timeout, cancel}`.
            pub fn cancel_state_timeout(self) -> Self {
                self.set(Kind::State, Change::Cancel)
            }

            /// `{timeout, Time, Content}`: starts the event timeout. Any event cancels it, an inserted one included.
            pub fn event_timeout(self, after: Duration, content: S::Timeout) -> Self {
                self.set(Kind::Event, Change::After(after, content))
            }

            /// `{timeout, Time, Content, [{abs, true}]}`.
            pub fn event_timeout_at(self, due: Instant, content: S::Timeout) -> Self {
                self.set(Kind::Event, Change::At(due, content))
            }

            /// `{{timeout, Name}, Time, Content}`: starts a timeout with a name, or starts it again. Only its end, or an
            /// action for the same name, ends it.
            pub fn timeout(
                self,
                name: S::TimeoutName,
                after: Duration,
                content: S::Timeout,
            ) -> Self {
                self.set(Kind::Named(name), Change::After(after, content))
            }

            /// `{{timeout, Name}, Time, Content, [{abs, true}]}`.
            pub fn timeout_at(
                self,
                name: S::TimeoutName,
                due: Instant,
                content: S::Timeout,
            ) -> Self {
                self.set(Kind::Named(name), Change::At(due, content))
            }

            /// `{{timeout, Name}, update, Content}`: another content for the one that runs. Without one this is a
            /// timeout of time zero.
            pub fn update_timeout(self, name: S::TimeoutName, content: S::Timeout) -> Self {
                self.set(Kind::Named(name), Change::Update(content))
            }

            /// `{{timeout, Name}, cancel}`.
            pub fn cancel_timeout(self, name: S::TimeoutName) -> Self {
                self.set(Kind::Named(name), Change::Cancel)
            }

            fn set(mut self, kind: Kind<S::TimeoutName>, change: Change<S::Timeout>) -> Self {
                self.actions().timeouts.push(Setting { kind, change });
                self
            }
        }
    };
}

pub(super) use common_actions;
