"""The study that ships with the program, as tables."""

from functools import cache

from fastapi import APIRouter

from mnemoscope.training.study import report
from mnemoscope.training.study.rows import shipped
from mnemoscope.training.study.trials import trials
from mnemoscope_server.http.depends import ERRORS
from mnemoscope_server.schemas.study import Study, StudyColumn, StudyFigure, StudyLine, StudyTable

router = APIRouter(prefix="/api", responses=ERRORS)


@router.get(
    "/study",
    summary="What was measured with several seeds: paradigms at equal updates and equal floats, the ladder trained",
)
def study() -> Study:
    return _study()


@cache
def _study() -> Study:
    return Study(tables=[_table(table) for table in report.tables(shipped(), trials())], command="make study")


def _table(table: report.Table) -> StudyTable:
    return StudyTable(
        group=table.group,
        question=table.question,
        title=table.title,
        metric=table.metric,
        updates=table.updates,
        sentences=table.sentences,
        columns=[StudyColumn(key=c.key, label=c.label, trained=c.trained, chance=c.chance) for c in table.columns],
        lines=[
            StudyLine(
                label=line.label,
                seeds=line.seeds,
                wanted=line.wanted,
                floats=line.floats,
                parameters=line.parameters,
                figures=[f and StudyFigure(mean=f.mean, low=f.low, high=f.high, seeds=f.seeds) for f in line.figures],
                changes=line.changes,
            )
            for line in table.lines
        ],
    )
