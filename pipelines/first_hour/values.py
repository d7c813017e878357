"""What the words in a column of states mean: the usual ones are known, the others are asked about one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.contracts import BY_NAME
from pipelines.first_hour.questions import Answers, Option, Question
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.header_words import ROLES, folded, recognised

MOST_ASKED = 12
LEAVE_OUT = "leave_out"

MEANINGS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("pairs", "status"): {
        "active": "The pair is still going on",
        "paused": "The pair is pausing",
        "completed": "It ended as planned",
        "cancelled": "It ended early",
        "accepted": "Agreed, not begun yet",
        "proposed": "Suggested only",
        "declined": "Turned down, never began",
    },
    ("sessions", "status"): {
        "held": "The meeting took place",
        "cancelled": "It was cancelled",
        "no_show": "Somebody didn’t come",
        "rescheduled": "It was moved to another day",
        "scheduled": "It is planned",
        "unknown": "Nobody knows",
    },
    ("applications", "role_sought"): {"mentee": "Wants a mentor", "mentor": "Wants to be a mentor"},
    ("applications", "decision"): {
        "accepted": "Was given a place",
        "rejected": "Was turned down",
        "waitlisted": "Is on the waiting list",
        "withdrawn": "Withdrew",
        "pending": "Isn’t decided yet",
    },
    ("persons", "person_kind"): {
        "employee": "Is employed here",
        "contractor": "Works here without being employed",
        "student": "Is a student",
        "alumnus": "Has graduated",
        "external": "Belongs to somebody else",
    },
    ("persons", "status"): {
        "active": "Works here",
        "leave": "Is on leave, still employed",
        "pending": "Hasn’t begun yet",
        "inactive": "Has left",
        "unknown": "Nobody knows",
    },
    ("employment_spells", "end_kind"): {
        "voluntary": "Left voluntarily",
        "involuntary": "Was dismissed or made redundant",
        "retirement": "Retired",
        "end_of_contract": "The contract ran out",
        "death": "Died",
        "unknown": "The reason isn’t known",
    },
}
"""The columns whose values are asked about: table and column to the contract's values in plain words."""

USUAL: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("pairs", "status"): {
        "active": "ongoing, in progress, running, current, started, going on, live, matched, aktiv, laufend, en cours, actif, activo, en curso, yes, y",
        "paused": "on hold, pause, suspended, pausiert, en pause, en pausa",
        "completed": "complete, finished, done, graduated, abgeschlossen, beendet wie geplant, termine, terminee, completado, finalizado, completed successfully, successfully completed, finished as planned, finished successfully, completed programme, erfolgreich abgeschlossen, termine avec succes",
        "cancelled": "ended early, closed early, stopped, stopped early, dropped out, broken off, discontinued, abgebrochen, interrompu, cancelado, ended prematurely, terminated, terminated early, withdrew, withdrawn, broke off, gave up, vorzeitig beendet, abandonne, abandonado",
        "accepted": "agreed, confirmed, not started, not started yet, not begun, not yet started, starting soon, upcoming, about to start, noch nicht begonnen, noch nicht gestartet, pas encore commence, no iniciado",
        "proposed": "suggested, pending",
        "declined": "rejected, refused",
    },
    ("sessions", "status"): {
        "held": "yes, y, done, completed, complete, took place, met, attended, happened, ok, present, ja, stattgefunden, oui, tenu, tenue, si, realizada",
        "cancelled": "canceled, cancel, called off, abgesagt, annule, annulee, cancelada",
        "no_show": "noshow, no show, missed, did not attend, dna, absent, not attended, verpasst, ausgefallen, manque",
        "rescheduled": "moved, postponed, verschoben, reporte",
        "scheduled": "planned, upcoming, booked, geplant, prevu, planificada",
    },
    ("applications", "role_sought"): {
        "mentee": "a mentee, as a mentee, als mentee, mentees, protege, mentoree, student",
        "mentor": "a mentor, as a mentor, als mentor, mentors, mentorin",
    },
    ("applications", "decision"): {
        "accepted": "yes, y, approved, admitted, placed, successful, offered a place, place offered, given a place, matched, selected, angenommen, zusage, zugesagt, aufgenommen, zugelassen, ausgewahlt, accepte, acceptee, admis, admise, retenu, retenue, oui, aceptado, aceptada, admitido, admitida, seleccionado, si, ja, accettato, accettata, aceito, aceita, geaccepteerd, toegelaten, hyvaksytty, antagen, optaget, tatt opp, przyjety, przyjeta, kabul edildi, kabul",
        "rejected": "no, n, denied, declined, refused, not accepted, unsuccessful, not selected, not approved, turned down, abgelehnt, absage, abgesagt, nicht angenommen, nein, refuse, refusee, non retenu, non retenue, non, rechazado, rechazada, denegado, rifiutato, rejeitado, recusado, afgewezen, nee, hylatty, avslag, afvist, odrzucony, odrzucona, reddedildi",
        "waitlisted": "waiting list, wait list, waitlist, wait listed, reserve list, on hold, warteliste, auf der warteliste, auf warteliste, liste d attente, en liste d attente, lista de espera, en lista de espera, lista d attesa, in lista d attesa, wachtlijst, op de wachtlijst, jonossa, vantelista, venteliste, lista rezerwowa, bekleme listesi",
        "withdrawn": "withdrew, cancelled, canceled, pulled out, zuruckgezogen, zuruckgetreten, storniert, retire, retiree, annule, annulee, retirado, retirada, cancelado, ritirato, ritirata, teruggetrokken, peruttu, aterkallad, trukket, wycofano, geri cekildi",
        "pending": "open, undecided, to be decided, tbd, in review, under review, in progress, new, received, submitted, applied, offen, eingegangen, neu, in prufung, in bearbeitung, en attente, en cours, nouveau, pendiente, en revision, nuevo, in attesa, pendente, in behandeling, open, odottaa, vireilla, pagaende, oczekuje, beklemede",
    },
    ("persons", "person_kind"): {
        "employee": "employees, regular, staff, permanent, fixed term, full time, part time, temporary employee, intern, trainee, apprentice, working student, mitarbeiter, mitarbeiterin, angestellte, angestellter, arbeitnehmer, auszubildende, azubi, praktikant, werkstudent, salarie, salariee, employe, employee, empleado, empleada, becario",
        "contractor": "contingent worker, contingent, contractors, freelancer, freelance, consultant, agency, agency worker, agency staff, temp, temps, vendor, non employee, independent contractor, off payroll, leiharbeiter, leiharbeitnehmer, zeitarbeit, zeitarbeiter, freier mitarbeiter, freie mitarbeiterin, freiberufler, fremdfirma, interimaire, prestataire, sous traitant, autonomo, contratista, subcontratado",
        "external": "extern, externe, externer, guest, partner, volunteer, gast, externo, externa",
        "student": "students, schuler, schulerin, studierende, etudiant, etudiante, estudiante, alumno, alumna",
        "alumnus": "alumni, alumna, graduate, ehemalige, ancien, ancienne, egresado",
    },
    ("persons", "status"): {
        "active": "employed, current, working, permanent, full time, part time, aktiv, beschaftigt, actif, active, en poste, activo, en activo, yes, y",
        "leave": "on leave, loa, leave of absence, parental leave, maternity leave, elternzeit, mutterschutz, beurlaubt, conge, en conge, excedencia",
        "pending": "future hire, future, starts later, offer accepted, not started",
        "inactive": "terminated, left, leaver, former, ex employee, resigned, dismissed, retired, deceased, ausgeschieden, ausgetreten, inaktiv, sorti, parti, inactif, baja, inactivo, cesado, voluntarily terminated, terminated for cause, no, n",
    },
    ("employment_spells", "end_kind"): {
        "voluntary": "resigned, resignation, quit, voluntarily terminated, own choice, kundigung arbeitnehmer, demission, eigenkundigung",
        "involuntary": "dismissed, dismissal, fired, terminated for cause, redundancy, redundant, laid off, layoff, kundigung arbeitgeber, licenciement",
        "retirement": "retired, pension, rente, ruhestand, retraite",
        "end_of_contract": "contract ended, end of fixed term, temporary contract, befristung, fin de contrat",
        "death": "deceased, died",
        "unknown": "other, n a",
    },
}
STILL_HERE = "n a still employed|still employed|still here|active|n a|current|-"


@dataclass
class Meant:
    """values: header to the meanings of its values; left_out: header to the values whose rows aren't loaded; dropped: headers with more words than can be asked about."""

    values: dict[str, dict[str, str | None]] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


def meant(sheet: Sheet, tables: tuple[str, ...], answers: Answers, columns: Mapping[str, str | None]) -> Meant:
    """The meanings of every column of `tables` whose values the contract names. columns: what the owner said of which column is which."""
    result = Meant()
    for table in tables:
        found = {**recognised(table, sheet.header), **_said(table, columns)}
        for column in BY_NAME[table].columns:
            header = found.get(column.name)
            if column.values and header:
                _column(sheet, table, column.name, header, answers, result)
    return result


def _said(table: str, columns: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name.partition(".")[2]: header for name, header in columns.items() if name.startswith(f"{table}.")}


def _column(sheet: Sheet, table: str, column: str, header: str, answers: Answers, result: Meant) -> None:
    told = sheet.values(header).unique().sort().to_list()
    known = _known(table, column)
    meanings: dict[str, str | None] = {value: known[folded(value)] for value in told if folded(value) in known}
    if column == "role_sought":
        meanings |= {value: role for value in told if value not in meanings and (role := _role_in(value))}
    if column == "end_kind":
        meanings |= {value: None for value in told if folded(value) in STILL_HERE.split("|")}
    unknown = [value for value in told if value not in meanings]
    asked = MEANINGS.get((table, column))
    if unknown and (asked is None or len(unknown) > MOST_ASKED):
        why = "its words have no meaning here" if asked is None else f"it holds {len(unknown)} different words"
        result.dropped[header] = why
        return
    for value in unknown:
        question = _question(sheet, table, column, header, value)
        result.questions.append(question)
        said = question.answer(answers)
        if said == LEAVE_OUT:
            result.left_out.setdefault(header, []).append(value)
        elif said is not None:
            meanings[value] = said
    result.values[header] = meanings


def _role_in(value: str) -> str | None:
    """The one role that a value names."""
    named = [role for role, words in ROLES.items() if set(folded(value).split()) & words]
    return named[0] if len(named) == 1 else None


def says_state(table: str, column: str, value: str) -> bool:
    """Whether a word is a usual one for a state of `table.column`, and no mere yes."""
    return folded(value) in _known(table, column) and folded(value) not in ("yes", "y", "done")


def _known(table: str, column: str) -> dict[str, str]:
    own = {folded(value.replace("_", " ")): value for value in BY_NAME[table].column(column).values or ()}
    usual = {
        folded(word): value for value, words in USUAL.get((table, column), {}).items() for word in words.split(",")
    }
    return {**usual, **own}


def _question(sheet: Sheet, table: str, column: str, header: str, value: str) -> Question:
    options = tuple(Option(name, words) for name, words in MEANINGS[table, column].items())
    rows = int((sheet.values(header) == value).sum())
    return Question(
        f"{sheet.key}|value|{header}|{value}",
        f"What does “{value}” in “{header}” mean?",
        (*options, Option(LEAVE_OUT, "Leave these rows out")),
        f"It stands in {rows:,} {'row' if rows == 1 else 'rows'}.",
    )
