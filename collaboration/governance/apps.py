from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "collaboration.governance"
    label = "governance"

    def ready(self) -> None:
        from collaboration.actions import origins
        from collaboration.governance import (
            board_exports,  # noqa: F401 - registers a table that people can take away
            catalogue_recommendations,  # noqa: F401 - registers its section
            provenance,
            rooms,
            succeeding,  # noqa: F401 - registers what moves
            suggestions,
        )

        origins.register_origin(provenance.KIND, seen=provenance.seen, sensitive=provenance.sensitive)
        rooms.register()
        suggestions.register()
