from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class LengthValidator(MinimumLengthValidator):
    """Django's, with a message that has a Chinese translation."""

    def get_error_message(self) -> str:
        return _("The password is too short: it must have at least %(count)d characters.") % {
            "count": self.min_length
        }


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
