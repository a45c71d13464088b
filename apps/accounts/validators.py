from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class MixedCharactersValidator:
    """A password holds letters and also digits or signs (等保2.0 asks for a minimum complexity)."""

    def validate(self, password: str, user: Any = None) -> None:
        has_letter = any(character.isalpha() for character in password)
        has_other = any(not character.isalpha() for character in password)
        if not (has_letter and has_other):
            raise ValidationError(
                _("The password must hold letters and also digits or signs."), code="password_not_mixed"
            )

    def get_help_text(self) -> str:
        return _("Your password must hold letters and also digits or signs.")
