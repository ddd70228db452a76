import pytest

from cinema.review import parse_answer


@pytest.mark.parametrize(
    ("answer", "action"),
    [
        ("a", {"action": "approve_storyboard"}),
        ("r too slow", {"action": "reject_storyboard", "feedback": "too slow"}),
        ("s 3", {"action": "regenerate_scene", "sceneNumber": 3, "feedback": ""}),
        (
            "s 12 more energy",
            {"action": "regenerate_scene", "sceneNumber": 12, "feedback": "more energy"},
        ),
    ],
)
def test_an_answer_is_an_action(answer: str, action: dict[str, object]) -> None:
    assert parse_answer(answer) == action


@pytest.mark.parametrize("answer", ["", "r", "s", "s three", "approve", "a now"])
def test_what_is_not_understood_does_nothing(answer: str) -> None:
    assert parse_answer(answer) is None
