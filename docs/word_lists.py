"""Writes sanitizer/words: what invented people, streets, towns and companies are called. Run it by hand; the lists are committed.

`python -m docs.word_lists`, with the version of Faker that the lists name. New lists mean other outputs for the same key and value.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import faker

from sanitizer.words import LISTS, LOCALES, WORDS

SOURCE = f"Faker {faker.VERSION}"
DRAWS = 20000


def main() -> None:
    """Writes every list of every locale: sorted, without doubles, short enough for common columns."""
    for locale in LOCALES:
        fake = faker.Faker(locale)
        fake.seed_instance(1)
        person = next(provider for provider in fake.providers if hasattr(provider, "last_names"))
        words: dict[str, Iterable[str]] = {
            "first_names": _likeliest(person.first_names),
            "last_names": _likeliest(person.last_names),
            "streets": _drawn(fake.street_name),
            "cities": _drawn(fake.city),
            "companies": _drawn(fake.company),
            "countries": _drawn(fake.country),
        }
        for name, limit in LISTS.items():
            fitting = [
                word for word in dict.fromkeys(words[name]) if len(word) <= limit.characters and word.strip() == word
            ]
            content = "\n".join(sorted(fitting[: limit.words]))
            (WORDS / locale).mkdir(exist_ok=True)
            (WORDS / locale / f"{name}.txt").write_text(f"# {SOURCE}, {locale}\n{content}\n")


def _likeliest(words: Mapping[str, float] | Iterable[str]) -> list[str]:
    """The most frequent first, where frequencies are known; else in an order that says nothing."""
    if isinstance(words, Mapping):
        return sorted(words, key=lambda word: (-words[word], word))
    mixed = sorted(set(words))
    random.Random(1).shuffle(mixed)  # noqa: S311 - nothing secret
    return mixed


def _drawn(draw: Callable[[], Any]) -> list[str]:
    return list(dict.fromkeys(str(draw()) for _ in range(DRAWS)))


if __name__ == "__main__":
    main()
