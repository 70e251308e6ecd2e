"""Events of one aggregate stay in one partition, so that they keep their order."""

from uuid import UUID

from shared.messaging.outbox import partition_of


def test_an_aggregate_has_one_partition_and_aggregates_spread() -> None:
    partitions = [partition_of(UUID(int=number), 4) for number in range(100)]
    assert partitions == [partition_of(UUID(int=number), 4) for number in range(100)]
    assert set(partitions) == {0, 1, 2, 3}
    assert {partition_of(UUID(int=number), 1) for number in range(100)} == {0}
