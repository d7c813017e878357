"""What a column is used for, what an unused one would give, and what is never loaded, each in a few plain words."""

import re
from collections.abc import Mapping

from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.mapped_files.left_out import SECRET

NEVER: Mapping[str, str] = {
    r"salary|\bpay\b(?! (grade|band))|pay rate|\bwage|compensation|bonus|\bincome\b|earnings|stock options?|(hourly|daily|monthly|annual) ?rate|gehalt(?!sgruppe)|vergutung|\blohn\b|einkommen|salaire|revenu\b|salario|sueldo|ingresos|remuneracion|remuneration|\bctc\b": "pay never leaves your file",
    r"\bbirth|\bdob\b|geburt|naissance|nacimiento|^age$|^alter$|^edad$": "birth dates and ages never leave your file",
    r"password|passwort|mot de passe|contrasena|\bpin\b": "passwords never leave your file",
    r"\bssn\b|social security|sozialversicherung|securite sociale|seguridad social|passport|national id|national insurance|\bni (number|no)\b|\bnino?\b|\bdni\b|\bnif\b|tax id|steuer": "official numbers never leave your file",
    r"\biban\b|\bbank": "bank details never leave your file",
    r"health|illness|sick|disab|krank|sante|pregnan": "health never leaves your file",
    r"religio|faith|konfession|church": "faith never leaves your file",
    r"marital|married|maiden|family status|familienstand|children|spouse": "family matters never leave your file",
    r"\bphone|telephone|mobile|\btelefon|handy|home address|street|\bzip\b|postcode|postal code|anschrift|postleitzahl|\bplz\b|code postal|codigo postal|telefono|movil|portable|\bip address": "private contact details never leave your file",
    r"race|ethnic|citizen|nationality|sexual orientation|\bunion\b": "such attributes are loaded by an agreed list only, never from here",
}
FREE_TEXT = r"\bnote|comment|remark|feedback|bemerkung|kommentar|commentaire|comentario|description|summary|what did you|anything else"
WOULD_GIVE: Mapping[str, str] = {
    r"dept|department|abteilung|team|division|unit": "would give results by department, from a list of people",
    r"location|office|site|city|standort": "would give results by place, from a list of people",
    r"level|grade|band|seniority": "would give promotions, from a list of people whose levels are ranked",
    r"hours|minutes|duration|dauer": "would give hours together, in a log of meetings",
    r"satisf|\bnps\b|rating|\brated\b|zufrieden|would recommend": "would give satisfaction, as a survey with a row an answer",
    r"cost|budget|price": "would give cost per participant, as a file of costs",
    r"goal|ziel|objectif": "would give goals reached, as a file of participants’ goals",
    r"name|vorname|nachname|prenom|\bnom\b": "people are known by their number or address",
}
MEANINGS: Mapping[str, str] = {
    "mentee": "the person mentored",
    "mentor": "the person mentoring",
    "pair_id": "tells pairs apart",
    "actual_start_date": "first day of the pair",
    "actual_end_date": "last day; empty means still going on",
    "planned_start_date": "planned first day",
    "planned_end_date": "planned last day",
    "status": "how it stands",
    "close_reason": "why it ended",
    "programme_id": "the programme",
    "cohort_id": "the intake",
    "person_id": "tells people apart",
    "given_name": "name, kept in the vault",
    "family_name": "name, kept in the vault",
    "email_work": "address, kept in the vault",
    "email_personal": "address, kept in the vault",
    "original_hire_date": "first day here",
    "latest_hire_date": "first day here",
    "hire_date": "first day here",
    "termination_date": "last day here",
    "end_date": "last day here",
    "end_kind": "why somebody left",
    "department": "results by department",
    "location": "results by place",
    "business_unit": "results by unit",
    "level": "promotions, once levels are ranked",
    "level_rank": "promotions, once levels are ranked",
    "manager_person_id": "who reports to whom",
    "job_title": "the job",
    "valid_from": "since when the job holds",
    "scheduled_start_at": "when they met",
    "minutes": "hours together",
    "channel": "how they met",
    "topic": "what about",
    "session_id": "tells meetings apart",
    "application_id": "tells applications apart",
    "role_sought": "applied as",
    "submitted_at": "when it was sent",
    "decision": "how it was decided",
    "decided_at": "when it was decided",
    "capacity": "how many mentees",
}


def never_loaded(header: str) -> str | None:
    """Why a column is never loaded; None where it may be."""
    words = folded(header)
    found = next((why for pattern, why in NEVER.items() if re.search(pattern, words)), None)
    if found is None and SECRET.search(words):
        return "secrets never leave your file"
    return found if found is not None else "free text never leaves your file" if is_free_text(header) else None


def is_free_text(header: str) -> bool:
    """Whether a column is for sentences, by its name."""
    return bool(re.search(FREE_TEXT, folded(header)))


def would_give(header: str) -> str:
    """What an unused column would give, and where."""
    words = folded(header)
    return next((gives for pattern, gives in WOULD_GIVE.items() if re.search(pattern, words)), "nothing here needs it")


def meaning_of(column: str) -> str:
    """What a canonical column is for, in a few words."""
    return MEANINGS.get(column, column.replace("_", " "))
