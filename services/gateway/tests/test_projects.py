"""Projects, and how lists go on."""

from typing import Any


async def test_a_project_is_read_as_it_was_made(creator: Any) -> None:
    wanted = {
        "title": "A film",
        "prompt_text": "Make me one",
        "nichePreset": "science",
        "targetMinutes": 3,
        "settings": {"tone": "dry"},
    }
    made = await creator.post("/projects", wanted, 201)
    assert made["name"] == "A film"
    assert (made["promptText"], made["nichePreset"]) == ("Make me one", "science")
    assert (made["status"], made["transcriptMode"]) == ("active", "auto")
    assert await creator.get(f"/projects/{made['id']}") == made


async def test_a_project_that_is_not_right_is_refused(creator: Any) -> None:
    for wrong in ({}, {"name": " "}, {"name": "x", "targetMinutes": 11}, {"name": "x", "nam": 1}):
        assert (await creator.post("/projects", wrong, 422))["code"] == "invalid_request"


async def test_a_list_goes_on_where_it_stopped(creator: Any) -> None:
    made = [await creator.project() for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while len(seen) < 5:
        query = "?limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = (await creator.http.get(f"/projects{query}")).json()
        seen += [project["id"] for project in page["data"]]
        cursor = page["meta"]["nextCursor"]
    assert seen == made[::-1]
    assert cursor is None
    await creator.get("/projects?limit=0", 422)
