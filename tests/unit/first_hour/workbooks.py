"""Forty workbooks and exports as organisations keep them, with what each tab is and which of its columns matter.

Thirty are made up; those whose names begin with `public` have the headings of exports and data sets that anybody can look up (named at each), with made-up people in them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipelines.sources.records import SourceFile
from tests.unit.first_hour.made import csv_file, letters, workbook

Rows = list[list[object]]
Cell = Callable[[int], object]
FIRST = "Zoë José Łukasz Chloé İpek Søren Ana Jürgen Noor Kenji Maëlle Ikram".split()


@dataclass(frozen=True)
class Kept:
    """A file as somebody keeps it. tabs: title to its kind, its records and the headings that must be used. most: questions that may be asked about it."""

    name: str
    file: SourceFile
    tabs: Mapping[str, tuple[str, int, tuple[str, ...]]]
    never: tuple[str, ...] = ()
    most: int = 2
    others: tuple[str, ...] = field(default=())


def person(number: int) -> str:
    return f"{FIRST[number % len(FIRST)]} {letters(number)}"


def mail(number: int, domain: str = "firm.org") -> str:
    return f"{letters(number).lower()}.{number}@{domain}"


def day(pattern: str, start: str = "2025-09-01", step: int = 5) -> Cell:
    first = date.fromisoformat(start)
    return lambda number: f"{first + timedelta(days=step * number):{pattern}}"


def short_us(start: str = "2025-09-01", step: int = 5) -> Cell:
    """M/D/YYYY without leading zeros."""

    def written(number: int) -> str:
        one = date.fromisoformat(start) + timedelta(days=step * number)
        return f"{one.month}/{one.day}/{one.year}"

    return written


def real_day(start: str = "2025-09-01", step: int = 5) -> Cell:
    return lambda number: date.fromisoformat(start) + timedelta(days=step * number)


def table(count: int, columns: Mapping[str, Cell | object]) -> Rows:
    """A header and `count` rows below it; a column is a function of the row's number, or the same everywhere."""
    made = [[cell(number) if callable(cell) else cell for cell in columns.values()] for number in range(count)]
    return [list(columns), *made]


def text_file(name: str, rows: Sequence[Sequence[object]], separator: str, encoding: str = "utf-8") -> SourceFile:
    lines = [separator.join("" if cell is None else str(cell) for cell in row) for row in rows]
    return SourceFile(name, ("\r\n".join(lines) + "\r\n").encode(encoding))


def mentor(number: int) -> str:
    return person(200 + number // 2)


def mentor_mail(number: int) -> str:
    return mail(200 + number // 2)


def every_workbook() -> Iterator[Kept]:
    """All of them."""
    yield from _pairs()
    yield from _people()
    yield from _meetings()
    yield from _surveys()
    yield from _several_tabs()
    yield from _public()


def _pairs() -> Iterator[Kept]:
    yield Kept(
        "two columns of names", csv_file("pairs.csv", table(20, {"Mentee": person, "Mentor": mentor})),
        {"pairs.csv": ("pairs", 20, ("Mentee", "Mentor"))}, most=0,
    )  # fmt: skip
    rows = table(24, {"No.": lambda n: n + 1, "Mentee name": person, "Mentor name": mentor, "Start date": day("%d %b %Y"), "Remarks": "meets in the café"})  # fmt: skip
    yield Kept(
        "a title, a number in front, a total", workbook("Mentoring list.xlsx", {"2025-26": [["Mentoring 2025-26"], ["as of 30 October"], [], *rows, [], ["", "Total: 24"]]}),
        {"2025-26": ("pairs", 24, ("Mentee name", "Mentor name", "Start date"))}, never=("Remarks",), most=1,
    )  # fmt: skip
    rows = table(18, {"Mentee (E-Mail)": mail, "Mentor/in (E-Mail)": mentor_mail, "Beginn": day("%d.%m.%Y"), "Ende": lambda n: "" if n % 3 else "31.03.2026", "Status": lambda n: "laufend" if n % 3 else "abgeschlossen"})  # fmt: skip
    yield Kept(
        "German, semicolons, Windows letters", text_file("Tandems.csv", rows, ";", "cp1252"),
        {"Tandems.csv": ("pairs", 18, ("Mentee (E-Mail)", "Mentor/in (E-Mail)", "Beginn", "Ende", "Status"))}, most=0,
    )  # fmt: skip
    rows = table(16, {"Mentoré": person, "Mentor": mentor, "Date de début": day("%d/%m/%Y"), "Date de fin": "", "Statut": "en cours"})  # fmt: skip
    yield Kept("French", workbook("binômes.xlsx", {"Binômes": rows}), {"Binômes": ("pairs", 16, ("Mentoré", "Mentor", "Date de début", "Statut"))}, most=0)  # fmt: skip
    rows = table(16, {"Nombre del mentorado": person, "Nombre de la mentora": mentor, "Fecha de inicio": day("%d/%m/%Y"), "Estado": lambda n: "activo" if n % 4 else "finalizado"})  # fmt: skip
    yield Kept("Spanish", workbook("parejas.xlsx", {"Hoja1": rows}), {"Hoja1": ("pairs", 16, ("Nombre del mentorado", "Nombre de la mentora", "Fecha de inicio", "Estado"))}, most=0)  # fmt: skip
    rows = table(14, {"Mentee staff no": lambda n: f"{124 + n:06d}", "Mentor staff no": lambda n: f"{900 + n:06d}", "Matched on": day("%d-%b-%y"), "Programme": lambda n: ("Women in Tech", "Graduates")[n % 2]})  # fmt: skip
    yield Kept("staff numbers with leading zeros, two programmes", csv_file("matches.csv", rows), {"matches.csv": ("pairs", 14, ("Mentee staff no", "Mentor staff no", "Matched on", "Programme"))}, most=0)  # fmt: skip
    rows = table(20, {"Mentor": mentor, "Mentee": person, "From": real_day(), "To": lambda n: "" if n % 2 else date(2026, 6, 30), "Salary": 50_000, "Date of birth": "1980"})  # fmt: skip
    yield Kept("real dates and columns that stay private", workbook("mentoring.xlsx", {"Sheet1": rows}), {"Sheet1": ("pairs", 20, ("Mentor", "Mentee", "From", "To"))}, never=("Salary", "Date of birth"), most=1)  # fmt: skip
    rows = table(15, {"Mentee": person, "Mentor": mentor, "Start": short_us(), "End": lambda n: "" if n % 3 else "6/30/2026", "Ended because": lambda n: "" if n % 3 else "goal reached"})  # fmt: skip
    yield Kept("M/D/YYYY", csv_file("Mentor matches FY26.csv", rows), {"Mentor matches FY26.csv": ("pairs", 15, ("Mentee", "Mentor", "Start", "End"))}, most=1)  # fmt: skip
    two = [["", "Mentee", "", "Mentor", "", ""], ["Pair", "Name", "E-mail", "Name", "E-mail", "Start"], *([n + 1, person(n), mail(n), mentor(n), mentor_mail(n), day("%Y-%m-%d")(n)] for n in range(12))]  # fmt: skip
    yield Kept("two rows of headings", workbook("pairs two rows.xlsx", {"Pairs": two}), {"Pairs": ("pairs", 12, ("E-mail", "E-mail (5)", "Start"))}, most=1)  # fmt: skip
    rows = table(12, {"Mentee": lambda n: f"{person(n)} <{mail(n)}>", "Mentor": lambda n: f"{mentor(n)} <{mentor_mail(n)}>", "Since": day("%Y-%m-%d")})  # fmt: skip
    yield Kept("addresses as a mail program copies them", csv_file("from outlook.csv", rows), {"from outlook.csv": ("pairs", 12, ("Mentee", "Mentor", "Since"))}, most=1)  # fmt: skip


def _people() -> Iterator[Kept]:
    rows = table(40, {"Employee ID": lambda n: f"{n + 100:05d}", "First Name": lambda n: FIRST[n % 12], "Last Name": letters, "Work Email": mail, "DateofHire": short_us("2018-01-08", 13), "Termination Date": lambda n: "" if n % 5 else short_us("2025-03-03", 2)(n), "Termination Reason": lambda n: "" if n % 5 else "Resigned", "Department": "Sales", "Salary": 1, "Date of Birth": "1/1/1980"})  # fmt: skip
    yield Kept("an HR list", csv_file("hr.csv", rows), {"hr.csv": ("people", 40, ("Employee ID", "First Name", "Last Name", "Work Email", "DateofHire", "Termination Date", "Termination Reason", "Department"))}, never=("Salary", "Date of Birth"), most=0)  # fmt: skip
    rows = table(30, {"Personalnummer": lambda n: f"{n + 1:06d}", "Vorname": lambda n: FIRST[n % 12], "Nachname": letters, "E-Mail": mail, "Eintritt": day("%d.%m.%Y", "2015-02-01", 17), "Austritt": lambda n: "" if n % 6 else "31.12.2025", "Abteilung": "Vertrieb", "Standort": "Köln", "Gehalt": 1})  # fmt: skip
    yield Kept("a German HR list", text_file("Mitarbeiter.csv", rows, ";", "utf-8-sig"), {"Mitarbeiter.csv": ("people", 30, ("Personalnummer", "Vorname", "Nachname", "E-Mail", "Eintritt", "Austritt", "Abteilung", "Standort"))}, never=("Gehalt",), most=0)  # fmt: skip
    rows = table(30, {"Matricule": lambda n: f"M{n:04d}", "Nom": letters, "Prénom": lambda n: FIRST[n % 12], "Courriel": mail, "Date d’embauche": real_day("2016-01-04", 11), "Date de départ": lambda n: "" if n % 7 else date(2026, 1, 31), "Service": "Ventes"})  # fmt: skip
    yield Kept("a French HR list", workbook("effectifs.xlsx", {"Effectifs": [["Effectifs au 31/10/2026"], [], *rows]}), {"Effectifs": ("people", 30, ("Matricule", "Nom", "Prénom", "Courriel", "Date d’embauche", "Date de départ", "Service"))}, most=1)  # fmt: skip
    rows = table(25, {"Legajo": lambda n: 3000 + n, "Apellidos": letters, "Nombre": lambda n: FIRST[n % 12], "Correo electrónico": mail, "Fecha de ingreso": day("%d/%m/%Y", "2017-03-01", 19), "Fecha de baja": "", "Departamento": "Ventas"})  # fmt: skip
    yield Kept("a Spanish HR list without leavers", workbook("personal.xlsx", {"Personal": rows}), {"Personal": ("people", 25, ("Legajo", "Apellidos", "Nombre", "Correo electrónico", "Fecha de ingreso", "Departamento"))}, most=1)  # fmt: skip
    rows = table(25, {"Name": person, "Team": "Care", "Start date": day("%d %B %Y", "2019-01-07", 23), "Left": lambda n: "" if n % 8 else "12 May 2026", "Notes": "kind"})  # fmt: skip
    yield Kept("a small charity's list by name", workbook("staff and volunteers.xlsx", {"Staff": rows}), {"Staff": ("people", 25, ("Name", "Team", "Start date", "Left"))}, never=("Notes",), most=1)  # fmt: skip
    rows = table(30, {"Student ID": lambda n: f"{n:07d}", "Full name": person, "University email": lambda n: mail(n, "uni.edu"), "Degree": "Law", "Graduation year": 2027})  # fmt: skip
    yield Kept("students", csv_file("students.csv", rows), {"students.csv": ("people", 30, ("Student ID", "Full name", "University email"))}, most=1)  # fmt: skip
    rows = table(30, {"Staff No": lambda n: f"00{n:03d}", "Surname": letters, "Forename": lambda n: FIRST[n % 12], "Grade": lambda n: f"Band {n % 4 + 3}", "Date joined": day("%Y-%m-%d", "2014-05-01", 21), "Leaver date": lambda n: "" if n % 6 else "2026-02-28", "Leaving reason": lambda n: "" if n % 6 else "Retirement", "Line manager": lambda n: f"00{n // 5:03d}", "Site": "Leeds", "Ethnicity": "x", "NI number": "x"})  # fmt: skip
    yield Kept("a British public body", csv_file("ESR extract.csv", rows), {"ESR extract.csv": ("people", 30, ("Staff No", "Surname", "Forename", "Date joined", "Leaver date", "Leaving reason", "Line manager", "Site"))}, never=("Ethnicity", "NI number"), most=1)  # fmt: skip


def _meetings() -> Iterator[Kept]:
    met = {"Mentee": lambda n: person(n % 8), "Mentor": lambda n: mentor(n % 8)}
    rows = table(
        40, {"Date": short_us("2026-01-05", 4), **met, "Duration (min)": 45, "What did you talk about?": "goals"}
    )
    yield Kept("a log of meetings", csv_file("meeting log.csv", rows), {"meeting log.csv": ("meetings", 40, ("Date", "Mentee", "Mentor", "Duration (min)"))}, never=("What did you talk about?",), most=2)  # fmt: skip
    rows = table(40, {"Datum": day("%d.%m.%Y", "2026-01-05", 4), "Uhrzeit": "14:30", **met, "Dauer": 60, "Status": lambda n: "abgesagt" if n % 6 == 0 else "stattgefunden"})  # fmt: skip
    yield Kept("a German log", text_file("Treffen.csv", rows, ";"), {"Treffen.csv": ("meetings", 40, ("Datum", "Uhrzeit", "Mentee", "Mentor", "Dauer", "Status"))}, most=1)  # fmt: skip
    rows = table(30, {"Pair ID": lambda n: f"P{n % 6}", "Session date": day("%Y-%m-%d", "2026-02-02", 5), "Attendance": lambda n: "no show" if n % 7 == 0 else "attended", "Format": "video"})  # fmt: skip
    yield Kept("sessions by pair number", csv_file("sessions.csv", rows), {"sessions.csv": ("meetings", 30, ("Pair ID", "Session date", "Attendance"))}, most=1)  # fmt: skip
    rows = table(32, {"Date de la séance": real_day("2026-01-12", 6), "Mentoré": met["Mentee"], "Mentor": met["Mentor"], "Durée": 50})  # fmt: skip
    yield Kept("a French log", workbook("séances.xlsx", {"Séances": rows}), {"Séances": ("meetings", 32, ("Date de la séance", "Mentoré", "Mentor", "Durée"))}, most=2)  # fmt: skip
    rows = table(36, {"Timestamp": lambda n: f"{day('%d/%m/%Y', '2026-03-02', 3)(n)} 17:{n:02d}:00", "Your name (mentee)": met["Mentee"], "Mentor": met["Mentor"], "Date of meeting": day("%d/%m/%Y", "2026-03-01", 3)})  # fmt: skip
    yield Kept("a form by which pairs log meetings", csv_file("Log your session (Responses).csv", rows), {"Log your session (Responses).csv": ("meetings", 36, ("Your name (mentee)", "Mentor", "Date of meeting"))}, most=2)  # fmt: skip


def _surveys() -> Iterator[Kept]:
    form = {"Timestamp": lambda n: f"{1 + n % 12}/{13 + n % 15}/2026 10:{n:02d}:05", "Email Address": mail, "How useful was mentoring to you?": lambda n: 1 + n % 5, "My mentor and I trust each other": lambda n: 2 + n % 4, "Anything else?": "no"}  # fmt: skip
    yield Kept("Google Forms", csv_file("Mentoring check-in (Responses) - Form Responses 1.csv", table(22, form)), {"Mentoring check-in (Responses) - Form Responses 1.csv": ("survey", 22, ("Timestamp", "Email Address", "How useful was mentoring to you?", "My mentor and I trust each other"))}, never=("Anything else?",), most=2)  # fmt: skip
    form = {"ID": lambda n: n + 1, "Start time": lambda n: f"{n % 12 + 1}/14/26 9:00:00", "Completion time": lambda n: f"{n % 12 + 1}/14/26 9:{n + 10}:00", "Email": mail, "Name": person, "Are you a mentor or a mentee?": lambda n: ("Mentor", "Mentee")[n % 2], "How satisfied are you with the programme?": lambda n: ("Very satisfied", "Satisfied", "Neutral", "Dissatisfied")[n % 4], "How likely are you to recommend it to a colleague?": lambda n: 3 + n % 8}  # fmt: skip
    yield Kept("Microsoft Forms", workbook("Mentoring survey(1-24).xlsx", {"Sheet1": table(24, form)}), {"Sheet1": ("survey", 24, ("Completion time", "Email", "Are you a mentor or a mentee?", "How satisfied are you with the programme?", "How likely are you to recommend it to a colleague?"))}, most=1)  # fmt: skip
    form = {"Zeitstempel": lambda n: f"{13 + n % 15}.{1 + n % 12:02d}.2026 11:{n:02d}:00", "E-Mail-Adresse": mail, "Wie zufrieden sind Sie mit dem Mentoring? (1-5)": lambda n: 1 + n % 5, "Ich traue mir mehr zu als vorher": lambda n: 1 + n % 5}  # fmt: skip
    yield Kept("Google Forms in German", csv_file("Feedback.csv", table(20, form)), {"Feedback.csv": ("survey", 20, ("Zeitstempel", "E-Mail-Adresse", "Wie zufrieden sind Sie mit dem Mentoring? (1-5)", "Ich traue mir mehr zu als vorher"))}, most=2)  # fmt: skip
    form = {"Horodateur": lambda n: f"{13 + n % 15}/{1 + n % 12:02d}/2026 11:{n:02d}:00", "Recommanderiez-vous le mentorat ? (0 à 10)": lambda n: n % 11, "Le mentorat m’a été utile": lambda n: 1 + n % 5}  # fmt: skip
    yield Kept("an anonymous French form", csv_file("Questionnaire.csv", table(20, form)), {"Questionnaire.csv": ("survey", 20, ("Horodateur", "Recommanderiez-vous le mentorat ? (0 à 10)", "Le mentorat m’a été utile"))}, most=2)  # fmt: skip
    form = {"Date": day("%Y-%m-%d", "2026-06-01", 1), "Employee number": lambda n: f"{n:05d}", "Q1": lambda n: 1 + n % 5, "Q2": lambda n: 5 - n % 5, "Q3": lambda n: 1 + n % 5, "Comments": "fine"}  # fmt: skip
    yield Kept("short headings", workbook("pulse June.xlsx", {"Data": table(20, form)}), {"Data": ("survey", 20, ("Date", "Employee number", "Q1", "Q2", "Q3"))}, never=("Comments",), most=2)  # fmt: skip
    agree = ("1 - Strongly disagree", "2 - Disagree", "3 - Neutral", "4 - Agree", "5 - Strongly agree")
    form = {"Submitted": day("%d %b %Y", "2026-05-04", 2), "Respondent email": mail, "I would do it again": lambda n: agree[n % 5], "I feel more confident in my role": lambda n: agree[(n + 2) % 5]}  # fmt: skip
    yield Kept("numbers with words behind them", csv_file("end of programme.csv", table(15, form)), {"end of programme.csv": ("survey", 15, ("Submitted", "Respondent email", "I would do it again", "I feel more confident in my role"))}, most=2)  # fmt: skip


def _several_tabs() -> Iterator[Kept]:
    pairs = table(15, {"Mentee": person, "Mentor": mentor, "Start": short_us()})
    log = table(45, {"Date": short_us("2026-01-05", 4), "Mentee": lambda n: person(n % 15), "Mentor": lambda n: mentor(n % 15)})  # fmt: skip
    yield Kept("pairs, log and a cover", workbook("Mentoring.xlsx", {"Cover": [["Mentoring"], ["Owner: Lena"]], "Pairs": pairs, "Log": log, "Sheet3": []}), {"Pairs": ("pairs", 15, ("Mentee", "Mentor", "Start")), "Log": ("meetings", 45, ("Date", "Mentee", "Mentor"))}, most=2)  # fmt: skip
    staff = table(60, {"Emp. No.": lambda n: f"{n:04d}", "Name": person, "Email": mail, "Hire date": real_day("2019-01-07", 9), "Leaving date": lambda n: "" if n % 9 else date(2026, 3, 31)})  # fmt: skip
    yield Kept("everything in one workbook", workbook("all.xlsx", {"Staff": staff, "Pairs": pairs, "Meetings": [["Meetings 2026"], [], *log, ["Total", 45]]}), {"Staff": ("people", 60, ("Emp. No.", "Name", "Email", "Hire date", "Leaving date")), "Pairs": ("pairs", 15, ("Mentee", "Mentor", "Start")), "Meetings": ("meetings", 45, ("Date", "Mentee", "Mentor"))}, most=3)  # fmt: skip
    applied = table(20, {"Submitted on": day("%Y-%m-%d", "2026-08-01", 1), "Email": mail, "Role": lambda n: ("Mentee", "Mentor")[n % 4 == 0], "Decision": lambda n: ("accepted", "waiting list", "rejected")[n % 3]})  # fmt: skip
    yield Kept("applications", csv_file("sign-ups.csv", applied), {"sign-ups.csv": ("applications", 20, ("Submitted on", "Email", "Role", "Decision"))}, most=0)  # fmt: skip


def _public() -> Iterator[Kept]:
    # The Human Resources Data Set by R. Huebner and C. Patalano (Kaggle), version 14
    hr = {"Employee_Name": lambda n: f"{letters(n)}, {FIRST[n % 12]}", "EmpID": lambda n: 10_000 + n, "MarriedID": 1, "Salary": 6, "Termd": lambda n: int(n % 4 == 0), "Position": "Production Technician I", "State": "MA", "Zip": 1960, "DOB": "07/10/83", "Sex": "M ", "MaritalDesc": "Single", "CitizenDesc": "US Citizen", "HispanicLatino": "No", "RaceDesc": "White", "DateofHire": short_us("2012-01-09", 11), "DateofTermination": lambda n: "" if n % 4 else short_us("2025-02-01", 3)(n), "TermReason": lambda n: "N/A-StillEmployed" if n % 4 else "career change", "EmploymentStatus": lambda n: "Active" if n % 4 else "Voluntarily Terminated", "Department": "Production       ", "ManagerName": "Michael Albert", "ManagerID": 22, "PerformanceScore": "Fully Meets"}  # fmt: skip
    yield Kept("public: Huebner and Patalano", csv_file("HRDataset_v14.csv", table(40, hr)), {"HRDataset_v14.csv": ("people", 40, ("Employee_Name", "EmpID", "DateofHire", "DateofTermination", "Department"))}, never=("Salary", "DOB", "MaritalDesc", "CitizenDesc", "RaceDesc", "Zip"), most=2)  # fmt: skip
    # BambooHR's standard report
    bamboo = {"Employee #": lambda n: n + 1, "Last name, First name": lambda n: f"{letters(n)}, {FIRST[n % 12]}", "Work Email": mail, "Hire Date": day("%Y-%m-%d", "2016-01-04", 12), "Termination Date": lambda n: "" if n % 5 else "2026-01-15", "Department": "Ops", "Location": "Lindon", "Job Title": "Analyst", "Reporting to": lambda n: person(n // 8)}  # fmt: skip
    yield Kept("public: BambooHR", csv_file("BambooHR report.csv", table(30, bamboo)), {"BambooHR report.csv": ("people", 30, ("Employee #", "Work Email", "Hire Date", "Termination Date", "Department", "Location", "Job Title"))}, most=1)  # fmt: skip
    # Workday's worker report
    workday = {"Employee ID": lambda n: f"{21_000 + n}", "Worker": person, "Business Title": "Manager", "Supervisory Organization": "Finance (Ana)", "Location": "Dublin", "Hire Date": real_day("2016-01-04", 12), "Termination Date": lambda n: "" if n % 5 else date(2026, 1, 15), "Email - Work": mail}  # fmt: skip
    yield Kept("public: Workday", workbook("All Workers.xlsx", {"All Workers": [["All Workers"], ["Effective Date", "10/31/2026"], [], *table(30, workday)]}), {"All Workers": ("people", 30, ("Employee ID", "Location", "Hire Date", "Termination Date", "Email - Work"))}, most=1)  # fmt: skip
    # Personio's employee export
    personio = {"ID": lambda n: 7_000_000 + n, "Vorname": lambda n: FIRST[n % 12], "Nachname": letters, "E-Mail-Adresse": mail, "Status": lambda n: "Aktiv" if n % 6 else "Ausgeschieden", "Position": "Referent", "Abteilung": "IT", "Standort": "München", "Einstellungsdatum": day("%d.%m.%Y", "2018-02-01", 14), "Kündigungsdatum": lambda n: "" if n % 6 else "30.06.2026"}  # fmt: skip
    yield Kept("public: Personio", csv_file("mitarbeiter.csv", table(30, personio)), {"mitarbeiter.csv": ("people", 30, ("ID", "Vorname", "Nachname", "E-Mail-Adresse", "Abteilung", "Standort", "Einstellungsdatum", "Kündigungsdatum"))}, most=2)  # fmt: skip
    # OrangeHRM's employee list
    orange = {"Employee Id": lambda n: f"{n:04d}", "First (& Middle) Name": lambda n: FIRST[n % 12], "Last Name": letters, "Job Title": "QA Engineer", "Employment Status": "Full-Time Permanent", "Sub Unit": "Quality", "Supervisor": lambda n: person(n // 6)}  # fmt: skip
    yield Kept("public: OrangeHRM", csv_file("employees.csv", table(24, orange)), {"employees.csv": ("people", 24, ("Employee Id", "First (& Middle) Name", "Last Name", "Job Title"))}, most=2)  # fmt: skip
    # The fields of Chronus' connection report
    chronus = {"Mentoring Connection": lambda n: f"{person(n)} and {mentor(n)}", "Mentor": mentor, "Mentor Email": mentor_mail, "Mentee": person, "Mentee Email": mail, "Status": lambda n: ("Active", "Closed")[n % 3 == 0], "Started on": day("%B %d, %Y", "2025-10-01", 4), "Closes on": day("%B %d, %Y", "2026-12-01", 1)}  # fmt: skip
    yield Kept("public: Chronus", csv_file("Mentoring Connections.csv", table(21, chronus)), {"Mentoring Connections.csv": ("pairs", 21, ("Mentor Email", "Mentee Email", "Status", "Started on"))}, most=2)  # fmt: skip
    # SurveyMonkey's condensed export: two rows of headings
    monkey = [["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "How satisfied are you with your mentor?", "How likely is it that you would recommend mentoring?"], ["", "", "", "", "", "", "Response", "Response"], *([118_000_000 + n, 4, f"0{1 + n % 9}/15/2026 09:00:00 AM", f"0{1 + n % 9}/15/2026 09:05:00 AM", "", mail(n), 1 + n % 5, n % 11] for n in range(20))]  # fmt: skip
    yield Kept("public: SurveyMonkey", csv_file("Mentoring survey.csv", monkey), {"Mentoring survey.csv": ("survey", 20, ("End Date", "Email Address", "How satisfied are you with your mentor?", "How likely is it that you would recommend mentoring?"))}, most=2)  # fmt: skip
    # LimeSurvey's export with question codes and texts
    lime = {"id. Response ID": lambda n: n + 1, "submitdate. Date submitted": lambda n: f"2026-05-{1 + n % 28:02d} 10:00:00", "lastpage. Last page": 2, "startlanguage. Start language": "en", "G01Q01. How helpful was your mentor?": lambda n: 1 + n % 5, "G01Q02. Would you recommend the programme? (0-10)": lambda n: n % 11}  # fmt: skip
    yield Kept("public: LimeSurvey", csv_file("results-survey412.csv", table(20, lime)), {"results-survey412.csv": ("survey", 20, ("submitdate. Date submitted", "G01Q01. How helpful was your mentor?", "G01Q02. Would you recommend the programme? (0-10)"))}, most=2)  # fmt: skip
    # The IBM HR Analytics sample: no dates at all
    ibm = {"Age": 41, "Attrition": lambda n: ("No", "Yes")[n % 6 == 0], "BusinessTravel": "Travel_Rarely", "Department": "Sales", "EmployeeNumber": lambda n: n + 1, "JobLevel": lambda n: 1 + n % 5, "JobRole": "Sales Executive", "MaritalStatus": "Single", "MonthlyIncome": 5993, "YearsAtCompany": 6}  # fmt: skip
    yield Kept("public: IBM attrition sample", csv_file("WA_Fn-UseC_-HR-Employee-Attrition.csv", table(40, ibm)), {"WA_Fn-UseC_-HR-Employee-Attrition.csv": ("people", 40, ("EmployeeNumber", "Department"))}, never=("Age", "MaritalStatus", "MonthlyIncome"), most=2)  # fmt: skip
    # Salesforce's contact list as alumni offices export it
    force = {"Contact ID": lambda n: f"003A00000{n:03d}", "First Name": lambda n: FIRST[n % 12], "Last Name": letters, "Email": mail, "Class Year": 2012, "Mailing City": "Boston"}  # fmt: skip
    yield Kept("public: Salesforce contacts", csv_file("alumni contacts.csv", table(25, force)), {"alumni contacts.csv": ("people", 25, ("First Name", "Last Name", "Email", "Class Year"))}, most=1)  # fmt: skip
