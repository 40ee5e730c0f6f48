"""The fixed phrases of ordering and of the kitchen, as patterns over lower-case words."""

from __future__ import annotations

import re
from typing import Final


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?= |$)")


_LEAD: Final = (
    r"(?:(?:no|nope|oh|sorry|wait|actually|um|uh|and|but|okay|ok|hang on|hold on|i mean|rather"
    r"|oops"
    r"|please|can you|could you|let's|just|then) )*"
)

OPENING: Final = _phrase(
    r"(?:(?:can|could|may) (?:i|we|you)(?: please)?(?: (?:get|have|do|order|add|put|put in|try"
    r"|bring|take))?(?: us| me)?"
    r"|(?:i'd|i would|we'd|we would|they'd|he'd|she'd|id) (?:like|love|want)"
    r"(?: to (?:get|have|order|add|do|see|start with))?"
    r"|(?:i'll|i will|we'll|we will|ill|will|he'll|she'll|they'll|let's|let me|let us)(?: just)? "
    r"(?:get|have|take|do|order|start with|go with)(?: us| me)?"
    r"|(?:i|we|they) (?:want|need|wanna|wanted|wanna get|gotta have)(?: to (?:get|have|order"
    r"|add))?"
    r"|(?:he|she|guest|who) (?:wants|needs|has|gets|is having|would like)"
    r"|(?:give|get|bring|make) (?:me|us|them|him|her)|gimme|put in|put down|ring up|order(?= "
    r"(?:for|a|an|\w+ ))"
    r"|(?:i'd|we'd) (?:have|take|do|try|go with|get)|(?:that'll|that will) be|new order|bring"
    r"|try|go with"
    r"|gonna (?:get|have)|going to (?:get|have)|i'm gonna (?:get|have)|how about|what about"
    r"|(?:also|and|then) (?:order|get)|please add|add(?= (?:a|an|another|one|two|three|four|five"
    r"|six) ))"
)
"""How people begin to order."""

FILLER: Final = _phrase(
    r"no thanks|no thank you|thank you(?: very much| so much)?|thanks|as well|on the order"
    r"|to the order|to that|to it"
    r"|to my order|on my order|for (?:me|us|him|her|them|the table|that|my (?:friend|wife"
    r"|husband|son|daughter))"
    r"|(?:a |an )?(?:side|sides|order|orders|portion|portions|plate|plates) of(?: the)?"
    r"|if you can|you know"
    r"|let me see|let's see|hang on|hold on|never mind|my friend|right away|when you can"
    r"|this time"
    r"|for now|to start(?: with)?|for starters|for this table|i think|i guess|i mean|good "
    r"(?:morning|evening|afternoon)|and that's"
)
"""Phrases that ask for nothing."""

_FILLER_WORDS: Final = """
please um uh er erm ah hmm mm oh hi hello hey okay ok so alright right yeah yes yep sure well
thanks and then also plus the a an of with in on at for to from my our your us me it it's that
that's let's this these those too just actually sorry wait some is are am be i i'm we you he she
they them would will could can may do want have has gets wants needs get got give him her but or
now here there again wrong instead both each all kind sort no not guest x by let order item items
"""
FILLERS: Final = frozenset(_FILLER_WORDS.split())
"""Words that ask for nothing by themselves."""

_TALE_WORDS: Final = """
had was were went said told saw watched caught came made did didn't yesterday tomorrow tonight
last week month year because when while he's she's they're who that's think thought like love
likes liked his
"""
TALE: Final = frozenset(_TALE_WORDS.split())
"""Words of talk, which count double against an order."""

CONTAINER: Final = _phrase(
    r"(?:more )?(?:orders?|sides?|portions?|plates?|bowls?|cups?|glass(?:es)?|bottles?|pints?"
    r"|mugs?|cans?"
    r"|servings?|pieces?|slices?) of(?: the| our)?|of the|of those|of your|more|x|single"
)
"""What stands between a quantity and an item."""

SEND: Final = _phrase(
    r"(?:(?:yes|yeah|yep|okay|ok|please|and|correct|(?:that's|that|it) (?:right|correct|good)"
    r"|that's right|that's correct|(?:that |it )?(?:looks|sounds) (?:right|good|great|fine)) )*"
    r"(?:(?:send|place|submit|confirm|fire off|put through|go ahead and send|go ahead with)"
    r"(?: (?:it|that|this|(?:the |my |our |this )?order))?(?: (?:in|through|off))?"
    r"(?: to the kitchen)?|check ?out|go ahead|order it)(?: please| now)*"
)
"""The guest agrees."""

CLOSING: Final = _phrase(
    r"(?:(?:yes|no|nope|okay|ok|and|i think) )*(?:that's|that is|that'll be|that will be|thats"
    r"|it's)"
    r" (?:all|it|everything)(?: for (?:me|us|now|today))?(?: thanks| thank you| please)?"
    r"|nothing else|we're (?:all )?(?:done|good|set)|i'm (?:all )?(?:done|good|set)|all set"
    r"|all good"
)
"""The guest wants nothing more."""

AGREED: Final = _phrase(
    r"(?:oh |okay |ok )*(?:yes|yeah|yep|yup|correct|right|sure|perfect|okay|ok"
    r"|(?:that's|that is|it's) (?:right|correct|good|fine)"
    r"|(?:that |it )?(?:sounds|looks) (?:right|good|great|correct|fine|perfect))"
    r"(?: (?:yes|yeah|please|correct|right|that's right|that is right|that's correct"
    r"|that is correct|sounds good|looks good"
    r"|perfect|thanks|thank you))*$"
)
"""The guest agrees, when this is all that was said."""

CANCEL: Final = _phrase(
    r"(?:(?:no|please|actually|okay|just|can you|let's|sorry) )*"
    r"(?:(?:cancel|scratch|clear|forget|delete|scrap|drop|remove|never mind|void)(?: about)?"
    r" (?:(?:the|my|our|this|that|whole|entire) )*(?:order|orders|everything|cart|all of it"
    r"|it all|whole thing)"
    r"(?! (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty"
    r"|number))"
    r"|start over|start again|cancel(?: it| this)?$|never mind$|forget it$|stop$)"
)
"""The whole order goes."""

AMEND: Final = _phrase(
    _LEAD
    + r"(?:make|change|do|turn|have) (?:that|it|them|those|the last one)(?: one(?= \w))?(?: to"
    r"| into| as)?"
)
"""What was said last is put another way."""

RETHINK: Final = _phrase(
    r"(?:(?:and|but|oh|um|uh) )*(?:(?:no|sorry|actually|wait|i mean|rather|or rather|oops|make"
    r"|hang on|hold on) ?)+"
)
"""The guest corrects a number: "actually two"."""

REMOVE: Final = _phrase(
    _LEAD
    + r"(?:scratch|remove|take (?:off|away|out|back)|drop|delete|lose|forget(?: about)?|cancel"
    r"|get rid of"
    r"|strike|kill|ditch|cut|(?:i |we )?(?:don't|do not) (?:want|need)|never mind|undo|leave out"
    r"|leave off|minus)"
)
"""Something goes."""

TAKE_OFF: Final = _phrase(_LEAD + r"take")
OFF: Final = _phrase(r"(?:off|out|away|back out)(?: (?:of |from )?(?:the |my )?order)?")

IT: Final = _phrase(
    r"(?:that|it|them|those|the last (?:one|item|thing)|that last (?:one|item)|that one|the last)"
)
"""What was said last."""

REPLACE: Final = _phrase(
    _LEAD + r"(?:change|swap|switch|replace|exchange|trade|turn|make)(?: out)?"
)
INTO: Final = _phrase(r"(?:out )?(?:to|for|with|into|by|two|too|instead)(?: be)?")
INSTEAD_OF: Final = _phrase(r"(?:instead of|rather than|in place of|not)(?: the| a| an| that| my)?")

AGAIN: Final = _phrase(
    r"(?:and |plus |can i get |add )*(?:another one|one more|another|same again"
    r"|the same again)(?: of (?:those|them|that|the same))?"
    r"(?: please)?"
)
"""One more of what was said last."""

TIMES: Final = _phrase(r"times|x|by")
HAVE: Final = _phrase(r"make|have|do")
OF_THEM: Final = _phrase(
    r"(?:of (?:them|those|these|the \w+)|is|are|should be|with just|gets|comes)(?= )"
)
EACH: Final = _phrase(
    r"(?:on |for )?(?:both|all|each|every one)(?: of (?:them|those|these))?(?: with)?"
)
ON_ITEM: Final = _phrase(r"(?:on|for|to|with|in)(?: (?:the|that|this|my|both|all|each))*")
THE_ONE: Final = _phrase(r"ones?")

TABLE: Final = _phrase(
    r"(?:(?:this|that) is |it's |that's |put (?:it|that) )?(?:(?:for|to|at|on|from|is|of) )*"
    r"(?:the )?"
    r"(?P<place>table|booth|bar|patio|counter|terrace|tables)(?: number| is)?"
)
SEAT: Final = _phrase(r"(?:(?:for|at|to|on|and|is) )*(?:seat|position|chair|seats)(?: number)?")
NAME: Final = _phrase(
    r"(?:(?:put|it's|that's|this is) (?:it |that |this )?)?(?:(?:for|to|and) )?"
    r"(?:under(?: the)?(?: name)?(?: of| is)?|(?:the |my |his |her |order )?(?:name is|name's"
    r"|name)(?: of)?"
    r"|in the name of)"
)
TAKEOUT: Final = _phrase(
    r"(?:(?:that's|it's|this is) )?(?:for )?(?:to go|take ?out(?! (?:the|that|my|one))"
    r"|take ?away|pickup|pick up|carry out)"
)
DINE_IN: Final = _phrase(
    r"(?:(?:that's|it's|this is) )?(?:for here|(?:to )?(?:dine|eat)(?:ing)? in)"
)

ALLERGIC: Final = _phrase(
    r"(?:(?!for |table |seat |and |with |no )[a-z']+ ){0,3}?"
    r"(?:allergic|allergy|intolerant|intolerance) to(?: the)?"
)
ALLERGY: Final = _phrase(r"(?:allergy|allergies|allergic|intolerance|intolerant|free diet)")
ALLERGY_LEAD: Final = _phrase(
    r"(?:(?:with|has|have|got|is|and|there's|there is|she|he|they|i|we|one|guest|customer|who|a"
    r"|an|the|note|severe"
    r"|bad|serious|please|watch|for|i'm|she's|he's|they're) )*(?:a|an|severe|bad|serious|has"
    r"|have|with|note|got|i'm|she's|he's|is)"
)
CELIAC: Final = _phrase(
    r"(?:(?:is|she's|he's|i'm|guest|with|a|has|have) )*(?:celiac|coeliac|celiacs)(?: disease)?"
)

QUESTION: Final = _phrase(
    r"(?:(?:um|uh|so|hey|hi|and|but|well|oh|excuse me) )*"
    r"(?:(?:do|did|does|don't|didn't|would|will|have|are|were) (?:you|they|we|he|she|it)|does"
    r"|did|is (?:there|it|table|order|the|this|that|he|she|your)"
    r"|are (?:there|the|these|those|your)|was|were|why|when|where|who|who's|how (?:much|long|is"
    r"|are|was|come|do|did)|how's"
    r"|what|what's|which|should|if|whose)"
)
"""Talk, or a question to a person: nobody orders like this."""

BUMP: Final = _phrase(
    r"(?:(?:please|okay|can you|and) )*(?:bump|bumped|mark|finish|complete)(?: off| up)?(?: the)?"
)
RECALL: Final = _phrase(
    r"(?:(?:please|okay|can you|and) )*(?:recall|re call|call back|bring back|un ?bump|undo"
    r"(?: the| that| last)* bump)"
    r"(?: the| that)?"
)
WORK: Final = {
    name: _phrase(rf"(?:(?:please|okay|can you|and) )*(?:{words})(?: on| up)?(?: the)?")
    for name, words in {
        "unrush": "un ?rush|stop rushing|no more rush on|cancel the rush on",
        "rush": "rush|expedite|prioriti[sz]e|hurry",
        "start": "start cooking|start working on|start|begin",
        "hold": "hold|park",
        "fire": "fire",
        "pick-up": "(?:mark )?picked up|pick up|hand over",
        "serve": "serve|served|mark served",
        "acknowledge": "acknowledged?|(?:i have|i've|we've|we have) seen|noted",
    }.items()
}
"""What a cook does with a ticket, by the name of the action."""

COURSE: Final = _phrase(
    r"(?:the )?(?:(?P<place>first|second|third|fourth)(?: course)?"
    r"|course (?P<number>one|two|three|four|1|2|3|4|first|second|third|fourth)"
    r"|(?P<name>starters?|appetizers?|mains?|entrees?|desserts?)(?: course)?)"
)
OF_TICKET: Final = _phrase(r"(?:of|on|for|from|at)")
THIS_ONE: Final = _phrase(r"(?:it|that|this)(?: one| ticket| order)?$")
ALL_TICKETS: Final = _phrase(r"(?:all|everything)(?: tickets| orders| of (?:it|them))?$")
LAST: Final = _phrase(r"(?:last|that|it|previous)(?: (?:one|order|ticket|bump))?")
TICKET: Final = _phrase(r"(?P<what>order|ticket|check|number|hash|tables?)(?: (?:number|hash))?")
DONE: Final = _phrase(r"(?:as |is |are )?(?:ready|done|up|complete|finished|out)")
IS_UP: Final = _phrase(r"(?:is|are|is all)? ?(?:ready|up|done|good to go)")
ORDER_UP: Final = _phrase(r"order up")

EIGHTY_SIX: Final = _phrase(
    r"(?:(?:please|okay|we|can you|and) )*(?:eighty six|86|eight six|eighty sixed)(?: on)?(?: "
    r"(?:the|all|all the))?"
)
OUT_OF: Final = _phrase(
    r"(?:(?:sorry|okay|guys|hey|heard) )*(?:(?:we're|we are|were|we)(?: all| now| just"
    r"| completely)? )?"
    r"(?:out of|ran out of|run out of|sold out of|no more)(?: (?:the|all the))?"
)
BACK_ON: Final = _phrase(
    r"(?:(?:please|okay|and) )*(?:un ?eighty six|(?:we're |we are )?back on(?: the)?|un 86"
    r"|mark(?= .* (?:available|back)(?: |$))|bring back)(?: the)?"
)
IS_OUT: Final = _phrase(
    r"(?:is|are|as)?(?: ?(?:all|now|completely))? ?(?:unavailable|sold out|gone|eighty sixed|out"
    r"|out of stock|finished)$"
)
IS_BACK: Final = _phrase(
    r"(?:is|are|as)?(?: ?now)? ?(?:back(?: on| again| in stock)?|available(?: again)?)$"
)
MARK: Final = _phrase(r"mark(?: the)?")
HOW_MANY: Final = _phrase(
    r"how many(?: of)?(?: the)?|what's(?: the)? all day (?:on|for)(?: the)?|what is"
    r"(?: the)? all day (?:on|for)(?: the)?|all day(?: count)? (?:on|for|of)(?: the)?"
)
ALL_DAY: Final = _phrase(
    r"(?:what's|what is|what are|what do we have|give me|show me|read me)? ?(?:the )?"
    r"(?:our )?all day(?: (?:count|counts|total|list))?(?: please)?$"
)
ALL_DAY_TAIL: Final = _phrase(
    r"(?:(?:do we have|have we got|are there|are we|we got|we have|are|on|open|left|still"
    r"|cooking|working|total|in|for|to make) ?)*(?:all day)?(?: please)?$"
)
