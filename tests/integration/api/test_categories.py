from flask.testing import FlaskClient

from tests.factories.deals import make_category


def test_the_whole_tree_is_one_page(client: FlaskClient) -> None:
    audio = make_category("audio", deal_count=1)
    make_category("earphones", parent=audio, deal_count=2)

    assert client.get("/api/categories").get_json() == {
        "items": [
            {
                "id": 1,
                "slug": "audio",
                "name": "Audio",
                "deal_count": 1,
                "total_deal_count": 3,
                "children": [
                    {
                        "id": 2,
                        "slug": "earphones",
                        "name": "Earphones",
                        "deal_count": 2,
                        "total_deal_count": 2,
                        "children": [],
                    }
                ],
            }
        ],
        "next_cursor": None,
    }
