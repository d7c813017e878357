"""Usual scales of answers in words, in English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish and Polish: lowest first, each step with its spellings as `folded` writes them."""

from pipelines.sources.shared.surveys.word_scales_further import FURTHER_MIDDLES, FURTHER_SCALES

_CRYING, _SAD, _PLAIN, _GLAD, _HAPPY = "😡😠😤😢😭😞😩😖🤬", "🙁😕☹😟😔", "😐😑😶", "🙂☺", "😀😃😄😁😊😍🤩🥳😆"
"""Faces from the worst to the best."""

_DEGREES = tuple(
    (
        (f"not at all {word}",),
        (f"not so {word}", f"slightly {word}", f"a little {word}"),
        (f"somewhat {word}", f"moderately {word}"),
        (f"very {word}",),
        (f"extremely {word}", f"completely {word}"),
    )
    for word in "helpful useful satisfied likely confident valuable clear easy relevant effective comfortable important interested".split()
)

WORD_SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("strongly disagree", "disagree strongly", "completely disagree"), ("disagree", "somewhat disagree"), ("neutral", "neither agree nor disagree", "undecided", "neither"), ("agree", "somewhat agree"), ("strongly agree", "agree strongly", "completely agree")),
    (("strongly disagree",), ("disagree",), ("somewhat disagree", "slightly disagree"), ("neutral", "neither agree nor disagree"), ("somewhat agree", "slightly agree"), ("agree",), ("strongly agree",)),
    (("very dissatisfied", "very unsatisfied"), ("dissatisfied", "unsatisfied", "somewhat dissatisfied"), ("neutral", "neither satisfied nor dissatisfied", "neither"), ("satisfied", "somewhat satisfied"), ("very satisfied",)),
    (("very poor", "poor"), ("fair", "below average"), ("average", "ok", "okay"), ("good",), ("very good", "excellent")),
    (("not at all", "not useful", "not helpful"), ("a little", "slightly", "slightly useful", "slightly helpful"), ("somewhat", "moderately", "moderately useful", "moderately helpful"), ("very", "mostly", "very useful", "very helpful"), ("extremely", "completely", "extremely useful", "extremely helpful")),
    (("never",), ("rarely", "seldom"), ("sometimes",), ("often",), ("always",)),
    (("stimme gar nicht zu", "stimme uberhaupt nicht zu"), ("stimme nicht zu", "stimme eher nicht zu"), ("neutral", "teils teils", "teilweise", "weder noch", "unentschieden"), ("stimme zu", "stimme eher zu"), ("stimme voll zu", "stimme voll und ganz zu", "stimme vollig zu")),
    (("trifft gar nicht zu", "trifft uberhaupt nicht zu"), ("trifft nicht zu", "trifft eher nicht zu", "trifft wenig zu"), ("neutral", "teils teils", "teilweise", "trifft teilweise zu", "weder noch"), ("trifft zu", "trifft eher zu", "trifft ziemlich zu"), ("trifft voll zu", "trifft voll und ganz zu", "trifft vollig zu")),
    (("trifft nicht zu",), ("trifft eher nicht zu",), ("trifft eher zu",), ("trifft zu",)),
    (("sehr unzufrieden",), ("unzufrieden", "eher unzufrieden"), ("neutral", "teils teils", "weder noch", "weder zufrieden noch unzufrieden"), ("zufrieden", "eher zufrieden"), ("sehr zufrieden",)),
    (("sehr schlecht",), ("schlecht", "eher schlecht"), ("mittel", "mittelmassig", "teils teils", "geht so"), ("gut", "eher gut"), ("sehr gut",)),
    (("nie", "niemals"), ("selten",), ("manchmal",), ("oft", "haufig"), ("immer",)),
    (("pas du tout d accord",), ("pas d accord", "plutot pas d accord", "en desaccord"), ("neutre", "ni d accord ni pas d accord", "ni en accord ni en desaccord"), ("d accord", "plutot d accord"), ("tout a fait d accord", "entierement d accord")),
    (("tres insatisfait", "tres insatisfaite", "pas du tout satisfait", "pas du tout satisfaite"), ("insatisfait", "insatisfaite", "plutot insatisfait", "plutot insatisfaite", "peu satisfait", "peu satisfaite"), ("neutre", "ni satisfait ni insatisfait"), ("satisfait", "satisfaite", "plutot satisfait", "plutot satisfaite"), ("tres satisfait", "tres satisfaite")),
    (("jamais",), ("rarement",), ("parfois", "quelquefois"), ("souvent",), ("toujours",)),
    (("totalmente en desacuerdo", "muy en desacuerdo"), ("en desacuerdo",), ("neutral", "ni de acuerdo ni en desacuerdo", "indiferente"), ("de acuerdo",), ("totalmente de acuerdo", "muy de acuerdo")),
    (("muy insatisfecho", "muy insatisfecha", "nada satisfecho", "nada satisfecha"), ("insatisfecho", "insatisfecha", "poco satisfecho", "poco satisfecha"), ("neutral", "ni satisfecho ni insatisfecho"), ("satisfecho", "satisfecha"), ("muy satisfecho", "muy satisfecha")),
    (("nunca",), ("rara vez", "raramente"), ("a veces",), ("a menudo", "frecuentemente", "con frecuencia"), ("siempre",)),
    (("poor",), ("fair",), ("good",), ("very good",), ("excellent",)),
    (("very unlikely", "extremely unlikely", "not at all likely"), ("unlikely", "somewhat unlikely", "not so likely"), ("neutral", "neither likely nor unlikely", "undecided", "unsure"), ("likely", "somewhat likely"), ("very likely", "extremely likely")),
    (("not at all",), ("to a small extent", "to a slight extent"), ("to some extent",), ("to a moderate extent",), ("to a great extent", "to a large extent", "to a very great extent")),
    *_DEGREES,
    (("never",), ("rarely", "seldom"), ("sometimes", "some of the time"), ("often", "most of the time", "usually"), ("always", "all the time", "all of the time")),
    (("tres mauvais", "tres mauvaise"), ("mauvais", "mauvaise", "plutot mauvais"), ("moyen", "moyenne"), ("bon", "bonne", "plutot bon", "bien"), ("tres bon", "tres bonne", "excellent", "excellente", "tres bien")),
    (("pas du tout",), ("plutot non", "un peu", "peu"), ("plutot oui", "assez"), ("tout a fait", "beaucoup", "oui tout a fait")),
    (("muy malo", "muy mala", "muy mal"), ("malo", "mala", "mal"), ("regular",), ("bueno", "buena", "bien"), ("muy bueno", "muy buena", "muy bien", "excelente")),
    (("nada", "para nada"), ("poco", "un poco"), ("bastante",), ("mucho", "muchisimo")),
    (("totalmente in disaccordo", "fortemente in disaccordo", "completamente in disaccordo", "per niente d accordo", "per nulla d accordo"), ("in disaccordo", "non d accordo", "poco d accordo", "abbastanza in disaccordo"), ("neutrale", "ne d accordo ne in disaccordo", "indifferente", "ne in accordo ne in disaccordo", "incerto", "incerta"), ("d accordo", "abbastanza d accordo"), ("totalmente d accordo", "completamente d accordo", "fortemente d accordo", "molto d accordo", "pienamente d accordo")),
    (("molto insoddisfatto", "molto insoddisfatta", "per niente soddisfatto", "per niente soddisfatta", "per nulla soddisfatto", "per nulla soddisfatta"), ("insoddisfatto", "insoddisfatta", "poco soddisfatto", "poco soddisfatta", "abbastanza insoddisfatto"), ("neutrale", "ne soddisfatto ne insoddisfatto", "ne soddisfatta ne insoddisfatta"), ("soddisfatto", "soddisfatta", "abbastanza soddisfatto", "abbastanza soddisfatta"), ("molto soddisfatto", "molto soddisfatta", "pienamente soddisfatto")),
    (("per niente", "per nulla", "affatto"), ("poco", "un po"), ("abbastanza",), ("molto", "moltissimo")),
    (("mai",), ("raramente", "quasi mai"), ("a volte", "qualche volta", "talvolta"), ("spesso",), ("sempre",)),
    (("pessimo", "pessima", "molto scarso"), ("scarso", "scarsa", "insufficiente"), ("sufficiente", "discreto", "discreta"), ("buono", "buona"), ("ottimo", "ottima", "eccellente")),
    (("discordo totalmente", "discordo completamente", "discordo plenamente"), ("discordo", "discordo parcialmente"), ("neutro", "nao concordo nem discordo", "nem concordo nem discordo", "indiferente", "indeciso"), ("concordo", "concordo parcialmente"), ("concordo totalmente", "concordo completamente", "concordo plenamente")),
    (("muito insatisfeito", "muito insatisfeita"), ("insatisfeito", "insatisfeita", "pouco satisfeito", "pouco satisfeita"), ("neutro", "nem satisfeito nem insatisfeito", "indiferente"), ("satisfeito", "satisfeita"), ("muito satisfeito", "muito satisfeita")),
    (("nunca",), ("raramente",), ("as vezes", "por vezes"), ("frequentemente", "muitas vezes"), ("sempre",)),
    (("helemaal mee oneens", "helemaal niet mee eens", "zeer oneens", "volledig mee oneens", "sterk mee oneens"), ("mee oneens", "niet mee eens", "oneens", "enigszins mee oneens"), ("neutraal", "niet mee eens niet mee oneens", "noch eens noch oneens", "niet eens niet oneens"), ("mee eens", "eens", "enigszins mee eens"), ("helemaal mee eens", "zeer eens", "volledig mee eens", "zeer mee eens", "sterk mee eens")),
    (("zeer ontevreden", "heel ontevreden"), ("ontevreden",), ("neutraal", "niet tevreden niet ontevreden", "noch tevreden noch ontevreden"), ("tevreden",), ("zeer tevreden", "heel tevreden")),
    (("nooit",), ("zelden",), ("soms",), ("vaak", "regelmatig"), ("altijd",)),
    (("zeer slecht",), ("slecht", "matig"), ("voldoende", "redelijk"), ("goed",), ("zeer goed", "uitstekend")),
    (("instammer inte alls", "tar helt avstand", "haller inte alls med"), ("instammer inte", "instammer delvis inte", "haller inte med"), ("neutral", "varken eller", "varken instammer eller tar avstand"), ("instammer", "instammer delvis", "haller med"), ("instammer helt", "instammer helt och hallet", "haller helt med")),
    (("mycket missnojd",), ("missnojd", "ganska missnojd"), ("neutral", "varken eller", "varken nojd eller missnojd"), ("nojd", "ganska nojd"), ("mycket nojd",)),
    (("meget utilfreds", "svært misfornøyd", "meget misfornøyd"), ("utilfreds", "misfornøyd"), ("neutral", "hverken eller", "hverken tilfreds eller utilfreds", "nøytral"), ("tilfreds", "fornøyd"), ("meget tilfreds", "svært fornøyd", "meget fornøyd")),
    (("helt uenig", "meget uenig"), ("uenig", "delvist uenig", "delvis uenig"), ("neutral", "hverken eller", "hverken enig eller uenig", "nøytral"), ("enig", "delvist enig", "delvis enig"), ("helt enig", "meget enig")),
    (("zdecydowanie sie nie zgadzam", "zdecydowanie nie zgadzam sie", "zdecydowanie nie"), ("nie zgadzam sie", "raczej sie nie zgadzam", "raczej nie"), ("nie mam zdania", "ani sie zgadzam ani nie zgadzam", "trudno powiedziec"), ("zgadzam sie", "raczej sie zgadzam", "raczej tak"), ("zdecydowanie sie zgadzam", "zdecydowanie zgadzam sie", "zdecydowanie tak")),
    (("bardzo niezadowolony", "bardzo niezadowolona"), ("niezadowolony", "niezadowolona", "raczej niezadowolony"), ("ani zadowolony ani niezadowolony", "nie mam zdania", "neutralnie"), ("zadowolony", "zadowolona", "raczej zadowolony"), ("bardzo zadowolony", "bardzo zadowolona")),
    *FURTHER_SCALES,
    ((*_CRYING,), (*_SAD,), (*_PLAIN,), (*_GLAD,), (*_HAPPY,)),
    ((*_CRYING, *_SAD), (*_PLAIN,), (*_GLAD, *_HAPPY)),
)  # fmt: skip

MIDDLES = FURTHER_MIDDLES | frozenset(
    "neutral|neutre|neutrale|neutro|neutraal|nøytral|neither agree nor disagree|neither satisfied nor dissatisfied|neither|undecided|teils teils|weder noch|varken eller|hverken eller|indiferente|indifferente|nie mam zdania|nem concordo nem discordo".split(
        "|"
    )
)
"""What stands in the middle of scales that are also used without one."""
