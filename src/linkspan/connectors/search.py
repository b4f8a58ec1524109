"""Finds the action that a question means: names, other words for the same things, typing errors and verbs; no network, no model.

A question is looked up in two halves: which resource it is about, and what is to be done with it. Both are judged by words, weighed by
how few resources have them; an inverted index keeps the cost of a question independent of how many actions there are.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from linkspan.connectors.action import Action
from linkspan.connectors.names import words
from linkspan.connectors.search_words import OPERATION_WORDS, TERMS, VERB_WORDS, stem, stems
from linkspan.model import Verb

_NAME, _MISSING, _ALIAS, _ABOUT = 2.0, 1.0, 2.6, 0.25
_VERB_WEIGHT = 1.2
# An alias of several words counts when so much of its weight is in the question.
_ALIAS_SHARE = 0.74
_LEAST_SIMILAR = 0.5
# So many resources, best by name, are looked at closer.
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Found:
    """An action and how well it fits: 1 is the best possible, 0 not at all."""

    action: Action
    score: float


@dataclass(slots=True)
class _Resource:
    """What is known of one resource: its name's stems, aliases as stems, the stems of its description, its actions by verb.

    `weighed` are the aliases with the weight of all their words.
    """

    name: tuple[str, ...]
    aliases: list[tuple[str, ...]]
    about: frozenset[str]
    actions: dict[Verb, list[Action]] = field(default_factory=lambda: defaultdict(list))
    weighed: list[tuple[tuple[str, ...], float]] = field(default_factory=list)


class ActionIndex:
    """Searches a set of actions; built once."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._resources = _resources(actions)
        # Word → resources that have it in a name, and those that have it anywhere.
        self._named: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._operations = {
            action.id: _operation_parts(action)
            for resource in self._resources.values()
            for action in resource.actions.get(Verb.ACT, ())
        }
        self._postings: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._heads: dict[str, set[str]] = defaultdict(set)
        for key, resource in self._resources.items():
            for word in _names(resource):
                self._named[word].add(key)
            for word in _names(resource) | resource.about:
                self._postings[word].add(key)
            for alias in resource.aliases:
                if len(alias) == 1:
                    self._heads[alias[0]].add(resource.name[-1])
        many = len(self._resources)
        self._weights = {word: math.log(1 + many / (1 + len(found))) for word, found in self._postings.items()}
        for resource in self._resources.values():
            resource.weighed = [(alias, sum(self._weights[word] for word in alias)) for alias in resource.aliases]
        self._trigrams: dict[str, set[str]] = defaultdict(set)
        for word in self._postings:
            for part in _trigrams(word):
                self._trigrams[part].add(word)

    def search(self, question: str, *, limit: int = 5, connector: str | None = None) -> list[Found]:
        """The actions that fit best, best first; `connector` keeps to one connector's."""
        spoken = stems(question)
        asked, sources = self._understood(spoken)
        verbs = _verb_scores(spoken)
        ranked: list[tuple[float, Action]] = []
        for named, resource in self._best_named(asked, sources, connector, limit):
            about = sum(self._weights[word] * asked[word] for word in asked.keys() & resource.about)
            fit = named + _ABOUT * about
            if fit > 0:
                ranked += [
                    (fit + _VERB_WEIGHT * (verbs.get(verb, 0.0) or self._operation(action, spoken)), action)
                    for verb, actions in resource.actions.items()
                    for action in actions
                ]
        ranked.sort(key=lambda pair: (-pair[0], len(pair[1].id), pair[1].id))
        best = ranked[0][0] if ranked else 1.0
        return [Found(action, round(score / best, 4)) for score, action in ranked[:limit]]

    def _best_named(
        self, asked: Mapping[str, float], sources: Mapping[str, str], connector: str | None, limit: int
    ) -> list[tuple[float, _Resource]]:
        """The resources whose names fit best; the words of descriptions decide among these only."""
        named = (
            (self._fit(resource, asked, sources), number, resource)
            for number, key in enumerate(self._candidates(asked, connector))
            for resource in (self._resources[key],)
        )
        best = heapq.nlargest(max(_LOOKED_AT, limit), named, key=lambda found: found[:2])
        return [(fit, resource) for fit, _, resource in best]

    def _operation(self, action: Action, spoken: Sequence[str]) -> float:
        """How strongly a question speaks for a bound action: all parts of its name must be meant, and each counts."""
        parts = self._operations.get(action.id, ())
        said = set(spoken)
        meant = [part for part in parts if said & _OPERATION_STEMS.get(part, frozenset({part}))]
        if not parts or len(meant) < len(parts):
            return 0.3 * len(meant) / len(parts) if parts else 0.0
        return 1.25 + 0.35 * len(parts)

    def _candidates(self, asked: Mapping[str, float], connector: str | None) -> set[tuple[str, str]]:
        found = {key for word in asked for key in self._named.get(word, ())}
        found = found or {key for word in asked for key in self._postings.get(word, ())}
        return {key for key in found if connector is None or key[0] == connector}

    def _understood(self, asked: Sequence[str]) -> tuple[dict[str, float], dict[str, str]]:
        """The question's words with their weights: as they are, by the head word of a name that they stand for, mended where misspelt.

        The second mapping tells which word of the question each of them comes from.
        """
        weights: dict[str, float] = {}
        sources: dict[str, str] = {}
        for word in asked:
            known = {word: 1.0} if word in self._postings or word in _TERM_WORDS else self._mended(word)
            shares = [(meant, share * weight) for each, weight in known.items() for meant, share in self._meant(each)]
            for meant, weight in shares:
                if weight > weights.get(meant, 0.0):
                    weights[meant], sources[meant] = weight, word
        return weights, sources

    def _meant(self, word: str) -> Iterator[tuple[str, float]]:
        """The word itself, the parts of names that it stands for, and the head of the one name that it is another word for."""
        yield word, 1.0
        yield from ((term, 0.9) for term in _TERM_OF.get(word, ()))
        heads = self._heads.get(word, ())
        for head in heads if len(heads) == 1 else ():
            yield head, 0.95
            yield from ((term, 0.85) for term in _TERM_OF.get(head, ()))

    def _mended(self, word: str) -> dict[str, float]:
        """The known words that a misspelt one may mean, by the three-letter parts that they share."""
        parts = _trigrams(word)
        if len(word) < 4:  # noqa: PLR2004 - too short to tell a slip from another word
            return {}
        shared = Counter(known for part in parts for known in self._trigrams.get(part, ()))
        found = {known: 2 * count / (len(parts) + len(_trigrams(known))) for known, count in shared.most_common(8)}
        # A word of a name is meant rather than one that only some field's description has.
        found = {known: score * (1.0 if known in self._named else 0.9) for known, score in found.items()}
        best = max(found.values(), default=0.0)
        return {known: 0.8 * score for known, score in found.items() if score == best and score >= _LEAST_SIMILAR}

    def _fit(self, resource: _Resource, asked: Mapping[str, float], sources: Mapping[str, str]) -> float:
        """How well a resource's names fit: its own name's words found and missing, and the best of its other names.

        Each word of the question finds one word of the name at most: who asks for customers does not ask for customer sales.
        """
        name, used = 0.0, set[str]()
        for word in sorted(resource.name, key=lambda word: -asked.get(word, 0.0)):
            found = word in asked and sources[word] not in used
            name += self._weights[word] * (_NAME * asked[word] if found else -_MISSING)
            used |= {sources[word]} if found else set()
        alias = 0.0
        for words_of, whole in resource.weighed:
            if not asked.keys().isdisjoint(words_of):
                said = sum(self._weights[word] * asked[word] for word in words_of if word in asked)
                if said >= _ALIAS_SHARE * whole:
                    alias = max(alias, said * said / whole)
        return max(name, 0.0) + _ALIAS * alias + 0.15 * min(name, 0.0)


def _resources(actions: Iterable[Action]) -> dict[tuple[str, str], _Resource]:
    """What is known of each resource, by connector and resource key."""
    found: dict[tuple[str, str], _Resource] = {}
    for action in actions:
        key = (action.connector, action.resource)
        if key not in found:
            found[key] = _resource(action)
        found[key].actions[action.verb].append(action)
    return found


def _resource(action: Action) -> _Resource:
    name = tuple(stems(words(action.resource)))
    aliases = [found for text in action.also if (found := tuple(stems(text)))]
    about = {*stems(action.entity.about), *(part for field in action.entity.fields for part in stems(words(field)))}
    return _Resource(name, aliases, frozenset(about - set(name)))


def _operation_parts(action: Action) -> tuple[str, ...]:
    """`dynamics365bc_make_order_from_sales_quote` → make, order: what its name says besides the records it is bound to."""
    bound = set(stems(words(action.entity.name)))
    name = action.id.removeprefix(f"{action.connector}_")
    before = name.partition("_from_")[0] if "_from_" in name else name
    parts = stems(words(before))
    kept = parts if "_from_" in name else [part for part in parts if part not in bound]
    return tuple(dict.fromkeys(kept))


def _names(resource: _Resource) -> set[str]:
    return {*resource.name, *(word for alias in resource.aliases for word in alias)}


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def _verb_scores(asked: Sequence[str]) -> dict[Verb, float]:
    """How strongly the question's words speak for each verb; a question without such a word most likely wants a list."""
    scores: dict[Verb, float] = {Verb.LIST: 0.35, Verb.GET: 0.1}
    text = f" {' '.join(asked)} "
    for verb, phrases in _VERB_STEMS.items():
        for phrase, weight in phrases:
            if f" {phrase} " in text:
                # A verb that opens the question is meant as one; further on it may belong to a name.
                strong = weight * (1.5 if text.startswith(f" {phrase} ") else 1.0)
                scores[verb] = max(scores.get(verb, 0.0), strong)
    return scores


_VERB_STEMS: Mapping[Verb, list[tuple[str, float]]] = {
    verb: [(" ".join(stems(phrase)), weight) for phrase, weight in phrases.items()]
    for verb, phrases in VERB_WORDS.items()
}
_OPERATION_STEMS: Mapping[str, frozenset[str]] = {
    stem(part): frozenset(word for text in said for word in stems(text)) for part, said in OPERATION_WORDS.items()
}
_TERM_OF: dict[str, list[str]] = defaultdict(list)
for _term, _said in TERMS.items():
    for _word in _said:
        _TERM_OF[stem(_word)].append(stem(_term))
_TERM_WORDS = frozenset(_TERM_OF)
