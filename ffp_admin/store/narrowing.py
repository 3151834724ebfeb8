"""An actor with fewer rights than its account has: what a program may do in somebody's name."""

from __future__ import annotations

from dataclasses import replace

from ffp_admin.store.actor import Actor, Grants, Holding


def narrowed(actor: Actor, allowed: Grants) -> Actor:
    """The actor limited to some rights, which it keeps only while and where its account has them.

    Nothing is seen in full, no duty is exercised. Where rights hold everywhere because no holding says otherwise, one
    holding is made: an actor without holdings would have every right in every region.
    """
    own = actor.holdings or (Holding(grants=actor.grants, regions=actor.regions),)
    holdings = tuple(
        replace(one, grants=frozenset(grant for grant in allowed if one.may(*grant))) for one in own
    )
    return replace(
        guarded(actor),
        grants=frozenset(grant for one in holdings for grant in one.grants),
        holdings=holdings,
        everywhere=False,
    )


def guarded(actor: Actor) -> Actor:
    """The same actor, who sees no hidden value in full and exercises no duty: what leaves by the interface."""
    return replace(actor, unmasked=False, duties=frozenset())
