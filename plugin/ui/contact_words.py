"""What the ways of being in touch with a client are called on pages."""

from plugin.services.contacts.note import WAYS

WAY_WORDS = {way.value: words for way, words in WAYS.items()}
WAY_CHOICES = [("", "Choose"), *WAY_WORDS.items()]
