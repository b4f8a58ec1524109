"""Chooses the language of a refusal's text from Accept-Language; codes and statuses are the same in every language.

The platform's own texts come in English, German and French. Texts of the application stay in English, as they do in a
tenant without a translation of it.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from linkspan.simulator.faults import BcFault

ENGLISH: Final = "en-US"
_ANY: Final = "*"
# English pattern, German, French: groups are put in by their number.
_TEXTS: Final[Sequence[tuple[str, str, str]]] = (
    (
        r"Another user has already changed the record\.",
        "Ein anderer Benutzer hat den Datensatz bereits geändert.",
        "Un autre utilisateur a déjà modifié l'enregistrement.",
    ),
    (
        r"Could not validate the client concurrency token required by the service\. .*",
        "Das für den Dienst erforderliche Parallelitätstoken des Clients konnte nicht überprüft werden.",
        "Impossible de valider le jeton d'accès concurrentiel client requis par le service.",
    ),
    (
        r"The (.+) does not exist\. Identification fields and values: (.+)",
        "{0} ist nicht vorhanden. Identifizierende Felder und Werte: {1}",
        "{0} n'existe pas. Champs et valeurs d'identification : {1}",
    ),
    (
        r"The (.+) already exists\. Identification fields and values: (.+)",
        "{0} ist bereits vorhanden. Identifizierende Felder und Werte: {1}",
        "{0} existe déjà. Champs et valeurs d'identification : {1}",
    ),
    (
        r"The length of the string is (\d+), but it must be less than or equal to (\d+) characters\. Value: (.*)",
        "Die Zeichenfolge ist {0} Zeichen lang, darf aber höchstens {1} Zeichen lang sein. Wert: {2}",
        "La chaîne comporte {0} caractères, mais ne doit pas en dépasser {1}. Valeur : {2}",
    ),
    (
        r"(.+) must have a value in (.+): (.+)\. It cannot be zero or empty\.",
        "{0} muss einen Wert in {1} haben: {2}. Der Wert darf nicht null oder leer sein.",
        "{0} doit avoir une valeur dans {1} : {2}. Elle ne peut être ni nulle ni vide.",
    ),
    (
        r'The value "(.*)" cannot be evaluated into type (.+)\.',
        'Der Wert "{0}" kann nicht in den Typ {1} ausgewertet werden.',
        "La valeur « {0} » ne peut pas être évaluée dans le type {1}.",
    ),
    (
        r"Field '(.+)' must not be blank or empty\.",
        'Das Feld "{0}" darf nicht leer sein.',
        "Le champ « {0} » ne doit pas être vide.",
    ),
    (
        r"Too many requests reached\. Actual \((\d+)\)\. Maximum \((\d+)\)\.",
        "Zu viele Anforderungen. Aktuell ({0}). Maximum ({1}).",
        "Trop de demandes. Actuel ({0}). Maximum ({1}).",
    ),
    (
        r"'(.*)' is not an option\. The existing options are: (.*)",
        '"{0}" ist keine Option. Die vorhandenen Optionen sind: {1}',
        "« {0} » n'est pas une option. Les options existantes sont : {1}",
    ),
    (
        r"The field (.+) of table (.+) contains a value \((.*)\) that cannot be found in the related table \((.+)\)\.",
        "Das Feld {0} der Tabelle {1} enthält einen Wert ({2}), der in der zugehörigen Tabelle ({3}) nicht vorhanden ist.",
        "Le champ {0} de la table {1} contient une valeur ({2}) introuvable dans la table associée ({3}).",
    ),
    (
        r"Resource not found for the segment '(.*)'\.",
        'Für das Segment "{0}" wurde keine Ressource gefunden.',
        "Ressource introuvable pour le segment « {0} ».",
    ),
)
_PATTERNS: Final = tuple(
    (re.compile(pattern, re.DOTALL), {"de": german, "fr": french}) for pattern, german, french in _TEXTS
)
_LANGUAGES: Final[Mapping[str, str]] = {"en": ENGLISH, "de": "de-DE", "fr": "fr-FR"}
_MOST_ASKED: Final = 30


def chosen_language(header: str) -> str:
    """Return the language of the answer to a request with this Accept-Language: the best known one, else English.

    ``*`` and what cannot be read choose nothing.
    """
    wishes: list[tuple[Decimal, int, str]] = []
    for place, part in enumerate(header.split(",")[:_MOST_ASKED]):
        name, _, rest = part.strip().partition(";")
        weight = _weight(rest)
        known = _LANGUAGES.get(name.strip().partition("-")[0].lower())
        if known is not None and weight > 0 and name.strip() != _ANY:
            wishes.append((-weight, place, known))
    return min(wishes)[2] if wishes else ENGLISH


def in_language(fault: BcFault, language: str) -> BcFault:
    """Return the fault with its text in a language, as far as there is a translation."""
    short = language.partition("-")[0]
    if short == "en" or fault.gateway:
        return fault
    for pattern, texts in _PATTERNS:
        found = pattern.fullmatch(fault.message)
        if found is not None:
            text = texts[short].format(*found.groups())
            return BcFault(fault.status, fault.code, text, gateway=fault.gateway, retry_after=fault.retry_after)
    return fault


def _weight(rest: str) -> Decimal:
    name, _, value = rest.strip().partition("=")
    if name.strip().lower() != "q":
        return Decimal(1)
    try:
        weight = Decimal(value.strip())
    except InvalidOperation:
        return Decimal(0)
    return weight if weight.is_finite() else Decimal(0)
