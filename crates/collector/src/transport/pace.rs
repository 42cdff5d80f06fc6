//! How fast one service in one region is asked: as fast as it likes, until it says "slow down"; and
//! how fast AWS is asked at all, if somebody says so.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// After "slow down" the rate falls to this share of what was just accepted.
const BACK_OFF: f64 = 0.8;
/// Requests per second by which the rate grows in each second without "slow down".
const GROWTH: f64 = 2.0;
/// The rate never falls below this, in requests per second.
const SLOWEST: f64 = 2.0;
/// What was accepted in this time is what the service bears; it is slowed down once in it.
const WINDOW: Duration = Duration::from_secs(1);
/// An operation that was refused for this long, and never accepted in it, is not refused for what others ask.
const PATIENCE: Duration = Duration::from_secs(2);
/// What was accepted is counted over this time at least.
const SHORTEST: Duration = Duration::from_millis(500);

/// Spaces requests out. Without a limit until the first "slow down"; then additive increase and
/// multiplicative decrease around the rate that was accepted.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Requests per second; none while nobody complained.
    rate: Option<f64>,
    turns: Turns,
    slowed_at: Option<Instant>,
    accepted: VecDeque<Instant>,
    /// Since when each operation has been refused, if it was not accepted since.
    refused_since: BTreeMap<&'static str, Instant>,
}

impl Pace {
    /// Waits until the next request may be sent.
    pub(crate) async fn turn(&self) {
        let turn = self.state().take_turn(Instant::now());
        if let Some(turn) = turn {
            tokio::time::sleep_until(turn).await;
        }
    }

    /// The service answered this operation, well or not, without complaint about the rate.
    pub(crate) fn accepted(&self, operation: &'static str) {
        let mut state = self.state();
        state.accept(Instant::now());
        state.refused_since.remove(operation);
    }

    /// Whether this operation, which was just refused, can hope for its share of what the service bears, if it is
    /// asked again after this pause.
    pub(crate) fn can_hope(&self, operation: &'static str, pause: Duration) -> bool {
        self.state().can_hope(operation, Instant::now() + pause)
    }

    /// The service asked to slow down after this operation, and to be left alone for this long.
    pub(crate) fn slow_down(&self, operation: &'static str, pause: Duration) {
        let now = Instant::now();
        let mut state = self.state();
        state.refused_since.entry(operation).or_insert(now);
        state.slow_down(now);
        state.turns.not_before(now + pause);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take_turn(&mut self, now: Instant) -> Option<Instant> {
        Some(self.turns.take(now, self.rate?))
    }

    fn accept(&mut self, now: Instant) {
        self.accepted.push_back(now);
        self.forget_before(now);
        if let Some(rate) = &mut self.rate {
            *rate += GROWTH / *rate;
        }
    }

    fn can_hope(&self, operation: &'static str, now: Instant) -> bool {
        self.refused_since.get(operation).is_none_or(|since| now.duration_since(*since) < PATIENCE)
    }

    fn slow_down(&mut self, now: Instant) {
        if self.slowed_at.is_some_and(|before| now.duration_since(before) < WINDOW) {
            return;
        }
        self.forget_before(now);
        // The first complaint may come before the first second has passed.
        let counted = self.accepted.front().map_or(WINDOW, |first| now.duration_since(*first).max(SHORTEST));
        let window = if self.rate.is_none() { counted.min(WINDOW) } else { WINDOW };
        let accepted =
            f64::from(u32::try_from(self.accepted.len()).unwrap_or(u32::MAX)) / window.as_secs_f64();
        let bearable = self.rate.map_or(accepted, |rate| rate.min(accepted));
        self.rate = Some((bearable * BACK_OFF).max(SLOWEST));
        self.slowed_at = Some(now);
    }

    fn forget_before(&mut self, now: Instant) {
        while self.accepted.front().is_some_and(|one| now.duration_since(*one) > WINDOW) {
            self.accepted.pop_front();
        }
    }
}

/// When the next request may be sent.
#[derive(Debug, Default)]
struct Turns(Option<Instant>);

impl Turns {
    /// The next turn; the one after it comes as much later as the rate, in requests per second, says.
    fn take(&mut self, now: Instant, rate: f64) -> Instant {
        let turn = self.0.map_or(now, |next| next.max(now));
        self.0 = Some(turn + Duration::from_secs_f64(1.0 / rate));
        turn
    }

    fn not_before(&mut self, time: Instant) {
        self.0 = self.0.max(Some(time));
    }
}

/// A number of requests per second that is never exceeded, over all services and regions.
#[derive(Debug)]
pub(crate) struct Ceiling {
    rate: f64,
    turns: Mutex<Turns>,
}

impl Ceiling {
    /// So many requests per second, evenly.
    pub(crate) fn new(rate: NonZeroU32) -> Self {
        Self { rate: f64::from(rate.get()), turns: Mutex::default() }
    }

    /// Waits until the next request may be sent.
    pub(crate) async fn turn(&self) {
        let turn = self.turns.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now(), self.rate);
        tokio::time::sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_before_the_first_complaint() {
        let mut state = State::default();
        assert_eq!(state.take_turn(Instant::now()), None);
    }

    #[test]
    fn a_complaint_lowers_the_rate_to_what_was_accepted() {
        let start = Instant::now();
        let mut state = State::default();
        for _ in 0..20 {
            state.accept(start);
        }
        let second = start + WINDOW;
        state.slow_down(second);
        assert_eq!(state.rate, Some(16.0));
        state.slow_down(second + Duration::from_millis(30));
        assert_eq!(state.rate, Some(16.0), "one burst is one complaint");
    }

    #[test]
    fn a_complaint_within_the_first_second_lowers_what_a_second_would_have_been() {
        let start = Instant::now();
        let mut state = State::default();
        for _ in 0..10 {
            state.accept(start);
        }
        state.slow_down(start + Duration::from_millis(200));
        assert_eq!(state.rate, Some(16.0), "20 a second");
    }

    #[test]
    fn turns_are_spaced_and_the_rate_grows_again() {
        let start = Instant::now();
        let mut state = State::default();
        state.slow_down(start);
        let turns: Vec<_> = (0..3).filter_map(|_| state.take_turn(start)).collect();
        let half = Duration::from_millis(500);
        assert_eq!(turns, [start, start + half, start + 2 * half]);
        state.accept(start);
        assert_eq!(state.rate, Some(3.0));
    }

    #[test]
    fn a_pause_moves_all_turns() {
        let start = Instant::now();
        let mut state = State::default();
        state.slow_down(start);
        let pause = Duration::from_secs(3);
        state.turns.not_before(start + pause);
        state.turns.not_before(start);
        assert_eq!(state.take_turn(start), Some(start + pause));
        assert_eq!(state.take_turn(start), Some(start + pause + Duration::from_millis(500)));
    }

    #[test]
    fn an_operation_that_is_always_refused_can_hope_for_a_while() {
        let pace = Pace::default();
        pace.slow_down("iam:GetUser", Duration::ZERO);
        let refused = pace.state().refused_since["iam:GetUser"];
        assert!(pace.state().can_hope("iam:GetUser", refused + PATIENCE / 2));
        assert!(!pace.state().can_hope("iam:GetUser", refused + PATIENCE));
        pace.accepted("iam:GetRole");
        assert!(!pace.state().can_hope("iam:GetUser", refused + PATIENCE));
        pace.accepted("iam:GetUser");
        assert!(pace.state().can_hope("iam:GetUser", refused + PATIENCE));
    }

    /// A service that bears 20 requests in a second: the rate ends up near that.
    #[test]
    fn the_rate_settles_near_the_limit() {
        let mut now = Instant::now();
        let (mut state, mut served, mut refused) = (State::default(), VecDeque::new(), 0);
        for _ in 0..600 {
            now = state.take_turn(now).map_or(now, |turn| turn.max(now));
            while served.front().is_some_and(|one| now.duration_since(*one) >= WINDOW) {
                served.pop_front();
            }
            if served.len() < 20 {
                served.push_back(now);
                state.accept(now);
            } else {
                refused += 1;
                state.slow_down(now);
            }
        }
        let rate = state.rate.unwrap();
        assert!((14.0..=24.0).contains(&rate), "{rate}");
        assert!(refused < 60, "{refused}");
    }
}
