"""The words and turns of phrase that the rules look for, as patterns in every inflection."""

import re


def forms(verbs):
    """A pattern for all regular inflections of some verbs, which are separated by spaces."""
    return "|".join(_inflected(verb) for verb in verbs.split())


def _inflected(verb):
    if verb.endswith("e"):
        return f"{verb[:-1]}(?:e[sd]?|ing)"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}(?:y|ies|ied|ying)"
    if verb.endswith(("s", "sh", "ch", "x")):
        return f"{verb}(?:es|ed|ing)?"
    return f"{verb}(?:{verb[-1]}?(?:ed|ing)|s)?"


def pattern_of(*alternatives):
    return re.compile(rf"\b(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


def up_to(number):
    """So many words at most, none of which turns to something else, and the blank before the next."""
    return rf"(?: (?!(?:after|before|if|when|while|because)\b)[\w'-]+){{0,{number}}} "


SKIN = (
    r"(?:acne )?scars?|scarring|wrinkles?|(?:fine |frown |smile |laugh )?lines?|(?:age |dark |sun )?spots?|"
    r"blemish(?:es)?|(?:stretch )?marks?|melasma|sun damage|pigment\w*|age?ing|discoloration|acne|crow'?s feet|"
    r"dark circles|stubborn pores"
)
PRESCRIBED = (
    r"prescri(?:bed|ption)(?: [\w-]+)?|medicines?|medications?|meds|drugs?(?! admin)|pills?|tablets?|capsules?|"
    r"isotretinoin|"
    r"(?:ro)?accutane|(?:blood[ -])?thinners?|anti-?coagulants?|anti-?platelets?|warfarin|coumadin|heparin|apixaban|"
    r"rivaroxaban|clopidogrel|eliquis|xarelto|plavix|antibiotics?|anti-?depressants?|steroids?|prednisone|insulin|"
    r"\w{3,}(?:cycline|cillin|mycin|xaban|prazole|olol|sartan|oxetine)|statins?|beta-?blockers?|"
    r"immuno-?suppressants?|methotrexate"
)
MEDICINE = rf"{PRESCRIBED}|aspirin|ibuprofen"
CREAM = r"(?:(?:numbing |an(?:a)?esthetic )?(?:cream|gel|ointment)|lidocaine|emla|an(?:a)?esthetic|numbing)"
FILM = (
    r"(?:cling[ -]?(?:film|wrap)|film|foil|plastic|saran|bandages?|dressings?|plasters?|wraps?|tegaderm|shower cap|"
    r"air-?tight|occlus\w+)"
)
NOT = r"(?:not|\w*n't|never|cannot)"
PAIN = r"(?:pain|discomfort|hurt|sting|soreness)"
MISHAP = r"(?:infections?|bruis\w+|swelling|scarring)"
HARM = r"(?:risks?|dangers?|side[ -]effects?|complications?|downsides?|drawbacks?|down-?time|recovery time)"
ANY = r"(?:(?:any|the|a|all|of|more|further|possible|slightest|single|kind|sort|absolutely|other|such) )*"
BETTER = (
    r"(?:young\w*|smooth\w*|soft(?:er)?|firm(?:er)?|clear(?:er)?|bright(?:er)?|tighter|fresh(?:er)?|better|"
    r"radiant|glow\w*|luminous|transformed|smaller|half|perfect|flawless|lifted)"
)
IMPROVE = (
    forms("improve reduce soften smooth lighten tighten lift clear shrink repair minimize minimise correct restore")
    + "|"
    + forms("renew transform rejuvenate fade heal fix refine vanish")
)
DATA = (
    r"(?:\w+ ){0,3}(?:details|data|records?|answers|requests?|photos?|pictures?|files?|account|information|"
    r"tattoos?)"
)

TO_SERVE = (
    r"(?! yourself\b| (?:your|an) (?:appointment|place|time)\b)"
    r"(?! (?:(?:you )?(?:to|that we(?:'ll| will)?) )(?:listen|answer|call|reply|tell|write|be honest|keep|treat))"
)
STAYS = (  # a mark that is permanent is a risk, and has to be said
    r"(?:eye-?liner|make-?up|markers?|fillers?|tattoos?|ink|hair|damage|harm|scars?|scarring|marks?|injur\w+|"
    r"numbness|"
    r"discoloration|darkening|pitting|dents?|patch(?:es)?|loss|changes? (?:of|in)|"
    r"pigment\w*|implants?|address|record|redness|spots?)"
)
RESULTS = [
    rf"(?:(?<!manufacturer's )guarant(?:ee\w*|ies|y)|warrant(?:y|ies|ed)|promis(?:e[sd]?|ing)|pledg(?:e[sd]?|ing)|"
    rf"assur(?:e[sd]?|ing)){TO_SERVE}",
    r"for[- ]?ever(?:more)?|for good|for life|once and for all|life-?long|for the rest of your life|everlasting|"
    r"eternal\w*",
    r"last(?:s|ing)? (?:for )?(?:a |your (?:whole )?)?(?:life-?time|indefinitely|always)",
    r"mirac(?:le|ul)\w*|magic\w*|flawless\w*|perfect (?:skin|complexion|results?)",
    r"(?:instant|overnight|immediate)(?:ly)? (?:results?|glow|lift|youth)|clinically proven|proven to work|"
    r"infallib\w+|fool-?proof|sure-?fire|fail-?safe",
    r"(?:always|certain(?:ly)?|sure|bound) (?:to )?(?:works?|helps?|succeeds?|delivers?|improves?)",
    r"you(?:'ll| will| are going to) love|(?:all|every) (?:of )?(?:our )?(?:patients?|clients?) (?:is|are|"
    r"leaves?) (?:happy|delighted|satisfied)",
    r"(?:is|are|be) (?:certain|sure|bound|guaranteed) to\b(?! (?:ask|tell|call|bring|read|wear|use|let))",
    r"(?:results?|success) (?:is|are) (?:certain|sure|assured)|a certainty|a sure (?:thing|result)|inevitabl\w+|"
    r"they are certain|(?:everyone|everybody) (?:gets|sees|loves|leaves)|be certain of|(?:that|which) is a fact",
    r"works? (?:every(?: single)? time|for everyone|on (?:all|every))|every single time|without exception",
    r"always (?:does|do)\b|every single (?:client|patient|person|one)|each and every (?:client|patient|person)",
    rf"count on(?: \w+){{0,3}} (?:results?|transformation|change|{BETTER})|(?:will|going to) (?:\w+ )?glow|"
    rf"skin of your \w+ies",
    rf"(?:every|each|all)(?: of)?(?: our)? (?:patient|client|person|one)s?(?: \w+){{0,6}} (?:get|see|walk|leave|"
    rf"achieve)s?(?: [\w-]+){{0,4}} "
    rf"(?:results?|skin|{BETTER}|glow)|the (?:results?|skin|face) (?:they|you) (?:came for|want\w*|dream\w*)",
    r"(?:100|(?:a |one )?hundred) ?(?:%|percent|per cent) (?:of (?:our )?(?:patients|clients|people)|success\w*|"
    r"effective|sure|certain|satisf\w+)|(?:ten out of ten|10 out of 10|all of our|each of our) (?:patients|clients|"
    r"people)",
    r"money[- ]back|(?:you have|give you) our word|all you need for",
    r"(?:\w+|many) years younger|years off|turns? heads",
    rf"(?:you(?:'ll| will| are going to)) (?:\w+ )?(?:see|notice|get|have|enjoy|love|leave with)(?: [\w-]+){{0,3}} "
    rf"(?:results?|difference|improvements?|changes?|transformation|{BETTER} skin|(?:new|{BETTER}) (?:look|face))",
    rf"(?:will|'ll|is going to|are going to) (?:\w+ )?(?:be|look|feel|become|get)(?: \w+){{0,2}} {BETTER}(?! (?:if|"
    rf"when|so))",
    rf"(?:will|'ll|is going to) (?:\w+ly )?(?:make|leave|give|keep){up_to(5)}{BETTER}",
    rf"(?:will|'ll|is going to) (?:\w+ly )?(?:{IMPROVE}){up_to(3)}(?:{SKIN}|skin|pores|texture|tone|complexion|face|"
    rf"look)",
    rf"(?:{SKIN}|pores|skin|texture|complexion) (?:will|are going to|is going to) (?:\w+ly )?(?:improve|fade|soften|"
    rf"shrink|vanish|heal|smooth)",
]
LASTS = [  # whose own 'no' is the promise
    r"never (?:comes? back|returns?|wears? off|fails?)",
    rf"(?:results?|effects?|glow|gains?|that|{SKIN}) (?:\w+ )?(?:never|will not|won't)(?: ever)? (?:come back|"
    rf"return|wear off)",
    r"(?:results?|effects?|glow|gains?|smoothness|that) (?:\w+ )?(?:never|will not|won't)(?: ever)? fades?",
    r"no limit to how long|not ever|(?:cannot|can't|never|won't|no \w+) fails?|(?:nobody|"
    r"no one) has (?:ever )?been disappointed|you won't either|neither will you|not a matter of (?:if|whether)",
    r"(?:no|not (?:a|one)|\w*n't a)(?: single)?(?: of our)? (?:clients?|patients?|one)(?: who)? (?:leaves?|"
    r"goes)(?: \w+)? without",
    r"no (?:chance|way)(?: that)? (?:this|it|you|our)(?: \w+)? (?:will not|won't|will fail|will let)",
    r"impossible not to|can't go wrong|never had a (?:patient|client) who",
]
NO_PAIN = [
    r"pain[- ]?less\w*|pain[- ]?free|risk[- ]?(?:free|less)\w*|harmless\w*|(?:side[- ]effect|discomfort)s?-free",
    rf"(?:free|devoid) (?:of|from) {ANY}(?:{PAIN}|{HARM})",
    rf"(?<!means )(?<!0 is )(?:no|zero|nil|minus|without)[ -]{ANY}(?:{PAIN}|{HARM})"
    r"(?! (?:relief|medicine|killers?|factors?|scale|score|control|pattern))",
    rf"{NOT} (?:(?:be|feel|cause|carry|have|bring|involve|experience|suffer) )?(?:any|the slightest) "
    rf"{ANY}(?:{PAIN}|{HARM})",
    rf"{NOT} (?:cause|experience|feel|suffer)s? (?:{PAIN}|{HARM})",
    r"(?:(?:do|does|did|will|would)(?: not|n't)|won't) (?:even )?(?:hurt|sting)(?! (?:your|the) (?:skin|eyes))",
    r"never (?:hurts?|stings?)|nothing(?: \w+){0,2} hurts?|(?:no|never) (?:painful|hurt|sting)",
    r"(?:is|are|was|were)(?: not|n't| never) (?:painful|risky)|(?:never|neither) (?:painful|risky)",
    rf"too (?:small|fine|short|thin|gentle) (?:to|for) (?:\w+ to )?(?:cause|give|hurt|feel|"
    rf"sting)(?: any)?(?: {PAIN})?",
    r"(?:feels?|feeling|felt)(?: \w+)? nothing|(?:not|\w+n't|cannot) feel (?:a thing|anything|any|even a|"
    r"the needles?)",
    rf"(?:none of|not a single|no)(?: our)? (?:patients?|clients?|one)(?: \w+){{0,3}} (?:{PAIN}|{HARM}|harmed)",
    rf"forget(?: about)? (?:the )?(?:{PAIN}|{HARM})|(?:nobody|no one) has (?:ever )?had (?:a |any )?(?:{HARM})",
    rf"nothing to (?:fear|worry about)|(?:nothing|{NOT})(?: \w+){{0,4}} go(?:es)? wrong",
    r"(?:cannot|can't|could not|couldn't|never)(?: be)? (?:hurt|harm)(?:s|ed)?",
    rf"(?:{HARM}|{PAIN}|{MISHAP})(?: \w+)? (?:do not|does not|don't|doesn't|cannot|can't|will not|won't) (?:occur|"
    rf"happen|exist)|"
    rf"(?:{HARM}|{PAIN}|{MISHAP})(?:: they)? never (?:occurs?|happens?)",
    rf"(?:{HARM}|{PAIN}|{MISHAP})(?: of \w+)? (?:is|are) (?:impossible|nil|unknown|unheard of|absent|non-?existent|"
    rf"a thing of the past|gone)",
    rf"(?:all|every|any) (?:{HARM}|{PAIN}) (?:has|have|is|are)(?: been)? (?:removed|gone|eliminated)",
    rf"(?:remov|eliminat|tak)(?:e|es|ing)(?: away)?(?: all)?(?: the)? (?:{PAIN}|{HARM})|good-?bye to (?:{PAIN}|"
    rf"{HARM})",
    rf"(?:{HARM})(?: \w+)?,? because there are none",
    r"(?:safe|suitable|right) for (?:absolutely )?(?:every(?:one|body)|all|anyone|any skin)|"
    r"(?:nobody|no one) for whom (?:this|it) is not safe",
    r"(?:completely|totally|entirely|perfectly|absolutely|utterly|always|100 ?%|hundred per ?cent) safe",
]
REMOVAL = [
    r"eliminat\w+|eradicat\w+|obliterat\w+|expung\w+",
    rf"eras(?:e[sdr]?|ers|ing|ures?|able)(?! {DATA})",
    r"revers(?:e[sdr]?|ing|als?|ib\w+)|(?:turn|roll)(?:s|ed|ing)? back (?:the clock|time|age?ing|the years)|"
    r"rewind\w*",
    r"cur(?:e[sd]?|ing|able|ative)",
    rf"(?:{forms('remove vanish banish melt dissolve wipe delete undo undoe')}|removal of|undone|undoing)"
    rf"(?: [\w-]+){{0,4}} (?:{SKIN})",
    rf"(?:rubs?|rubbing|clears?|clearing|takes?|taking)(?: (?:out|away))?(?: [\w-]+){{0,4}} (?:{SKIN})"
    r"(?: (?:away|out|completely))(?!\w)",
    rf"(?:rubs?|clears?|takes?|melts?) (?:out|away)(?: [\w-]+){{0,4}} (?:{SKIN})",
    rf"(?:heals?|will heal|los(?:e|es|ing)|puts? an end to|rids? \w+ \w+ of|(?:get(?:s|ting)?|got) rid of|clear(?:s|"
    rf"ed|ing)? (?:your )?\w+ of)(?: [\w-]+){{0,3}} "
    rf"(?:{SKIN})",
    rf"(?:{SKIN})[ -]remov(?:al|er|ing)|(?:{SKIN})(?: \w+){{0,8}} (?:is|are|was|were|be|been|gets?) (?:\w+ly )?"
    r"(?:removed|erased|dissolved|undone|wiped (?:away|out)|smoothed away)",
    r"(?:stop|halt|freez)(?:s|es|ing|ped|e)? (?:the )?(?:age?ing|time|clock)",
    rf"(?:{SKIN})(?: \w+){{0,2}} (?:disappear|vanish)(?:s|es|ed|ing)?|(?:{SKIN})(?: \w+)? (?:melt(?:s|ed|ing)?|"
    rf"wiped) away",
    rf"(?:good-?bye|farewell) to(?: \w+){{0,3}} (?:{SKIN})|wav(?:e|ing)(?: \w+){{0,3}} (?:{SKIN}) (?:farewell|"
    rf"good-?bye)",
    rf"(?<!needle )(?:{SKIN})\W+(?:(?:will|are|is|be|have|all|been|soon|now|simply) ){{1,3}}"
    r"(?:gone|history|a thing of the past)",
    rf"(?:{SKIN}) a thing of the past|(?:{SKIN})(?: \w+){{0,4}} fad(?:e|es|ing) away completely",
    rf"(?:{SKIN})-free|free(?:s|d)? (?:yourself|you|your \w+) (?:of|from)(?: \w+){{0,2}} (?:{SKIN})|"
    rf"healed of(?: \w+)? (?:{SKIN})",
    r"(?:to|back to) the way it was|as if (?:it|they) (?:had|were) never",
]
NO_MORE = [  # whose own 'no' is the removal
    rf"no (?:more|trace of|signs? of)(?: \w+){{0,2}} (?:{SKIN})|no (?:{SKIN}) (?:survives?|remains?|stays?|is left)",
    rf"not (?:a|one)(?: single)? (?:{SKIN})(?: \w+)? (?:remains?|left|survives?|stays?)|not a trace",
    rf"{NOT} (?:see|have|get|suffer)(?: (?:your|any|from|more))*(?: \w+)? (?:{SKIN})(?: \w+)? (?:again|any more|"
    rf"after)",
    rf"(?:{SKIN})(?: \w+){{0,4}} (?:will be no more|fad(?:e|es|ing) to nothing)|no (?:{SKIN}) (?:is|are) too",
    rf"nothing (?:is|remains|stays|will remain)(?: left)? of(?: \w+){{0,3}} (?:{SKIN})",
    rf"(?:{SKIN}) (?:will |are )?{NOT} (?:be )?there any ?more|no (?:{SKIN}) (?:that )?(?:we|our \w+|it) (?:cannot|"
    rf"can't)",
]
FDA = r"(?:F\.? ?D\.? ?A\b\.?|Food (?:and|&) Drug(?: Administration)?)"
STOP = (
    forms("stop skip pause drop halt discontinue cease suspend interrupt omit ditch delay postpone")
    + r"|throw(?:s|ing)? (?:away|out)|discard(?:s|ing)?|quit(?:s|ting)?|withh[eo]ld\w*|hold(?:s|ing)?|forgo(?:es|"
    r"ing)?|miss(?:es|ed|ing)?"
)
STOPPED = (
    r"(?:stopped|paused|skipped|held|withheld|avoided|suspended|discontinued|interrupted|omitted|dropped|halted|"
    r"left (?:off|out)|put (?:on hold|off|aside))"
)
OFF = (
    r"(?:com(?:e|es|ing)|came|go(?:es|ing)?|get(?:s|ting)?|stay(?:s|ing)?|lay(?:s|ing)?|wean(?:s|ed|"
    r"ing)?)(?: \w+)? off|"
    r"(?:leav(?:e|es|ing)|cut(?:s|ting)?|giv(?:e|es|ing)) (?:off|out|up)|(?:break|pause|holiday) from|"
    r"stay(?:ing)? away from|be(?:ing)? off|"
    r"(?:cessation|discontinuation|interruption|suspension|withdrawal) of|(?:refrain|abstain)\w* from(?: \w+)?|"
    r"avoid\w*"
)
COVER = forms("cover wrap seal occlude bandage swathe encase envelop cloak shield shroud trap tape").replace(
    "cover(?:r?(?:ed|ing)|s)?", "(?<!un)cover(?:ed|ing|s)?"
)

NAMES_MEDICINE, NAMES_CREAM, NAMES_SKIN = pattern_of(MEDICINE), pattern_of(CREAM), pattern_of(SKIN)
NAMES_HARM = pattern_of(f"{PAIN}s?|{HARM}")
TELLS_OF_HARM = re.compile(
    r"(?<!no )(?<!not )(?<!n't )\b(?:died|deaths?|(?:is|it's|are|be|very) dangerous|dangers? of (?!bleed)|poison\w*|"
    r"overdos\w*|harm(?:ed|s|ful)?|warn\w*|seizures?|strokes?|clots?|(?:very|seriously) ill|at risk|into (?:your|"
    r"the) (?:blood\w*|body)|too much of|dangerous amounts|had (?:put|covered|wrapped))\b",
    re.IGNORECASE,
)
NOT_AT_HOME = re.compile(
    rf"{TELLS_OF_HARM.pattern}|\b(?:a clinician (?:puts?|may)|let a clinician|supervised|(?:price|fee|insurance|"
    rf"plan|cost|form|page|deposit)s? (?:\w+ )?covers?)\b",
    re.IGNORECASE,
)
STAY_AS_RISK = re.compile(
    rf"\b(?:rare|rarely)\b|\b{STAYS}(?: \w+){{0,5}} (?:can|may|could|might) (?:\w+ )?be\b", re.IGNORECASE
)
TAKEN_OFF = re.compile(r"\b(?:remov\w+|tak(?:e|es|ing|en)(?: \w+){0,3} off|peel\w*|skip\w*|avoid\w*)\b", re.IGNORECASE)
NOT_TAKE = (
    r"(?:(?:do|must|should|need)(?:n't| not)|(?:kindly|please) not|never|(?:nobody|no one) should|no need to)"
    r"(?: have)?(?: to)?(?: (?:keep|continue|go on))?(?: to)? (?:tak(?:e|ing)|us(?:e|ing)|continu(?:e|ing)|restart)"
)
