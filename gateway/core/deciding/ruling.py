"""What the operator's rules make of a message, and of the ticket that it is on."""

from __future__ import annotations

from gateway.core.changes import NoticeKind, Reach, Skip
from gateway.core.deciding.draft import Draft, desk_author
from gateway.core.facts import Scene, facts_of
from gateway.core.model import Message, Role
from gateway.core.reasons import Reason, Why
from gateway.core.rules import Effect, Judgement, Occasion, judge
from gateway.core.situation import Situation


def ruled(scene: Scene, *, told: bool = False) -> Judgement:
    """What the rules of its occasion say about a message. ``told``: with the words why."""
    policy, occasion = scene.policy, scene.occasion
    if not any(rule.on is occasion for rule in policy.rules):
        return Judgement()
    facts = facts_of(scene, policy.rule_names[occasion])
    tags = scene.ticket.tags
    return judge(policy.rules, occasion, facts, policy.matrix, tags=tags, told=told)


def follow_rules(
    draft: Draft,
    message: Message,
    situation: Situation,
    occasion: Occasion,
    *,
    role: Role = Role.REQUESTER,
    ref: str | None = None,
) -> None:
    """Do to the ticket what the rules say; each change has its rule as the reason.

    Call it before anything is said, for who hears of a ticket follows from its queue and tier.
    ``ref``: the entry of the message, for the agent whom a rule gives it to.
    """
    scene = Scene(
        ticket=draft.ticket,
        message=message,
        policy=draft.policy,
        now=draft.now,
        occasion=occasion,
        role=role,
        verified=situation.sender.verified or message.proof.verified,
    )
    draft.scene = scene
    judgement = ruled(scene)
    for hit in judgement.hits:
        if hit.failed:
            because = Reason.of(Why.RULE_FAILED, rule=hit.rule.name, error=hit.failed)
            draft.add(Skip(what="rule", because=because))
    for effect in sorted(judgement.effects, key=_last):
        _carry_out(draft, effect, ref)


def _last(effect: Effect) -> bool:
    """Who gets a ticket is looked at when its queue stands."""
    return effect.field == "assignee"


def _carry_out(draft: Draft, effect: Effect, ref: str | None) -> None:
    because = Reason.of(Why.RULE, rule=effect.rule)
    if effect.field == "assignee":
        _give(draft, effect, because, ref)
        return
    draft.alter(effect.field, effect.value, because, desk_author(draft.policy))
    if effect.field == "queue":
        _let_go(draft, because)


def _let_go(draft: Draft, because: Reason) -> None:
    """Whoever has a ticket that went to a queue which is not theirs has it no longer."""
    assignee = draft.policy.agents_by_email.get(draft.ticket.assignee or "")
    if assignee is not None and draft.ticket.queue not in assignee.queues:
        draft.alter("assignee", None, because, desk_author(draft.policy))


def _give(draft: Draft, effect: Effect, because: Reason, ref: str | None) -> None:
    agent = draft.policy.agents_by_email.get(effect.value)
    queue = draft.ticket.queue
    if agent is None or not draft.policy.may_see(agent, queue):
        words = Reason.of(Why.RULE_CANNOT_ASSIGN, rule=effect.rule, agent=effect.value, queue=queue)
        draft.add(Skip(what="assignment", because=words))
        return
    if draft.alter("assignee", agent.email, because, desk_author(draft.policy)):
        draft.tell(
            agent,
            NoticeKind.ASSIGNED,
            because,
            reach=Reach.PUBLIC,
            about=ref,
            attach=True,
            facts={"author": draft.policy.desk_name},
        )
