"""What the world sees of people, and what they send of themselves."""

from typing import Annotated, Final

from pydantic import EmailStr, Field

from dealradar.domain.shapes import Input, ListQuery, Moment, NotNull, Output, Storable, Worded
from dealradar.domain.users.models import Role, Standing

USERNAME_PATTERN: Final = r"^[A-Za-z0-9_.-]{3,32}$"
PASSWORD_MAX_LENGTH: Final = 128

Username = Annotated[str, Field(pattern=USERNAME_PATTERN, description="3 to 32 letters, digits, or any of _ . -")]
EmailAddress = Annotated[EmailStr, Field(max_length=254)]
Password = Annotated[str, Field(min_length=8, max_length=PASSWORD_MAX_LENGTH)]
DisplayName = Annotated[str, Field(min_length=1, max_length=64), Storable, Worded]


class AuthorOut(Output):
    """Who wrote something: what a page shows beside it."""

    id: int
    username: str
    display_name: str
    reputation: int
    role: Role


class UserOut(AuthorOut):
    """A person as everybody sees them."""

    standing: Standing
    deal_count: int
    review_count: int
    comment_count: int
    created_at: Moment


class UserQuery(ListQuery):
    """The parameters of the list of people."""

    q: Annotated[
        str | None, Field(min_length=3, max_length=64, description="A part of the username or display name."), Storable
    ] = None
    standing: Standing | None = None


class OwnOut(UserOut):
    """A person as they see themselves: the only shape that carries an e-mail address."""

    email: str | None
    email_alerts: bool
    updated_at: Moment


class SessionOut(Output):
    """A log-in; the only time that its token is seen."""

    user: OwnOut
    token: str
    expires_at: Moment


class Registration(Input):
    """What a person joins with."""

    username: Username
    email: EmailAddress
    password: Password


class LogIn(Input):
    """What a person proves themselves with."""

    login: Annotated[str, Field(min_length=1, max_length=254, description="A username or e-mail address."), Storable]
    password: Annotated[str, Field(min_length=1, max_length=PASSWORD_MAX_LENGTH)]


class PasswordChange(Input):
    """The password that a person has, and the one that they want."""

    current_password: Annotated[str, Field(min_length=1, max_length=PASSWORD_MAX_LENGTH)]
    new_password: Password


class OwnChange(Input):
    """What a person changes of themselves: the fields that are given."""

    display_name: Annotated[DisplayName | None, NotNull] = None
    email_alerts: Annotated[bool | None, NotNull] = None
