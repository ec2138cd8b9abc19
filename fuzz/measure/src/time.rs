//! Time on the processor, which is the same whatever else runs.

use std::time::Duration;

/// Does `work`, and returns how long this thread was at it.
pub fn time_of<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = now();
    let result = work();
    (result, now().saturating_sub(before))
}

#[cfg(unix)]
fn now() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Elsewhere that clock is not to be had, and the time that passes takes its place.
#[cfg(not(unix))]
fn now() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
