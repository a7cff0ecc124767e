"""What people are told of what moderators did; never which moderator it was."""

from dealradar.domain.reports import ReportOut, TargetOut, TargetType


def outcome(report: ReportOut) -> str:
    """Return what the reporter is told when *report* is closed."""
    return _explained(f"Your report about {_described(report.target)} was {report.status}", report.resolution)


def warning(report: ReportOut) -> str:
    """Return what the person behind the target is told when they are warned."""
    return _explained(f"You have been warned because of {_owned(report.target)}", report.resolution)


def _explained(text: str, why: str | None) -> str:
    return f"{text}: {why}" if why else f"{text}."


def _described(target: TargetOut) -> str:
    if target.type is TargetType.USER:
        return target.author.display_name
    return f"the {target.type} “{target.title}”" if target.title else f"a {target.type} by {target.author.display_name}"


def _owned(target: TargetOut) -> str:
    if target.type is TargetType.USER:
        return "your conduct"
    return f"your {target.type} “{target.title}”" if target.title else f"your {target.type}"
