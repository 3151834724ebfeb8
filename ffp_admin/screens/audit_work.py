"""The worker's part of the audit pages: the whole chain is checked, which takes seconds for each million lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ffp_admin.jobs import JobContext
from ffp_admin.store import Deed, note
from ffp_admin.store.audit_verify import verify_trail

#: kind of the job
VERIFY = "audit_verify"
#: faults that are told in the line about the check; the command tells them all
TOLD = 5


def work_off(context: JobContext) -> Mapping[str, Any]:
    """Check the chain and note what came out."""
    store = context.store
    with store.reading() as session:
        verdict = verify_trail(session, store.keyring, tell=context.progress)
    facts: dict[str, object] = {
        "lines": verdict.lines,
        "blocks": verdict.blocks,
        "head": verdict.head,
        "whole": verdict.is_whole,
    }
    if verdict.faults:
        facts["faults"] = [fault.text() for fault in verdict.faults[:TOLD]]
    deed = Deed(action="audit_verified", facts=facts)
    store.write(lambda session: note(session, context.owner, store.clock.now(), "worker", [deed]))
    return {"whole": verdict.is_whole}
