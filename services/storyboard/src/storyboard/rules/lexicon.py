"""The English words that rules look for. In other languages punctuation and pauses still work."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILLERS = _words("um umm uh uhm uhh er erm ah ahm eh hm hmm mm mhm mmm")
PADDING = FILLERS | _words("okay ok so yeah right well alright and but like")
ABBREVIATIONS = _words("mr. mrs. ms. dr. st. vs. e.g. i.e. prof. no. etc.")
TURNS = _words("now next so first second third finally another then also lastly")

STRONG = _words(
    "never always best worst biggest smallest most least first only nobody everyone everything "
    "nothing secret truth mistake wrong love hate amazing incredible impossible insane shocking "
    "surprising crazy huge massive free fastest greatest ultimate finally suddenly stop must "
    "imagine dream fear danger dead die kill lost win won changed proof failed"
)
NUMBERS = _words(
    "two three four five six seven eight nine ten twenty thirty fifty hundred thousand million "
    "billion percent half twice double"
)
ASKING = _words("why what how who when where which would could can do does did is are")
YOU = _words("you your you're you'll yours yourself")
LEANING = _words("and but so because which that it he she they this these")

SUBJECTLESS = _words(
    "about after again also because been before being broll clip could from have here into "
    "just like more much only other over really roll scene shot some take than that their "
    "them then there these they thing this those time very video want well were what when "
    "where which will with would your footage final edit movie camera file"
)
"""Words that name no subject, as filenames and speech have them."""
