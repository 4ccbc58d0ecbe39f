"""The addresses of the contract that a reader may open, for tests that go through them all."""

GUIDE = "/treatments/microneedling/"
SECTIONS = [
    "suitability",
    "numbing",
    "procedure",
    "prp",
    "benefits",
    "recovery",
    "risks",
    "cost",
    "alternatives",
    "questions",
    "sources",
]
BENEFITS = ["fine-lines-and-wrinkles", "scars", "sun-damage"]
GUIDE_PAGES = [
    GUIDE,
    *(f"{GUIDE}{section}/" for section in SECTIONS),
    *(f"{GUIDE}benefits/{benefit}/" for benefit in BENEFITS),
]
SELF_CHECK = f"{GUIDE}suitability/check/"
FOR_YOU = f"{GUIDE}for-you/"
PREPARATION = f"{GUIDE}numbing/preparation.ics"
NOTICES = ["/privacy/", "/accessibility/"]
PAGES = ["/", "/treatments/", *GUIDE_PAGES, "/visit/", *NOTICES, "/search/?q=scar", PREPARATION]
FORMS = [FOR_YOU, "/consultation/", "/consultation/find/"]
FILES = ["/robots.txt", "/sitemap.xml", f"{PREPARATION}?date=2027-03-01"]
PUBLIC = [*PAGES, *FORMS, *FILES]
