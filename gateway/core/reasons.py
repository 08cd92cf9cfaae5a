"""Why something was done: a closed list of reasons, each with the words that an entry shows.

A reason is a value (code and facts), so that decisions can be compared in tests, counted in
logs without anybody's words in them, and shown to people in one wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Why(StrEnum):
    """Every reason the desk knows; the value is what people read, with facts filled in."""

    # where a message belongs
    REPLY_ADDRESS = "reply address of ticket {ticket}"
    REPLY_ADDRESS_OF_OTHER = (
        "reply address of ticket {ticket}, made for somebody else: counts as a reference"
    )
    REFERENCE = "refers to a message of ticket {ticket}"
    SUBJECT_TAG = "subject names ticket {ticket}, and the author takes part in it"
    ANSWERED_EARLIER = "ticket {ticket} has an answer to this message, which arrived before it"
    NAMED = "names ticket {ticket}"
    UNSEEN = "names ticket {ticket}, and there is none that the author may see"
    CONVERSATION = "goes on in the private chat of ticket {ticket}"
    CONVERSATION_OVER = "ticket {ticket} of this private chat is over for a day: a new one"
    OTHER_WORDS = "changes entry {entry} of ticket {ticket}"
    CHANGED = "{author} changed what they had written"
    TOOK_AWAY = "{author} deleted what they had written"
    CAME_LATE = "the words of entry {entry} of ticket {ticket} before they were changed: came late"
    CHANGE_OF_OTHER = "changes entry {entry} of ticket {ticket}, which somebody else wrote"
    CHANGES_NOTHING = "changes no word of entry {entry} of ticket {ticket}"
    GONE_BEFORE = "its author deleted it before it came"
    CHANGES_UNKNOWN = "changes a message that is on no ticket"
    ASKED_ANEW = "the author wants to ask about something else: a new one"
    OVERHEARD = "said among people without calling the desk, and belongs to no ticket"
    NOTHING_MATCHED = "belongs to no ticket so far: a new one"
    CLOSED_TOO_LONG = "ticket {ticket} has been closed longer than {limit}: a new one"
    STANDING_ADDRESS = "sent to the standing address of {agent}"
    JOINED = "ticket {other} is the same conversation, which this message shows: joined"
    JOINED_APART = "ticket {other} is the same conversation; its people stay strangers here"
    SEEMS_JOINED = "ticket {other} seems to be the same conversation"
    MERGED = "ticket {merged} was merged into ticket {ticket}"
    MOVED = "moved here from ticket {ticket} by {agent}"
    BY_COMMAND = "{agent} said {command}"
    BY_SHELL = "{agent}, by the command line"
    BY_DIGEST = "{agent}, in answer to a digest"

    # who speaks
    STRANGER = "new here: not on this conversation yet"
    NO_PROOF = "says it is from {agent}, without proof"
    NOT_TO_US = "{agent} wrote it to others, and a copy of it came from somebody"
    SEVERAL_AUTHORS = "says it is from {agent} and from others as well"
    FORGED = "says it is from {agent}, and fails DMARC"
    NEEDS_BOTH = "from {agent}, and the desk asks for a signed address and a DMARC pass"
    ADDRESS_EXPIRED = "the reply address of {agent} is older than {days} days"
    ADDRESS_REVOKED = "the reply addresses of ticket {ticket} were revoked"
    RELEASED = "released by {agent}"
    RELEASED_BEFORE = "is about a held mail that waits no longer"
    RELEASE_TOO_LATE = "the word of {agent} came later than {limit}: asked again"
    RELEASE_UNSAID = "the first line of {agent} is not #send: asked again"

    # the room where agents work
    NO_AGENT_THERE = "said in the agents' room by an account that is no agent's: {account}"
    AMONG_AGENTS = "said among agents, about no ticket"
    NO_SUCH_TICKET = "{agent} named ticket {ticket}, which is not there for them"

    # machines
    OWN_MAIL = "our own mail come back"
    DUPLICATE = "the same message as entry {entry} of ticket {ticket}"
    AUTOMATIC = "sent by a machine ({kind}: {because})"
    AUTOMATIC_NO_TICKET = "sent by a machine ({kind}: {because}), and belongs to no ticket"
    AUTOMATIC_OF_AGENT = "automatic mail of {agent}: never public"
    SOURCE_KEY = "the source {source} says the same of ticket {ticket}"
    SOURCE_AGAIN = "the source {source} says so again, and ticket {ticket} is {state}: a new one"
    SOURCE_OVER = "the source {source} says that it is over"
    SOURCE_OVER_ALONE = "the source {source} says that it is over, and no ticket of it is open"
    SOURCE_REPEATS = (
        "counted on ticket {ticket}: more than {limit} mails of the source {source} within an hour"
    )
    SOURCE_FLAPS = (
        "more than {limit} mails of the source {source} about this within an hour: until the hour "
        "is over, further ones are only counted"
    )
    SOURCE_COUNTED = "{count} further mails of its source were counted within the hour"
    BULK_DROPPED = "bulk mail ({because}), and the desk drops it"
    IGNORED = "an event of a kind that means nothing to a desk: {kind}"
    BOUNCE_MATCHED = "a delivery report about a message of ticket {ticket}"
    BOUNCE_UNPROVED = "says that it is a delivery report, and bears no sign that proves it"
    BOUNCE_UNMATCHED = "a delivery report about nothing that this desk sent"

    # what followed
    REQUESTER_WROTE = "{author} wrote"
    BARE_THANKS = "a bare thanks: nothing reopened (#reopen undoes that)"
    ASKED = "{author} asks the desk: {what}"
    NEEDS_NOTHING = "{author} needs nothing more (#reopen undoes that)"
    RATED = "{author} gives {stars} of 5 stars"
    SAID_SOLVED = "{author} says that it is solved (#reopen undoes that)"
    SOLVED_BY_OTHER = "{author} says that it is solved: nothing reopened (#reopen undoes that)"
    THIRD_PARTY_WROTE = "a third party answered"
    FIRST_ANSWER_TAKES = "first public answer, and nobody had the ticket"
    FIRST_ANSWER_OPENS = "an agent answered"
    ADDRESS_GOT_OUT = "{agent}'s reply address also went to people outside: replaced"
    TOOK_PART = "was addressed in a message of this ticket"
    TIME_IS_OVER = "the time given is over"
    WAITS_FOR_ANSWER = "waits for an answer of {requester}"
    NO_ANSWER_YET = "no answer of {requester} for {span}"
    NO_ANSWER_CAME = "no answer of {requester} came after the last reminder"
    AUTO_CLOSED = "resolved for {limit} without a word"
    ELSEWHERE = "this answers {other}, who does not take part in ticket {ticket}"
    OVERTAKEN = "{other} wrote after the message that this answers"
    MARK_SURVIVED = "something internal is still in the text: {what}"
    NOT_YOURS_TO_SEE = "{agent} is not of the restricted queue {queue}"
    CALLED = "{author}, taken down by {agent}"
    FORWARDED = "forwarded by {agent}"
    COMMAND_WRONG = "a line was not understood: {line}"
    DELIVERY_FAILED = "could not be delivered: {error}"
    BY_MAIL_INSTEAD = "nothing reaches {person} by {network} any more: by mail from now on"
    DELIVERY_UNKNOWN = "may or may not have been delivered: {error}"

    # files that have to be fetched
    FILE_NOT_YET = "the file {name} could not be fetched yet, and is tried again: {problem}"
    FILE_LOST = "the file {name} could not be fetched: {problem}"
    FILE_LATE = "the file {name} is here now"
    FILE_INFECTED = "malware was found in the file {name}: it is kept away from everybody"
    FILE_TO_FOLLOW = (
        "the answer went out without the file {name}, which could not be fetched yet;"
        " it follows by itself as soon as it is here"
    )
    FILE_FOLLOWED = "the file {name} is here now, and was sent after the answer to {to}"
    FILE_NOT_SENT = (
        "the file {name} could not be fetched: {problem}."
        " It did not go out with the answer: attach it to another one"
    )

    # what the desk itself needs
    NEEDS_A_PERSON = "{key} needs somebody to look at it"
    NEEDS_NOBODY = "{key} works again"

    ERASED = "the words of its requester were erased"

    # service levels
    TICKET_OPENED = "the ticket was opened"
    AGENT_ANSWERED = "{agent} answered"
    ANSWER_TAKEN_BACK = "the answer was taken back"
    TIME_ALLOWED_OVER = "the time allowed is over"
    DUE_SOON = "{target}: {at} of the time allowed is over"
    OVERDUE = "{target} is not met, and was due"
    STILL_OPEN = "{target} is due soon, and the queue says so to its requesters"
    ANSWER_DUE_FIRST = "an answer is due to them before"
    STEP_CAME = "{at}: {did}"
    STEP_SKIPPED = "{at}: skipped, for {later} had come as well"
    MEASURED_ANEW = "{what} is {value} now: {because}"
    POLICY_EDITED = "the policy or its calendar was edited"
    PROMISE_SOON = "{agent} promised an answer: it is due soon"
    PROMISE_DUE = "{agent} promised an answer: it is due"
    PROMISE_KEPT = "{agent} answered: the promise is kept"
    PROMISE_KEPT_LATE = "{agent} answered, later than was promised"
    PROMISE_MOOT = "the ticket is {state}: nothing is left to promise"
    SHIFT_ENDED = "a shift ended"
    NOTHING_TO_HAND_OVER = "nobody comes on who would have to hear something"
    DIGEST_HOUR = "the hour of the digest has come"
    TOO_MANY_AT_ONCE = "more than {limit} notices within {within}: kept for a summary"
    SUMMARY_DUE = "what was too much at once, in one mail"
    # who gets it
    IN_TURN = "next in turn in the queue {queue}"
    LEAST_BUSY = "fewest open tickets in the queue {queue}"
    GIVEN = "given to {agent} by the desk"
    WENT_AWAY = "{agent} went away"
    NOBODY_FREE = "nobody in the queue {queue} can be given it now"

    # what the operator's rules say
    RULE = 'rule "{rule}"'
    RULE_FAILED = 'rule "{rule}" did not match, as it could not be told: {error}'
    RULE_CANNOT_ASSIGN = 'rule "{rule}" assigns to {agent}, who may not see the queue {queue}'

    # why nothing was sent
    QUIET = "taken in quietly: imported"
    NOT_BY_ITSELF = (
        "the desk writes nothing by itself: the ticket is a machine's, or of somebody who asks for "
        "silence or fails SPF or DMARC"
    )
    NO_ADDRESS = "the desk writes nothing by itself: there is no address outside the desk"
    CAME_BACK = "the desk writes nothing by itself: mail to {address} came back"
    NOT_KNOWN = (
        "the desk writes nothing by itself: nobody has answered, and the sender is not proven"
    )
    NOT_ASKED = "the queue {queue} does not ask whether it is solved"
    NOT_TO_MACHINES = "no automatic answer to a machine"
    WANTS_SILENCE = "no confirmation: the mail asks for no automatic answer"
    UNPROVEN_SENDER = "no confirmation: the sender fails SPF or DMARC"
    OLD_MAIL = "no confirmation: the mail is older than a day"
    CAPPED = "no confirmation: more than {limit} an hour for {what}"
    TOO_FAST = (
        "more than {limit} messages within an hour: machines may be answering each other, so "
        "nothing is sent from this ticket until it is calmer"
    )
    SAME_WORDS = (
        "the same words came more than {limit} times within an hour: a machine may be answering, "
        "so nothing more is sent for them"
    )
    OPENED_OFTEN = (
        "{author} opened more than {limit} tickets within a day: no more confirmations today"
    )
    NOTHING_TO_SAY = "there is nothing to say today"
    NOBODY_TO_TELL = "the queue has nobody to tell"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with its facts."""

    why: Why
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, why: Why, **facts: object) -> Self:
        """A reason whose wording needs exactly these facts."""
        return cls(why, tuple((name, str(value)) for name, value in facts.items()))

    @property
    def code(self) -> str:
        """The stable name for logs and metrics, such as ``reply_address``."""
        return self.why.name.lower()

    def __str__(self) -> str:
        return self.why.value.format(**dict(self.facts))
