//! The node as its processes see it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::etf::Atom;
use crate::node::Node;
use crate::node::inner::Inner;
use crate::process::host::{
    AnyProcess, DeadLetterOffice, Deadlines, Gates, Host, Origin, RemoteSignal, Slot,
};
use crate::process::{Alias, CastError, EnvValue};

impl Host for Inner {
    fn name(&self) -> &Atom {
        &self.name
    }

    fn creation(&self) -> u32 {
        self.creation
    }

    fn runtime(&self) -> &tokio::runtime::Handle {
        &self.runtime
    }

    fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    fn log_gates(&self) -> &Gates {
        &self.log_gates
    }

    #[cfg(feature = "testing")]
    #[allow(private_interfaces, reason = "nobody outside has faults")]
    fn faults(&self) -> Option<&Arc<dyn crate::process::FaultPlan>> {
        self.faults.as_ref()
    }

    fn dead_letters(&self) -> &DeadLetterOffice {
        &self.dead_letters
    }

    fn insert(&self, make: &mut dyn FnMut(u64) -> Arc<dyn AnyProcess>) -> Option<u64> {
        self.table.insert(make)
    }

    fn process(&self, id: u64) -> Option<Arc<dyn AnyProcess>> {
        self.table.get(id)
    }

    fn remove(&self, id: u64) {
        drop(self.table.remove(id));
    }

    fn whereis(&self, name: &str) -> Option<u64> {
        self.registry.whereis(name)
    }

    fn register(&self, name: &Atom, id: u64) -> Result<(), u64> {
        self.registry.register(name, id)
    }

    fn unregister(&self, name: &Atom, id: u64) {
        self.registry.unregister(name, id);
    }

    fn env(&self, application: Option<&Atom>, key: &str) -> Option<EnvValue> {
        self.environments.value(application, key)
    }

    fn open_slot(&self, slot: Arc<dyn Slot>) -> u64 {
        let number = self.next_number();
        self.places.open(number, slot);
        number
    }

    fn slot(&self, number: u64) -> Option<Arc<dyn Slot>> {
        self.places.slot(number)
    }

    fn take_slot(&self, number: u64) -> Option<Arc<dyn Slot>> {
        self.places.take(number)
    }

    fn set_alias(&self, number: u64, alias: Option<Alias>) {
        self.places.set_alias(number, alias);
    }

    fn alias(&self, number: u64) -> Option<Alias> {
        self.places.alias(number)
    }

    fn remote(self: Arc<Self>, signal: RemoteSignal<'_>) -> Result<(), CastError> {
        Node(self).signal(signal)
    }

    fn not_busy(self: Arc<Self>, node: &Atom) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let peer = self.peers.get(node)?;
        if !peer.is_busy() {
            return None;
        }
        Some(Box::pin(async move { peer.not_busy().await }))
    }

    fn corrupt(self: Arc<Self>, from: &Origin) {
        if let Some(peer) = self.peers.origin(from) {
            Node(self).corrupted(&peer);
        }
    }
}
