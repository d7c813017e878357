"""Usual scales of answers in words, in English, German, French and Spanish: lowest first, each step with its spellings as `folded` writes them."""

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
)  # fmt: skip
