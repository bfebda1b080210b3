"""Who does something at the desk, and what their role allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.errors import ForbiddenError


class Role(StrEnum):
    """What a person at the desk may do; each role may do what the ones before it may."""

    CLERK = "clerk"
    EDITOR = "editor"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Return whether this role may do what ``other`` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who does something; ``role`` is None for the product itself and for visitors."""

    account_id: str
    display_name: str
    role: Role | None

    def require(self, role: Role) -> None:
        """Refuse who has less than ``role``.

        :raises ForbiddenError: naming what was found and wanted.
        """
        if self.role is None or not self.role.includes(role):
            raise ForbiddenError(f"found role {self.role}, wanted {role} or more")


SYSTEM = Actor("system", "系统", None)
VISITOR = Actor("visitor", "来访者", None)
