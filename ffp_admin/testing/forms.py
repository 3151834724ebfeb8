"""A made-up register of everyday size, for benches and tests that need many forms."""

from __future__ import annotations

_FORM = """
register: {key}
label: {label}
scope: area
display: [name]
sections:
  basics:
    fields:
      number: {{kind: text, length: 20, searchable: true}}
      name: {{kind: text, required: true, length: 60, searchable: true}}
      area: {{kind: region, required: true}}
      phone: {{kind: phone}}
      people: {{kind: integer, minimum: 1, maximum: 30}}
      income: {{kind: money}}
      per_head: {{kind: computed, formula: income / people, result: money}}
      moved: {{kind: boolean}}
      place: {{kind: text, shown_when: moved is true, required_when: moved is true}}
      since: {{kind: date}}
      {more}: {{kind: text}}
  receipts:
    fields:
      items:
        kind: table
        fields:
          paper: {{kind: text, required: true}}
          amount: {{kind: money, required: true}}
list: {{columns: [number, name, area, people, income], filters: [area, since]}}
checks:
  - {{must: people is empty or people < 20, otherwise: Too many people., at: people}}
"""


def form_file(key: str, label: str, more: str = "remark") -> bytes:
    """The declaration of a register with this key and label; `more` is the key of its last field."""
    return _FORM.format(key=key, label=label, more=more).encode()
