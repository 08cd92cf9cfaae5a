"""What people do in the workspace, in the shapes that Slack gives it."""

from typing import Any

from tests.servers.slack.methods import Api
from tests.servers.slack.world import APP, BOT_USER, TEAM, Channel, World

Payload = dict[str, Any]


class Acting:
    """People speak, edit, react, press and fill in; each is delivered and acknowledged."""

    world: World
    api: Api

    async def deliver(self, kind: str, payload: Payload, *, times: int = 1) -> Any:
        raise NotImplementedError

    def wrapped(self, event: Payload, event_id: str = "") -> Payload:
        """An event in its envelope."""
        return {
            "token": "legacy",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "api_app_id": APP,
            "event": event | {"event_ts": self.world.new_ts()},
            "type": "event_callback",
            "event_id": event_id or self.world.new_id("Ev"),
            "event_time": 1700000000,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": "4-abc",
        }

    async def event(self, event: Payload, **how: Any) -> Any:
        return await self.deliver("events_api", self.wrapped(event), **how)

    def message(self, user: str, text: str, channel: Channel, **more: Any) -> Payload:
        """A message that stands in the channel, as yet told to nobody."""
        ts = self.world.new_ts()
        message = {
            "type": "message",
            "user": user,
            "text": text,
            "ts": ts,
            "team": TEAM,
            "client_msg_id": f"c-{ts}",
            **more,
        }
        if (root := channel.messages.get(more.get("thread_ts", ""))) is not None:
            message["parent_user_id"] = root["user"]
        channel.messages[ts] = message
        channel.members.add(user)
        return message

    async def say(self, user: str, text: str, where: Channel | str = "", **more: Any) -> Payload:
        """Say something, in a direct message unless a channel is given; the message."""
        channel = self._channel(user, where)
        message = self.message(user, text, channel, **more)
        kind = "app_mention" if f"<@{BOT_USER}>" in text and channel.kind != "im" else "message"
        event = {**message, "channel": channel.id, "type": kind}
        if kind == "message":
            event["channel_type"] = channel.kind
        await self.event(event)
        return message

    def _channel(self, user: str, where: Channel | str) -> Channel:
        if isinstance(where, Channel):
            return where
        return self.world.channels[where] if where else self.world.direct(user)

    async def edit(self, channel: Channel, ts: str, text: str) -> None:
        before = dict(channel.messages[ts])
        stamp = self.world.new_ts()
        edited = {"user": before["user"], "ts": stamp}
        channel.messages[ts] |= {"text": text, "edited": edited}
        channel.messages[ts].pop("blocks", None)
        await self.event(
            {
                "type": "message",
                "subtype": "message_changed",
                "message": dict(channel.messages[ts]),
                "previous_message": before,
                "channel": channel.id,
                "hidden": True,
                "ts": stamp,
                "channel_type": channel.kind,
            }
        )

    async def delete(self, channel: Channel, ts: str) -> None:
        before = channel.messages.pop(ts)
        await self.event(
            {
                "type": "message",
                "subtype": "message_deleted",
                "previous_message": before,
                "channel": channel.id,
                "hidden": True,
                "deleted_ts": ts,
                "ts": self.world.new_ts(),
                "channel_type": channel.kind,
            }
        )

    async def react(self, user: str, channel: Channel, ts: str, emoji: str = "ticket") -> None:
        await self.event(
            {
                "type": "reaction_added",
                "user": user,
                "reaction": emoji,
                "item": {"type": "message", "channel": channel.id, "ts": ts},
                "item_user": channel.messages[ts]["user"],
            }
        )

    def _trigger(self) -> str:
        trigger = self.world.new_id("t") + ".1.abc"
        self.api.triggers.add(trigger)
        return trigger

    async def slash(self, user: str, text: str, where: Channel | str = "") -> Any:
        channel = self._channel(user, where)
        names = {"im": "directmessage", "group": "privategroup"}
        return await self.deliver(
            "slash_commands",
            {
                "token": "legacy",
                "team_id": TEAM,
                "team_domain": "acme",
                "channel_id": channel.id,
                "channel_name": names.get(channel.kind, channel.name),
                "user_id": user,
                "user_name": user.lower(),
                "command": "/ticket",
                "text": text,
                "api_app_id": APP,
                "is_enterprise_install": "false",
                "response_url": "https://hooks.slack.com/commands/T0ACME/1/abc",
                "trigger_id": self._trigger(),
            },
        )

    def _interaction(self, kind: str, user: str, **more: Any) -> Payload:
        return {
            "type": kind,
            "user": {"id": user, "username": user.lower(), "team_id": TEAM},
            "api_app_id": APP,
            "token": "legacy",
            "team": {"id": TEAM, "domain": "acme"},
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self._trigger(),
            **more,
        }

    async def press(
        self,
        user: str,
        channel: Channel,
        blocks: list[Payload],
        label: str,
        ts: str = "",
        **more: Any,
    ) -> Any:
        """Press the button, or choose the option, of this label below a message."""
        action = _pressed(blocks, label) | {"action_ts": self.world.new_ts()}
        message = channel.messages.get(ts, {})
        container = {
            "type": "message",
            "message_ts": ts or self.world.new_ts(),
            "channel_id": channel.id,
            "is_ephemeral": not ts,
        }
        if thread := message.get("thread_ts"):
            container["thread_ts"] = thread
        payload = self._interaction(
            "block_actions",
            user,
            container=container,
            channel={"id": channel.id, "name": channel.name or "directmessage"},
            message=message,
            response_url="https://hooks.slack.com/actions/T0ACME/1/abc",
            actions=[action],
            **more,
        )
        return await self.deliver("interactive", payload)

    async def pick(self, user: str, view_id: str, label: str, typed: str = "") -> Any:
        """Choose an option within a form, with something typed already."""
        view = self.api.views[view_id]
        action = _pressed(view["blocks"], label) | {"action_ts": self.world.new_ts()}
        payload = self._interaction(
            "block_actions",
            user,
            container={"type": "view", "view_id": view_id},
            view=view | {"state": {"values": _state(view, {"words": typed})}},
            actions=[action],
        )
        return await self.deliver("interactive", payload)

    async def submit(self, user: str, view_id: str, **typed: Any) -> Any:
        """Send a form with what was typed, by the action ids of its inputs."""
        view = self.api.views.pop(view_id)
        state = {"values": _state(view, typed)}
        payload = self._interaction(
            "view_submission", user, view=view | {"state": state}, response_urls=[]
        )
        return await self.deliver("interactive", payload)

    async def shortcut(self, user: str, channel: Channel, ts: str) -> Any:
        """The shortcut on a message."""
        payload = self._interaction(
            "message_action",
            user,
            callback_id="make_ticket",
            action_ts=self.world.new_ts(),
            message_ts=ts,
            channel={"id": channel.id, "name": channel.name},
            message=channel.messages[ts],
            response_url="https://hooks.slack.com/app/T0ACME/1/abc",
        )
        return await self.deliver("interactive", payload)

    async def open_home(self, user: str) -> None:
        channel = self.world.direct(user).id
        await self.event(
            {"type": "app_home_opened", "user": user, "channel": channel, "tab": "home"}
        )


def _pressed(blocks: list[Payload], label: str) -> Payload:
    for number, block in enumerate(blocks):
        for element in block.get("elements", []):
            made = {
                "type": element.get("type"),
                "action_id": element.get("action_id"),
                "block_id": block.get("block_id", f"b{number}"),
            }
            if element.get("type") == "button" and element["text"]["text"] == label:
                return made | {"value": element["value"], "text": element["text"]}
            for option in element.get("options", []):
                if option["text"]["text"] == label:
                    return made | {"selected_option": option}
    raise AssertionError(f"no {label!r} in {blocks}")


def _state(view: Payload, typed: Payload) -> Payload:
    values: Payload = {}
    for number, block in enumerate(view["blocks"]):
        if block["type"] != "input":
            continue
        element = block["element"]
        id, given = element["action_id"], typed.get(element["action_id"])
        made: Payload = {"type": element["type"]}
        if element["type"] == "plain_text_input":
            made["value"] = given if given is not None else element.get("initial_value")
            assert made["value"] or block.get("optional"), f"{id} has to be filled in"
        elif element["type"] == "static_select":
            options = {option["value"]: option for option in element["options"]}
            made["selected_option"] = options[given] if given else None
        else:
            made["files"] = given or []
        values[block.get("block_id", f"b{number}")] = {id: made}
    return values
