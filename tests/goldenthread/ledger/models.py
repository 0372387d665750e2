from django.db import models


class Entry(models.Model):
    word = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.word


class Effect(models.Model):
    """What the handler leaves for each entry; no constraint, so that a second one would be seen."""

    word = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.word
