"""Every public error has its status on the web and its exit code on the command line."""

from __future__ import annotations

import inspect

import pytest

import assistant.errors
from assistant import cli
from assistant.errors import AssistantError, RateLimitedError, StaleVersionError
from corpus.errors import CorpusError
from index.errors import IndexError_
from web.errors import STATUS_OF, problem_body


def below(kind: type[Exception]) -> list[type[Exception]]:
    """Return ``kind`` and all that is derived from it."""
    return [kind, *(each for child in kind.__subclasses__() for each in below(child))]


def made(kind: type[Exception]) -> Exception:
    """Return an error of ``kind``, whatever it is made from."""
    if kind is RateLimitedError:
        return RateLimitedError(retry_after_s=7)
    if kind is StaleVersionError:
        return StaleVersionError(found=1, wanted=2)
    return kind("found this, wanted that")


PUBLIC = [kind for _, kind in inspect.getmembers(assistant.errors, inspect.isclass) if issubclass(kind, AssistantError)]


@pytest.mark.parametrize("kind", PUBLIC)
def test_every_public_error_has_a_status_of_its_own_or_of_its_family(kind: type[AssistantError]) -> None:
    mapped = [each for each, _, _ in STATUS_OF]
    assert kind in mapped or any(base in mapped for base in kind.__mro__[1:] if base is not AssistantError)
    body = problem_body(made(kind))  # type: ignore[arg-type]
    assert 400 <= body.status <= 599
    assert any("一" <= character <= "鿿" for character in body.title) or body.title == body.detail


def test_a_more_special_error_stands_before_its_family() -> None:
    kinds = [kind for kind, _, _ in STATUS_OF]
    for place, kind in enumerate(kinds):
        assert not any(issubclass(kind, earlier) for earlier in kinds[:place])


@pytest.mark.parametrize("kind", [*below(AssistantError), *below(IndexError_), *below(CorpusError)])
def test_every_error_is_one_sentence_and_an_exit_code_on_the_command_line(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise made(kind)

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code not in (0, None)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said
