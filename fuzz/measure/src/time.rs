//! Time on the processor, which says the same whatever else runs.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Does `work` and says how long this thread was at it.
pub fn time_of<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = now();
    let result = work();
    (result, now().saturating_sub(before))
}

fn now() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}
