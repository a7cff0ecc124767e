from dealradar.cache import Hit, Miss, MissReason
from dealradar.cache.store import judge
from tests.factories.entries import entry

STORED = entry(versions=(("deal:1", "aaaa"), ("user:9", "bbbb")), stored_at_s=1_000.0, ttl_s=60.0)
HOLDING = {"deal:1": "aaaa", "user:9": "bbbb"}


def test_an_entry_whose_versions_all_hold_is_a_hit_with_its_age() -> None:
    assert judge(STORED, ["deal:1"], known=HOLDING, now_s=1_010.0) == Hit(STORED, age_s=10.0, ttl_left_s=50.0)


def test_a_declared_tag_that_moved_on_is_a_miss() -> None:
    found = judge(STORED, ["deal:1"], known={**HOLDING, "deal:1": "cccc"}, now_s=1_010.0)

    assert found == Miss(MissReason.MISMATCHED, tag="deal:1")


def test_an_undeclared_tag_that_moved_on_is_a_miss_too() -> None:
    found = judge(STORED, ["deal:1"], known={**HOLDING, "user:9": "cccc"}, now_s=1_010.0)

    assert found == Miss(MissReason.MISMATCHED, tag="user:9")


def test_a_version_that_is_gone_is_a_miss() -> None:
    assert judge(STORED, ["deal:1"], known={"deal:1": "aaaa"}, now_s=1_010.0) == Miss(
        MissReason.MISMATCHED, tag="user:9"
    )


def test_an_entry_stored_before_its_policy_named_a_tag_is_a_miss() -> None:
    found = judge(STORED, ["deal:1", "reports"], known=HOLDING, now_s=1_010.0)

    assert found == Miss(MissReason.MISMATCHED, tag="reports")


def test_an_entry_just_before_its_end_is_a_hit_and_at_it_a_miss() -> None:
    assert isinstance(judge(STORED, [], known=HOLDING, now_s=1_059.9), Hit)
    assert judge(STORED, [], known=HOLDING, now_s=1_060.0) == Miss(MissReason.EXPIRED)


def test_an_entry_from_a_node_whose_clock_is_ahead_has_no_negative_age() -> None:
    assert judge(STORED, [], known=HOLDING, now_s=990.0) == Hit(STORED, age_s=0.0, ttl_left_s=60.0)
