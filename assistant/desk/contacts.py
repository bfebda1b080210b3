"""How a visitor can be called back although stored text never holds a phone number.

The number is sealed with the installation's key beside its masked form. Who took the ticket may see it, each look is in
the audit, and it goes when the ticket is closed, answered words are deleted, or the key is lost.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.channels.identity import Identity
from assistant.desk import messages
from assistant.desk.actors import Actor
from assistant.desk.audit import Audit
from assistant.desk.tables import TicketRow
from assistant.desk.ticket_records import TicketState
from assistant.errors import ForbiddenError, NotFoundError
from assistant.masking import masked_phone, phone_in
from corpus.database import Database

_REACHED_FROM = (TicketState.TAKEN.value, TicketState.ANSWERED.value)


class Contacts:
    """Keeps visitors' numbers.

    :param identity: seals and opens; asked for at the first number, so that a key is made only where one is needed.
    """

    def __init__(self, *, database: Database, audit: Audit, identity: Callable[[], Identity]) -> None:
        self._database = database
        self._audit = audit
        self._identity = identity

    def keep(self, row: TicketRow, text: str) -> None:
        """Keep the number that ``text`` holds, in the caller's writing transaction; without one nothing changes."""
        digits = phone_in(text)
        if digits is not None:
            row.contact, row.contact_sealed = masked_phone(digits), self._identity().seal(digits)

    def show(self, actor: Actor, ticket_id: str) -> str:
        """Return the number, for the person who took the ticket, and note that it was looked at.

        :raises NotFoundError: when there is no such ticket, none was left, or it is no longer kept.
        :raises ForbiddenError: for anybody else.
        """
        with self._database.writing() as session:
            row = session.get(TicketRow, ticket_id)
            if row is None:
                raise NotFoundError(f"found no ticket {ticket_id[:40]}")
            if row.assignee != actor.account_id or row.state not in _REACHED_FROM:
                raise ForbiddenError(messages.CONTACT_FOR_ASSIGNEE)
            digits = self._identity().unseal(row.contact_sealed) if row.contact_sealed else None
            if digits is None:
                raise NotFoundError(f"found no contact in ticket {ticket_id[:40]}")
            self._audit.append(session, actor, "ticket.contact", ("ticket", ticket_id))
        return digits
