"""Who answers (责任主体): the unit and the post behind what a rule calls liable, and the next one up."""

from auditor.rulebook.judgements import Responsibility

OWN = "own"


def answerable(bodies: str, unit: str, responsibility: Responsibility, *, one_up: bool = False) -> str:
    """The units and posts for `bodies` (joined by 、); a body without a post stands as the rule has it.

    `one_up`: the post above in the line of responsibility; the highest stays.
    """
    named = []
    for body in (each for each in bodies.split("、") if each):
        place = responsibility.posts.get(body)
        if place is None or not place.post:
            named.append(body)
            continue
        whose = unit if place.unit == OWN else place.unit or body
        if whose != body and whose in responsibility.posts:  # the section is one that has a post of its own
            place = responsibility.posts[whose]
        post = responsibility.line.get(place.post, place.post) if one_up else place.post
        named.append(f"{whose}（{post}）")
    return "、".join(dict.fromkeys(named))
