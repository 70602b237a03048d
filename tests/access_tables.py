"""Who may see and do what, written by hand: the expectation of the access test. Nothing here comes from the program.

A dash is "nothing at all": the answer must be the very one that an id gets which does not exist.
"""

from typing import NamedTuple


def rows(text: str) -> list[list[str]]:
    """The cells of a text table without its heading; a ragged row is a ValueError."""
    head, *found = [cells for line in text.splitlines() if (cells := line.split("#")[0].split())]
    ragged = [cells for cells in found if len(cells) != len(head)]
    if ragged:
        raise ValueError(f"row does not fit {head}: {ragged[0]}")
    return found


def grid(text: str) -> dict[tuple[str, str], str]:
    """A table of letters by row and column; a dash is an empty cell."""
    columns = next(line.split() for line in text.splitlines() if line.split())[1:]
    return {
        (row[0], column): cell.replace("-", "")
        for row in rows(text)
        for column, cell in zip(columns, row[1:], strict=True)
    }


#: Everybody: role@place, several joined by "+". A posting that ended yesterday has "<", one that begins tomorrow ">".
PEOPLE = {
    row[0]: row[1].split("+")
    for row in rows("""
login             postings
officer_a1        grid_officer@A1
officer_a2        grid_officer@A2
officer_b1        grid_officer@B1
officer_b2        grid_officer@B2                            # the other village of the matter on the border
moved_a1          <grid_officer@A1+grid_officer@A3           # reported matters in A1 when it was his
former_a1         <grid_officer@A1
coming_a1         >grid_officer@A1
suspended_a1      grid_officer@A1                            # suspended while logged in
both              grid_officer@A2+township_supervisor@B
township_a        township_supervisor@A
township_a_two    township_supervisor@A
township_b        township_supervisor@B
moved_town        <township_supervisor@A+township_supervisor@B
county            county_office@county
county_two        county_office@county
housing           department_liaison@housing                 # leads
ecology           department_liaison@ecology                 # cooperates
water             department_liaison@water                   # had it once: "not ours"
transport         department_liaison@transport               # never had anything of A
moved_housing     <department_liaison@housing+department_liaison@transport
committee_a1      station_officer@committee_a1
committee_a2      station_officer@committee_a2
station_a         station_officer@station_a
station_b         station_officer@station_b
leader            leader@county
leader_a          leader@A
leader_b          leader@B
inspector         inspector@county
inspector_b       inspector@B
former_inspector  <inspector@county
admin             system_admin@nowhere
auditor           audit_admin@nowhere
""")
}
OUT = ("nobody", "suspended_a1")  # not logged in, and no longer
TWINS = ("township_a_two", "county_two")  # posted as their colleague: there to be looked at, they ask for nothing more


def roles(login: str) -> list[str]:
    """The roles somebody holds today; "out" when he is not logged in, "none" without a posting in force."""
    if login in OUT:
        return ["out"]
    return [posting.split("@")[0] for posting in PEOPLE[login] if posting[0] not in "<>"] or ["none"]


#: r reads, m makes the moves of its present state. Columns: the report's state, or what is special; b_ lies in B1.
#: border = A1 with B2; station = committee A1 had it, station A has it; sent, work, finished = water had it, housing
#: leads, ecology cooperates; county = reported by moved_a1; closed = settled on the spot; b_work = transport leads.
REPORTS = grid("""
login             township border returned station checked handled county sent work finished closed b_plain b_work
officer_a1        r        r      rm       r       r       r       r      r    r    r        r      -       -
officer_a2        -        -      -        -       -       -       -      -    -    -        -      -       -
officer_b1        -        -      -        -       -       -       -      -    -    -        -      r       r
officer_b2        -        r      -        -       -       -       -      -    -    -        -      -       -
moved_a1          -        -      -        -       -       -       -      -    -    -        -      -       -
former_a1         -        -      -        -       -       -       -      -    -    -        -      -       -
coming_a1         -        -      -        -       -       -       -      -    -    -        -      -       -
both              -        r      -        -       -       -       -      -    -    -        -      rm      r
township_a        rm       rm     r        r       rm      r       r      r    r    rm       r      -       -
township_b        -        r      -        -       -       -       -      -    -    -        -      rm      r
moved_town        -        r      -        -       -       -       -      -    -    -        -      rm      r
county            r        r      r        r       r       rm      rm     r    r    r        rm     r       r
housing           -        -      -        -       -       -       -      rm   rm   r        -      -       -
ecology           -        -      -        -       -       -       -      r    r    r        -      -       -
water             -        -      -        -       -       -       -      r    r    r        -      -       -
transport         -        -      -        -       -       -       -      -    -    -        -      -       rm
moved_housing     -        -      -        -       -       -       -      -    -    -        -      -       rm
committee_a1      -        -      -        r       r       -       -      -    -    -        -      -       -
committee_a2      -        -      -        -       -       -       -      -    -    -        -      -       -
station_a         -        -      -        rm      -       -       -      -    -    -        -      -       -
station_b         -        -      -        -       -       -       -      -    -    -        -      -       -
leader            r        r      r        r       r       r       r      r    r    r        r      r       r
leader_a          r        r      r        r       r       r       r      r    r    r        r      -       -
leader_b          -        r      -        -       -       -       -      -    -    -        -      r       r
inspector         r        r      r        r       r       r       r      r    r    r        r      r       r
inspector_b       -        r      -        -       -       -       -      -    -    -        -      r       r
former_inspector  -        -      -        -       -       -       -      -    -    -        -      -       -
admin             -        -      -        -       -       -       -      -    -    -        -      -       -
auditor           -        -      -        -       -       -       -      -    -    -        -      -       -
""")

#: Which moves each report's state has; whoever has an m above makes every one of them, nobody else makes any.
MOVES = {
    row[0]: row[1].split(",")
    for row in rows("""
report    moves
township  assign,raise,give_back,handle,dismiss
border    assign,raise
returned  supplement,cannot_add
station   handle
checked   confirm,redo
handled   confirm,redo
county    dispatch,give_back,dismiss
sent      receive,bounce
work      handle
finished  confirm,redo
closed    reopen
b_plain   raise
b_work    handle
""")
}

#: Acts beside the state: on which report it is tried, and who does it. A joint village's side sees and does none.
BESIDE = {
    row[0]: (row[1], row[2].split(","))
    for row in rows("""
act       report    who
look      border    township_a,county
problems  border    township_a,county
sample    closed    township_a,county
result    work      ecology
withdraw  township  township_a,county
part      work      county
answer    township  officer_a1
undo      closed    -                 # nobody has just said anything there
""")
}

#: g the grid's card and list of objects, v its rounds, p writes a round or a report there, o edits its list of objects,
#: t posts people there and sets up bodies.
GRIDS = grid("""
login             county A     A1    A2    A3    B     B1    B2
officer_a1        -      -     gvp   -     -     -     -     -
officer_a2        -      -     -     gvp   -     -     -     -
officer_b1        -      -     -     -     -     -     gvp   -
officer_b2        -      -     -     -     -     -     -     gvp
moved_a1          -      -     -     -     gvp   -     -     -
both              -      -     -     gvp   -     gvpot gvpot gvpot
township_a        -      gvpot gvpot gvpot gvpot -     -     -
township_b        -      -     -     -     -     gvpot gvpot gvpot
moved_town        -      -     -     -     -     gvpot gvpot gvpot
county            gvot   gvot  gvot  gvot  gvot  gvot  gvot  gvot
leader            gv     gv    gv    gv    gv    gv    gv    gv
leader_a          -      gv    gv    gv    gv    -     -     -
leader_b          -      -     -     -     -     gv    gv    gv
inspector         gv     gv    gv    gv    gv    gv    gv    gv
inspector_b       -      -     -     -     -     gv    gv    gv
admin             t      t     t     t     t     t     t     t
""")

#: v looks up, h helps as well (names, suspend, codes, postings). Nobody helps himself or his equals.
ACCOUNTS = grid("""
login           officer_a1 officer_b1 moved_a1 former_a1 coming_a1 both township_a_two township_b moved_town leader leader_a inspector_b committee_a1 station_b housing county_two admin auditor
township_a      vh         -          vh       vh        vh        v    v              -          -          -      v        -           vh           -         -       -          -     -
township_b      -          vh         -        -         -         v    -              v          v          -      -        v           -            vh        -       -          -     -
moved_town      -          vh         -        -         -         v    -              v          v          -      -        v           -            vh        -       -          -     -
both            -          vh         -        -         -         v    -              v          v          -      -        v           -            vh        -       -          -     -
county          vh         vh         vh       vh        vh        vh   vh             vh         vh         vh     vh       vh          vh           vh        vh      v          -     -
admin           vh         vh         vh       vh        vh        vh   vh             vh         vh         vh     vh       vh          vh           vh        vh      vh         v     vh
""")

#: e ends the posting. Columns: whose@where.
POSTINGS = grid("""
login           officer_a1@A1 officer_b1@B1 both@A2 both@B township_b@B housing@housing leader_a@A auditor@nowhere
township_a      e             -             e       -      -            -               -          -
township_b      -             e             -       -      -            -               -          -
moved_town      -             e             -       -      -            -               -          -
both            -             e             -       -      -            -               -          -
county          e             e             e       e      e            e               e          -
admin           e             e             e       e      e            e               e          e
""")

#: e edits, closes and reopens the body.
BODIES = grid("""
login           station_a committee_a1 station_b housing
township_a      e         e            -         -
township_b      -         -            e         -
moved_town      -         -            e         -
both            -         -            e         -
county          e         e            e         e
admin           e         e            e         e
""")


#: s sets it. What an office decides is the county's, what keeps log-ins safe and the base map are the system's.
SETTINGS = grid("""
login   few coverage_days log_months remember_phone_days map_review_number everyday_words tile_url tile_attribution code_minutes
county  s   s             s          s                   s                 s              -        -                -
admin   -   -             -          -                   -                 -              s        s                s
""")


#: What is open to who is not logged in: actions, of which each address with an x under "out" has one.
OPEN = "asset.read health.read language.choose login.begin privacy.read help.read"
#: What is taken away from everybody whom it concerns, by action. Nobody helps himself, posts himself, ends his own posting.
EXCEPT = {"person.help": "person", "posting.grant": "person"}


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
GET    /healthz                                          -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /readyz                                           -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /language                                         -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /login                                            -        -        404    x   x    x       x        x      x       x       x      x         x     x
POST   /login                                            -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /privacy                                          -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /help                                             -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /help/<role>                                      -        -        404    x   x    x       x        x      x       x       x      x         x     x
GET    /                                                 -        -        404    .   x    x       x        x      x       x       x      x         x     x
GET    /account                                          -        -        404    .   x    x       x        x      x       x       x      x         x     x
GET    /account/password                                 -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/password                                 -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/language                                 -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/phones/end-others                        -        -        404    .   x    x       x        x      x       x       x      x         x     x
POST   /account/phones/<session_id>/end                  session  e        404    .   x    x       x        x      x       x       x      x         x     x
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
GET    /enter-for                                        -        -        404    .   .    x       x        .      .       .       .      .         .     .
GET    /desk                                             -        -        404    .   .    .       x        x      x       x       x      x         .     .
GET    /late                                             -        -        404    .   .    .       x        x      .       .       x      x         .     .
GET    /late/<role>/<place>                              -        -        404    .   .    .       x        x      .       .       x      x         .     .
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
GET    /grids/<grid_id>/objects                          grid     g        404    .   .    x       x        x      .       .       x      x         .     .
POST   /grids/<grid_id>/objects                          grid     o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /grids/<grid_id>/patrol                           grid     p        404    .   .    x       x        .      .       .       .      .         .     .
GET    /grids/<grid_id>/report                           grid     p        404    .   .    x       x        .      .       .       .      .         .     .
GET    /objects/import                                   -        -        404    .   .    .       x        x      .       .       .      .         .     .
GET    /objects/import/sample                            -        -        404    .   .    .       x        x      .       .       .      .         .     .
GET    /objects/export                                   -        -        404    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/import                                   village  o        422    .   .    .       x        x      .       .       .      .         .     .
POST   /objects/import/confirm                           village  o        422    .   .    .       x        x      .       .       .      .         .     .
GET    /objects/<object_id>                              object   g        404    .   .    x       x        x      .       .       x      x         .     .
POST   /objects/<object_id>/retire                       object   o        404    .   .    .       x        x      .       .       .      .         .     .
GET    /patrols/<patrol_id>                              round    v        404    .   .    x       x        x      .       .       x      x         .     .
POST   /patrols                                          village  p        404    .   .    x       x        .      .       .       .      .         .     .
POST   /reports                                          village  p        404    .   .    x       x        .      .       .       .      .         .     .
GET    /reports/<report_id>                              report   r        404    .   .    x       x        x      x       x       x      x         .     .
GET    /reports/<report_id>/receipt                      report   r        404    .   .    x       x        x      x       x       x      x         .     .
GET    /reports/<report_id>/<action>                     move     m        404    .   .    x       x        x      x       x       .      .         .     .
POST   /reports/<report_id>/<action>                     move     m        404    .   .    x       x        x      x       x       .      .         .     .
POST   /reports/<report_id>/beside/look                  beside   look     404    .   .    .       x        x      .       .       .      .         .     .
POST   /reports/<report_id>/beside/looks/<look_id>/withdraw  beside   withdraw 404    .   .    .       x        x      .       .       .      .         .     .
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
POST   /people/<person_id>/resume                        account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/phones/<session_id>/end       account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/code                          account  h        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>/postings/new                  account  h        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/postings/new                  account  h        404    .   .    .       x        x      .       .       .      .         x     .
GET    /people/<person_id>/postings/<posting_id>/end     posting  e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /people/<person_id>/postings/<posting_id>/end     posting  e        404    .   .    .       x        x      .       .       .      .         x     .
GET    /bodies                                           -        -        404    .   .    .       x        x      .       .       .      .         x     .
GET    /bodies/new                                       -        -        404    .   .    .       x        x      .       .       .      .         x     .
POST   /bodies/new                                       village  t        422    .   .    .       x        x      .       .       .      .         x     .
GET    /bodies/<body_id>                                 body     e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /bodies/<body_id>                                 body     e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /bodies/<body_id>/close                           body     e        404    .   .    .       x        x      .       .       .      .         x     .
POST   /bodies/<body_id>/reopen                          body     e        404    .   .    .       x        x      .       .       .      .         x     .
""")
]

#: Let through when the answer is 422: what is sent there is meant to be incomplete, or may fit nothing of this person's.
ALSO_422 = {
    "/login": "nothing is typed in",
    "/account/password": "nothing is typed in",
    "/duties/<code>/department": "the duty has a department already",
    "/reports/<report_id>/beside/looks/<look_id>/withdraw": "somebody is there who can answer",
    "/reports/<report_id>/beside/part": "somebody speaks for the body",
    "/problems/<problem>/add": "the row is there already",
    "/people/<person_id>/postings/new": "an administrator cannot hold a second role",
}
#: Let through when the answer is 404: nothing was sent there by its asker.
ALSO_404 = {"/entries/<entry_id>/photos/<mark>"}
#: Posts that succeed without changing a row here: a rehearsal, nobody it is about, or it is so already.
CHANGES_NOTHING = {
    "/entries/<entry_id>/photos/<mark>",  # a file waits, no row tells of it
    "/duties/<code>/forget",
    "/account/phones/end-others",
    "/objects/import",
    "/people/import",
    "/people/slips",
    "/people/<person_id>/resume",
    "/bodies/<body_id>/reopen",
}
