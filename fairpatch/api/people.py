"""Which users and tokens are there?"""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fairpatch.actions.people import NewUser, UserChange, create_user, edit_user
from fairpatch.actions.tokens import create_token, end_token
from fairpatch.api.answers import answer_json, answer_nothing
from fairpatch.api.auth import admit_user
from fairpatch.api.once import answer_once
from fairpatch.api.shapes.session import NewToken, TokenForm, TokenShape, UserForm, UserPatch, UserShape
from fairpatch.core.people.roles import Right
from fairpatch.records.queries.tokens import list_tokens
from fairpatch.records.queries.users import describe_user, list_users

router = Router(tags=["people"])


@router.get("/tokens", response=list[TokenShape])
def get_tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens."""
    user = admit_user(request, Right.MANAGE_TOKENS)
    return answer_json(list_tokens(user.id))


@router.post("/tokens", response={201: NewToken})
@answer_once
def post_token(request: HttpRequest, form: TokenForm) -> HttpResponse:
    """Make a token that acts as oneself. The secret is shown this once."""
    user = admit_user(request, Right.MANAGE_TOKENS)
    return answer_json(create_token(user, form.name, form.may_write, form.expires_on), 201)


@router.delete("/tokens/{token_id}", response={204: None})
def delete_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token of one's own at once."""
    end_token(admit_user(request, Right.MANAGE_TOKENS), token_id)
    return answer_nothing()


@router.get("/users", response=list[UserShape])
def get_users(request: HttpRequest) -> HttpResponse:
    """Everybody who may log in."""
    admit_user(request, Right.MANAGE_PEOPLE)
    return answer_json(list_users())


@router.post("/users", response={201: UserShape})
@answer_once
def post_user(request: HttpRequest, form: UserForm) -> HttpResponse:
    """Let somebody log in."""
    actor = admit_user(request, Right.MANAGE_PEOPLE)
    user = create_user(actor, NewUser(**{**form.dict(), "grants": tuple(form.grants)}))
    return answer_json(describe_user(user.id), 201)


@router.patch("/users/{user_id}", response=UserShape)
def patch_user(request: HttpRequest, user_id: int, form: UserPatch) -> HttpResponse:
    """Change a user's name, role, password, rep, granted territories, or shut the user out."""
    actor = admit_user(request, Right.MANAGE_PEOPLE)
    edit_user(actor, user_id, UserChange(form.dict(exclude_unset=True)))
    return answer_json(describe_user(user_id))
