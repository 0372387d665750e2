from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "collaboration.boards"
    label = "boards"

    def ready(self) -> None:
        from collaboration.actions import origins
        from collaboration.boards import access, founding, tasks  # noqa: F401 - tasks registers jobs
        from collaboration.boards.afterwards import events, provenance, rules  # noqa: F401 - registers events, rules
        from collaboration.boards.services import keeping
        from collaboration.workshops import registry as workshops
        from groundwork.accounts import registry as accounts

        origins.register_origin(provenance.KIND, seen=provenance.seen, sensitive=provenance.sensitive)
        workshops.on_planned(founding.planned)
        workshops.on_rules_changed(founding.rules_changed)
        workshops.on_access_changed(access.of_workshops)
        workshops.on_forgotten(keeping.forget_workshop)
        accounts.on_access_ended(access.of_people)
