//! The running timeouts of a machine: data only, the time is passed in.

use std::time::Duration;

use tokio::time::Instant;

/// Which timeout: at most one of each runs.
#[derive(Debug, PartialEq)]
pub(super) enum Kind<N> {
    State,
    Event,
    Named(N),
}

/// A timeout action.
#[derive(Debug, PartialEq)]
pub(super) struct Setting<N, T> {
    pub(super) kind: Kind<N>,
    pub(super) change: Change<T>,
}

/// What a timeout action does to its timeout.
#[derive(Debug, PartialEq)]
pub(super) enum Change<T> {
    After(Duration, T),
    At(Instant, T),
    Update(T),
    Cancel,
}

/// One that runs.
#[derive(Debug)]
struct Running<N, T> {
    kind: Kind<N>,
    /// `None` for one of time zero, which waits for nothing but its turn.
    due: Option<Instant>,
    /// Of two that are due together the smaller one is first.
    order: u64,
    content: T,
}

/// All that run. There are few of them: looking for one is a walk along a vector.
#[derive(Debug)]
pub(super) struct Timeouts<N, T> {
    running: Vec<Running<N, T>>,
    orders: u64,
    /// When the first of those with a time is due.
    next: Option<Instant>,
}

impl<N, T> Default for Timeouts<N, T> {
    fn default() -> Self {
        Timeouts {
            running: Vec::new(),
            orders: 0,
            next: None,
        }
    }
}

impl<N: PartialEq, T> Timeouts<N, T> {
    /// When the first is due, those of time zero aside.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Stops one, if it runs.
    pub(super) fn cancel(&mut self, kind: &Kind<N>) {
        if let Some(index) = self.position(kind) {
            self.running.swap_remove(index);
            self.look_for_next();
        }
    }

    /// Carries out the timeout actions of one transition: of two for the same timeout the last one counts.
    pub(super) fn apply(&mut self, settings: Vec<Setting<N, T>>, now: Instant) {
        if settings.is_empty() {
            return;
        }
        let mut last: Vec<Setting<N, T>> = Vec::with_capacity(settings.len());
        for setting in settings {
            last.retain(|earlier| earlier.kind != setting.kind);
            last.push(setting);
        }
        // Those of time zero come in the order they were given, those that end together in the reverse order: so does
        // OTP, which says so of the former only.
        self.orders += last.len() as u64;
        let (first, count) = (self.orders, last.len() as u64);
        for (index, setting) in (0..count).zip(last) {
            self.set(setting, now, first + index, first - index);
        }
        self.orders += count;
        self.look_for_next();
    }

    fn set(&mut self, setting: Setting<N, T>, now: Instant, zero_order: u64, timed_order: u64) {
        let Setting { kind, change } = setting;
        let (due, content) = match change {
            Change::After(Duration::ZERO, content) => (None, content),
            Change::After(delay, content) => match now.checked_add(delay) {
                Some(due) => (Some(due), content),
                // Further away than a clock can count: never, as `infinity`.
                None => return self.remove(&kind),
            },
            Change::At(due, content) => (Some(due), content),
            Change::Update(content) => match self.position(&kind) {
                Some(index) => {
                    if let Some(running) = self.running.get_mut(index) {
                        running.content = content;
                    }
                    return;
                }
                None => (None, content),
            },
            Change::Cancel => return self.remove(&kind),
        };
        self.remove(&kind);
        let order = if due.is_some() {
            timed_order
        } else {
            zero_order
        };
        self.running.push(Running {
            kind,
            due,
            order,
            content,
        });
    }

    fn remove(&mut self, kind: &Kind<N>) {
        if let Some(index) = self.position(kind) {
            self.running.swap_remove(index);
        }
    }

    /// The first of those of time zero.
    pub(super) fn take_zero(&mut self) -> Option<(Kind<N>, T)> {
        self.take_first(|running| running.due.is_none())
    }

    /// How many run.
    pub(super) fn len(&self) -> usize {
        self.running.len()
    }

    /// The first of those whose time has come.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<(Kind<N>, T)> {
        if self.next? > now {
            return None;
        }
        let due = self.take_first(|running| running.due.is_some_and(|due| due <= now));
        self.look_for_next();
        due
    }

    fn take_first(&mut self, which: impl Fn(&Running<N, T>) -> bool) -> Option<(Kind<N>, T)> {
        let candidates = self.running.iter().enumerate();
        let first = candidates
            .filter(|(_, running)| which(running))
            .min_by_key(|(_, running)| (running.due, running.order))
            .map(|(index, _)| index)?;
        let taken = self.running.swap_remove(first);
        Some((taken.kind, taken.content))
    }

    fn position(&self, kind: &Kind<N>) -> Option<usize> {
        self.running
            .iter()
            .position(|running| running.kind == *kind)
    }

    fn look_for_next(&mut self) {
        self.next = self.running.iter().filter_map(|running| running.due).min();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Running = Timeouts<&'static str, u8>;

    fn set(kind: Kind<&'static str>, change: Change<u8>) -> Setting<&'static str, u8> {
        Setting { kind, change }
    }

    fn after(millis: u64, content: u8) -> Change<u8> {
        Change::After(Duration::from_millis(millis), content)
    }

    fn all_zero(timeouts: &mut Running) -> Vec<(Kind<&'static str>, u8)> {
        std::iter::from_fn(|| timeouts.take_zero()).collect()
    }

    #[test]
    fn zeros_come_in_the_order_given_and_the_last_of_a_kind_counts() {
        let (mut timeouts, now) = (Running::default(), Instant::now());
        let settings = vec![
            set(Kind::State, after(0, 1)),
            set(Kind::Named("x"), after(0, 2)),
            set(Kind::State, after(0, 3)),
        ];
        timeouts.apply(settings, now);
        timeouts.apply(vec![set(Kind::Named("y"), Change::Update(4))], now);
        assert_eq!(timeouts.next(), None);
        let expect = [
            (Kind::Named("x"), 2),
            (Kind::State, 3),
            (Kind::Named("y"), 4),
        ];
        assert_eq!(all_zero(&mut timeouts), expect);
    }

    #[test]
    fn a_zero_that_is_set_again_loses_its_place_and_an_update_keeps_it() {
        let (mut timeouts, now) = (Running::default(), Instant::now());
        let both = vec![
            set(Kind::Named("x"), after(0, 1)),
            set(Kind::Named("y"), after(0, 2)),
        ];
        timeouts.apply(both, now);
        timeouts.apply(vec![set(Kind::Named("x"), Change::Update(3))], now);
        assert_eq!(timeouts.take_zero(), Some((Kind::Named("x"), 3)));
        timeouts.apply(vec![set(Kind::Named("x"), after(0, 4))], now);
        timeouts.apply(vec![set(Kind::Named("y"), after(0, 5))], now);
        assert_eq!(timeouts.take_zero(), Some((Kind::Named("x"), 4)));
        // OTP 27 loses this timeout; OTP 29 keeps it.
        timeouts.apply(vec![set(Kind::Named("y"), after(30, 6))], now);
        assert_eq!(timeouts.take_zero(), None);
        let later = now + Duration::from_millis(30);
        assert_eq!(timeouts.take_due(now), None);
        assert_eq!(timeouts.take_due(later), Some((Kind::Named("y"), 6)));
    }

    #[test]
    fn the_earliest_is_first_and_of_those_together_the_one_given_last() {
        let (mut timeouts, now) = (Running::default(), Instant::now());
        let settings = vec![
            set(Kind::State, after(10, 1)),
            set(Kind::Named("x"), after(10, 2)),
            set(Kind::Event, Change::At(now, 3)),
        ];
        timeouts.apply(settings, now);
        assert_eq!(timeouts.next(), Some(now));
        let due = now + Duration::from_millis(10);
        let taken: Vec<u8> = std::iter::from_fn(|| timeouts.take_due(due))
            .map(|(_, content)| content)
            .collect();
        assert_eq!(taken, [3, 2, 1]);
        assert_eq!(timeouts.next(), None);
    }

    #[test]
    fn infinity_cancels() {
        let (mut timeouts, now) = (Running::default(), Instant::now());
        timeouts.apply(vec![set(Kind::State, after(10, 1))], now);
        timeouts.apply(vec![set(Kind::State, Change::After(Duration::MAX, 2))], now);
        assert_eq!(timeouts.next(), None);
        timeouts.apply(vec![set(Kind::Event, after(0, 1))], now);
        timeouts.cancel(&Kind::Event);
        assert_eq!(timeouts.take_zero(), None);
    }
}
