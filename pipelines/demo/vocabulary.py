"""Names, places and departments of the made-up Arbor group. Any likeness to real people is chance."""

import numpy as np

GIVEN = (
    "Aarav Ada Alina Amara Amir Ana Anil Anja Anna Arjun Asha Aylin Ben Bruno Carla Carmen Chen Chloe Clara Daniel Deepa Diego Dilan Divya Elena Elias "
    "Ella Emil Emma Erik Esra Farah Felix Finn Frieda Gaurav Grace Greta Hana Hannah Henry Ida Imani Ines Isha Ivan Jack Jakob Jana Jonas Jorge Julia "
    "Kabir Karim Kavya Kim Lara Laura Leon Leyla Lina Luca Lucía Maja Malik Mara Marco Maria Mateo Maya Mia Milan Mina Moritz Nadia Neha Nele Nico Nina "
    "Noah Nora Olga Omar Oscar Paul Petra Priya Rahul Ravi Rosa Ruth Sam Sara Selin Sofia Sören Tara Theo Tom Uma Vera Viktor Yara Zoë"
).split()
FAMILY = (
    "Abbott Acker Adeyemi Agarwal Ahmed Albrecht Alvarez Anders Arora Aydin Bachmann Baker Balan Bauer Becker Bennett Berg Bhatt Böhm Brandt Braun Brooks "
    "Busch Castillo Chandra Chopra Cohen Coleman Cruz Çelik Das Demir Desai Diaz Dietrich Dogan Ebert Eckert Edwards Engel Ernst Evans Farkas Fischer "
    "Flores Foster Frank Franke Fuchs Garcia Geiger Ghosh Gill Gomez Graf Gray Groß Gupta Haas Hahn Hansen Harris Hartmann Hayes Heinrich Hernandez Herrmann "
    "Hofmann Horn Huber Hughes Iyer Jackson Jäger Jain James Jansen Jensen Jones Joshi Jung Kaiser Kapoor Kaya Keller Kelly Khan Klein Koch Köhler König "
    "Krause Krüger Kumar Lang Lange Lee Lehmann Lewis Lopez Lorenz Ludwig Malhotra Martin Maurer Mayer Mehta Menon Meyer Miller Mishra Möller Moore Moreno "
    "Müller Murphy Nair Nguyen Novak Okafor Oliveira Ortiz Otto Özdemir Park Patel Peters Pfeiffer Pillai Pohl Powell Rao Reddy Reed Reyes Richter Rivera "
    "Roberts Rossi Roth Roy Sahin Schäfer Scherer Schmidt Schneider Scholz Schröder Schubert Schulz Schumann Seidel Sen Shah Sharma Silva Simon Singh Sinha "
    "Stein Suzuki Tanaka Thomas Torres Turner Varma Vogel Vogt Wagner Walker Walter Weber Weiß Wells Werner White Winkler Wolf Wright Yildiz Young Zhang Ziegler"
).split()

HQ_DEPARTMENTS = ("Engineering", "Sales", "Operations", "Customer Success", "Marketing", "Finance", "People", "Legal")
HQ_DEPARTMENT_SHARES = (0.30, 0.18, 0.16, 0.12, 0.09, 0.07, 0.05, 0.03)
PRODUCT_DEPARTMENTS = ("Entwicklung", "Fertigung", "Vertrieb", "Qualität", "Logistik")
PRODUCT_DEPARTMENT_SHARES = (0.26, 0.36, 0.14, 0.13, 0.11)
DEPARTMENTS = (*HQ_DEPARTMENTS, *PRODUCT_DEPARTMENTS)

HQ_LEVELS = {1: "L1", 2: "L2", 3: "L3", 4: "L4", 5: "L5", 6: "M1", 7: "M2", 8: "D1", 9: "VP"}
PRODUCT_LEVELS = {1: "E1", 2: "E2", 3: "E3", 4: "E4", 5: "E5", 6: "F1", 7: "F2", 8: "F3", 9: "GL"}
FIRST_LEADERSHIP_RANK = 6

TITLES = {
    1: "Associate",
    2: "Specialist",
    3: "Senior Specialist",
    4: "Lead Specialist",
    5: "Principal",
    6: "Manager",
    7: "Senior Manager",
    8: "Director",
    9: "Vice President",
}
GERMAN_TITLES = {
    1: "Fachkraft", 2: "Sachbearbeitung", 3: "Referent:in", 4: "Senior Referent:in", 5: "Expert:in", 6: "Gruppenleitung", 7: "Abteilungsleitung", 8: "Bereichsleitung", 9: "Geschäftsleitung",
}  # fmt: skip

LOCATIONS = ("Berlin", "New York", "Bengaluru", "Munich", "Stuttgart", "Leipzig")
ZONES = {
    "Berlin": "Europe/Berlin", "New York": "America/New_York", "Bengaluru": "Asia/Kolkata", "Munich": "Europe/Berlin",
    "Stuttgart": "Europe/Berlin", "Leipzig": "Europe/Berlin",
}  # fmt: skip
COUNTRIES = {"Berlin": "DE", "New York": "US", "Bengaluru": "IN", "Munich": "DE", "Stuttgart": "DE", "Leipzig": "DE"}

SKILLS = (
    "stakeholder management", "delegation", "budgeting", "negotiation", "public speaking", "coaching", "hiring", "strategy", "project planning",
    "data analysis", "conflict resolution", "product management",
)  # fmt: skip
TOPICS = (
    "first leadership role",
    "visibility",
    "work and family",
    "career change",
    "international work",
    "executive presence",
    "building networks",
)
INTERESTS = (
    "running",
    "music",
    "cooking",
    "chess",
    "volunteering",
    "hiking",
    "photography",
    "reading",
    "football",
    "gardening",
)

_FOLD = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ö": "oe", "Ç": "c", "ğ": "g", "ı": "i", "í": "i", "ë": "e", "ş": "s"}
)


def names(count: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """`count` different (given, family) pairs; beyond all combinations a middle initial keeps display names unique."""
    combinations = len(GIVEN) * len(FAMILY)
    drawn = np.concatenate([rng.permutation(combinations) for _ in range(count // combinations + 1)])[:count]
    initials = ["" if i < combinations else f" {chr(64 + i // combinations)}." for i in range(count)]
    given = [GIVEN[k % len(GIVEN)] + initial for k, initial in zip(drawn, initials, strict=True)]
    return given, [FAMILY[k // len(GIVEN)] for k in drawn]


def mail_name(given: str, family: str) -> str:
    """`Sören Müller` to `soeren.mueller`."""
    return f"{given}.{family}".replace(" ", "").replace("..", ".").translate(_FOLD).lower()
