import pytest

from shop.rate_limit import TokenBucket


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_burst_then_nothing():
    bucket = TokenBucket(rate=1, burst=2, clock=Clock())

    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_tokens_come_back_with_time_and_never_exceed_the_burst():
    clock = Clock()
    bucket = TokenBucket(rate=2, burst=2, clock=clock)
    bucket.take()
    bucket.take()

    clock.now = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]

    clock.now = 60.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (1, 0)])
def test_bucket_without_rate_or_room(rate, burst):
    with pytest.raises(ValueError, match="needs a rate and room"):
        TokenBucket(rate=rate, burst=burst)
