"""Who acts for an organisation: inviting, asking to join, answering, ending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from frontend import forms
from frontend.pages.moved import at_present_address
from frontend.pages.signing_in import enter
from groundwork.access.errors import DomainError, Invalid, NotAllowed
from groundwork.access.rules import can, require
from groundwork.accounts.queries import has_account
from groundwork.directory import queries, services
from groundwork.directory.rules import has_lead, roles_to_give
from groundwork.web.middleware import MANDATE_KEY

ROLES: dict[str, tuple[Any, Any]] = {
    "member": (gettext_lazy("Member"), gettext_lazy("Registers and updates joint work.")),
    "lead": (gettext_lazy("Lead"), gettext_lazy("Also publishes, and decides who acts for the organisation.")),
    "approver": (gettext_lazy("Approver"), gettext_lazy("Also publishes, and answers for the organisation.")),
    "scrutiny": (gettext_lazy("Scrutiny"), gettext_lazy("Reads what is under review, and may challenge it.")),
    "officer": (gettext_lazy("Partnership officer"), gettext_lazy("Works for the partnership as a whole.")),
}


class RoleForm(forms.Form):
    def __init__(self, *args: Any, roles: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        field.widget = forms.Radios(hints={role: ROLES[role][1] for role in roles})
        field.choices = [(role, ROLES[role][0]) for role in roles]  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    email = forms.CharField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the email address of your colleague")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("What will they do?"),
        error_messages={"required": gettext_lazy("Choose what they will do")},
    )


class AnswerForm(RoleForm):
    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[("approve", gettext_lazy("Approve")), ("decline", gettext_lazy("Decline"))],
        widget=forms.Radios(inline=True),
        error_messages={"required": gettext_lazy("Choose approve or decline")},
    )
    role = forms.ChoiceField(label=gettext_lazy("If you approve: what will they do?"), required=False)
    reason = forms.LongTextField(
        label=gettext_lazy("If you decline: why?"),
        help_text=gettext_lazy("The person reads this."),
        max_length=services.REASON_LIMIT,
        rows=3,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == "approve" and not data.get("role") and "role" not in self.errors:
            self.add_error("role", _("Choose what they will do"))
        if data.get("answer") == "decline" and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why, so that the person knows what to do next"))
        return data


class JoinForm(forms.Form):
    message = forms.LongTextField(
        label=gettext_lazy("What do you do there?"),
        help_text=gettext_lazy("The lead reads this when deciding. A sentence is enough."),
        max_length=services.MESSAGE_LIMIT,
        rows=4,
        required=False,
    )


class AcceptForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        help_text=gettext_lazy("Others see it beside what you write."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter your full name")},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@at_present_address("organisation")
def organisation_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who acts for an organisation; its lead invites here."""
    actor = request.actor  # type: ignore[attr-defined]
    organisation = queries.organisation_by_slug(slug)
    require(actor, "organisation.see_people", organisation)
    may_invite = can(actor, "organisation.invite", organisation)
    roles = roles_to_give(organisation)
    form = InviteForm(request.POST if request.method == "POST" else None, roles=roles, initial={"role": "member"})
    status = 200
    if request.method == "POST":
        status = 422
        require(actor, "organisation.invite", organisation)
        if form.is_valid():
            try:
                invitation, _token = services.invite(
                    actor=actor,
                    organisation=organisation,
                    email=form.cleaned_data["email"],
                    role=form.cleaned_data["role"],
                )
            except DomainError as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(request, _("We have invited %(email)s.") % {"email": invitation.email})
                return redirect("organisation-people", slug=slug)
    context = {
        "organisation": organisation,
        "mandates": [
            {"mandate": m, "may_end": bool(can(actor, "mandate.end", m))}
            for m in queries.people_of(actor, organisation)
        ],
        "may_invite": may_invite,
        "form": form if may_invite else None,
        "invitations": list(queries.open_invitations(actor, organisation)) if may_invite else [],
        "join_requests": list(queries.waiting_join_requests(actor, organisation)),
        "has_lead": has_lead(organisation),
    }
    return render(request, "frontend/people/people.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@at_present_address("organisation")
def end_mandate(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say once more who will no longer act for the organisation, then end it."""
    actor = request.actor  # type: ignore[attr-defined]
    organisation = queries.organisation_by_slug(slug)
    mandate = queries.find_mandate(actor, pk)
    if mandate.organisation_id != organisation.pk:
        return redirect("organisation-people", slug=mandate.organisation.slug)
    require(actor, "mandate.end", mandate)
    if request.method == "POST":
        services.end_mandate(actor=actor, mandate=mandate)
        messages.success(
            request, _("%(person)s no longer acts for you in this role.") % {"person": mandate.person.display_name}
        )
        if can(actor, "organisation.see_people", organisation):
            return redirect("organisation-people", slug=slug)
        return redirect("account")
    return render(request, "frontend/people/end.html", {"mandate": mandate, "organisation": organisation})


@never_cache
@login_required
@require_POST
def revoke_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    invitation = services.revoke_invitation(actor=actor, invitation=queries.find_invitation(actor, pk))
    messages.success(request, _("The invitation of %(email)s no longer works.") % {"email": invitation.email})
    return redirect("organisation-people", slug=invitation.organisation.slug)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@at_present_address("organisation")
def ask_to_join(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to act for an organisation."""
    actor = request.actor  # type: ignore[attr-defined]
    organisation = queries.organisation_by_slug(slug)
    require(actor, "organisation.request_to_join", organisation)
    form = JoinForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.request_to_join(actor=actor, organisation=organisation, message=form.cleaned_data["message"])
            except DomainError as error:
                form.refuse(error)
                status = error.status
            else:
                messages.success(
                    request,
                    _("Your request was sent to %(organisation)s. You will get an email with the answer.")
                    % {"organisation": organisation.name},
                )
                return redirect("account")
    context = {"form": form, "organisation": organisation, "has_lead": has_lead(organisation)}
    return render(request, "frontend/people/join.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def join_requests(request: HttpRequest) -> HttpResponse:
    """Every join request that waits for this actor."""
    waiting = queries.waiting_join_requests(request.actor)  # type: ignore[attr-defined]
    return render(request, "frontend/people/join_requests.html", {"join_requests": list(waiting[:200])})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or decline."""
    actor = request.actor  # type: ignore[attr-defined]
    asked = queries.find_join_request(actor, pk)
    may_decide = can(actor, "join_request.decide", asked)
    suggested = "member" if has_lead(asked.organisation) else "lead"
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        roles=roles_to_give(asked.organisation),
        initial={"role": suggested},
    )
    status = 200
    if request.method == "POST":
        status = 422
        require(actor, "join_request.decide", asked)
        if form.is_valid():
            approve = form.cleaned_data["answer"] == "approve"
            try:
                services.decide_join_request(
                    actor=actor,
                    join_request=asked,
                    approve=approve,
                    role=form.cleaned_data["role"] or suggested,
                    reason=form.cleaned_data["reason"],
                )
            except DomainError as error:
                form.refuse(error)
                status = error.status
            else:
                said = _("%(person)s now acts for %(organisation)s.") if approve else _("You declined %(person)s.")
                messages.success(
                    request,
                    said % {"person": asked.person.display_name, "organisation": asked.organisation.name},
                )
                return redirect("join_requests")
    context = {"asked": asked, "form": form, "may_decide": may_decide}
    return render(request, "frontend/people/join_request.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation leads. Looking changes nothing; the button accepts."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        found = services.look_at_invitation(token=token)
    except Invalid as error:
        return render(request, "frontend/people/refused.html", {"sentence": error.message}, status=error.status)
    is_known = has_account(found.email)
    opens_account = actor.person is None and not is_known
    form = AcceptForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if actor.person is None and is_known:
            return redirect(f"/sign-in/?{urlencode({'next': request.path})}")
        if not opens_account or form.is_valid():
            try:
                mandate = services.accept_invitation(
                    actor=actor, token=token, name=form.cleaned_data["name"] if opens_account else ""
                )
            except Invalid as error:
                if set(error.errors) == {""}:
                    return render(
                        request, "frontend/people/refused.html", {"sentence": error.message}, status=error.status
                    )
                form.refuse(error)
            except NotAllowed as error:
                status = error.status
                messages.error(request, error.message)
            else:
                return _welcome(request, mandate, opened=opens_account)
    context = {
        "invitation": found,
        "form": form if opens_account else None,
        "is_known": is_known,
        "is_other": actor.person is not None and actor.person.email != found.email,
        "role": ROLES[found.role],
    }
    return render(request, "frontend/people/invitation.html", context, status=status)


def _welcome(request: HttpRequest, mandate: Any, *, opened: bool) -> HttpResponse:
    messages.success(request, _("You now act for %(organisation)s.") % {"organisation": mandate.organisation.name})
    if opened:
        return enter(request, mandate.person, how="invitation", next_path="/home/")
    request.session[MANDATE_KEY] = mandate.pk
    return redirect("/home/")
