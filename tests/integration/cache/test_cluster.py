"""No command concerns two hash slots: a node in cluster mode would refuse it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from dealradar.cache import RedisStore
from tests.integration.cache.conftest import PATIENT
from tests.integration.cache.reading import KEY, body_of, fill
from tests.servers.valkey import Valkey


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Valkey]:
    """Return a cluster of one node, which owns every slot and yet takes no command across two."""
    node = Valkey(tmp_path, "--cluster-enabled", "yes")
    node.start()
    try:
        with redis.Redis.from_url(node.url) as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
            while client.cluster("INFO")["cluster_state"] != "ok":
                time.sleep(0.01)
        yield node
    finally:
        node.kill()


def test_everything_works_on_a_cluster_node(node: Valkey) -> None:
    store = RedisStore(node.url, PATIENT)

    fill(store)
    assert body_of(store) == b"old"
    store.bump(["deal:123", "deal:124"])
    assert body_of(store) is None
    assert store.delete([KEY, "dealradarus:v1:/other"]) == 1
    assert store.clear() == 7
    store.close()
