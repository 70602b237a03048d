"""Every address of the program with who ever opens it, written by hand: the other half of access_tables."""

from typing import NamedTuple


def rows(text: str) -> list[list[str]]:
    """The cells of a text table without its heading; a ragged row is a ValueError."""
    head, *found = [cells for line in text.splitlines() if (cells := line.split("#")[0].split())]
    ragged = [cells for cells in found if len(cells) != len(head)]
    if ragged:
        raise ValueError(f"row does not fit {head}: {ragged[0]}")
    return found


class Route(NamedTuple):
    """One address and method: what it is about, the letter it takes there, the status of the hidden, who ever does it."""

    method: str
    address: str
    target: str
    need: str
    hidden: int
    who: frozenset[str]


COLUMNS = (
    "out",
    "none",
    "grid_officer",
    "township_supervisor",
    "county_office",
    "department_liaison",
    "station_officer",
    "leader",
    "inspector",
    "system_admin",
    "audit_admin",
)
#: x = it is part of this role's work somewhere; a dot = 403 everywhere (for out: the log-in page).
ROUTES = [
    Route(*row[:4], int(row[4]), frozenset(name for name, cell in zip(COLUMNS, row[5:], strict=True) if cell == "x"))
    for row in rows("""
method address                                           target   need     hidden out none officer township county liaison station leader inspector admin auditor
GET    /assets/<mark>/<root>/<path>                      -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /sw.js                                            -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /manifest.webmanifest                             -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /icons/<size>.png                                 -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /kept-pages                                       -        -        404    .   .    x       .        .      .       .       .      .         .     .
GET    /healthz                                          -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /readyz                                           -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /language                                         -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /login                                            -        -        404    x   x    x       x        x      x       x       x      x         x     x
POST   /login                                            -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /privacy                                          -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /help                                             -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /help/asked                                       -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /help/<role>                                      -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /                                                 -        -        404    .   x    x       x        x      x       x       x      x         x     x
GET    /account                                          -        -        404    .   x    x       x        x      x       x       x      x         x     x
GET    /account/data                                     -        -        404    .   x    x       x        x      x       x       x      x         x     x
GET    /account/password                                 -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/password                                 -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/language                                 -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/phones/end-others                        -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/phones/<session_id>/end                  session  e        404    .   x    x       x        x      x       x       x      x         x     x
GET    /account/second                                   -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/second/begin                             -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/second/confirm                           -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/second/check                             -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/second/done                              -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/second/off                               -        -        404    .   x    x       x        x      x       x       x      x         x     x
GET    /account/notices                                  -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/notices                                  -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /logout                                           -        -        404    .   x    x       x        x      x       x       x      x         x     x
GET    /feedback                                         -        -        404    .   .    x       x        x      x       x       x      x         x     x
POST   /feedback                                         -        -        404    .   .    x       x        x      x       x       x      x         x     x
GET    /feedback/mine                                    -        -        404    .   .    x       x        x      x       x       x      x         x     x
GET    /feedback/inbox                                   -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /feedback/<message_id>/answer                     message  *        404    .   .    .       .        x      .       .       .      .         .     .
GET    /map                                              -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /map/layers/<fingerprint>.json                    layer    *        404    .   .    x       x        x      x       x       x      x         .     .
GET    /map/grids/<grid_id>/card                         grid     *        404    .   .    x       x        x      x       x       x      x         .     .
GET    /map/grids/<grid_id>/objects                      grid     g        404    .   .    x       x        x      .       .       x      x         .     .
GET    /map/found                                        -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /documents                                        -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /documents/<code>                                 -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /documents/<document>/parts/<part>                -        -        404    .   .    x       x        x      x       x       x      x         .     .
POST   /documents/<document>/parts/<part>                -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /problems                                         -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /problems/<problem>                               -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /problems/<problem>/add                           -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /problems/<problem>/<link_id>                     -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /problems/<problem>/<link_id>/confirm             -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /problems/<problem>/<link_id>/remove              -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /duties                                           -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /duties.xlsx                                      -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /duties/<code>                                    -        -        404    .   .    x       x        x      x       x       x      x         .     .
POST   /duties/<code>/department                         -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /duties/<code>/forget                             -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /who                                              -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /figures                                          -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /figures.xlsx                                     -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /departments                                      -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /departments/numbered                             -        -        404    .   .    x       x        x      x       x       x      x         .     .
POST   /succession/<succession_id>                       -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /home                                             -        -        404    .   .    x       x        .      .       .       .      .         .     .
GET    /mine                                             -        -        404    .   .    x       x        .      .       .       .      .         .     .
GET    /enter-for                                        -        -        404    .   .    .       x        .      .       .       .      .         .     .
GET    /topics                                           -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /frequency                                        -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /frequency                                        -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /frequency/template                               -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /frequency/<rule_id>/end                          -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /topics                                           -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /desk                                             -        -        404    .   .    .       x        x      x       x       x      x         .     .
GET    /late                                             -        -        404    .   .    .       x        x      .       .       x      x         .     .
GET    /late/<role>/<place>                              -        -        404    .   .    .       x        x      .       .       x      x         .     .
GET    /export                                           -        -        404    .   .    .       x        x      x       x       x      x         .     .
POST   /export                                           -        -        404    .   .    .       x        x      x       x       x      x         .     .
GET    /search                                           -        -        404    .   .    x       x        x      x       x       x      x         .     .
GET    /settings                                         -        -        404    .   .    .       .        x      .       .       .      .         x     .
POST   /settings/<group>                                 setting  s        404    .   .    .       .        x      .       .       .      .         x     .
GET    /calendar                                         -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /calendar/limits                                  -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /calendar/<year>/days                             -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /calendar/<year>/confirm                          -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /calendar/days/<on>                               -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /calendar/days/<on>                               -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /calendar/days/<on>/out                           -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /log                                              -        -        404    .   .    .       .        .      .       .       .      .         .     x
GET    /grids/<grid_id>                                  grid     g        404    .   .    x       x        x      .       .       x      x         .     .
GET    /grids/<grid_id>/open                             grid     g        404    .   .    x       x        x      .       .       x      x         .     .
GET    /grids/<grid_id>/rounds                           grid     v        404    .   .    x       x        x      .       .       x      x         .     .
GET    /grids/<grid_id>/coverage                         grid     v        404    .   .    x       x        x      .       .       x      x         .     .
GET    /grids/<grid_id>/objects                          grid     g        404    .   .    x       x        x      .       .       x      x         .     .
POST   /grids/<grid_id>/objects                          grid     o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/objects/propose                  grid     n        404    .   .    x       .        .      .       .       .      .         .     .
POST   /grids/<grid_id>/objects/propose                  grid     n        404    .   .    x       .        .      .       .       .      .         .     .
GET    /grids/<grid_id>/patrol                           grid     k        404    .   .    x       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/week                             village  k        404    .   .    x       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/week/enter                       village  k        404    .   .    x       x        x      .       .       .      .         .     .
POST   /grids/<grid_id>/week/enter                       village  k        404    .   .    x       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/report                           grid     p        404    .   .    x       x        .      .       .       .      .         .     .
GET    /grids/<grid_id>/card                             grid     o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /grids/<grid_id>/card                             grid     o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/upper                            grid     u        404    .   .    .       x        x      .       .       .      .         .     .
POST   /grids/<grid_id>/upper                            grid     u        404    .   .    .       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/platform                         grid     w        404    .   .    .       x        x      .       .       .      .         .     .
POST   /grids/<grid_id>/platform                         grid     w        404    .   .    .       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/before                           grid     g        404    .   .    x       x        x      .       .       x      x         .     .
GET    /grids/<grid_id>/notice                           grid     g        404    .   .    x       x        x      .       .       x      x         .     .
GET    /units/<unit_id>                                  unit     g        404    .   .    x       x        x      .       .       x      x         .     .
GET    /units/<unit_id>/change                           unit     o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /units/<unit_id>/change                           unit     o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /units/<unit_id>/end                              unit     o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /units/<unit_id>/people                           unit     o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /units/<unit_id>/people                           unit     o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /units/<unit_id>/people/<row_id>/end              unit     o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /ledger                                           -        -        404    .   .    .       x        x      .       .       x      x         .     .
GET    /grids/<grid_id>/ledger                           grid     l        404    .   .    .       x        x      .       .       x      x         .     .
POST   /grids/<grid_id>/ledger                           grid     h        404    .   .    .       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/ledger/print                     grid     l        404    .   .    .       x        x      .       .       x      x         .     .
POST   /grids/<grid_id>/ledger/file                      grid     l        404    .   .    .       x        x      .       .       x      x         .     .
GET    /ledgers/<ledger_id>                              ledger   l        404    .   .    .       x        x      .       .       x      x         .     .
GET    /ledgers/<ledger_id>/print                        ledger   l        404    .   .    .       x        x      .       .       x      x         .     .
POST   /ledgers/<ledger_id>/file                         ledger   l        404    .   .    .       x        x      .       .       x      x         .     .
GET    /ledger/columns                                   -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /ledger/columns/<records>                         -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /ledger/template                                  -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /ledger/template                                  -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /ledger/template/end                              -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /ledger/template/file                             -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /ledger/template/sample                           -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /grids/<grid_id>/units/new                        grid     o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /grids/<grid_id>/units/new                        grid     o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /units/import                                     -        -        404    .   .    .       x        x      .       .       .      .         .     .
GET    /units/import/sample                              -        -        404    .   .    .       x        x      .       .       .      .         .     .
POST   /units/import                                     village  o        422    .   .    .       x        x      .       .       .      .         .     .
POST   /units/import/confirm                             village  o        422    .   .    .       x        x      .       .       .      .         .     .
GET    /cards.xlsx                                       -        -        404    .   .    .       x        x      .       .       x      x         .     .
GET    /cards                                            -        -        404    .   .    .       x        x      .       .       x      x         .     .
GET    /objects/import                                   -        -        404    .   .    .       x        x      .       .       .      .         .     .
GET    /objects/import/sample                            -        -        404    .   .    .       x        x      .       .       .      .         .     .
GET    /objects/export                                   -        -        404    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/import                                   village  o        422    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/import/confirm                           village  o        422    .   .    .       x        x      .       .       .      .         .     .
GET    /objects/<object_id>                              object   g        404    .   .    x       x        x      .       .       x      x         .     .
GET    /objects/<object_id>/stop                         object   n        404    .   .    x       .        .      .       .       .      .         .     .
POST   /objects/<object_id>/stop                         object   n        404    .   .    x       .        .      .       .       .      .         .     .
GET    /proposals/<proposal_id>                          proposal o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /proposals/<proposal_id>/accept                   proposal o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /proposals/<proposal_id>/decline                  proposal o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/<object_id>/retire                       object   o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /objects/<object_id>/edit                        object   o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/<object_id>/edit                        object   o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/<object_id>/persons                     object   o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/<object_id>/stages                      object   o        404    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/<object_id>/papers                      object   o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /registers                                       -        -        404    .   .    .       x        x      .       .       x      x         .     .
GET    /registers/<kind>                                -        -        404    .   .    .       x        x      .       .       x      x         .     .
GET    /registers/<kind>/fields                          -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /registers/<kind>/fields                          -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /registers/<kind>/fields/end                      -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /registers/<kind>/fields/again                    -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /registers/<kind>/export                         -        -        404    .   .    .       x        x      .       .       .      .         .     .
GET    /registers/<kind>/import                         -        -        404    .   .    .       x        x      .       .       .      .         .     .
POST   /registers/<kind>/import                         object   o        422    .   .    .       x        x      .       .       .      .         .     .
POST   /registers/<kind>/import/confirm                 object   o        422    .   .    .       x        x      .       .       .      .         .     .
GET    /patrols/<patrol_id>                              round    v        404    .   .    x       x        x      .       .       x      x         .     .
POST   /patrols                                          village  k        404    .   .    x       x        x      .       .       .      .         .     .
POST   /reports                                          village  p        404    .   .    x       x        .      .       .       .      .         .     .
GET    /reports/<report_id>                              report   r        404    .   .    x       x        x      x       x       x      x         .     .
GET    /reports/<report_id>/receipt                      report   r        404    .   .    x       x        x      x       x       x      x         .     .
GET    /reports/<report_id>/<action>                     move     m        404    .   .    x       x        x      x       x       .      .         .     .
POST   /reports/<report_id>/<action>                     move     m        404    .   .    x       x        x      x       x       .      .         .     .
POST   /reports/<report_id>/beside/look                  beside   look     404    .   .    .       x        x      .       .       .      .         .     .
POST   /reports/<report_id>/beside/looks/<look_id>/withdraw  beside   withdraw 404    .   .    .       x        x      .       .       .      .         .     .
POST   /reports/<report_id>/beside/lead                  beside   choose   404    .   .    x       x        x      x       x       .      .         .     .
POST   /reports/<report_id>/beside/part                  beside   part     404    .   .    x       x        x      x       x       .      .         .     .
POST   /reports/<report_id>/beside/problems              beside   problems 404    .   .    .       x        x      .       .       .      .         .     .
POST   /reports/<report_id>/beside/sample                beside   sample   404    .   .    .       x        x      .       .       .      .         .     .
POST   /reports/<report_id>/beside/result                beside   result   404    .   .    .       .        .      x       .       .      .         .     .
POST   /reports/<report_id>/beside/undo      beside   undo     404    .   .    x       x        x      x       x       .      .         .     .
GET    /looks/<look_id>                                  look     answer   404    .   .    x       .        .      .       .       .      .         .     .
POST   /looks/<look_id>                                  look     answer   404    .   .    x       .        .      .       .       .      .         .     .
GET    /photos/<attachment_id>                           photo    r        404    .   .    x       x        x      x       x       x      x         .     .
GET    /attachments/<attachment_id>                      photo    r        404    .   .    x       x        x      x       x       x      x         .     .
GET    /first-day                                        -        -        404    .   .    .       .        x      .       .       .      .         x     .
GET    /first-day/<step>                                 -        -        404    .   .    .       .        x      .       .       .      .         x     .
GET    /attachments/<attachment_id>/small                photo    r        404    .   .    x       x        x      x       x       x      x         .     .
GET    /entries/<entry_id>                               -        -        404    .   x    x       x        x      x       x       x      x         x     x
GET    /entries/<entry_id>/photos/<mark>                 -        -        404    .   .    x       x        x      x       x       .      .         .     .
PUT    /entries/<entry_id>/photos/<mark>                 -        -        404    .   .    x       x        x      x       x       .      .         .     .
GET    /codes                                            -        -        404    .   .    .       .        x      .       .       .      .         .     x
GET    /people                                           -        -        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/new                                       -        -        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/new                                       village  t        422    .   .    .       x        x      .       .       .      .         x     .
GET    /people/import                                    -        -        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/import                                    village  t        422    .   .    .       x        x      .       .       .      .         x     .
POST   /people/import/confirm                            village  t        422    .   .    .       x        x      .       .       .      .         x     .
GET    /people/import/sample                             -        -        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/slips                                     -        -        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>                               account  v        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>/edit                          account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/edit                          account  h        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>/suspending                    account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/suspend                       account  h        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>/handover                      account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/handover                      account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/resume                        account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/phones/<session_id>/end       account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/second/reset                  account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/code                          account  h        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>/postings/new                  account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/postings/new                  account  h        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>/postings/<posting_id>/end     posting  e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/postings/<posting_id>/end     posting  e        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>/postings/<posting_id>/acting  posting  e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/postings/<posting_id>/acting  posting  e        404    .   .    .       x        x      .       .       .      .         x     .
GET    /bodies                                           -        -        404    .   .    .       x        x      .       .       .      .         x     .
GET    /bodies/new                                       -        -        404    .   .    .       x        x      .       .       .      .         x     .
POST   /bodies/new                                       village  t        422    .   .    .       x        x      .       .       .      .         x     .
GET    /bodies/<body_id>                                 body     e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /bodies/<body_id>                                 body     e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /bodies/<body_id>/close                           body     e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /bodies/<body_id>/reopen                          body     e        404    .   .    .       x        x      .       .       .      .         x     .
GET    /borders                                          -        -        404    .   .    .       .        x      .       .       x      .         .     .
POST   /borders                                          -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /borders/list.xlsx                                -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /borders/incoming/<incoming_id>                   -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /borders/incoming/<incoming_id>                   -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /borders/<set_id>                                 border   r        404    .   .    .       .        x      .       .       x      .         .     .
POST   /borders/<set_id>/heir                            border   d        404    .   .    .       .        x      .       .       .      .         .     .
POST   /borders/<set_id>/parts                           border   d        404    .   .    .       .        x      .       .       .      .         .     .
POST   /borders/<set_id>/propose                         border   d        404    .   .    .       .        x      .       .       .      .         .     .
POST   /borders/<set_id>/approve                         border   a        404    .   .    .       .        x      .       .       .      .         .     .
POST   /borders/<set_id>/withdraw                        border   w        404    .   .    .       .        x      .       .       .      .         .     .
GET    /map/backdrop                                     -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /map/backdrop                                     -        -        404    .   .    .       .        x      .       .       .      .         .     .
POST   /map/backdrop/remove                              -        -        404    .   .    .       .        x      .       .       .      .         .     .
GET    /grids/<grid_id>/border                           grid     x        404    .   .    .       .        x      .       .       .      .         .     .
POST   /grids/<grid_id>/border                           grid     x        404    .   .    .       .        x      .       .       .      .         .     .
GET    /grids/<grid_id>/below                            grid     x        404    .   .    .       .        x      .       .       .      .         .     .
POST   /grids/<grid_id>/below                            grid     x        404    .   .    .       .        x      .       .       .      .         .     .
GET    /grids/<grid_id>/change                           grid     x        404    .   .    .       .        x      .       .       .      .         .     .
POST   /grids/<grid_id>/change                           grid     x        404    .   .    .       .        x      .       .       .      .         .     .
""")
]

#: Let through when the answer is 422: what is sent there is meant to be incomplete, or may fit nothing of this person's.
ALSO_422 = {
    "/login": "nothing is typed in",
    "/borders": "no file is sent",
    "/map/backdrop": "no file is sent",
    "/grids/<grid_id>/border": "no file is sent",
    "/grids/<grid_id>/units/new": "of the grids that are tried, only some are communities",
    "/units/import": "the same",
    "/units/import/confirm": "the same",
    "/grids/<grid_id>/below": "nothing stands below the lowest level",
    "/borders/<set_id>/heir": "nothing goes, so it needs no heir",
    "/account/password": "nothing is typed in",
    "/account/second/begin": "nothing is typed in",
    "/account/second/confirm": "nothing is typed in",
    "/account/second/check": "nothing is typed in",
    "/account/second/off": "nothing is typed in",
    "/people/<person_id>/second/reset": "nobody has one",
    "/duties/<code>/department": "the duty has a department already",
    "/reports/<report_id>/beside/looks/<look_id>/withdraw": "somebody is there who can answer",
    "/reports/<report_id>/beside/part": "somebody speaks for the body",
    "/problems/<problem>/add": "the row is there already",
    "/people/<person_id>/postings/<posting_id>/acting": "who stands in is not below everybody",
    "/people/<person_id>/handover": "some hold nothing, and nobody is his own successor",
    "/people/<person_id>/postings/new": "an administrator cannot hold a second role",
}
#: Let through when the answer is 404: nothing was sent there by its asker.
ALSO_404 = {"/entries/<entry_id>/photos/<mark>", "/borders/incoming/<incoming_id>"}
#: Posts that succeed without changing a row here: a rehearsal, nobody it is about, or it is so already.
CHANGES_NOTHING = {
    "/ledger/template",  # the form that is used already
    "/entries/<entry_id>/photos/<mark>",  # a file waits, no row tells of it
    "/duties/<code>/forget",
    "/account/phones/end-others",
    "/account/notices",
    "/account/second/done",
    "/objects/import",
    "/registers/<kind>/import",
    "/people/import",
    "/units/import",
    "/people/slips",
    "/people/<person_id>/resume",
    "/bodies/<body_id>/reopen",
}
