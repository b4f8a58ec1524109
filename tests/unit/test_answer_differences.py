"""Differences of answers: by place, records by id, numbers by value, without what always differs."""

from decimal import Decimal

from linkspan.usecases.answer_differences import MOST, Difference, differences_of


def test_equal_answers_have_none() -> None:
    one = [{"id": "a", "price": Decimal("12.50"), "open": True}]
    other = [{"id": "a", "price": Decimal("12.5"), "open": True}]

    assert [] == differences_of(one, other).found


def test_records_are_matched_by_id_whatever_their_order() -> None:
    before = [{"id": "a", "city": "Bodø"}, {"id": "b", "city": "Reine"}]
    after = [{"id": "c", "city": "Å"}, {"id": "b", "city": "Narvik"}]

    assert [
        Difference("[a]", '{"id":"a","city":"Bodø"}', None),
        Difference("[b].city", "Reine", "Narvik"),
        Difference("[c]", None, '{"id":"c","city":"Å"}'),
    ] == differences_of(before, after).found


def test_versions_are_counted_and_not_told() -> None:
    before = {"@odata.etag": "W/1", "lastModifiedDateTime": "x", "name": None, "lines": [1, {"@odata.etag": "a"}]}
    after = {"@odata.etag": "W/2", "lastModifiedDateTime": "y", "name": "", "lines": [True, {"@odata.etag": "b"}]}
    told = differences_of(before, after, modified_field="lastModifiedDateTime")

    assert [Difference("name", "null", ""), Difference("lines[0]", "1", "true")] == told.found
    assert 3 == told.versions


def test_many_and_long_ones_are_cut() -> None:
    before = {str(index): "x" * 5000 for index in range(MOST + 5)}
    told = differences_of(before, {})

    assert (MOST, True) == (len(told.found), told.more)
    assert all(len(one.before or "") < 250 for one in told.found)
    assert [Difference("answer", "null", "[]")] == differences_of(None, []).found
