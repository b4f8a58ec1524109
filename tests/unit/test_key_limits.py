"""An API key's own limit: a minute's worth at once, then evenly, and a refusal that counts nothing."""

import pytest

from linkspan.errors import KeyLimitError
from linkspan.usecases.key_limits import KeyLimits


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def passed(limits: KeyLimits, times: int, per_minute: int, key: str = "key_a") -> int:
    done = 0
    for _ in range(times):
        try:
            limits.take(key, per_minute)
        except KeyLimitError:
            continue
        done += 1
    return done


@pytest.mark.parametrize("per_minute", [1, 7, 60, 999, 100_000])
def test_a_minutes_requests_pass_at_once_and_no_more(per_minute):
    limits = KeyLimits(Seconds())

    assert per_minute == passed(limits, per_minute + 50, per_minute)


def test_the_wait_that_is_told_is_enough_and_needed():
    clock = Seconds()
    limits = KeyLimits(clock)
    passed(limits, 30, 30)

    with pytest.raises(KeyLimitError) as caught:
        limits.take("key_a", 30)
    wait = caught.value.retry_after

    assert 2.0 == pytest.approx(wait)
    clock.now += wait - 0.01
    assert 0 == passed(limits, 1, 30)
    clock.now += 0.01
    assert 1 == passed(limits, 5, 30)


def test_a_caller_who_keeps_asking_gets_the_rate_and_not_less():
    clock = Seconds()
    limits = KeyLimits(clock)
    passed(limits, 60, 60)
    total = 0
    for _ in range(600):
        clock.now += 0.1
        total += passed(limits, 3, 60)

    assert 60 == pytest.approx(total, abs=1)


def test_each_key_has_its_own_count():
    limits = KeyLimits(Seconds())

    assert 5 == passed(limits, 9, 5, "key_a")
    assert 5 == passed(limits, 9, 5, "key_b")


def test_a_lowered_limit_tells_the_whole_wait():
    clock = Seconds()
    limits = KeyLimits(clock)
    passed(limits, 60, 60)

    with pytest.raises(KeyLimitError) as caught:
        limits.take("key_a", 1)
    clock.now += caught.value.retry_after

    assert 1 == passed(limits, 3, 1)
