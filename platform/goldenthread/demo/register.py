"""Puts the invented initiatives into the register, through the same services as people use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db.models import F

from collaboration.initiatives import indexing, queries
from collaboration.initiatives.models import Initiative, Nomination
from collaboration.initiatives.services import keeping, nominating, partners, registering
from goldenthread.demo.colleagues import colleague_of
from groundwork.access.actors import Actor, Public
from groundwork.directory.models import Organisation
from groundwork.directory.queries import areas, find_organisation
from vision.frameworks.queries import element_finder

FILE = Path(__file__).with_name("initiatives.yaml")


@dataclass
class Loader:
    """Registers what the file describes, as of ``at``. Names that the place does not have are left out."""

    at: datetime
    registered: int = 0
    left_out: list[str] = field(default_factory=list)

    def load(self) -> None:
        self.find = element_finder()
        self._age_the_catalogue()
        described = yaml.safe_load(FILE.read_text())
        for entry in described["initiatives"]:
            self._register(entry, publish=True)
        for entry in described["drafts"]:
            self._register(entry, publish=False)
        codes = {area.name: area.code for area in areas()}
        for entry in described["nominations"]:
            if not Nomination.objects.filter(title=entry["title"]).exists():
                area = codes.get(entry.pop("area", ""))
                nominating.nominate(actor=Public(), **entry, area=area, at=self.at - timedelta(days=5))

    def _age_the_catalogue(self) -> None:
        """As if the place had been loaded a year ago, so that the latest changes are those of people."""
        fresh = Initiative.objects.filter(catalogue_key__isnull=False, version=1, changed_at=F("published_at"))
        ids = list(fresh.values_list("pk", flat=True))
        long_ago = self.at - timedelta(days=365)
        Initiative.objects.filter(pk__in=ids).update(changed_at=long_ago, published_at=long_ago)
        indexing.reindex(ids)

    def _organisation(self, name: str | None) -> Organisation | None:
        found = find_organisation(name) if name else None
        if name and not found:
            self.left_out.append(name)
        return found

    def _register(self, entry: dict[str, Any], *, publish: bool) -> None:
        owner = self._organisation(entry["owner"])
        main = [(code, sentence) for code, sentence in entry.get("main", []) if self.find(code)]
        if owner is None or owner.is_group or (publish and not main):
            self.left_out.append(entry["title"])
            return
        if Initiative.objects.filter(title=entry["title"], owner=owner).exists():
            return
        actor = colleague_of(owner)
        told = max((said["days"] for said in entry.get("updates", [])), default=60)
        begun = self.at - timedelta(days=max(told, entry.get("verified_days", 0)) + 14)
        draft = registering.start_draft(actor=actor, title=entry["title"], at=begun)
        self._fill(draft, entry, actor=actor, main=main, at=begun)
        self.registered += 1
        if publish:
            initiative = Initiative.objects.get(pk=draft.pk)
            initiative = registering.publish(actor=actor, initiative=initiative, at=begun + timedelta(days=1))
            self._afterwards(initiative, entry, actor=actor, at=begun + timedelta(days=2))

    def _fill(self, draft: Initiative, entry: dict[str, Any], *, actor: Actor, main: list[Any], at: datetime) -> None:
        def save(service: Any, **said: Any) -> None:
            fresh = Initiative.objects.get(pk=draft.pk)
            service(actor=actor, initiative=fresh, version=fresh.version, at=at, **said)

        save(
            registering.save_about,
            title=entry["title"],
            summary=entry["summary"].strip(),
            difference=entry.get("difference", ""),
            stage=entry.get("stage", "idea"),
            starts_on=entry.get("starts_on"),
            ends_on=entry.get("ends_on"),
        )
        known = {"strands": [], "blocks": [], "elements": []} | {
            kind: [code for code in entry.get(kind, []) if self.find(code)]
            for kind in ("strands", "blocks", "elements")
        }
        save(registering.save_alignment, main=main, **known)
        here = {area.name: area.code for area in areas()} | {area.code: area.code for area in areas()}
        save(
            registering.save_places,
            areas=[here[name] for name in entry.get("areas", []) if name in here],
            scale=entry.get("scale", "district"),
        )
        named = [(self._organisation(said["organisation"]), said) for said in entry.get("partners", [])]
        lead = self._organisation(entry.get("lead"))
        save(
            registering.save_partners,
            lead=lead.slug if lead else None,
            partners=[
                registering.PartnerInput(
                    organisation=organisation.slug, role=said["role"], contribution=said.get("contribution", "")
                )
                for organisation, said in named
                if organisation
            ],
        )
        money = [(self._organisation(line["source"]), line) for line in entry.get("funding", [])]
        save(
            registering.save_funding,
            lines=[
                registering.FundingInput(
                    amount=line["amount"],
                    source=source.slug if source else None,
                    source_name="" if source else line["source"],
                    period_from=line["from"],
                    period_to=line["to"],
                )
                for source, line in money
            ],
        )
        save(registering.save_participation, participation=entry.get("participation", ""))
        save(
            registering.save_contact,
            contact_role=entry.get("contact_role", "Partnership lead"),
            contact_email="",
            intended_visibility=entry.get("visibility", "public"),
        )

    def _afterwards(self, initiative: Initiative, entry: dict[str, Any], *, actor: Actor, at: datetime) -> None:
        answers = {
            organisation.pk: said
            for said in entry.get("partners", [])
            if (organisation := self._organisation(said["organisation"]))
        }
        for partner in initiative.partners.select_related("organisation", "initiative").filter(confirmation="asked"):
            said = answers.get(partner.organisation_id, {"answer": "confirmed"})
            theirs = colleague_of(partner.organisation)
            if said.get("answer") == "confirmed":
                partners.confirm(actor=theirs, partner=partner, at=at)
            elif said.get("answer") == "declined":
                partners.decline(actor=theirs, partner=partner, reason=said["reason"], at=at)
        for said in sorted(entry.get("updates", []), key=lambda said: -said["days"]):
            day = self.at - timedelta(days=said["days"])
            keeping.add_update(actor=actor, initiative=initiative, body=said["body"], health=said["health"], at=day)
        for said in entry.get("learning", []):
            day = self.at - timedelta(days=said["days"])
            keeping.add_learning(actor=actor, initiative=initiative, body=said["body"], at=day)
        for said in entry.get("asks", []):
            day = self.at - timedelta(days=said["days"])
            keeping.add_ask_or_offer(actor=actor, initiative=initiative, kind=said["kind"], body=said["body"], at=day)
        if "exemplar" in entry:
            officer = colleague_of(None)
            if queries.visible_to(officer).filter(pk=initiative.pk).exists():
                keeping.mark_exemplar(actor=officer, initiative=initiative, yes=True, reason=entry["exemplar"], at=at)
        verified = self.at - timedelta(days=entry.get("verified_days", 30))
        keeping.verify(actor=actor, initiative=Initiative.objects.get(pk=initiative.pk), at=verified)
