"""The stage `practices`: plugwright's own rules, by name. The README has the table."""

from __future__ import annotations

from plugwright.quality import Remark, unseen
from plugwright_qa.stages.desk import Desk
from plugwright_qa.stages.guestapi import names_of
from plugwright_qa.stages.remarks import few, found, looked
from plugwright_qa.stages.rules import RULES, Module

STAGE = "practices"


def look(desk: Desk) -> list[Remark]:
    """Hold every module against every rule."""
    remarks = []
    for path, tree in desk.trees.items():
        module = Module(tree, names_of(tree))
        for rule in RULES:
            remarks += [
                (
                    rule.name,
                    found(
                        STAGE,
                        f"{rule.name}: {what}",
                        rule.severity,
                        f"{path}:{line}",
                        rule.remedy,
                    ),
                )
                for line, what in rule.look(module)
            ]
    unread = [
        unseen(STAGE, f"it cannot be read: {why}", where=f"{path}:{line}")
        for path, (why, line) in desk.unread.items()
    ]
    said = f"{len(desk.trees)} modules, against {len(RULES)} rules"
    return [looked(STAGE, said), *unread, *few(remarks)]
