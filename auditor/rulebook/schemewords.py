"""The scheme in words, as a report prints it: everything that decides about points."""

from collections.abc import Mapping

from auditor.rulebook.schemes import UNAWARE, Component, Content, Points, Scheme, Weighted


def scheme_lines(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """Name and content of every provision of the scheme, in the order in which they apply."""
    lowest, guard = scheme.grades[-1].zh, scheme.precautions
    answers = "，".join(f"{option}{_shown(points)}分" for option, points in scheme.answers.items())
    vetoes = "；".join(each.zh for each in scheme.vetoes)
    grades = "，".join(f"{each.zh}（{_shown(each.points)}分以上）" for each in scheme.grades[:-1])
    least = _shown(scheme.least_weight)
    return (
        ("满分", f"{_shown(scheme.full)}分"),
        ("回答折算", f"{answers}；{UNAWARE}不计入"),
        ("评议内容权重", _weights(scheme.contents)),
        ("各部分权重", _weights(scheme.parts)),
        ("监督评议的构成", _weights(scheme.supervision)),
        ("没有数据的部分", f"权重按比例归入其他部分；有数据的部分合计不足{least}的，不作综合评定"),
        ("单项否决", f"{vetoes}。有其一的，等次为{lowest}" if vetoes else "没有"),
        ("扣分", _deductions(scheme)),
        ("加分", _bonus(scheme)),
        ("等次", f"{grades}，其余{lowest}"),
        (
            "统计口径",
            f"有效问卷少于{guard.suppress_below}份的类别和科室不显示结果，少于{guard.rank_from}份的科室不排名；"
            f"区间和增减的把握为{guard.confidence * 100:g}%；"
            f"离开四分位数{guard.outlier_fence:g}倍四分位距以上的得分列为离群，仍计入",
        ),
    )


def _deductions(scheme: Scheme) -> str:
    items = [
        f"{each.zh}（每个问题{_shown(each.each)}分，最多{_shown(each.at_most)}分）" for each in scheme.deductions.items
    ]
    return f"{'；'.join(items)}。合计最多扣{_shown(scheme.deductions.at_most)}分" if items else "没有"


def _bonus(scheme: Scheme) -> str:
    items = [f"{each.zh}（至少{each.at_least}项，{_shown(each.points)}分）" for each in scheme.bonus.items]
    if not items:
        return "没有"
    above, at_most = _shown(scheme.bonus.above), _shown(scheme.bonus.at_most)
    return f"高于{above}分（不含）的才加分：{'；'.join(items)}。合计最多加{at_most}分"


def _weights(parts: Mapping[str, Weighted] | Mapping[str, Content] | Mapping[str, Component]) -> str:
    return "，".join(f"{each.zh}{_shown(each.weight)}" for each in parts.values())


def _shown(points: Points) -> str:
    return f"{float(points):g}"
